"""A page and its results -> the woven page, as Markdown that other builders take too."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import indent
from types import MappingProxyType

from weaver.figure import to_html
from weaver.maths import to_mathml, with_mathml
from weaver.page import Complaint, Page, lines_of
from weaver.run import Result

NOTHING = MappingProxyType({})
# Markdown inside HTML stays as it is, at any depth of admonitions and lists.
HTML = "/// html | {tag}\n    markdown: html\n\n{html}\n///\n"
# Wide formulas scroll; what scrolls has to take the focus of the keyboard.
DISPLAY = 'div.formula[tabindex="0" role="group" aria-label="Formula"]'
OUTPUT = """``` {{ .text .output .no-copy{error} title="Output" }}
{output}
```
"""
# A figure stands where its page has this, or else under its program.
FIGURE_MARK = "<!--{name}.svg-->"
FAULT = """!!! failure "This page is not yet right"

    ``````{{ .text .output .no-copy }}
{fault}
    ``````
"""

# Lines of a page, counted from 0 as Python does, and what takes their place.
Edit = tuple[int, int, list[str]]


def weave(
    page: Page,
    results: Sequence[Result],
    fills: Mapping[str, str] = NOTHING,
    above: str = "",
    below: str = "",
    faults: Sequence[Complaint] = (),
    mathml: bool = True,
) -> str:
    """Put outputs, figures and MathML into a page's text, and take its front matter off.

    `fills` says what takes the place of comments such as <!--counts-->; `above` stands under
    the title, `below` at the end, and each fault in a box above the block that it is in.
    """
    edits = [*_shown(page, results, fills), *_new_lines(page), *_boxes(page)]
    edits += _formulas(page) if mathml else []
    for token in page.tokens:
        if above and token.type == "heading_open" and token.tag == "h1":
            edits.append((token.map[1], token.map[1], ["", *lines_of(above)]))
    starts = [token.map[0] for token in page.tokens if token.level == 0 and token.map]
    # What stands under a program is taken out with it.
    under = {k for program in page.programs for k in range(program.end, program.last)}
    for fault in faults:
        before = (k for k in starts if k < fault.line and k not in under)
        at = max(before, default=page.start)
        if page.lines[fault.line - 1].startswith("::: "):
            edits.append((fault.line - 1, fault.line, []))  # It would end the build.
        edits.append((at, at, lines_of(box(fault))))
    lines = page.lines
    for start, end, new in sorted(edits, reverse=True):
        lines[start:end] = new
    return "\n".join([*lines[page.start :], "", below])


def box(fault: Complaint) -> str:
    """The box that shows a fault on its page."""
    return FAULT.format(fault=indent(str(fault), "    "))


def _shown(page: Page, results: Sequence[Result], fills: Mapping[str, str]) -> Iterator[Edit]:
    """Put outputs and figures under their programs, and figures and fills where marks are."""
    marks = {t.content.strip(): t for t in page.tokens if t.type == "html_block"}
    fills = {**fills}
    for program, result in zip(page.programs, results, strict=True):
        # A program that catches an error shows it.
        error = " .error" if "except " in program.code else ""
        output = OUTPUT.format(error=error, output=result.output.removesuffix("\n"))
        under = [output] if result.output else []
        for svg, image in zip(result.figures, program.images, strict=False):
            figure = HTML.format(tag=f"figure.drawn#{image.name}", html=to_html(svg, image))
            mark = FIGURE_MARK.format(name=image.name)
            if mark in marks:
                fills[mark] = figure
            else:
                under.append(figure)
        yield program.end, program.last, _indented(page, program.line - 1, ["", *under])
    for mark in marks.keys() & fills.keys():
        start, end = marks[mark].map
        yield start, end, _indented(page, start, [fills[mark]])


def _new_lines(page: Page) -> Iterator[Edit]:
    """Mark the lines of each program that the page has not shown before, where it has some."""
    shown = set()
    for program in page.programs:
        lines = lines_of(program.code)
        new = [k for k, line in enumerate(lines, 1) if line.strip() and line not in shown]
        if new and shown.intersection(filter(str.strip, lines)):
            fence = page.lines[program.line - 1].rstrip()
            marked = " ".join(map(str, new))
            yield program.line - 1, program.line, [f'{fence} hl_lines="{marked}"']
        shown.update(lines)


def _boxes(page: Page) -> Iterator[Edit]:
    """Put each section below a heading such as "Mistakes people make" into a box."""
    inside = False
    ends = [*(heading.line - 1 for heading in page.headings[1:]), len(page.lines)]
    for heading, end in zip(page.headings, ends, strict=False):
        if heading.level <= 2:
            inside = heading.text.startswith("Mistakes")
        elif inside:
            yield heading.line - 1, heading.line - 1, ["//// html | div.mistake", ""]
            yield end, end, ["////", ""]


def _formulas(page: Page) -> Iterator[Edit]:
    """Turn formulas into MathML; one that is none stays as it is."""
    lines, places = page.lines, set()
    for token in page.tokens:
        if token.type == "math_block":
            try:
                mathml = to_mathml(token.content, display=True)
            except ValueError:
                continue
            html = HTML.format(tag=DISPLAY, html=mathml)
            yield *token.map, _indented(page, token.map[0], [html])
        elif token.type == "inline" and "$" in token.content:
            places.add(tuple(token.map))  # A row of a table has several inline tokens.
    for start, end in places:
        yield start, end, lines_of(with_mathml("\n".join(lines[start:end])))


def _indented(page: Page, line: int, blocks: list[str]) -> list[str]:
    """The lines of blocks, as far from the margin as a line of the page."""
    text = page.lines[line]
    return lines_of(indent("\n".join(blocks), text[: len(text) - len(text.lstrip())]))
