import re
from collections import Counter
from pathlib import Path

import pytest
from markdown import Markdown
from mkdocs.config import load_config

import weaver.run
from weaver.page import FRONT_MATTER, PageError, read

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
PAGE = """\
---
title: A page
---


# A page

```python
print("<1>")
```

<!--pytest-codeblocks:expected-output-->

```text
<1>
```

!!! note

    ```python
    import matplotlib.pyplot as plt

    plt.plot([1, 2])
    plt.show()
    ```

    ![A line.](line.svg "A caption.")

End.
"""


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setattr(weaver.run, "CACHE", tmp_path / "cache")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "other.md").write_text("# Another page\n\nEnd.\n")
    path = tmp_path / "docs" / "page.md"
    path.write_text(PAGE)
    return path


def render(path: Path, text: str | None = None) -> str:
    docs = next(p for p in path.parents if p.name == "docs")
    md = Markdown(
        extensions=["weaver", "admonition", "pymdownx.superfences"],
        extension_configs={"weaver": {"docs_dir": str(docs)}},
    )
    return md.convert(
        FRONT_MATTER.sub("", path.read_text(encoding="utf-8")) if text is None else text
    )


def test_output_and_figure_are_woven_under_their_blocks(page):
    html = render(page)
    code, output, note = (html.index(s) for s in ["print", "Output", "admonition"])
    assert code < output < note < html.index("<figure") < html.index("</div>\n<p>End.")
    assert "&lt;1&gt;" in html
    assert "pytest-codeblocks" not in html
    assert "line.svg" not in html
    assert "<p><figure" not in html


def test_two_renderings_are_equal_whatever_the_cache_and_the_users_settings(
    page, tmp_path, monkeypatch
):
    first = render(page)
    monkeypatch.setattr(weaver.run, "CACHE", tmp_path / "another")
    (tmp_path / "matplotlibrc").write_text("axes.grid: True\nsvg.hashsalt: other\n")
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path))
    assert render(page) == first


def test_a_page_without_programs_stays_as_it_is(page):
    assert render(page.with_name("other.md")) == "<h1>Another page</h1>\n<p>End.</p>"


def test_each_difference_is_told_with_its_line(page):
    page.write_text(
        PAGE.replace("```text\n<1>", "```text\n<2>").replace("![A line.]", "[A line.]")
    )
    with pytest.raises(PageError) as error:
        render(page)
    assert f"{page}:8: the block prints something else" in error.value.message
    assert f"{page}:20: the block shows 1 figures, and 0 image lines" in error.value.message


def test_text_that_is_no_page_must_not_hold_blocks(page):
    assert render(page, "*Words.*") == "<p><em>Words.</em></p>"
    with pytest.raises(PageError, match="no page under"):
        render(page, "```python\n1 / 0\n```")


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_code_block_of_the_site_is_run(path):
    # The builder's own parser counts what a reader sees as code, so that no fence
    # escapes because pytest-codeblocks does not know it.
    config = load_config(str(ROOT / "mkdocs.yml"))
    md = Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)
    html = md.convert(FRONT_MATTER.sub("", path.read_text()))
    blocks = Counter(re.findall(r'<div class="(?:language-)?(\w*) ?[\w -]*highlight', html))
    programs = read(path)
    assert blocks["python"] == len(programs)
    assert blocks["text"] == sum(bool(program.output) for program in programs)
    assert set(blocks) <= {"python", "text", "console"}
    assert html.count("<pre>") == sum(blocks.values())


def test_the_site_has_programs():
    assert sum(len(read(path)) for path in PAGES) > 50
