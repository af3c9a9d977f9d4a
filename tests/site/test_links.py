"""No link inside the site leads nowhere, and the menu goes step by step."""

import itertools
import re
from pathlib import Path

import pytest
from mkdocs.config import load_config

from tests.site.links import broken, external, pages
from weaver.prose import texts

NAV = load_config("mkdocs.yml").nav


def test_links_and_anchors(folder):
    assert sum(len(page.links) for page in pages(folder).values()) > 100
    assert not broken(folder), "\n".join(broken(folder))


def flat(nav):
    for entry in nav:
        for title, value in entry.items():
            yield from flat(value) if isinstance(value, list) else [(title, value)]


STEPS = [(title, path) for title, path in flat(NAV) if path.startswith("tutorial/")]


def test_the_menu_holds_every_page_once():
    menu = sorted(path for _, path in flat(NAV) if path.endswith(".md"))
    assert menu == sorted(p.relative_to("docs").as_posix() for p in Path("docs").rglob("*.md"))


def test_the_menu_goes_step_by_step():
    steps = [title for title, path in STEPS]
    numbers = [int(match[1]) for title in steps if (match := re.match(r"(\d+)\. ", title))]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 6
    assert steps[-1] == "Conclusion"


@pytest.mark.parametrize(("title", "path"), STEPS)
def test_the_menu_has_the_pages_titles(title, path):
    found = texts(Path("docs", path))
    titles = [text.text.strip() for text in found if text.kind == "heading"][:1]
    (matter,) = (t.text for t in found if t.kind == "front matter" and t.line == 2)
    assert titles == [matter] == [title]


def test_each_page_leads_to_the_next(folder):
    built = [str(Path(path).with_suffix(".html")) for _, path in STEPS]
    for page, after in itertools.pairwise(built):
        html = (folder / page).read_text(encoding="utf-8")
        assert re.search(rf'<link rel="next" href="{Path(after).name}">', html)


PAGE = '<a href="{}" id="here"></a><a href="https://example.org/"></a><b id="{}"></b>'


@pytest.mark.parametrize(
    ("link", "other", "problem"),
    [
        ("b/", "there", None),
        ("b/#there", "there", None),
        ("#here", "there", None),
        ("c/", "there", "index.html: the link c/ leads to no file"),
        ("b/#where", "there", "index.html: b/index.html has no anchor #where"),
        ("b/", "here", "b/index.html: two elements have the id here"),
    ],
)
def test_broken_links_are_found(tmp_path, monkeypatch, link, other, problem):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b").mkdir()
    (tmp_path / "index.html").write_text(PAGE.format(link, "there"))
    (tmp_path / "b/index.html").write_text(PAGE.format("../", other))
    assert broken(tmp_path) == [problem] * bool(problem)
    assert external(tmp_path) == ["https://example.org/"]


def test_a_broken_link_names_its_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("docs", "site"):
        Path(name).mkdir()
    Path("docs/index.md").write_text("# Home\n\nA [link](other.md#gone).\n", encoding="utf-8")
    Path("site/index.html").write_text('<a href="other.html#gone"></a>', encoding="utf-8")
    Path("site/other.html").write_text("", encoding="utf-8")
    assert broken(tmp_path / "site") == ["docs/index.md:3: other.html has no anchor #gone"]
