"""Other builders, which run no plugin and no hook, build the same pages from the woven folder."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from weaver.notebook import FOLDER
from weaver.site import Site

ROOT = Path(__file__).parents[2]
# What only MkDocs with its plugins and hook has.
HOOKS = re.compile(
    r"^hooks:\n  .*\n|^  - mkdocs-jupyter:\n(?:      .*\n)*|^.*\.ipynb\n", re.MULTILINE
)


@pytest.fixture(scope="module", params=["mkdocs", "zensical"])
def built(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    shutil.copytree(ROOT / "overrides", folder / "overrides")
    (folder / "linreg").symlink_to(ROOT / "linreg")
    config = HOOKS.sub("", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    (folder / "mkdocs.yml").write_text(config, encoding="utf-8")
    woven = [sys.executable, "-m", "weaver", "weave", folder / "docs"]
    subprocess.run(woven, cwd=ROOT, check=True)
    ran = subprocess.run(
        [sys.executable, "-m", request.param, "build", "--strict"],
        cwd=folder, env=os.environ | {"SITE_URL": "", "REPO_URL": ""},
        capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder / "site"


def article(file: Path) -> list[str]:
    """What stands on a page, less the theme's own links at its top."""
    soup = BeautifulSoup(file.read_bytes(), "html.parser")
    for tag in soup.select("#__skip, .md-content__button"):
        tag.decompose()
    # A mark for the search, which Zensical takes off.
    for tag in soup.select("[data-search-exclude]"):
        del tag["data-search-exclude"]
    return [str(tag) for tag in soup.article.find_all(True, recursive=False)]


def files(site: Path, pattern: str) -> set[str]:
    return {file.relative_to(site).as_posix() for file in site.rglob(pattern)}


def test_pages_and_files_are_those_of_the_hook(built, folder):
    pages = {name.replace(".md", ".html") for name in Site.load().pages}
    assert pages <= files(built, "*.html")
    for page in pages:
        assert article(built / page) == article(folder / page), page
    offered = files(built / FOLDER, "*.*")
    assert offered == files(folder / FOLDER, "*.*") - {"tutorial.html"}
    assert len(offered) > 2 * len(Site.load().lessons)
    for name in offered:
        assert (built / FOLDER / name).read_bytes() == (folder / FOLDER / name).read_bytes()
