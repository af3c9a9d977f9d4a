"""Every text of a page is read, with its line."""

import pytest

from weaver.page import PageError
from weaver.prose import INLINE, texts

PAGE = """---
title: A title
tags: [a]
---

# A heading { #anchor }

Words with `code` and $x$,
more [words](page.md "A caption").

??? note "An opened title"

    Words inside.

    ```python
    print("no text")
    ```

    ![An alternative text](a.svg "Another caption")

$$
y = 1
$$

| Cell |
| --- |
| `x` |

1. An item

<div>HTML <img src="a.png" alt="Alt"></div>
"""


def test_texts(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    assert [(t.line, t.kind, t.text.strip()) for t in texts(page)] == [
        (2, "front matter", "A title"),
        (6, "heading", "A heading"),
        (8, "code", "code"),
        (8, "formula", "x"),
        (9, "caption", "A caption"),
        (8, "paragraph", f"Words with {INLINE} and {INLINE},\nmore words."),
        (11, "title", "An opened title"),
        (13, "paragraph", "Words inside."),
        (19, "alt", "An alternative text"),
        (19, "caption", "Another caption"),
        (21, "formula", "y = 1"),
        (25, "cell", "Cell"),
        (27, "code", "x"),
        (27, "cell", INLINE),
        (29, "paragraph", "An item"),
        (31, "HTML", "HTML"),
        (31, "alt", "Alt"),
    ]


def test_unseen_text_fails(tmp_path):
    page = tmp_path / "page.md"
    page.write_text('=== "Tab"\n\n    Words that only some builders show.\n')
    with pytest.raises(PageError, match=r"page\.md:3: indented text"):
        texts(page)
