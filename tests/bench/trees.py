"""Copies of the sources: their edits, and settings that build their pages by Material alone."""

import re
import shutil
from itertools import product
from pathlib import Path
from string import ascii_lowercase

import yaml

from weaver.site import Loader

# No digits, which would have to come from programs.
WORDS = map("".join, product(ascii_lowercase, repeat=3))
# The file, after what in it, what is new, and the page that shows it.
EDITS = {
    "prose": ("docs/tutorial/data.md", r"\Z", "\n{}\n", "tutorial/data.html"),
    "block": ("docs/tutorial/model.md", r"```python\n", "# {}\n", "tutorial/model.html"),
    "linreg": ("linreg/data.py", r'    """.*', " {}", "reference.html"),
}


def copy(folder: Path) -> Path:
    ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", "class", "site", "newest")
    return shutil.copytree(".", folder, ignore=ignored)


def edit(tree: Path, kind: str) -> tuple[str, str]:
    """Edit a copy in a way that it never was; give the page that shows it, and the new text."""
    name, after, new, page = EDITS[kind]
    text = f"Edit {next(WORDS)}."
    source = Path(name).read_text(encoding="utf-8")
    edited = re.sub(after, lambda found: found[0] + new.format(text), source, count=1)
    (tree / name).write_text(edited, encoding="utf-8")
    return page, text


def bare(tree: Path, *plugins: str) -> list[str]:
    """Write settings without what is ours into a copy; give the options that choose them."""
    text = re.sub(r"(?m)^.*\.ipynb\n", "", (tree / "mkdocs.yml").read_text(encoding="utf-8"))
    config = yaml.load(text, Loader) | {"plugins": [*plugins], "use_directory_urls": False}
    for ours in ("extra", "extra_css", "extra_javascript", "hooks", "watch"):
        config.pop(ours, None)
    config["theme"].pop("custom_dir", None)
    name = "-".join(["bare", *plugins]) + ".yml"
    (tree / name).write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return ["--config-file", name]
