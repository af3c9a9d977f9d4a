"""Every number in a page's text comes from the page's programs, or names its source.

A number is true where it is a rounding, to the digits that it shows, of a number that a
program of the same page holds or prints. Integers below 100 have to be equal to one,
since nearly every page has something that rounds to 1, and one or two digits have to
come from the same section. A percentage may come from a fraction. A tuple such as
(20, 1), and inline code with a number, has to stand in a program or an output as a
whole. The numbers of versions, steps and exercises have their own truth, and a sentence
that links to a page outside the site has its numbers from there.
"""

import ast
import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from weaver.page import PLACEHOLDER, SENTENCE, Complaint, Page, Program, Text
from weaver.site import Site

NUMBER = re.compile(
    r"(?:(?<![\w.])|(?<=\dx))(?P<digits>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+\.?\d*|\.\d+)"
    r"(?:[eE](?P<exponent>[-+]?\d{1,4}))?(?P<percent>\s*(?:\\?%|per ?cent\b))?"
)
# What follows the 68 in "68, 95 and 99.7 percent".
LISTED_PERCENT = re.compile(r"(?:(?:,|,? and|,? or| to|-)\s*[\d.]+)+\s*(?:\\?%|per ?cent\b)")
STEP = re.compile(r"\bsteps?\s+(\d+)\b", re.IGNORECASE)
EXERCISE = re.compile(r"\bexercises?\s+(-?\d+)\b", re.IGNORECASE)
TUPLE = re.compile(r"\(-?\d+(?:, ?-?\d+)*,?\)")
ANYTHING = re.compile(r".+", re.DOTALL)
CORRECT = "correct the number"
REMEDY = f"{CORRECT}, let a block print it, or link to its source in the same sentence"
NOWHERE = "it stands in no program of the page and no output"
STEP_TITLE = re.compile(r"\A(\d+)\. ")


@dataclass(frozen=True)
class Number:
    """A number as it stands somewhere: in a line of a page, or in the block of that line.

    Its sign is open where a minus before it may be a subtraction.
    """

    line: int
    shown: str
    value: Decimal
    digits: int
    percent: bool = False
    sign_open: bool = False
    where: str = ""

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
        if self.sign_open or other.sign_open:
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
        operand = minus and re.match(r"[\w)\]}.%]|" + PLACEHOLDER, minus[1])
        sign_open = bool(operand and (minus[3] or not minus[2]))
        if minus and not sign_open:
            value = -value
        shown = ("-" if minus and not minus[3] and not sign_open else "") + match[0].strip(" .")
        digits_shown = len(digits.partition(".")[2]) - exponent
        value = value.scaleb(exponent)
        line = text.line + plain.count("\n", 0, match.start())
        percent = bool(match["percent"] or LISTED_PERCENT.match(plain, match.end()))
        found.append(Number(line, shown, value, digits_shown, percent, sign_open))
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


@lru_cache(1000)  # The preview asks for all at each edit.
def numbers_of_program(program: Program) -> list[Number]:
    """Read the numbers that a program holds and prints."""
    output = Text(program.path, program.line, "output", program.output)
    where = f"the output of the block at line {program.line}"
    printed = [replace(number, where=where) for number in numbers_of(output)]
    return [*_constants(program), *printed]


def _constants(program: Program) -> Iterator[Number]:
    where, negative, subtracted = f"the block at line {program.line}", set(), set()
    try:
        tree = ast.parse(program.code)
    except SyntaxError:
        return  # The run tells.
    for node in ast.walk(tree):
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as constant):
                negative.add(constant)
            case ast.BinOp(op=ast.Sub(), right=ast.Constant() as constant):
                subtracted.add(constant)
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                exact = (-1 if node in negative else 1) * Decimal(repr(value))
                sign_open = node in subtracted
                yield Number(program.line, str(exact), exact, 0, False, sign_open, where)


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    yield from examine(page, site)[1]


def examine(page: Page, site: Site) -> tuple[int, list[Complaint]]:
    """Count a page's numbers, and tell which of them nothing supports."""
    return _examine(page, tuple(_versions(site).items()), tuple(_steps(site)))


@lru_cache(64)  # The counts ask for what the build has asked, the preview at each edit.
def _examine(page: Page, versions: tuple, steps: tuple) -> tuple[int, list[Complaint]]:
    count, found = 0, []
    headings, sections = [heading.line for heading in page.headings], {}
    for program in page.programs:
        section = sections.setdefault(bisect(headings, program.line), [])
        section += numbers_of_program(program)
    every = [number for section in sections.values() for number in section]
    held = "".join("".join(p.code + p.output for p in page.programs).split())
    # An exercise begins with its number in bold.
    heads = (EXERCISE.match(t.text) for t in page.texts if t.bold and t.bold[0][0] == 0)
    exercises = [int(head[1]) for head in heads if head]
    if exercises != list(range(1, len(exercises) + 1)):
        found.append(page.complaint(1, f"exercises {exercises}", "they count from 1", CORRECT))
    versions, steps = dict(versions), [*steps]
    named = re.compile(rf"\b({'|'.join(versions)})\s+(\d+(?:\.\d+)+)")
    truths = (
        (named, versions, lambda m: f"{versions[m[1]]}.".startswith(f"{m[2]}.")),
        (STEP, steps, lambda m: int(m[1]) in steps),
        (EXERCISE, exercises, lambda m: int(m[1]) in exercises),
    )
    for text in page.texts:
        rest = _without_sourced(text)
        for pattern, truth, holds in truths:
            for match in pattern.finditer(rest):
                if not holds(match):
                    line, said = text.line_at(match.start()), f"the page says {match[0]!r}"
                    found.append(page.complaint(line, said, f"there is {truth}", CORRECT))
            rest = pattern.sub(lambda m: _blank(m[0]), rest)
        if text.kind in ("heading", "front matter"):
            rest = STEP_TITLE.sub(lambda m: _blank(m[0]), rest)
        near = sections.get(bisect(headings, text.line), [])
        code = text.kind == "code" and NUMBER.search(rest)
        wholes = (ANYTHING if code else TUPLE).finditer(rest)
        found += [
            page.complaint(
                text.line_at(match.start()), f"the page says {match[0]!r}", NOWHERE, CORRECT
            )
            for match in wholes
            if "".join(match[0].split()) not in held
        ]
        for number in numbers_of(Text(text.path, text.line, text.kind, rest)):
            count += 1
            short = len(number.value.as_tuple().digits) <= 2 and text.kind != "code"
            allowed = near if short and near else every
            if not any(number.rounds(other) for other in allowed):
                found.append(_unsupported(page, number, allowed, allowed is near))
    return count, found


def _unsupported(page: Page, number: Number, allowed: list[Number], near: bool) -> Complaint:
    true = f"no program of {'its section' if near else 'the page'} holds or prints it"
    if allowed:
        nearest = min(allowed, key=number.distance)
        true += f"; the nearest is {nearest.shown} in {nearest.where}"
    return page.complaint(number.line, f"the page says {number.shown}", true, REMEDY)


def _without_sourced(text: Text) -> str:
    """Blank the sentences that link to a page outside."""
    return SENTENCE.sub(
        lambda s: _blank(s[0]) if any(s.start() <= k < s.end() for k in text.sources) else s[0],
        text.text,
    )


def _blank(text: str) -> str:
    return re.sub(r"\S", PLACEHOLDER, text)


@lru_cache(1)  # A site is loaded anew at each build.
def _versions(site: Site) -> dict[str, str]:
    """The versions that requirements.txt pins, and the lowest Python."""
    locked = Path("requirements.txt").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w-]+)==([\w.]+)", locked, re.MULTILINE))
    named = {name: pins[package] for name, package in site.settings["versions"].items()}
    return {"Python": site.settings["python"]} | named


def _steps(site: Site) -> list[int]:
    titles = [STEP_TITLE.match(page.title) for page in site.pages.values()]
    return sorted(int(title[1]) for title in titles if title)
