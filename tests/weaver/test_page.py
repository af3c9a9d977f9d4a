from pathlib import Path

import pytest

from weaver.page import Image, PageError, read, refresh

PAGE = """\
---
title: A page
---

# A page

```python
print("one")
```

<!--pytest-codeblocks:expected-output-->

```text
one
```

Words.

??? success "Answer"

    ```python
    print("two")

    print("three")
    ```

    <!--pytest-codeblocks:expected-output-->

    ```text
    two
    three
    ```

    ![A line that rises.](line.svg "A caption.")
    ![A line that falls.](fall.svg)

```python
x = 1
```

```console
make serve
```
"""


@pytest.fixture
def page(tmp_path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    return path


def test_programs_have_code_output_images_and_lines(page):
    first, second, third = read(page)
    assert (first.line, first.end, first.output_end, first.last) == (7, 9, 15, 15)
    assert (first.code, first.output) == ('print("one")\n', "one\n")
    assert (second.line, second.end, second.output_end, second.last) == (21, 25, 32, 35)
    assert second.output == "two\nthree\n"
    assert second.images == (
        Image("A line that rises.", "line", "A caption."),
        Image("A line that falls.", "fall", None),
    )
    assert (third.line, third.last, third.output, third.images) == (37, 39, "", ())
    assert third.place == f"{page}:37"


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("```python\nx", "```py\nx", 37, "```py fence is never checked"),
        ("```python\nx", "```Python\nx", 37, "```Python fence is never checked"),
        ("```python\nx", '```python title="x"\nx', 37, "never checked"),
        ("```python\nx", "``` python\nx", 37, "never checked"),
        ("```python\nx", "```\nx", 37, "never checked"),
        ("```console", "```sh", 41, "```sh fence is never checked"),
        ("```python\nx = 1\n```", "~~~python\nx = 1\n~~~", 37, "~~~ fence is never run"),
        (
            "```python\nx = 1\n```",
            "> ```python\n> x = 1\n> ```",
            37,
            "behind > is never run",
        ),
        ("```python\nx", "<!--pytest-codeblocks:cont-->\n```python\nx", 37, "hides code"),
        ("```python\nx", "<!--pytest.mark.skip-->\n```python\nx", 37, "hides code"),
        ("```python\nx", "<!-- pytest-codeblocks:skipfile -->\n```python\nx", 37, "hides code"),
        ("make serve\n```\n", "make serve\n", None, "Hit end-of-file"),
        ("-->\n\n```text\none", "-->\n\nWords.\n\n```text\none", 11, "has to follow"),
        ("<!--pytest", "Words.\n\n<!--pytest", 7, "directly under its block"),
    ],
)
def test_a_block_that_nothing_would_test_is_an_error(page, old, new, line, message):
    assert old in PAGE
    page.write_text(PAGE.replace(old, new, 1))
    with pytest.raises(PageError) as error:
        read(page)
    assert error.value.message.startswith(f"{page}:{line}: " if line else f"{page}: ")
    assert message in error.value.message


def test_a_string_that_loses_a_blank_line_is_an_error(page):
    page.write_text(PAGE.replace('print("two")\n\n', 'print("""two\n\n    """)\n'))
    with pytest.raises(PageError, match=rf"{page}:21: without its blank lines"):
        read(page)


@pytest.mark.parametrize(
    "outputs",
    [["one", "two\nthree\n", ""], ["```\n", "two\nthree\n", ""], ["one\n", "two\n\nthree\n", ""]],
    ids=["no line break", "a fence", "a blank line in an answer"],
)
def test_an_output_that_cannot_stand_on_a_page_is_told_and_changes_nothing(page, outputs):
    with pytest.raises(PageError, match="an output cannot stand on a page"):
        refresh(page, outputs)
    assert page.read_text() == PAGE


def test_two_figures_of_one_name_are_an_error(page):
    page.write_text(PAGE.replace("fall.svg", "line.svg"))
    with pytest.raises(PageError, match=r"two figures are named line\.svg"):
        read(page)


def test_refresh_of_what_is_true_changes_nothing(page):
    assert refresh(page, [program.output for program in read(page)]) == 0
    assert page.read_text() == PAGE


def test_refresh_changes_adds_and_removes_outputs_and_nothing_else(page):
    assert refresh(page, ["", "two\nfour\n", "new\n"]) == 3
    removed = "\n<!--pytest-codeblocks:expected-output-->\n\n```text\none\n```\n"
    added = removed.replace("one", "new")
    expected = PAGE.replace(removed, "", 1).replace("    three\n    `", "    four\n    `")
    assert page.read_text() == expected.replace("x = 1\n```\n", f"x = 1\n```\n{added}")
    assert [program.output for program in read(page)] == ["", "two\nfour\n", "new\n"]
    assert read(page)[1].images == (
        Image("A line that rises.", "line", "A caption."),
        Image("A line that falls.", "fall", None),
    )
