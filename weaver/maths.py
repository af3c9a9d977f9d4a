"""Formulas -> MathML: `$w$` in a line, `$$...$$` as a paragraph of its own."""

import html
import re
import string
import unicodedata
import xml.etree.ElementTree as etree
from pathlib import Path

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString
from math_core import LatexError, LatexToMathML

from weaver.page import PageError, lines_of

INLINE = r"(?<!\\)\$(?!\s)((?:\\.|[^\\$])*?)(?<!\s)\$"
DISPLAY = re.compile(r"\$\$(.*)\$\$\s*", re.DOTALL)
_latex = LatexToMathML(fancy_error=False)

# What `weaver.assets` puts into the maths font. A browser shows a letter that stands for
# a number in Unicode's mathematical italic; other letters are set in the page's font.
CHARACTERS = (
    "0123456789.,:;!%/()[]|‖+−±=≠≈<>≤≥·×∗∈∼∝→←↦∞⊤∇∑∏∫√′…⋯ˆ¯˜"  # noqa: RUF001
    + "".join(chr(c) for c in range(0x1D434, 0x1D468) if c != 0x1D455)  # A to Z, a to z
    + "".join(map(chr, range(0x1D6FC, 0x1D716)))  # alpha to omega, partial derivative
    + "ℎ𝒩"  # noqa: RUF001
)
KNOWN = {*CHARACTERS, *unicodedata.normalize("NFKC", CHARACTERS), *string.ascii_letters}


class MathsExtension(Extension):
    def __init__(self, **settings):
        self.config = {"docs_dir": ["docs", "Folder of the pages, to name the place of an error"]}
        super().__init__(**settings)

    def extendMarkdown(self, md: Markdown) -> None:
        docs = Path(self.getConfig("docs_dir"))
        # Before tables (75), whose bars a formula may hold.
        md.parser.blockprocessors.register(Display(md.parser, docs), "display", 95)
        # After code (190), before escapes (180), which would eat a formula's backslashes.
        md.inlinePatterns.register(Inline(md, docs), "inline-math", 185)
        md.ESCAPED_CHARS.append("$")


class Display(BlockProcessor):
    def __init__(self, parser, docs: Path):
        super().__init__(parser)
        self.docs = docs

    def test(self, parent: etree.Element, block: str) -> bool:
        return block.startswith("$$")

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        match = DISPLAY.fullmatch(block)
        latex = match[1] if match else block
        if not match or "$$" in latex:
            raise PageError(f"{place(self.docs, latex)}close $$ with $$ before the blank line")
        mathml = to_mathml(latex, self.docs, display=True)
        # Wide formulas scroll; what scrolls has to take the focus of the keyboard.
        attributes = {
            "class": "formula",
            "tabindex": "0",
            "role": "group",
            "aria-label": "Formula",
        }
        box = etree.SubElement(parent, "div", attributes)
        box.text = AtomicString(self.parser.md.htmlStash.store(mathml))


class Inline(InlineProcessor):
    def __init__(self, md: Markdown, docs: Path):
        super().__init__(INLINE, md)
        self.docs = docs

    def handleMatch(self, match: re.Match, data: str) -> tuple[str, int, int]:
        if not match[1]:
            where = place(self.docs, data)
            raise PageError(f"{where}$$ has to stand alone: put blank lines around the formula")
        # A line may break after a formula, but not before the comma or full stop behind it.
        mark = re.match(r"[.,;:!?)]*", data[match.end() :])[0]
        html = to_mathml(match[1], self.docs)
        if mark:
            html = f'<span class="unbroken">{html}{mark}</span>'
        return self.md.htmlStash.store(html), match.start(), match.end() + len(mark)


def to_mathml(latex: str, docs: Path, display: bool = False) -> str:
    """Turn LaTeX into MathML; raise PageError with the formula's place if it is not LaTeX."""
    if not latex.strip():
        raise PageError("an empty formula: write something between $$ and $$")
    try:
        mathml = _latex.convert_with_local_state(latex.strip(), displaystyle=display)
    except LatexError as error:
        where = place(docs, latex)
        raise PageError(f"{where}${latex.strip()}$ fails at character {error}") from None
    shown = re.sub(r"<mtext>.*?</mtext>|<[^>]*>|\s|\ufe00", "", mathml)
    if missing := set(html.unescape(shown)) - KNOWN:
        raise PageError(
            f"{place(docs, latex)}${latex.strip()}$ has {' '.join(sorted(missing))}, which the "
            "maths font lacks: add it to CHARACTERS in weaver/maths.py"
        )
    return mathml


def place(docs: Path, text: str) -> str:
    """Find where a text stands; Python-Markdown tells no extension which page it renders."""
    first = text.strip().splitlines()[0]
    for path in sorted(docs.rglob("*.md")):
        for number, line in enumerate(lines_of(path.read_text(encoding="utf-8")), 1):
            if first in line:
                return f"{path}:{number}: "
    return ""


def makeExtension(**settings):
    return MathsExtension(**settings)
