from pathlib import Path

import pytest

from weaver.page import MARKER, PLACEHOLDER, Heading, Image, Link, PageError, read, refresh

PAGE = """---
title: A title
tags: [a]
---

# A `heading` { #anchor }

Words with `code` and $x$,
more [words](page.md "A caption").

```python
print("one")
```

<!--pytest-codeblocks:expected-output-->

```text
one
```

??? note "An opened title"

    Words inside\f\u2028.

    ```python
    print("two")

    print("three")
    ```

    <!--pytest-codeblocks:expected-output-->

    ```text
    two
    three
    ```

    ![An alternative text](line.svg "Another caption")
    ![A line that falls.](fall.svg)

$$
y = 1
$$

| Cell |
| --- |
| `x` |

1. An item

## Heading

```python
x = 1
```

<div>HTML <img src="a.png" alt="Alt"></div>
"""


def test_programs_have_code_output_images_and_lines(page):
    first, second, third = page.programs
    assert (first.line, first.end, first.output_end, first.last) == (11, 13, 19, 19)
    assert (first.code, first.output) == ('print("one")\n', "one\n")
    assert (second.line, second.end, second.output_end, second.last) == (25, 29, 36, 39)
    assert second.code == 'print("two")\n\nprint("three")\n'
    assert second.output == "two\nthree\n"
    assert second.images == (
        Image("An alternative text", "line", "Another caption"),
        Image("A line that falls.", "fall", None),
    )
    assert (third.line, third.last, third.output, third.images) == (53, 55, "", ())


def test_texts_have_kinds_and_lines(page):
    assert [(t.line, t.kind, t.text.strip()) for t in page.texts] == [
        (2, "front matter", "A title"),
        (6, "code", "heading"),
        (6, "heading", f"A {PLACEHOLDER}"),
        (8, "code", "code"),
        (8, "formula", "$x$"),
        (9, "caption", "A caption"),
        (8, "paragraph", f"Words with {PLACEHOLDER} and {PLACEHOLDER},\nmore words."),
        (21, "title", "An opened title"),
        (23, "paragraph", "Words inside\f\u2028."),
        (38, "alt", "An alternative text"),
        (38, "caption", "Another caption"),
        (39, "alt", "A line that falls."),
        (41, "formula", "$$\ny = 1\n$$"),
        (45, "cell", "Cell"),
        (47, "code", "x"),
        (47, "cell", PLACEHOLDER),
        (49, "paragraph", "An item"),
        (51, "heading", "Heading"),
        (57, "HTML", "HTML"),
        (57, "alt", "Alt"),
    ]


def test_headings_have_anchors_and_links_lines(page):
    assert page.headings == [
        Heading(6, 1, "A heading", "anchor"),
        Heading(51, 2, "Heading", "heading"),
    ]
    assert page.links == [Link(9, "page.md", "words")]
    assert page.complaints == []


def outputs(page):
    return [program.output for program in page.programs]


def test_refresh_of_what_is_true_changes_nothing(page):
    assert refresh(page, outputs(page)) == 0
    assert page.path.read_text(encoding="utf-8") == PAGE


def test_refresh_changes_adds_and_removes_outputs_and_nothing_else(page):
    assert refresh(page, ["", "two\nfour\n", "new\n"]) == 3
    removed = "\n<!--pytest-codeblocks:expected-output-->\n\n```text\none\n```\n"
    added = removed.replace("one", "new")
    expected = PAGE.replace(removed, "", 1).replace("    three\n    `", "    four\n    `")
    assert page.path.read_text(encoding="utf-8") == expected.replace(
        "x = 1\n```\n", f"x = 1\n```\n{added}"
    )
    assert outputs(read(page.path)) == ["", "two\nfour\n", "new\n"]


@pytest.mark.parametrize("first", ["one", "```\n"], ids=["no line break", "a fence"])
@pytest.mark.parametrize("second", ["two\nthree\n", "a blank line\n\nin an answer\n"])
def test_an_output_that_cannot_stand_on_a_page_is_told_and_changes_nothing(page, first, second):
    for new in ([first, second, ""], ["one\n", "a blank line\n\nin an answer\n", ""]):
        with pytest.raises(PageError, match="an output that cannot stand on a page"):
            refresh(page, new)
    assert page.path.read_text(encoding="utf-8") == PAGE


def test_a_page_is_parsed_once_a_version(page):
    assert read(page.path) is page
    Path(page.path).write_text(f"{PAGE}\nMore.\n", encoding="utf-8")
    assert read(page.path).texts[-1].text == "More."


def test_empty_lines_in_a_folded_program_end_nothing_and_stay_empty(tmp_path):
    code, output = "x = 1\n\n\nclass A:\n    y = 2\n\n\n\nprint(x)\n", "a\n\n\n  b\n   \nc\n"
    block = f"```python\n{code}```\n\n{MARKER}\n\n```text\n{output}```\n"
    inside = "\n".join(line and f"    {line}" for line in block.split("\n"))
    path = tmp_path / "page.md"
    path.write_text(f'# A\n\n??? note "B"\n\n{inside}\n{block}', "utf-8")
    page = read(path)
    assert [(program.code, program.output) for program in page.programs] == [(code, output)] * 2
    assert page.complaints == []
