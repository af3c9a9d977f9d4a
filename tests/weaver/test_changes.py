"""A reviewer sees what a reader will see changed."""

import re

import pytest
from bs4 import BeautifulSoup

from weaver.changes import NOTHING, look_elsewhere, report

DRAWS = """# Draws

```python
import matplotlib.pyplot as plt

from linreg import value

print("value <", value())
plt.plot([0, value()])
plt.show()
```

<!--pytest-codeblocks:expected-output-->

```text
value < 1
```

![A line that rises to 1.](rise.svg)
"""
SAME = '# Same\n\n```python\nprint("same")\n```\n'


@pytest.fixture(scope="module")
def trees(tmp_path_factory):
    """Two trees: the package gives another value, and pages come, go and change."""
    pages = {
        "before": {"draws.md": DRAWS, "same.md": SAME, "old.md": "# Old\n", "word.md": "# Wrod\n"},
        "after": {
            "draws.md": DRAWS.replace("to 1", "to 2"),
            "same.md": SAME,
            "a/new.md": '# New\n\n```python\nprint("new")\n1 / 0\n```\n',
            "word.md": "# Word\n",
        },
    }
    folder = tmp_path_factory.mktemp("trees")
    for value, (tree, files) in enumerate(pages.items(), 1):
        (folder / tree / "linreg").mkdir(parents=True)
        (folder / tree / "linreg/__init__.py").write_text(
            f"def value():\n    return {value}\n", encoding="utf-8"
        )
        for name, text in files.items():
            file = folder / tree / "docs" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    return look_elsewhere(folder / "before"), look_elsewhere(folder / "after")


def test_pages_are_listed_with_what_became_of_them(trees):
    told, drawn = report(*trees)
    assert re.findall(r"^### (.*)", told, re.MULTILINE) == [
        "a/new.md (new): lines of text and code: 6 in, 0 out",
        "draws.md (changed): lines of text and code: 0 in, 0 out",
        "old.md (removed): lines of text and code: 0 in, 1 out",
        "word.md (changed): lines of text and code: 1 in, 1 out",
    ]
    assert [h2.get_text() for h2 in BeautifulSoup(drawn, "html.parser")("h2")] == re.findall(
        r"^### (.*)", told, re.MULTILINE
    )


@pytest.mark.parametrize("kind", [0, 1])
def test_outputs_stand_side_by_side(trees, kind):
    soup = BeautifulSoup(report(*trees)[kind], "html.parser")
    rows = [[td.get_text() for td in table("td")] for table in soup("table")]
    assert ["value < 1\n", "value < 2\n"] in rows
    assert ["", "at `1 / 0`: ZeroDivisionError: division by zero"] in rows


def test_figures_stand_side_by_side_in_html_and_as_words_in_markdown(trees):
    told, drawn = report(*trees)
    assert "<svg" not in told
    assert "<td>A line that rises to 1.</td><td>A line that rises to 2.</td>" in told
    (pair,) = [table for table in BeautifulSoup(drawn, "html.parser")("table") if table.svg]
    before, after = pair("td")
    assert before.find("title").get_text() == "A line that rises to 1."
    assert after.find("title").get_text() == "A line that rises to 2."
    assert re.findall(r' d="[^"]*"', str(before)) != re.findall(r' d="[^"]*"', str(after))
    ids = re.findall(r' id="([^"]*)"', drawn)
    assert ids
    assert len(ids) == len(set(ids))


def test_nothing_is_said_plainly(trees):
    for text in report(trees[0], trees[0]):
        assert NOTHING in text
        assert "same.md" not in text
