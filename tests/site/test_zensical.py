"""Zensical, which runs no plugin and no hook, builds the same pages from the same files."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from weaver.notebook import FOLDER, WHOLE, Site, write
from weaver.page import read

ROOT = Path(__file__).parents[2]
LEFT = {"docs", "site", ".cache", ".git", ".venv"}
NOTEBOOK = WHOLE.replace(".ipynb", ".html")


def build(folder: Path, builder: str) -> Path:
    shutil.rmtree(folder / "site", ignore_errors=True)
    ran = subprocess.run(
        [sys.executable, "-m", builder, "build", "--strict"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return (folder / "site").rename(folder / builder)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    for entry in ROOT.iterdir():
        if entry.is_dir() and entry.name not in LEFT:
            (folder / entry.name).symlink_to(entry)
        elif entry.is_file():
            # A link to mkdocs.yml would make Zensical build beside the original.
            shutil.copy(entry, folder)
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns(FOLDER))
    # What the programs did is known already.
    (folder / ".cache").mkdir()
    (ROOT / ".cache/weaver").mkdir(parents=True, exist_ok=True)
    (folder / ".cache/weaver").symlink_to(ROOT / ".cache/weaver")
    mkdocs = build(folder, "mkdocs")
    write(Site.load(folder / "mkdocs.yml"), folder / "docs")
    return mkdocs, build(folder, "zensical")


def files(site: Path, pattern: str) -> set[str]:
    return {file.relative_to(site).as_posix() for file in site.rglob(pattern)}


def article(file: Path) -> list[str]:
    """What stands on a page, less the theme's own links at its top."""
    soup = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
    for tag in soup.select("#__skip, .md-content__button"):
        tag.decompose()
    return [str(tag) for tag in soup.article.find_all(True, recursive=False)]


def test_both_build_the_same_pages_with_the_same_text_outputs_and_figures(built):
    mkdocs, zensical = built
    pages = files(zensical, "*.html")
    assert pages == files(mkdocs, "*.html") - {NOTEBOOK}
    assert {page.replace(".md", ".html") for page in Site.load().pages} <= pages
    for page in pages:
        assert article(zensical / page) == article(mkdocs / page), page
    programs = [program for page in Site.load().pages for program in read(ROOT / "docs" / page)]
    html = "".join("".join(article(zensical / page)) for page in pages)
    assert html.count('<figure class="drawn"') == sum(len(p.images) for p in programs)
    assert html.count('<span class="filename">Output') == sum(bool(p.output) for p in programs)


@pytest.mark.parametrize("kind", ["ipynb", "py"])
def test_both_offer_the_same_files(built, kind):
    mkdocs, zensical = built
    offered = files(zensical, f"*.{kind}")
    assert len(offered) == len(Site.load().pages) + (kind == "ipynb")
    assert offered == files(mkdocs, f"*.{kind}")
    for file in offered:
        assert (zensical / file).read_bytes() == (mkdocs / file).read_bytes()
