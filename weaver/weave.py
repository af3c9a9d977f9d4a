"""A page and its results -> the woven page, as Markdown that other builders take too."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import indent
from types import MappingProxyType

from weaver.figure import to_html
from weaver.maths import to_mathml, with_mathml
from weaver.page import Complaint, Page, Program, lines_of
from weaver.run import Result

NOTHING = MappingProxyType({})
# Markdown inside HTML stays as it is, at any depth of admonitions and lists.
HTML = "/// html | {tag}\n    markdown: html\n\n{html}\n///\n"
# Wide formulas scroll; what scrolls has to take the focus of the keyboard.
DISPLAY = 'div.formula[tabindex="0" role="group" aria-label="Formula"]'
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
    below: str = "",
    faults: Sequence[Complaint] = (),
    mathml: bool = True,
) -> str:
    """Put outputs, figures and MathML into a page's text, and take its front matter off.

    `fills` says what takes the place of comments such as <!--counts-->; `below` stands at
    the end, and each fault in a box above the block that it is in.
    """
    edits = list(_formulas(page)) if mathml else []
    for program, result in zip(page.programs, results, strict=True):
        edits.append((program.end, program.last, _under(page, program, result)))
    for token in page.tokens:
        if token.type == "html_block" and token.content.strip() in fills:
            edits.append((*token.map, lines_of(fills[token.content.strip()])))
    starts = [token.map[0] for token in page.tokens if token.level == 0 and token.map]
    # What stands under a program is taken out with it.
    under = {k for program in page.programs for k in range(program.end, program.last)}
    for fault in faults:
        above = (k for k in starts if k < fault.line and k not in under)
        at = max(above, default=page.start)
        box = FAULT.format(fault=indent(str(fault), "    "))
        edits.append((at, at, lines_of(box)))
    lines = page.lines
    for start, end, new in sorted(edits, reverse=True):
        lines[start:end] = new
    return "\n".join([*lines[page.start :], "", below])


def _under(page: Page, program: Program, result: Result) -> list[str]:
    woven = ""
    if result.output:
        fence = '``` { .text .output .no-copy title="Output" }'
        woven += f"\n{fence}\n{result.output.removesuffix(chr(10))}\n```\n"
    for svg, image in zip(result.figures, program.images, strict=False):
        woven += "\n" + HTML.format(tag=f"figure.drawn#{image.name}", html=to_html(svg, image))
    return lines_of(indent(woven, _margin(page.lines[program.line - 1])))


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
            yield *token.map, lines_of(indent(html, _margin(lines[token.map[0]])))
        elif token.type == "inline" and "$" in token.content:
            places.add(tuple(token.map))  # A row of a table has several inline tokens.
    for start, end in places:
        yield start, end, lines_of(with_mathml("\n".join(lines[start:end])))


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
