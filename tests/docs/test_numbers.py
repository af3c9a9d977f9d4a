"""Each number in a page's text comes from the page's programs."""

from pathlib import Path

import pytest

from weaver.numbers import quotations, unfounded
from weaver.prose import texts

PAGES = sorted(Path("docs").rglob("*.md"))


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_numbers(path):
    _, problems = unfounded(path)
    assert not problems, "\n".join(problems)


def test_tutorial_has_numbers():
    counts = {path: unfounded(path)[0] for path in PAGES if path.parent.name == "tutorial"}
    assert counts
    assert all(counts.values()), f"no number found in the text of a page: {counts}"


def test_quotations_are_used_and_have_sources():
    for entry in quotations():
        page = Path("docs", entry["page"])
        assert any(entry["text"] in text.text for text in texts(page)), f"{page} lacks {entry}"
        assert len(entry["source"].split()) > 3, f"{entry} has no source"
