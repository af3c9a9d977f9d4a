"""Formulas -> MathML, and which characters the maths font has to hold."""

import html
import re
import string
import unicodedata

from math_core import LatexError, LatexToMathML

# A formula with the mark behind it, or what only looks like one.
FORMULA = re.compile(
    r"(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)|\\.|\$\$(?P<display>.+?)\$\$|"
    r"(?<!\d)\$(?!\s)(?P<latex>(?:\\.|[^\\$])+?)(?<!\s)\$(?!\d)(?P<mark>[.,;:!?)]*)",
    re.DOTALL,
)
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


def to_mathml(latex: str, display: bool = False) -> str:
    """Turn LaTeX into MathML; raise ValueError for what is no LaTeX or lacks in the font."""
    if not latex.strip():
        raise ValueError("it is empty")
    try:
        mathml = _latex.convert_with_local_state(latex.strip(), displaystyle=display)
    except LatexError as error:
        raise ValueError(f"it fails at character {error}") from None
    shown = re.sub(r"<mtext>.*?</mtext>|<[^>]*>|\s|\ufe00", "", mathml)
    if missing := set(html.unescape(shown)) - KNOWN:
        raise ValueError(f"the maths font lacks {' '.join(sorted(missing))}")
    return mathml


def with_mathml(text: str) -> str:
    """Turn the formulas in a text into MathML; one that is none stays as it is."""
    return FORMULA.sub(_converted, text)


def _converted(match: re.Match) -> str:
    latex = match["display"] or match["latex"]
    if latex is None:
        return "&#36;" if match[0] == r"\$" else match[0]
    try:
        mathml = to_mathml(html.unescape(latex), bool(match["display"]))
    except ValueError:
        return match[0]
    # What Markdown would take for marks of its own; " would end an admonition's title.
    mathml = re.sub(r"[*_|[\]\\`{}]", lambda mark: f"&#{ord(mark[0])};", mathml)
    mathml = mathml.replace('"', "'")
    # A line may break after a formula, but not before the comma or full stop behind it.
    return f"<span class='unbroken'>{mathml}{match['mark'] or ''}</span>"
