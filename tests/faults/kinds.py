"""Faults, generated from the sources: each is one change that some check has to notice."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import linreg
from weaver.checks.numbers import numbers_of, numbers_of_programs
from weaver.checks.quotations import claims_file, prose, quotations, spans
from weaver.page import MARKER, Page, lines_of, read
from weaver.site import Site

SITE = Site.load()
PAGES = [page for name, page in SITE.pages.items() if name.startswith("tutorial/")]
PATHS = [page.path for page in PAGES]
MODULES = [path for path in sorted(Path("linreg").glob("*.py")) if path.name != "__init__.py"]
CLAIMS = sorted(Path("tests/claims").glob("test_*.py"))
SETTINGS, STYLE = Path("mkdocs.yml"), Path("docs/stylesheets/site.css")
FUNCTION = re.compile(rf"({'|'.join(linreg.__all__)})\b")


@dataclass(frozen=True)
class Fault:
    """One change: in `path`, what stands at [start, end) becomes `new`."""

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


def faults() -> dict[str, list[Fault]]:
    """Generate all faults, by kind.

    Pages give a kind, a line, what stands there and what takes its place; trees a kind, a
    node and its new text.
    """
    found = defaultdict(list)
    for page, find in product(PAGES, IN_PAGES):
        for kind, line, old, new in find(page):
            start = page.source.find(old, offset(page.lines, line))
            end = start + len(old)
            rest = page.source[end : page.source.find("\n", end)]
            # What a line has twice is not found by its text.
            if start >= 0 and old != new and old not in rest:
                found[kind].append(Fault(page.path, start, end, new))
    for path in (*PATHS, *MODULES, *CLAIMS):
        source = path.read_text(encoding="utf-8")
        blocks = [(p.line, p.code) for p in read(path).programs] if path in PATHS else []
        lines = lines_of(source)
        for line, code in blocks or [(0, source)]:
            indent = lines[line - 1].index("`") if line else 0
            for kind, node, new in in_tree(ast.parse(code)):
                start = offset(lines, line + node.lineno, indent + node.col_offset)
                end = offset(lines, line + node.end_lineno, indent + node.end_col_offset)
                if path in PATHS:
                    kind = "number in a program" if kind.startswith("constant") else ""
                if kind and ("claim" in kind) == (path in CLAIMS):
                    found[kind].append(Fault(path, start, end, new))
    for kind, paths, pattern, template in PATTERNS:
        for path in paths:
            for match in re.finditer(pattern, path.read_text(encoding="utf-8"), re.MULTILINE):
                found[kind].append(Fault(path, *match.span(), match.expand(template)))
    return found


def offset(lines: list[str], line: int, column: int = 0) -> int:
    return sum(len(text) + 1 for text in lines[: line - 1]) + column


def next_digit(text: str) -> str:
    """Change the last digit of a text."""
    return re.sub(r"\d(?=\D*\Z)", lambda m: str((int(m[0]) + 1) % 10), text)


def in_texts(page: Page) -> Iterator[tuple]:
    for text in page.texts:
        for line, shown in ((number.line, number.shown) for number in numbers_of(text)):
            if shown in page.lines[line - 1]:
                yield f"digit in {text.kind}", line, shown, next_digit(shown)
                if text.kind in ("paragraph", "alt", "formula", "cell") and shown.strip("-0."):
                    yield "sign in the text", line, shown, f"-{shown}".removeprefix("--")
        for match in re.finditer(r"\b[a-z]{7,}\b", text.text):
            line, word = text.line_at(match.start()), match[0]
            if text.kind == "paragraph" and word in page.lines[line - 1]:
                yield "misspelt word", line, word, word[:2] + word[3] + word[2] + word[4:]
        if text.kind == "code" and FUNCTION.match(text.text):
            name, argument = FUNCTION.sub(r"\1s", text.text), re.sub("=", "_=", text.text)
            yield "stale name of a function in the text", text.line, f"`{text.text}`", f"`{name}`"
            yield "stale argument in the text", text.line, f"`{text.text}`", f"`{argument}`"


def in_programs(page: Page) -> Iterator[tuple]:
    said = [number for text in page.texts for number in numbers_of(text)]
    numbers = {program: numbers_of_programs([program]) for program in page.programs}
    having = [[p for p in numbers if any(map(number.rounds, numbers[p]))] for number in said]
    pairs = zip(page.tokens, page.tokens[2:], strict=False)
    announced = [b.map[0] + 1 for a, b in pairs if b.type == "fence" and a.content.endswith(":")]
    rows = [f"{line}\n" for line in page.lines]
    for p in page.programs:
        # A text may do without the others.
        if p.line in announced or p.images or [p] in having:
            yield "program removed", p.line, "".join(rows[p.line - 1 : p.last]), ""
        if p.output:
            code, last = "".join(rows[p.line - 1 : p.end]), p.output_end - 1
            yield "program removed, output left", p.line, code, ""
            yield "line of an output removed", last, rows[last - 1], ""
        for line, row in enumerate(rows[p.end : p.output_end], p.end + 1):
            for end in (match.end() for match in re.finditer(r"\d", row)):
                yield "digit in an output", line, row, next_digit(row[:end]) + row[end:]


def in_links(page: Page) -> Iterator[tuple]:
    for link in page.links:
        line, old = link.line, f"]({link.target}"
        yield "link to a page that is not there", line, old, re.sub(r"(\(\w+)\.md", r"\1s.md", old)
        yield "link to an anchor that is not there", line, old, re.sub("(#.+)", r"\1-x", old)
    linked = {link.target for other in PAGES for link in other.links if other is not page}
    linked |= {page.path.name * (link.target[0] == "#") + link.target for link in page.links}
    for heading in page.headings:
        if f"{page.path.name}#{heading.anchor}" in linked:
            text = page.lines[heading.line - 1]
            yield "heading renamed that links lead to", heading.line, text, f"{text} again"


PAIRS = """never always; lower higher; above below; no every; slow fast; slower faster; more less;
steep flat; small large; smaller larger; smallest largest; half twice; same different; all none;
first last; before after; rises falls; up down; left right; inside outside; close far; most few;
shorter longer; common rare; narrow wide; with without; is isn't; does doesn't"""
TURNED = dict(pair.split() for pair in PAIRS.split(";"))
TURNED |= {there: here for here, there in TURNED.items()}
TURN = re.compile(rf"\b({'|'.join(TURNED)})\b", re.IGNORECASE)


def in_claims(page: Page) -> Iterator[tuple]:
    """Turn round what tests quote, and what the conclusion's table calls true."""
    text, told = prose(page), quotations(claims_file(page, SITE))
    quoted = {span for quotation in told for span in spans(quotation.text, text)}
    quoted |= {match.span(1) for match in re.finditer(r"^\|.*?\|(.*?)\| \[", text, re.MULTILINE)}
    for match in (match for span in sorted(quoted) for match in TURN.finditer(text, *span)):
        line = text.count("\n", 0, match.start()) + 1
        start, end = (at - offset(lines_of(text), line) for at in match.span())
        old = page.lines[line - 1]
        yield "claim turned round", line, old, old[:start] + TURNED[match[0].lower()] + old[end:]


OTHER = """Add Sub; Sub Add; Mult Div; Div Mult; MatMult Add; Pow Mult; Lt LtE; LtE Lt; Gt GtE;
GtE Gt; Eq NotEq; NotEq Eq"""
OTHER = dict(pair.split() for pair in OTHER.split(";"))
OPPOSITE = OTHER | {"Lt": "GtE", "LtE": "Gt", "Gt": "LtE", "GtE": "Lt"}


def in_tree(tree: ast.AST) -> Iterator[tuple]:
    every = list(ast.walk(tree))
    left = {default for node in every for default in getattr(node, "defaults", [])}
    # In plt.plot(…, markersize=3) and its like, a number is a matter of taste.
    styles = [n for n in every if isinstance(n, ast.Call) and ast.unparse(n).startswith("plt.")]
    left |= {part for node in styles for part in ast.walk(node)}
    for node in every:
        match node:
            case ast.Raise():
                yield "refusal removed from the package", node, "pass"
            case ast.Expr(value=ast.Call()):
                yield "step removed from the package", node, "pass"
            case ast.arguments(args=args, defaults=values):
                for arg, value in zip(args[::-1], values[::-1], strict=False):
                    text, kind = ast.unparse(value), "seed" if arg.arg == "seed" else "default"
                    new = next_digit(text) if re.search(r"\d", text) else f"{text[:-1]}s{text[-1]}"
                    yield f"{kind} of the package", value, new
            case ast.Constant(value=v) if type(v) in (int, float) and node not in left:
                yield "constant in the package", node, next_digit(ast.unparse(node))
            case ast.Assert(test=ast.Compare(ops=[_]) as test):
                yield from turned("assertion of a claim turned round", test, OPPOSITE)
            case ast.BinOp():
                yield from turned("operator in the package", node, OTHER)
            case ast.Compare(ops=[_]):
                yield from turned("comparison in the package", node, OTHER)


def turned(kind: str, node: ast.BinOp | ast.Compare, table: dict[str, str]) -> Iterator[tuple]:
    old = node.op if isinstance(node, ast.BinOp) else node.ops[0]
    if new := table.get(type(old).__name__):
        node.op, node.ops = getattr(ast, new)(), [getattr(ast, new)()]
        yield kind, node, f"({ast.unparse(node)})"
        node.op, node.ops = old, [old]


# In whole files, each match of a pattern becomes what a template makes of it.
MARK = "--figure-(?:ink|blue|orange|green|red)"
STEP = r"( *- .*: tutorial/.*\n)"
PATTERNS = [
    ("fence with another language", PATHS, "^( *```)python$", r"\1py"),
    ("fence without a language", PATHS, "^( *```)python$", r"\1"),
    ("output no longer marked", PATHS, re.escape(MARKER), ""),
    ("unit of an axis removed", PATHS, r'(label\("[^"(]*) \([^"]*\)', r"\1"),
    ("axis without a label", PATHS, r"^ *plt\.[xy]label\(.*\n", ""),
    ("figure without a legend", PATHS, r"^ *plt\.legend\(\)\n", ""),
    ("image line removed", PATHS, r"^ *!\[.*\n", ""),
    ("image line doubled", PATHS, r"^(.*!\[.*)\.svg(.*\n)", r"\g<0>\g<1>2.svg\2"),
    ("alt text emptied", PATHS, r"!\[.*\](?=\()", "![]"),
    ("alt text a file name", PATHS, r"!\[.*\](?=\()", "![figure_1.svg]"),
    ("colour too faint", [STYLE], rf"^(  {MARK}: #)\w+", r"\1cccccc"),
    ("colour too faint", [STYLE], rf"^(    {MARK}: #)\w+", r"\g<1>444444"),
    ("page missing in the menu", [SETTINGS], f"^{STEP}", ""),
    ("menu out of order", [SETTINGS], f"^{STEP}{STEP}", r"\2\1"),
    ("argument missing in a docstring", MODULES, r"^( {8}\w+)(?=: [A-Z`])", r"\1_"),
]
IN_PAGES = (in_texts, in_programs, in_links, in_claims)
