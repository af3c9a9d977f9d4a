"""What more pages cost, beside the same pages by Material alone."""

import tempfile
from pathlib import Path

import yaml

from tests.bench.rounds import MKDOCS, Row, Table, medians, ratios, spend
from tests.bench.trees import WORDS, bare
from tests.topic import make
from weaver.site import Loader

SIZES = 10, 50, 200
# As long as a page of the tutorial.
SECTION = "\n## {}\n" + "\nThe radius of a circle is the way from its middle to its edge." * 12
PAGE = """# {}
{}

```python
print("a circle")
```

<!--pytest-codeblocks:expected-output-->

```text
a circle
```
"""


def generate(folder: Path, size: int) -> Path:
    """Write a topic with our settings and so many pages more."""
    make(folder)
    project = folder / "pyproject.toml"
    settings = project.read_text(encoding="utf-8").replace('course = ""', 'course = "circles"')
    project.write_text(settings, encoding="utf-8")
    config = yaml.load(Path("mkdocs.yml").read_text(encoding="utf-8"), Loader)
    del config["watch"]
    config["theme"]["custom_dir"] = str(Path("overrides").absolute())
    config["hooks"] = [str(Path(hook).absolute()) for hook in config["hooks"]]
    config["nav"] = [{"1. Circles": "circles.md"}]
    for _ in range(size):
        title = f"Page {next(WORDS)}"
        sections = "\n".join(SECTION.format(f"Section {next(WORDS)}") for _ in range(8))
        name = f"{title.replace(' ', '-')}.md"
        (folder / "docs" / name).write_text(PAGE.format(title, sections), encoding="utf-8")
        config["nav"].append({title: name})
    text = yaml.safe_dump(config, sort_keys=False)
    (folder / "mkdocs.yml").write_text(text, encoding="utf-8")
    return folder


def grown(size: int, rounds: int) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        tree = generate(Path(folder), size)
        build = [*MKDOCS, "build"]
        ways = {
            "bare": lambda: spend([*build, *bare(tree), "--site-dir", "bare"], tree),
            "ours": lambda: spend(build, tree),
        }
        found = medians(ways, rounds)
    ours, ratio = found["ours"], ratios(found["ours"], found["bare"])
    row = {f"{what} / bare": ratio[what] for what in ("wall", "CPU", "memory")}
    return row | {"CPU (s)": ours["CPU"], "memory (MB)": ours["memory"]}


def measure(rounds: int) -> Table:
    return {f"{size} pages": grown(size, rounds) for size in SIZES}
