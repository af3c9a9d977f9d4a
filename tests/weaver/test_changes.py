"""A reviewer sees what a reader will see changed."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.topic import make
from weaver.changes import NOTHING, report, woven
from weaver.page import PageError

NEW = "# New\n\n```python\n1 / 0\n```\n"
AFTER = {
    "four times the area": "twice the area",
    "[1, 2], [area": "[1, 3], [area",
    "It rises.": "It rises more.",
    "A line that rises from": "A line that falls from",
    "The line around a circle. [Words](#words)": "The line around it. [Words](https://example.org)",
    "NumPy 2.4 is not\nneeded. ": "",
    "print(area(2) > 12)": "print(area(2) > 13)",
}

GROWTH = "tests/test_circles.py::test_growth"
TIMES = "A circle of radius 2 has {} the area of one with radius 1."
LINE = "A line that {} from the lower left to the upper right."


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Compare a topic with a changed one, and with itself."""
    before, after = tmp_path_factory.mktemp("before"), tmp_path_factory.mktemp("after")
    make(before)
    page = make(after)
    text = page.read_text(encoding="utf-8")
    for old, new in AFTER.items():
        assert old in text
        text = text.replace(old, new)
    page.write_text(text, encoding="utf-8")
    page.with_name("new.md").write_text(NEW, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        # A tree of a real project holds its engine.
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        patch.chdir(before)
        nothing = report(before)
        patch.chdir(after)
        return report(before), nothing


def test_texts_and_outputs_are_compared_line_by_line(reports):
    (summary, page), _ = reports
    for line in ("-    print(area(2) > 12)", "+    print(area(2) > 13)", "+# New", "-    True",
                 "+    False", "+1 / 0"):  # fmt: skip
        assert f"\n{line}\n" in summary
    assert "<svg" not in summary
    titles = [h2.get_text() for h2 in BeautifulSoup(page, "html.parser")("h2")]
    assert titles == ["circles.md", "new.md"]


def test_figures_stand_side_by_side(reports):
    (_, page), _ = reports
    (pair,) = BeautifulSoup(page, "html.parser").select("tr:has(figure)")
    before, after = pair("figure")
    assert before.figcaption.get_text() == "It rises."
    assert after.figcaption.get_text() == "It rises more."
    assert [str(path) for path in before("path")] != [str(path) for path in after("path")]
    ids = [tag["id"] for tag in pair.select("[id]")]
    assert len(ids) == len(set(ids)) > 1


@pytest.mark.parametrize(
    ("line", "before", "after", "decided_by"),
    [
        (8, TIMES.format("four times"), TIMES.format("twice"), GROWTH),
        (8, "NumPy 2.4 is not needed.", "", "no test"),
        (32, "It rises.", "It rises more.", "no test"),
        (32, LINE.format("rises"), LINE.format("falls"), "no test"),
        (60, "**edge**: The line around a circle.", "**edge**: The line around it.", "no test"),
        (60, "'Words' leads to 'Words'", "'Words' leads to 'https://example.org'", "no test"),
    ],
)
def test_a_sentence_or_link_that_changed_stands_with_what_decides_it(
    reports, line, before, after, decided_by
):
    (summary, _), _ = reports
    assert f"| docs/circles.md:{line} | {before} | {after} | {decided_by} |\n" in summary


def test_nothing_is_said_plainly(reports):
    assert all(NOTHING in text for text in reports[1])


def test_a_tree_that_cannot_be_woven_is_no_empty_one(tmp_path):
    with pytest.raises(PageError, match="its pages cannot be woven: mend what stands above"):
        woven(tmp_path, tmp_path / "docs")
