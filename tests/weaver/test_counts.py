"""What the page about checks counts is what is there."""

from pathlib import Path

import pytest
from markdown import Markdown

from weaver import counts, numbers
from weaver.page import PageError

PAGE = """# A page

Two is 2, and [counts] in a line stays.

[counts]

```python
import matplotlib.pyplot as plt

print(2)
plt.plot([0, 1])
plt.show()
```

<!--pytest-codeblocks:expected-output-->

```text
2
```

![A line that rises from left to right.](line.svg)
"""


@pytest.fixture
def docs(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(numbers, "DOCS", tmp_path / "docs")
    monkeypatch.setattr(counts, "CLAIMS", tmp_path)
    (tmp_path / "test_claims_page.py").write_text(
        "def test_one():\n    pass\n\n\ndef help():\n  ..."
    )
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/page.md").write_text(PAGE)
    return tmp_path / "docs"


def test_counts(docs):
    *found, versions = counts.counts(docs).values()
    assert found == ["1"] * 5
    assert versions.startswith("Python 3.")
    html = Markdown(extensions=["tables", counts.CountsExtension(docs_dir=str(docs))]).convert(
        PAGE
    )
    assert "<td>Programs run</td>\n<td>1</td>" in html
    assert "and [counts] in a line stays" in html


def test_what_is_wrong_is_not_counted(docs):
    (docs / "page.md").write_text(PAGE.replace("is 2", "is 3"))
    with pytest.raises(PageError, match=r"page\.md:3: the page says 3"):
        counts.counts(docs)


def test_nothing_is_not_counted(docs):
    (docs / "page.md").write_text("# A page without a program\n")
    with pytest.raises(PageError, match="Programs run: none"):
        counts.counts(docs)
