"""Changes to the sources, by rules that no check uses: faults to notice, and harmless ones."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from weaver.page import MARKER, Page
from weaver.site import Site

SITE = Site.load()
PAGES = [page for page in SITE.pages.values() if page.programs]
PATHS = [page.path for page in PAGES]
GLOSSARY = SITE.pages[SITE.settings["glossary"]]
MODULES = [path for path in sorted(Path("linreg").glob("*.py")) if path.name != "__init__.py"]
CLAIMS = sorted(Path("tests/claims").glob("test_*.py"))
SETTINGS, STYLE = Path("mkdocs.yml"), Path("docs/stylesheets/site.css")


@dataclass(frozen=True)
class Change:
    """In `path`, what stands at [start, end) becomes `new`."""

    path: Path
    start: int
    end: int
    new: str

    def apply(self, source: str) -> str:
        return source[: self.start] + self.new + source[self.end :]

    def __str__(self) -> str:
        source = self.path.read_text(encoding="utf-8")
        line = source.count("\n", 0, self.start) + 1
        old = source[self.start : self.end]
        return f"{self.path}:{line}: {old[:60]!r} becomes {self.new[:60]!r}"


Template = str | Callable[[re.Match], str]
Kinds = dict[str, list[Change]]


def _collect(path: Path, source: str, rules: list[tuple[str, str, Template]]) -> Iterator[tuple]:
    """Each match of a rule's pattern in a source becomes what its template makes of it."""
    for kind, pattern, template in rules:
        for match in re.finditer(pattern, source, re.MULTILINE):
            new = template(match) if callable(template) else match.expand(template)
            if new != match[0]:
                yield kind, Change(path, *match.span(), new)


# What a reader reads.

BLANK = re.compile(
    r"\A---\n.*?^---$|^( *)```.*?^\1```$|<!--.*?-->|<[^>]*>|(?<=\]\()[^\s)]+"
    r"|\{[^{}\n]*[.#=][^{}\n]*\}|^ *\d+\.(?= )",
    re.MULTILINE | re.DOTALL,
)
CODE, FORMULA = re.compile(r"`[^`\n]+`"), re.compile(r"\$\$?[^$]+\$\$?")


def _without(pattern: re.Pattern, text: str) -> str:
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _next_digit(match: re.Match) -> str:
    """Change the last digit of a text."""
    return re.sub(r"\d(?=\D*\Z)", lambda m: str((int(m[0]) + 1) % 10), match[0])


def _turning(pairs: str) -> tuple[str, Template]:
    """Turn each word of a pair into the other."""
    turned = dict(pair.split() for pair in pairs.split(";"))
    turned |= {there: here for here, there in turned.items()}
    return rf"\b(?:{'|'.join(turned)})\b", lambda match: turned[match[0]]


WORDS = """never always; lower higher; above below; no every; slow fast; slower faster; more less;
steep flat; small large; smaller larger; smallest largest; same different; all none; first last;
before after; rises falls; up down; left right; inside outside; close far; shorter longer;
common rare; narrow wide; with without; is isn't; does doesn't; can cannot; only hardly"""
COUNTS = "two three; four five; six seven; twice thrice; half third; ten twenty"
IN_TEXTS = [
    ("number", r"(?<![\w.,/-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w/])", _next_digit),
    ("sign of a number", r"(?<![\w.,/-])\d+\.\d+", r"-\g<0>"),
    ("number word", *_turning(COUNTS)),
    ("negation or comparative", *_turning(WORDS)),
    ("misspelt word", r"\b([a-z]{3})([a-z])(?!\2)([a-z])([a-z]{2,})\b", r"\1\3\2\4"),
]
OTHER = {"w": "b", "b": "x", "x": "y", "y": "w"}
IN_FORMULAS = [
    ("formula: a square lost", r"\^2", ""),
    ("formula: a sign", r"(?<=[\w})] )[-+](?= )", lambda m: "+" if m[0] == "-" else "-"),
    ("formula: a letter", r"(?<![\\\w])[wxyb](?![\w}])", lambda m: OTHER[m[0]]),
    ("formula: a factor", r"(?<![\w^_{.])2(?![\w.])", "3"),
]


def _place(page: Page, source: str, at: int) -> str:
    start = source.rfind("\n", 0, at) + 1
    line = source[start : source.find("\n", at)].lstrip()
    if line.startswith("!["):
        return "caption" if "](" in source[start:at] else "description of a picture"
    return "definition" if page is GLOSSARY else "cell" if line.startswith("|") else "sentence"


def in_page(page: Page) -> Iterator[tuple]:
    source = page.source
    visible = _without(BLANK, source)
    words = _without(CODE, _without(FORMULA, visible))
    for kind, change in _collect(page.path, words, IN_TEXTS):
        yield f"{kind} in a {_place(page, source, change.start)}", change
    formulas = [match.span() for match in FORMULA.finditer(visible)]
    for kind, change in _collect(page.path, visible, IN_FORMULAS):
        if any(start < change.start < end for start, end in formulas):
            yield kind, change
    for one, other in pairwise(CODE.finditer(visible)):
        if one[0] != other[0]:
            yield "another name in the text", Change(page.path, *one.span(), other[0])
    yield from _collect(page.path, visible, [("stale name", r"(?<=`)(\w+)(?=\([^`]*`)", r"\1s")])
    targets = list(re.finditer(r"(?<=\]\()(?:[\w/.-]+\.md)?(?:#[\w-]+)?(?=[\s)])", source))
    for one, other in pairwise(target for target in targets if target[0]):
        if one[0] != other[0]:
            yield "link to another place", Change(page.path, *one.span(), other[0])
        lost = Change(page.path, one.end(), one.end(), "-x" if "#" in one[0] else "#x")
        yield "link to no place", lost
    linked = {link.target.rpartition("/")[2] for p in SITE.pages.values() for link in p.links}
    for match in re.finditer(r"^##+ [^{\n]+$", visible, re.MULTILINE):
        line = source.count("\n", 0, match.start()) + 1
        anchor = next((h.anchor for h in page.headings if h.line == line), "")
        if {f"{page.path.name}#{anchor}", f"#{anchor}"} & linked:
            yield "heading renamed that links lead to", Change(page.path, match.end(), match.end(), " a")  # noqa: E501  # fmt: skip
    yield from _collect(page.path, source, IN_SOURCES)


# Programs, figures and lists.

MARK = "--figure-(?:ink|blue|orange|green|red)"
LABELS = r'xlabel\("(?P<x>[^"]*)"\)(?P<b>\s+\w+\.(?:set_)?)ylabel\("(?P<y>[^"]*)"\)'
ITEM = r"^(?P<m> *- )(?P<a>`[^`\n]+`)(?P<s>[^\n]*(?:\n(?! *-|\n)[^\n]*)*\n *- )(?P<b>`[^`\n]+`)"
DEFINITION = r"(- \*\*[^*]+\*\*: )([^\[]+)(\[[^\n]+\n)"
IN_SOURCES = [
    ("digit in an output", rf"(?<={MARKER}\n\n```text\n)[^\d`]*\d+", _next_digit),
    ("line of an output removed", rf"(?<={MARKER}\n\n```text\n).*\n", ""),
    ("fence with another language", "^( *```)python$", r"\1py"),
    ("output no longer marked", re.escape(MARKER), ""),
    ("labels of axes swapped", LABELS, r'xlabel("\g<y>")\g<b>ylabel("\g<x>")'),
    ("another unit of an axis", r'(label\("[^"(]* \()[^")]*', r"\1km"),
    ("unit of an axis removed", r'(label\("[^"(]*) \([^"]*\)', r"\1"),
    ("figure without a legend", r"^ *plt\.legend\(\)\n", ""),
    ("image line removed", r"^ *!\[.*\.svg.*\n", ""),
    ("description emptied", r"!\[.*\](?=\(.*\.svg)", "![]"),
    ("explanations swapped", ITEM, r"\g<m>\g<b>\g<s>\g<a>"),
    ("definitions swapped", rf"^{DEFINITION}{DEFINITION}", r"\1\5\3\4\2\6"),
]
PUBLIC = re.compile(r'^(?:def [a-z]|class )[^"]*?:\n    (""".*?""")', re.MULTILINE | re.DOTALL)
IN_DOCSTRINGS = [
    ("docstring: a number", r"(?<![\w.,/^-])\d+(?![\w/])", _next_digit),
    ("docstring: a word", *_turning(WORDS + "; least most; finite infinite")),
    ("docstring: a type", *_turning("float32 float64; ValueError TypeError")),
    ("docstring: a shape", r"\(n, 1\)|\(n,\)", lambda m: "(n,)" if "1" in m[0] else "(n, 1)"),
]
OPERATORS = {"==": "!=", "<": ">=", ">": "<=", "<=": ">", ">=": "<"}
STEP = r"( *- .*: tutorial/.*\n)"
IN_FILES = [
    (CLAIMS, ("assertion of a claim turned round", r"(?<=^    assert )([^\n=<>!]+ )(==|[<>]=?)(?= [^\n=<>!]+$)",  # noqa: E501
              lambda m: m[1] + OPERATORS[m[2]])),
    ([STYLE], ("colour too faint", rf"^(  {MARK}: #)\w+", r"\1cccccc")),
    ([STYLE], ("colour too faint", rf"^(    {MARK}: #)\w+", r"\g<1>444444")),
    ([SETTINGS], ("page missing in the menu", f"^{STEP}", "")),
    ([SETTINGS], ("menu out of order", f"^{STEP}{STEP}", r"\2\1")),
]  # fmt: skip


def faults() -> Kinds:
    """What has to be noticed, by kind."""
    found = defaultdict(list)
    for page in (*PAGES, GLOSSARY):
        for kind, change in in_page(page):
            found[kind].append(change)
    for path in MODULES:
        source = path.read_text(encoding="utf-8")
        for docstring in PUBLIC.finditer(source):
            rest = _without(re.compile(r"(?s)Examples:.*|Source: .*?\n\n"), docstring[1])
            for kind, change in _collect(path, " " * docstring.start(1) + rest, IN_DOCSTRINGS):
                found[kind].append(change)
    for paths, rule in IN_FILES:
        for path in paths:
            for kind, change in _collect(path, path.read_text(encoding="utf-8"), [rule]):
                found[kind].append(change)
    return found


SOURCED = " Legendre [published it in 1805](https://example.org/legendre)."
PARAGRAPH = r"(?<=[a-z]\.)\n\n(?=[A-Z])"
SAME = {"begins": "starts", "shows": "displays", "needs": "requires", "gives": "returns"}
HARMLESS_IN_TEXTS = [
    ("a sentence more", PARAGRAPH, " Read it twice if you like.\n\n"),
    ("a year from outside", PARAGRAPH, f"{SOURCED}\n\n"),
    ("a note without a program", PARAGRAPH, "\n\n!!! note\n\n    Nobody has to hurry.\n\n"),
    ("a section without a program", "^## Mistakes", "## More\n\nIt is the same.\n\n\\g<0>"),
    ("an exercise without a program", r"(?<=\n)\Z", lambda m: _exercise(m)),
    ("a word for another", rf"\b({'|'.join(SAME)})\b", lambda m: SAME[m[0]]),
    ("another line break", r"(?<=[a-z])\n(?=[a-z]+ [a-z])", " "),
]
HARMLESS_IN_PROGRAMS = [
    ("a longer description", r"(?<=\.)\]\((?=[\w-]+\.svg)", " A caption stands below.]("),
    ("another colour", '"C[23]"', lambda m: m[0] if m.string.count(m[0]) > 1 else '"C5"'),
    ("another size of marks", "markersize=4", "markersize=5"),
    ("a comment in a program", r"^(?=model = make_model\(\)$)", "# A new line.\n"),
]


def _exercise(match: re.Match) -> str:
    """One exercise more, behind the last one."""
    before = match.string.count("**Exercise ")
    return f"\n**Exercise {before + 1}.** Which step would you like to see again?\n" * (before > 0)


def harmless() -> Kinds:
    """What has to stay green, by kind."""
    found = defaultdict(list)
    for page in PAGES:
        words = _without(CODE, _without(FORMULA, _without(BLANK, page.source)))
        for source, rules in (words, HARMLESS_IN_TEXTS), (page.source, HARMLESS_IN_PROGRAMS):
            for kind, change in _collect(page.path, source, rules):
                found[kind].append(change)
    comment = "# Nothing else changes.\n"
    for path in (*MODULES, *CLAIMS, SETTINGS, STYLE):
        end = len(path.read_text(encoding="utf-8"))
        note = "/* Nothing else changes. */\n" if path == STYLE else comment
        found["a comment in a file"].append(Change(path, end, end, note))
    return found
