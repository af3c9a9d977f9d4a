"""A page's text: everything that a reader reads and no program prints."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

from weaver.page import FRONT_MATTER, PageError

INLINE = "\ufffc"  # stands in a text where code or a formula stands in the page
ATTRIBUTES = re.compile(r"\{:?\s*[.#][^{}]*\}")


@dataclass(frozen=True)
class Text:
    """A text of a page, which begins on `line`.

    Its kind is one of front matter, heading, paragraph, cell, title (of an admonition),
    code (inline), formula, alt, caption, or HTML.
    """

    path: Path
    line: int
    kind: str
    text: str

    def place(self, position: int = 0) -> str:
        return f"{self.path}:{self.line + self.text.count(chr(10), 0, position)}"


def tokens(path: Path) -> list[Token]:
    """Parse a page; blank lines stand for the front matter, so that lines count from it."""
    page = path.read_text(encoding="utf-8")
    head = FRONT_MATTER.match(page)
    markdown = MarkdownIt("commonmark").enable("table").use(admon_plugin)
    markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False)
    return markdown.parse("\n" * head[0].count("\n") + page[head.end() :] if head else page)


def texts(path: Path) -> list[Text]:
    """Read a page's texts; raise PageError for one that no check would see."""
    found = []
    if head := FRONT_MATTER.match(path.read_text(encoding="utf-8")):
        for key, value in (yaml.safe_load(head[0].strip("-\n")) or {}).items():
            line = next(
                k for k, s in enumerate(head[0].splitlines(), 1) if s.startswith(f"{key}:")
            )
            if isinstance(value, str):
                found.append(Text(path, line, "front matter", value))
    kind, line = "paragraph", 1
    for token in tokens(path):
        line = token.map[0] + 1 if token.map else line
        match token.type:
            case "heading_open" | "paragraph_open":
                kind = token.type.removesuffix("_open")
            case "th_open" | "td_open":
                kind = "cell"
            case "admonition_title_open":
                kind = "title"
            case "inline" if not token.content.startswith("::: "):
                found += _inline(path, line, kind, token.children)
            case "math_block":
                found.append(Text(path, line, "formula", token.content))
            case "html_block":
                found += [Text(path, line, *part) for part in _html(token.content)]
            case "code_block":
                raise PageError(
                    f"{path}:{line}: indented text that no admonition holds is read by no check"
                )
    return found


def _inline(path: Path, line: int, kind: str, parts: list[Token]) -> Iterator[Text]:
    first, whole = line, ""
    for token in parts:
        match token.type:
            case "text":
                whole += token.content
            case "softbreak" | "hardbreak":
                whole += "\n"
                line += 1
            case "code_inline":
                whole += INLINE
                yield Text(path, line, "code", token.content)
            case "math_inline" | "math_inline_double":
                whole += INLINE
                yield Text(path, line, "formula", token.content)
            case "image":
                yield Text(path, line, "alt", token.content)
                if title := token.attrs.get("title"):
                    yield Text(path, line, "caption", title)
            case "html_inline":
                yield from (Text(path, line, *part) for part in _html(token.content))
            case "link_open" if title := token.attrs.get("title"):
                yield Text(path, line, "caption", title)
    whole = ATTRIBUTES.sub("", whole)
    if whole.strip():
        yield Text(path, first, kind, whole)


class _Html(HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.parts.append(("HTML", data))

    def handle_starttag(self, tag: str, attributes: list) -> None:
        given = dict(attributes)
        if tag == "img":
            self.parts.append(("alt", given.get("alt") or ""))
        self.parts += [
            ("caption", given[name]) for name in ("title", "aria-label") if name in given
        ]


def _html(source: str) -> list[tuple[str, str]]:
    parser = _Html()
    parser.feed(source)
    parser.close()
    return parser.parts
