"""Faults, generated from the sources: each is one change that some check has to notice."""

import ast
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import linreg
from tests.docs.claims import claims, spans
from weaver.numbers import numbers_of
from weaver.page import MARKER, read
from weaver.prose import texts

PAGES = sorted(Path("docs/tutorial").glob("*.md"))
MODULES = [path for path in sorted(Path("linreg").glob("*.py")) if path.name != "__init__.py"]
CLAIMS = sorted(Path("tests/docs").glob("test_claims_*.py"))

KINDS: dict[str, Callable] = {}


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


def kind(name: str):
    def register(generate: Callable) -> Callable:
        KINDS[name] = generate
        return generate

    return register


# Pages.


def in_pages(pattern: str, new: str | Callable, paths: list[Path] = PAGES) -> Iterator[Fault]:
    """Change each match of a pattern; its group 1, if it has one, is what changes."""
    for path in paths:
        for match in re.finditer(pattern, path.read_text(encoding="utf-8"), re.MULTILINE):
            group = 1 if match.re.groups else 0
            text = new if isinstance(new, str) else new(match[group])
            yield Fault(path, *match.span(group), text)


def next_digit(text: str) -> str:
    """Change the last digit of a text."""
    return re.sub(r"\d(?=\D*\Z)", lambda m: str((int(m[0]) + 1) % 10), text)


def numbers_in(*kinds: str, change: Callable[[str], str] = next_digit) -> Iterator[Fault]:
    """Change the numbers of texts, where a line of the page has them once."""
    for path in PAGES:
        source = path.read_text(encoding="utf-8")
        lines = source.splitlines(keepends=True)
        for text in texts(path):
            for number in numbers_of(text) if text.kind in kinds else []:
                line = int(number.place.rpartition(":")[2]) - 1
                found = list(re.finditer(re.escape(number.shown), lines[line]))
                if len(found) == 1:
                    start = sum(map(len, lines[:line])) + found[0].start()
                    end = start + len(number.shown)
                    yield Fault(path, start, end, change(number.shown))


@kind("digit in a sentence")
def _():
    return numbers_in("paragraph", "heading", "title")


@kind("digit in a table")
def _():
    return numbers_in("cell")


@kind("digit in an alt text")
def _():
    return numbers_in("alt")


@kind("digit in a caption or description")
def _():
    return numbers_in("caption", "front matter")


@kind("digit in a formula")
def _():
    return numbers_in("formula")


@kind("digit in inline code")
def _():
    return numbers_in("code")


@kind("sign in the text")
def _():
    def flip(shown):
        return shown[1:] if shown[0] == "-" else f"-{shown}"

    faults = numbers_in("paragraph", "alt", "formula", "cell", change=flip)
    return (fault for fault in faults if fault.new.strip("-0."))


def lines_of(path: Path, first: int, last: int) -> tuple[int, int]:
    """Give the offsets of some lines, from 1, both ends included."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return len("".join(lines[: first - 1])), len("".join(lines[:last]))


def programs() -> Iterator:
    for path in PAGES:
        yield from read(path)


@kind("digit in an output")
def _():
    for program in programs():
        start, end = lines_of(program.path, program.end + 1, program.output_end)
        source = program.path.read_text(encoding="utf-8")[start:end]
        for match in re.finditer(r"\d", source):
            at = start + match.start()
            yield Fault(program.path, at, at + 1, next_digit(match[0]))


@kind("line of an output removed")
def _():
    for program in programs():
        if program.output:
            line = program.output_end - 1
            yield Fault(program.path, *lines_of(program.path, line, line), "")


def is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


@kind("number in a program")
def _():
    for program in programs():
        start, end = lines_of(program.path, program.line + 1, program.end - 1)
        source = program.path.read_text(encoding="utf-8")[start:end]
        indent = re.match(" *", source)[0]
        nodes = list(ast.walk(ast.parse(textwrap.dedent(source))))
        # In plt.plot(…, markersize=3) and its like, a number is a matter of taste.
        styling = {number for node in nodes if isinstance(node, ast.Call)
                   and ast.unparse(node.func).startswith("plt.")
                   for number in ast.walk(node)}  # fmt: skip
        lines = source.splitlines(keepends=True)
        for node in nodes:
            if is_number(node) and node not in styling:
                at = len("".join(lines[: node.lineno - 1])) + len(indent) + node.col_offset
                length = node.end_col_offset - node.col_offset
                new = next_digit(source[at : at + length])
                yield Fault(program.path, start + at, start + at + length, new)


@kind("program removed")
def _():
    for program in programs():
        yield Fault(program.path, *lines_of(program.path, program.line, program.last), "")


@kind("program removed, output left")
def _():
    for program in programs():
        if program.output:
            yield Fault(program.path, *lines_of(program.path, program.line, program.end), "")


@kind("fence with another language")
def _():
    return in_pages(r"^ *```(python)$", lambda _: "py")


@kind("fence without a language")
def _():
    return in_pages(r"^ *```(python)$", "")


@kind("output no longer marked")
def _():
    return in_pages(re.escape(MARKER), "")


@kind("image line removed")
def _():
    return in_pages(r"^ *!\[.*\n", "")


@kind("image line doubled")
def _():
    return in_pages(r"^ *!\[.*\n", lambda line: line + line.replace(".svg", "2.svg"))


@kind("alt text emptied")
def _():
    return in_pages(r"!\[(.*?)\]", "")


@kind("alt text a file name")
def _():
    return in_pages(r"!\[(.*?)\]", "figure_1.svg")


@kind("link to a page that is not there")
def _():
    return in_pages(r"\]\((\w+)\.md", lambda name: f"{name}s")


@kind("link to an anchor that is not there")
def _():
    return in_pages(r"\]\([^)\s]*#([^)\s]+)\)", lambda name: f"{name}-x")


@kind("heading renamed that links lead to")
def _():
    for path in PAGES:
        source = path.read_text(encoding="utf-8")
        linked = source.replace("(#", f"({path.name}#")
        linked += "".join(p.read_text(encoding="utf-8") for p in PAGES if p != path)
        for match in re.finditer(r"^##+ (.+)$", source, re.MULTILINE):
            slug = re.sub(r"[^\w -]", "", match[1]).strip().lower().replace(" ", "-")
            if f"({path.name}#{slug})" in linked:
                yield Fault(path, *match.span(1), f"{match[1]} again")


@kind("stale name of a function in the text")
def _():
    names = "|".join(linreg.__all__)
    return in_pages(rf"(?<!`)`({names})\b", lambda name: f"{name}s")


@kind("stale argument in the text")
def _():
    names = "|".join(linreg.__all__)
    return in_pages(rf"(?<!`)`(?:{names})\([^`)]*?(\w+)=", lambda name: f"{name}_")


@kind("misspelt word")
def _():
    for path in PAGES:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        for text in texts(path):
            first = text.text.split("\n")[0].strip()
            if text.kind != "paragraph" or text.line > len(lines):
                continue
            for match in re.finditer(r"\b[a-z]{7,}\b", first):
                at = lines[text.line - 1].find(match[0])
                if at >= 0:
                    start = len("".join(lines[: text.line - 1])) + at
                    word = match[0][:2] + match[0][3] + match[0][2] + match[0][4:]
                    if word != match[0]:
                        yield Fault(path, start, start + len(word), word)


# Figures.


@kind("unit of an axis removed")
def _():
    return in_pages(r'plt\.[xy]label\("[^"(]*( \([^"]*\))"', "")


@kind("axis without a label")
def _():
    return in_pages(r"^ *plt\.[xy]label\(.*\n", "")


@kind("figure without a legend")
def _():
    return in_pages(r"^ *plt\.legend\(\)\n(?=(?: *plt.*\n)* *plt\.show)", "")


@kind("colour too faint")
def _():
    def faint(color):
        return "#cccccc" if sum(bytes.fromhex(color[1:])) < 384 else "#444444"

    style = [Path("docs/stylesheets/site.css")]
    return in_pages(r"--figure-(?:ink|blue|orange|green|red): (#\w{6})", faint, style)


# The menu.


@kind("page missing in the menu")
def _():
    return in_pages(r"^ *- .*: tutorial/.*\n", "", [Path("mkdocs.yml")])


@kind("menu out of order")
def _():
    pattern = r"^( *- .*: tutorial/.*\n *- .*: tutorial/.*\n)"
    return in_pages(
        pattern, lambda two: "".join(reversed(two.splitlines(True))), [Path("mkdocs.yml")]
    )


# The package.


def in_modules(find: Callable, paths: list[Path] = MODULES) -> Iterator[Fault]:
    """Change the nodes for which `find` gives (first node or offset, last, new text)."""
    for path in paths:
        source = path.read_text(encoding="utf-8")
        starts = [0]
        for line in source.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))

        def offset(line, column, starts=starts):
            return starts[line - 1] + column

        tree = ast.parse(source)
        for parent in ast.walk(tree):
            for child in ast.iter_child_nodes(parent):
                child.parent = parent
        for node in ast.walk(tree):
            for first, last, new in find(node):
                start = offset(first.lineno, first.col_offset)
                end = offset(last.end_lineno, last.end_col_offset)
                yield Fault(path, start, end, new(source[start:end]))


def defaults(node: ast.AST) -> Iterator[tuple[ast.arg, ast.expr]]:
    if isinstance(node, ast.FunctionDef):
        arguments = node.args.args
        yield from zip(
            arguments[len(arguments) - len(node.args.defaults) :], node.args.defaults, strict=True
        )


def other_value(text: str) -> str:
    return next_digit(text) if re.search(r"\d", text) else f"{text[:-1]}s{text[-1]}"


@kind("default of the package")
def _():
    return in_modules(
        lambda node: [(v, v, other_value) for arg, v in defaults(node) if arg.arg != "seed"]
    )


@kind("seed of the package")
def _():
    return in_modules(
        lambda node: [(v, v, other_value) for arg, v in defaults(node) if arg.arg == "seed"]
    )


@kind("constant in the package")
def _():
    def find(node):
        if is_number(node) and not isinstance(node.parent, ast.arguments):
            yield node, node, next_digit

    return in_modules(find)


OPERATORS = {"+": "-", "-": "+", "*": "/", "/": "*", "@": "+", "**": "*"}


@kind("operator in the package")
def _():
    def find(node):
        if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.BitOr):

            def new(text, node=node):
                left, right = ast.unparse(node.left), ast.unparse(node.right)
                operator = text.strip()
                return f"({left}) {OPERATORS[operator]} ({right})"

            symbols = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/",
                       ast.MatMult: "@", ast.Pow: "**"}  # fmt: skip
            symbol = symbols[type(node.op)]
            yield node, node, lambda _, symbol=symbol, new=new: new(symbol)

    return in_modules(find)


COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
OPPOSITES = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def compare(node: ast.AST, table: dict[str, str]) -> Iterator[tuple]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
        operator = ast.unparse(node)[len(left) :].removesuffix(right).strip()
        if operator in table:
            yield node, node, lambda _: f"({left}) {table[operator]} ({right})"


@kind("comparison in the package")
def _():
    return in_modules(lambda node: compare(node, COMPARISONS))


@kind("refusal removed from the package")
def _():
    return in_modules(
        lambda node: [(node, node, lambda _: "pass")] if isinstance(node, ast.Raise) else []
    )


@kind("step removed from the package")
def _():
    def find(node):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield node, node, lambda _: "pass"

    return in_modules(find)


@kind("argument missing in a docstring")
def _():
    return in_pages(r"^        (\w+): [A-Z`]", lambda name: f"{name}_", MODULES)


@kind("assertion of a claim turned round")
def _():
    def find(node):
        return compare(node.test, OPPOSITES) if isinstance(node, ast.Assert) else []

    return in_modules(find, CLAIMS)


PAIRS = """never always; lower higher; above below; no every; slow fast; slower faster; more less;
steep flat; small large; smaller larger; smallest largest; half twice; same different; all none;
first last; before after; rises falls; up down; left right; inside outside; close far; most few;
shorter longer; common rare; narrow wide; with without; is isn't; does doesn't"""
TURNED = dict(pair.split() for pair in PAIRS.split(";"))
TURNED |= {there: here for here, there in TURNED.items()}
TURN = re.compile(rf"\b({'|'.join(TURNED)})\b", re.IGNORECASE)


@kind("claim turned round")
def _():
    for path in PAGES:
        source = path.read_text(encoding="utf-8")
        told = [quotation for file in CLAIMS if file.stem == f"test_claims_{path.stem}"
                for _, quotations in claims(file) for quotation in quotations]  # fmt: skip
        said = [span for quotation in told for span in spans(quotation, source)]
        # What the conclusion's table calls true is quoted by no docstring.
        said += [
            match.span(1) for match in re.finditer(r"^\|.*?\|(.*?)\| \[", source, re.MULTILINE)
        ]
        for start, end in sorted(set(said)):
            for match in TURN.finditer(source, start, end):
                yield Fault(path, *match.span(), TURNED[match[0].lower()])
