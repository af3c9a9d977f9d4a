"""A page's numbers: each number in its text has to come from its programs.

A number is true where it is a rounding, to the digits that it shows, of a number that a
program of the same page holds or prints. Integers below 100 have to be equal to one,
since nearly every page has something that rounds to 1, and one or two digits have to
come from the same section. A percentage may come from a fraction. A tuple such as
(20, 1), and inline code with a number, has to stand in a program or an output as a
whole. The numbers of versions, steps and exercises have their own truth.
"""

import ast
import re
import tomllib
from bisect import bisect
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from weaver.page import Program, read
from weaver.prose import INLINE, Text, texts

DOCS = Path("docs")
QUOTATIONS = DOCS / "quotations.toml"
NUMBER = re.compile(
    r"(?:(?<![\w.])|(?<=\dx))(?P<digits>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+\.?\d*|\.\d+)"
    r"(?:[eE](?P<exponent>[-+]?\d+))?(?P<percent>\s*(?:\\?%|per ?cent\b))?"
)
# What follows the 68 in "68, 95 and 99.7 percent".
LISTED_PERCENT = re.compile(r"(?:(?:,|,? and|,? or| to|-)\s*[\d.]+)+\s*(?:\\?%|per ?cent\b)")
VERSION = re.compile(r"\b(Python|PyTorch|NumPy|Matplotlib)\s+(\d+(?:\.\d+)+)")
STEP = re.compile(r"\bsteps?\s+(\d+)\b", re.IGNORECASE)
EXERCISE = re.compile(r"\bexercises?\s+(-?\d+)\b", re.IGNORECASE)
TUPLE = re.compile(r"\(-?\d+(?:, ?-?\d+)*,?\)")
STEP_TITLE = re.compile(r"\A(\d+)\. ")


@dataclass(frozen=True)
class Number:
    """A number as it stands somewhere; `either` where its minus may be a subtraction."""

    place: str
    shown: str
    value: Decimal
    digits: int
    percent: bool = False
    either: bool = False

    def rounds(self, other: "Number") -> bool:
        """Tell whether this number is a rounding of the other."""
        scales = [0, 2] if self.percent else [0]
        return any(self._rounds(other, scale) for scale in scales)

    def _rounds(self, other: "Number", scale: int) -> bool:
        distance = self.distance(other, scale)
        if self.digits == 0 and abs(self.value) < 100 and not self.percent:
            return distance == 0
        return distance <= Decimal(5).scaleb(-self.digits - 1)

    def distance(self, other: "Number", scale: int = 0) -> Decimal:
        value = other.value.scaleb(scale)
        if self.either or other.either:
            return abs(abs(self.value) - abs(value))
        return abs(self.value - value)


def numbers_of(text: Text) -> list[Number]:
    """Read the numbers of a text."""
    plain = _plain(text.text, text.kind)
    found = []
    for match in NUMBER.finditer(plain):
        digits = match["digits"].replace(",", "")
        value, exponent = Decimal(digits), int(match["exponent"] or 0)
        # A minus after an operand, as in `x - 1` and `5-47`, may be a subtraction or a dash.
        minus = re.search(r"(\S?)(\s*)-(\s?)\Z", plain[: match.start()])
        operand = minus and re.match(r"[\w)\]}.%]|" + INLINE, minus[1])
        either = bool(operand and (minus[3] or not minus[2]))
        if minus and not either:
            value = -value
        shown = ("-" if minus and not minus[3] and not either else "") + match[0].strip(" .")
        digits_shown = len(digits.partition(".")[2]) - exponent
        value = value.scaleb(exponent)
        line = text.line + plain.count("\n", 0, match.start())
        percent = bool(match["percent"] or LISTED_PERCENT.match(plain, match.end()))
        found.append(Number(f"{text.path}:{line}", shown, value, digits_shown, percent, either))
    return found


def _plain(text: str, kind: str) -> str:
    """Write all numbers as Python does, and drop what is structure; lines stay lines."""
    text = text.replace("\u2212", "-").replace("\u2013", "-").replace("{,}", ",")
    text = re.sub(
        "[⁻⁰¹²³⁴-⁹]+",
        lambda m: "^" + m[0].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")),
        text,
    )
    text = re.sub(r"\^\{(-?\d+)\}", r"^\1", text)
    text = re.sub(r"(?<=\d) ?(?:\\times|\\cdot|[\u00d7\u00b7]) ?10\^(-?\d+)", r"e\1", text)
    text = re.sub(r"(?<![\w.])10\^(-?\d+)", r"1e\1", text)
    text = re.sub(r"\^-?\d+", "", text)
    if kind == "formula":
        # Indices, and the 1 or 2 of 1/n, as in the mean and its derivative.
        text = re.sub(r"_(?:\{[^{}]*\}|\w)", "", text)
        text = re.sub(r"\\([dt]?frac)\{[12]\}(?=\{\\?[A-Za-z])", r"\\\1", text)
        text = re.sub(r"(?<![\w.])[12](?= ?/ ?\\?[A-Za-z])", "", text)
        text = text.replace("\\,", " ").replace("\\;", " ").replace("\\", " ")
    return text


def known(programs: list[Program]) -> list[Number]:
    """Read the numbers that programs hold and print."""
    found = []
    for program in programs:
        found += _held(program.code, f"the block at line {program.line}")
        output = Text(program.path, program.end, "output", program.output)
        place = f"the output of the block at line {program.line}"
        found += [replace(number, place=place) for number in numbers_of(output)]
    return found


def _held(code: str, place: str) -> list[Number]:
    found, negative, subtracted = [], set(), set()
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as constant):
                negative.add(constant)
            case ast.BinOp(op=ast.Sub(), right=ast.Constant() as constant):
                subtracted.add(constant)
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                sign = -1 if node in negative else 1
                exact = sign * Decimal(repr(value))
                found.append(Number(place, str(exact), exact, 0, either=node in subtracted))
    return found


def unfounded(path: Path) -> tuple[int, list[str]]:
    """Count a page's numbers, and tell which of them nothing supports."""
    programs = read(path)
    sources, count, problems = known(programs), 0, []
    quoted = [entry["text"] for entry in quotations() if DOCS / entry["page"] == path]
    page = texts(path)
    headings = [text.line for text in page if text.kind == "heading"]
    exercises = sorted({int(k) for text in page for k in EXERCISE.findall(text.text)})
    if exercises != list(range(1, len(exercises) + 1)):
        problems.append(f"{path}: the exercises are numbered {exercises}: count from 1")
    for text in page:
        rest = text.text
        for quotation in quoted:
            rest = rest.replace(quotation, _blank(quotation))
        for pattern, truth in ((VERSION, _versions()), (STEP, _steps(DOCS))):
            for match in pattern.finditer(rest):
                count += 1
                if not _holds(match, truth):
                    problems.append(
                        f"{text.place(match.start())}: the page says {match[0]!r}, "
                        f"but there is {', '.join(map(str, truth))}"
                    )
        for pattern in (VERSION, STEP, EXERCISE, *([STEP_TITLE] * (text.kind in TITLES))):
            rest = pattern.sub(lambda m: _blank(m[0]), rest)
        here = bisect(headings, text.line)
        near = known([p for p in programs if bisect(headings, p.line) == here])
        held = "".join(p.code + p.output for p in programs)
        wholes = [rest] if text.kind == "code" and NUMBER.search(rest) else TUPLE.findall(rest)
        problems += [
            f"{text.place()}: the page says {whole!r}, which stands in no program or output of it"
            for whole in wholes
            if "".join(whole.split()) not in "".join(held.split())
        ]
        for number in numbers_of(Text(text.path, text.line, text.kind, rest)):
            count += 1
            short = len(number.value.as_tuple().digits) <= 2 and text.kind != "code"
            allowed = near if short and near else sources
            if not any(number.rounds(source) for source in allowed):
                where = "its section" if allowed is near else "it"
                problems.append(_message(number, allowed, where))
    return count, problems


TITLES = ("heading", "front matter")


def _message(number: Number, sources: list[Number], where: str) -> str:
    told = f"{number.place}: the page says {number.shown}, which no program of {where}"
    if not sources:
        return f"{told} can hold or print: it has none"
    told += " holds or prints"
    nearest = min(sources, key=number.distance)
    return f"{told}; the nearest is {nearest.shown} in {nearest.place}"


def _blank(text: str) -> str:
    return re.sub(r"\S", INLINE, text)


def _holds(match: re.Match, truth: dict | list) -> bool:
    if isinstance(truth, list):
        return int(match[1]) in truth
    return f"{truth.get(match[1])}.".startswith(f"{match[2]}.")


@cache
def quotations() -> list[dict]:
    """Read what pages quote from outside: page, text, source."""
    return tomllib.loads(QUOTATIONS.read_text(encoding="utf-8")).get("quotation", [])


@cache
def _versions() -> dict[str, str]:
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = Path("requirements.txt").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w-]+)==([\w.]+)", locked, re.MULTILINE))
    names = {"PyTorch": "torch", "NumPy": "numpy", "Matplotlib": "matplotlib"}
    python = project["requires-python"].removeprefix(">=")
    return {"Python": python} | {name: pins[pin] for name, pin in names.items()}


@cache
def _steps(docs: Path) -> list[int]:
    titles = [
        STEP_TITLE.match(text.text)
        for path in docs.rglob("*.md")
        for text in texts(path)
        if text.kind == "heading"
    ]
    return sorted(int(title[1]) for title in titles if title)
