"""Each number in a page's text comes from the page's programs."""

import re
from pathlib import Path

import pytest

from weaver.numbers import quotations, unfounded
from weaver.prose import texts

PAGES = sorted(Path("docs").rglob("*.md"))
STEP = re.compile(r"\[step\s+(\d+)\]\(([\w/]+\.md)")


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_numbers(path):
    _, problems = unfounded(path)
    assert not problems, "\n".join(problems)


def test_tutorial_has_numbers():
    counts = {str(path): unfounded(path)[0] for path in PAGES if path.parent.name == "tutorial"}
    assert sum(counts.values()) > 10 * len(counts) > 0, f"few numbers were found: {counts}"


def test_links_to_steps_have_the_numbers_of_the_steps():
    links = [(path, link) for path in PAGES for link in STEP.finditer(path.read_text())]
    assert links
    for path, link in links:
        title = next(t.text for t in texts(path.parent / link[2]) if t.kind == "heading")
        assert title.startswith(f"{link[1]}. "), f"{path} says {link[0]!r}, but it is {title!r}"


def test_quotations_are_used_and_have_sources():
    for entry in quotations():
        page = Path("docs", entry["page"])
        assert any(entry["text"] in text.text for text in texts(page)), f"{page} lacks {entry}"
        assert len(entry["source"].split()) > 3, f"{entry} has no source"
