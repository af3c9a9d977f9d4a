"""A page, read once: its programs, texts, headings and links, each with its line."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
import yaml
from bs4 import BeautifulSoup
from markdown.extensions.toc import slugify, unique
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, backtick
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

MARKER = "<!--pytest-codeblocks:expected-output-->"
PLACEHOLDER = "\ufffc"  # stands in a text where code or a formula stands in the page
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
ATTRIBUTES = re.compile(r"\{:?\s*[.#][^{}]*\}")
SENTENCE = re.compile(r"\S.*?(?:[.?!:](?=\s|\Z)|\n\n|\Z)", re.DOTALL)
FIGURE = re.compile(r"([\w-]+)\.svg")


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong: where, what stands there, what is true, and what to do next.

    A notice is for a person to judge; it fails nothing.
    """

    path: Path
    line: int
    said: str
    true: str
    remedy: str
    notice: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.said}: {self.true}\n    next: {self.remedy}"


class PageError(click.ClickException):
    """What is wrong, in plain words that begin with page:line where it has a line."""

    def __init__(self, *complaints: Complaint | str):
        super().__init__("\n".join(map(str, complaints)))


@dataclass(frozen=True)
class Image:
    """The image line of a figure."""

    alt: str
    name: str
    caption: str | None


@dataclass(frozen=True)
class Program:
    """A Python block with what the page says that it prints and draws.

    Lines count from 1. The block opens at `line` and closes at `end`; its output
    reaches to `output_end`, its image lines to `last`.
    """

    path: Path
    line: int
    end: int
    output_end: int
    last: int
    code: str
    output: str
    images: tuple[Image, ...]

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Text:
    """A text of a page, which begins on `line`.

    Its kind is one of front matter, heading, paragraph, cell, title (of an admonition),
    code (inline), formula (with its dollars), alt, caption, or HTML. `sources` are the places
    of its links to pages outside, `bold` where its bold words begin and end.
    """

    path: Path
    line: int
    kind: str
    text: str
    sources: tuple[int, ...] = ()
    bold: tuple[tuple[int, int], ...] = ()

    def line_at(self, position: int) -> int:
        return self.line + self.text.count("\n", 0, position)


@dataclass(frozen=True)
class Heading:
    """A heading with its anchor on the built page."""

    line: int
    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Link:
    """A link or a picture from elsewhere, and the words that show it."""

    line: int
    target: str
    text: str


@dataclass(frozen=True, eq=False)
class Page:
    """What a version of a page's file holds."""

    path: Path
    source: str
    meta: dict
    tokens: Sequence[Token]
    programs: list[Program] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        return lines_of(self.source)

    @property
    def start(self) -> int:
        """How many lines the front matter takes."""
        head = FRONT_MATTER.match(self.source)
        return head[0].count("\n") if head else 0

    @property
    def title(self) -> str:
        """The page's first heading, without the marks of code."""
        return next((heading.text for heading in self.headings), self.path.stem)

    def complaint(self, line: int, said: str, true: str, remedy: str) -> Complaint:
        return Complaint(self.path, line, said, true, remedy)

    def complain(self, *parts) -> None:
        self.complaints.append(self.complaint(*parts))


def lines_of(text: str) -> list[str]:
    """The lines of a text that ends with a line break, if it has any.

    Python's `splitlines` would end lines at form feeds and the like, as Markdown does not.
    """
    return text.removesuffix("\n").split("\n")


def read(path: Path) -> Page:
    """Read a page; what is wrong with its blocks stands in its complaints."""
    source = path.read_text(encoding="utf-8-sig", errors="replace")
    if path not in _pages or _pages[path].source != source:
        _pages[path] = _read(path, source)
    return _pages[path]


# The last version of each, by its path.
_pages: dict[Path, Page] = {}


def _read(path: Path, source: str) -> Page:
    head = FRONT_MATTER.match(source)
    # Blank lines stand for the front matter, so that lines count from it.
    body = "\n" * head[0].count("\n") + source[head.end() :] if head else source
    markdown = MarkdownIt("commonmark").enable("table").use(admon_plugin)
    markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False)
    markdown.inline.ruler.at("backticks", _inline_code)
    # To the parser, two empty lines end an admonition; to Python, they stand before a class.
    page = Page(path, source, {}, markdown.parse(re.sub(r"(?<=\n\n)\n(?=\n*( +))", r"\1\n", body)))
    if "\ufffd" in source:
        line = source[: source.index("\ufffd")].count("\n") + 1
        page.complain(line, "\ufffd", "the page is not UTF-8", "save it as UTF-8")
    try:
        page.meta.update(yaml.safe_load(head[1]) or {} if head else {})
    except (yaml.YAMLError, TypeError, ValueError) as error:
        where = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or error
        page.complain(where.line + 2 if where else 1, "the front matter", f"it is no YAML: {said}",
                      "write `name: value` lines, a value with a colon in quotes")  # fmt: skip
    for key, value in page.meta.items():
        if isinstance(value, str):
            starts = (k for k, s in enumerate(page.lines, 1) if s.startswith(f"{key}:"))
            line = next(starts, 1)
            page.texts.append(Text(path, line, "front matter", value))
    _read_texts(page)
    _read_programs(page)
    return page


def _inline_code(state: StateInline, silent: bool) -> bool:
    """Let inline code tell its line ends, of which the parser makes spaces."""
    start = state.pos
    found = backtick(state, silent)
    if found and not silent and state.tokens[-1].type == "code_inline":
        state.tokens[-1].meta["breaks"] = state.src.count("\n", start, state.pos)
    return found


# Programs.


def _read_programs(page: Page) -> None:
    lines = page.lines
    for k, token in enumerate(page.tokens):
        if (token.type, token.info) != ("fence", "python"):
            continue
        # Not behind > or the mark of a list, where it is never run.
        if lines[token.map[0]].lstrip().startswith("```"):
            page.programs.append(_program(page, k))


def _program(page: Page, k: int) -> Program:
    """Make the program of the fence tokens[k]."""
    fence, *after = page.tokens[k : k + 3]
    output, at, last = "", k + 1, fence.map[1]
    marks = [(t.type, t.info or t.content.strip()) for t in after]
    if marks == [("html_block", MARKER), ("fence", "text")]:
        output, at, last = _content(after[1], page.lines), k + 3, after[1].map[1]
    output_end, images = last, []
    while page.tokens[at : at + 1] and page.tokens[at].type == "paragraph_open":
        found = _figures(page.tokens[at + 1].children)
        if not found:
            break
        images, last, at = images + found, page.tokens[at].map[1], at + 3
    start, end = fence.map
    code = _content(fence, page.lines)
    return Program(page.path, start + 1, end, output_end, last, code, output, tuple(images))


def _content(fence: Token, lines: list[str]) -> str:
    """What a fence holds; its empty lines are empty, whatever the parser was given."""
    inside = [*lines[fence.map[0] + 1 :], ""]
    return "\n".join(
        text if line else "" for text, line in zip(fence.content.split("\n"), inside, strict=False)
    )


def _figures(children: list[Token]) -> list[Image]:
    """Read a paragraph that consists of the image lines of figures."""
    found = []
    for token in children:
        if token.type == "image" and (name := FIGURE.fullmatch(token.attrs["src"])):
            found.append(Image(token.content, name[1], token.attrs.get("title")))
        elif token.type != "softbreak":
            return []
    return found


# Texts.


def _read_texts(page: Page) -> None:
    kind, line, level, anchors = "paragraph", 1, 0, set()
    for token in page.tokens:
        line = token.map[0] + 1 if token.map else line
        match token.type:
            case "heading_open" | "paragraph_open":
                kind = token.type.removesuffix("_open")
                level = int(token.tag[1:]) if kind == "heading" else 0
            case "th_open" | "td_open":
                kind = "cell"
            case "admonition_title_open":
                kind = "title"
            case "inline" if not token.content.startswith("::: "):
                page.texts.extend(_inline(page, line, kind, token.children))
                if kind == "heading":
                    page.headings.append(_heading(line, level, token.children, anchors))
            case "math_block":
                page.texts.append(Text(page.path, line, "formula", f"$${token.content}$$"))
            case "html_block":
                page.texts.extend(_html(page, line, token.content))
            case "code_block":
                said, remedy = "indented text that no admonition holds", "take its spaces away"
                page.complain(line, said, "it is read by no check", remedy)


def _heading(line: int, level: int, children: list[Token], anchors: set[str]) -> Heading:
    text = "".join(token.content for token in children)
    own = re.search(r"\{[^{}]*#([\w-]+)[^{}]*\}", text)
    text = ATTRIBUTES.sub("", text).strip()
    return Heading(line, level, text, unique(own[1] if own else slugify(text, "-"), anchors))


def _inline(page: Page, line: int, kind: str, tokens: list[Token]) -> Iterator[Text]:
    first, whole, opened, sources, bold = line, "", [], [], []
    for token in tokens:
        # A title's own are lost.
        breaks = token.meta.get("breaks", token.content.count("\n"))
        match token.type:
            case "text":
                whole += token.content
            case "softbreak" | "hardbreak":
                whole += "\n"
                line += 1
            case "code_inline":
                whole += PLACEHOLDER
                yield Text(page.path, line, "code", token.content)
            case "math_inline" | "math_inline_double":
                whole += PLACEHOLDER
                latex = f"{token.markup}{token.content}{token.markup}"
                yield Text(page.path, line, "formula", latex)
            case "image":
                yield Text(page.path, line, "alt", token.content)
                if title := token.attrs.get("title"):
                    yield Text(page.path, line, "caption", title)
                if not FIGURE.fullmatch(token.attrs["src"]):
                    page.links.append(Link(line, token.attrs["src"], token.content))
            case "html_inline":
                yield from _html(page, line, token.content)
            case "link_open":
                opened.append((line, token.attrs["href"], len(whole)))
                if re.match(r"https?:", token.attrs["href"]):
                    sources.append(len(ATTRIBUTES.sub("", whole)))
                if title := token.attrs.get("title"):
                    yield Text(page.path, line, "caption", title)
            case "strong_open" | "strong_close":
                bold.append(len(ATTRIBUTES.sub("", whole)))
            case "link_close":
                at, target, start = opened.pop()
                page.links.append(Link(at, target, whole[start:]))
        whole += "\n" * breaks
        line += breaks
    whole = ATTRIBUTES.sub("", whole)
    if whole.strip():
        spans = tuple(zip(bold[::2], bold[1::2], strict=True))
        yield Text(page.path, first, kind, whole, tuple(sources), spans)


def _html(page: Page, line: int, source: str) -> Iterator[Text]:
    soup = BeautifulSoup(source, "html.parser")
    parts = [(text.parent, "HTML", text.strip()) for text in soup.strings if text.strip()]
    for tag in soup(True):
        if tag.name == "img":
            parts.append((tag, "alt", tag.get("alt", "")))
        parts += [(tag, "caption", tag[a]) for a in ("title", "aria-label") if a in tag.attrs]
    for tag, kind, text in parts:
        yield Text(page.path, line + (tag.sourceline or 1) - 1, kind, text)


# Refresh.


def refresh(page: Page, outputs: list[str]) -> int:
    """Put what the programs print into the page's file; return how many outputs changed."""
    lines, changed = page.source.split("\n"), 0
    for program, output in reversed(list(zip(page.programs, outputs, strict=True))):
        if output == program.output:
            continue
        changed += 1
        indent = re.match(r"\s*", lines[program.line - 1])[0]
        # pytest-codeblocks would lose its blank lines; what lacks one is refused below.
        output = output.replace("\n\n", "\n") if indent else output
        shown = ["", MARKER, "", "```text", *lines_of(output), "```"] if output else []
        lines[program.end : program.output_end] = [indent + s if s else "" for s in shown]
    new = _read(page.path, "\n".join(lines))
    taken = [program.output for program in new.programs]
    if taken != outputs:
        pairs = zip(page.programs, outputs, [*taken, *outputs], strict=False)
        line = next((program.line for program, one, other in pairs if one != other), 1)
        true = "it holds ```, a blank line in an indented block, or no line break at its end"
        said, remedy = "an output that cannot stand on a page", "let the block print otherwise"
        raise PageError(page.complaint(line, said, true, remedy))
    if changed:
        if read(page.path).source != page.source:
            raise PageError(f"{page.path}: somebody saved it meanwhile: make refresh")
        page.path.write_text(new.source, encoding="utf-8", newline="\n")
    return changed
