"""Tests that decide what a page claims quote it; where its words change, that is told.

A quotation and its page are compared word by word, as the page's Markdown has them.
"""

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache, lru_cache
from pathlib import Path

from weaver.page import SENTENCE, Complaint, Page
from weaver.site import Site

WIDTH = 99
ALIKE = 0.5  # of the words, at least, for a sentence to be another one's new form
BETWEEN = " … "  # two quotations of a test
FORMULA = re.compile(r"(\$\$?).+?\1", re.DOTALL)
# Where a text of a page ends: at an empty line, an item, a cell, the brackets of a picture.
UNIT = re.compile(
    r'\n\s*\n(?!\s*[-*] )|\n\s*(?:[-*]|\d+\.)\s+|\||!\[|\]\([\w-]+\.svg(?: ")?|"\)\n'
)
SAID = re.compile(r"\S.*?(?:[.?!](?=\s|\Z)|\n\n|\Z)", re.DOTALL)
# A sentence that is no question, no heading, no box's title and no formula.
STATEMENT = re.compile(r"(?![#?]|[!:]{3})(?!.*\$\$)\S+ .*\.")


@dataclass(frozen=True)
class Quotation:
    """What a test quotes in its docstring, and where the test stands."""

    file: Path
    line: int
    test: str
    text: str

    @property
    def decided_by(self) -> str:
        return f"{self.file}::{self.test}"


@dataclass(frozen=True)
class Sentence:
    """A sentence of a page, on its line, and the tests that quote words of it."""

    line: int
    text: str
    tests: frozenset[str] = frozenset()


def claims_file(page: Page, site: Site) -> Path:
    """The file of the tests that decide what a page claims."""
    return Path(site.settings["claims"], f"test_{page.path.stem}.py")


def quotations(file: Path) -> list[Quotation]:
    """Read what the tests of a file quote."""
    return _quotations(file, file.read_text(encoding="utf-8")) if file.is_file() else []


@lru_cache(64)  # The preview asks for all at each edit.
def _quotations(file: Path, source: str) -> list[Quotation]:
    return [
        Quotation(file, node.lineno, node.name, text)
        for node in ast.parse(source, file).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        for text in " ".join((ast.get_docstring(node) or "").split()).split(BETWEEN)
    ]


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    text, file = prose(page), claims_file(page, site)
    found = quotations(file)
    quoted = _quoted(found)
    for formula in (one for one in page.texts if one.kind == "formula"):
        for said in _equations(formula.text):
            if said not in quoted:
                remedy = f"quote it in a test of {file} that computes it"
                yield page.complaint(formula.line, f"it says {said}", "no test quotes it", remedy)
    for quotation in found:
        if not quotation.text:
            said, remedy = f"{quotation.test} has no docstring", f"quote a sentence of {page.path}"
            yield Complaint(quotation.file, quotation.line, said, "it decides nothing", remedy)
        elif (times := len(spans(quotation.text, text))) != 1:
            line, now = nearest(quotation.text, text)
            said = f"the page says {now!r}"
            true, remedy = f"{quotation.decided_by} quotes {quotation.text!r}", "make refresh"
            if not quoted.issuperset(_equations(now)):
                remedy = "compute in the test what the formula says now, and quote it"
            if times:
                said, remedy = f"the page says it {times} times", "quote more words"
            elif not now:
                said, remedy = "a claim is gone", "take its test away, or the claim back"
            yield replace(page.complaint(line, said, true, remedy), notice=True)


def _equations(text: str) -> list[str]:
    """The formulas in a text that stand by themselves, or that hold an equals sign."""
    found = (" ".join(match[0].split()) for match in FORMULA.finditer(text))
    return [formula for formula in found if "=" in formula or formula.startswith("$$")]


def _quoted(found: list[Quotation]) -> set[str]:
    """The equations that tests compute."""
    return {equation for quotation in found for equation in _equations(quotation.text)}


def prose(page: Page) -> str:
    """The page's Markdown with blank lines for its code, which claims nothing."""
    lines = page.lines
    for token in page.tokens:
        if token.type == "fence":
            start, end = token.map
            lines[start:end] = [""] * (end - start)
    return "\n".join(lines) + "\n"


def spans(quotation: str, text: str) -> list[tuple[int, int]]:
    """Where a page's prose says something, from one character to another."""
    return [match.span() for match in _pattern(quotation).finditer(text)]


@cache  # There are more than Python keeps.
def _pattern(quotation: str) -> re.Pattern:
    words = r"\s+".join(map(re.escape, quotation.split()))
    return re.compile(rf"(?<!\w){words}(?!\w)")


def units(text: str) -> Iterator[tuple[int, int]]:
    """Where each paragraph, item, cell and caption of a page's prose begins and ends."""
    begin = 0
    for match in UNIT.finditer(text):
        yield begin, match.start()
        begin = match.end()
    yield begin, len(text)


def sentences(page: Page, file: Path) -> list[Sentence]:
    """The sentences of a page, with the tests of a file that quote words of each."""
    text = prose(page)
    quoted = [(q.test, span) for q in quotations(file) for span in spans(q.text, text)]
    # Words of HTML count; a tag ends a sentence.
    untagged = re.sub("<[^>]*>", lambda tag: "\n" * len(tag[0]), text)
    found = []
    for unit in units(text):
        for match in SAID.finditer(untagged, *unit):
            here, there = match.span()
            tests = {test for test, (a, b) in quoted if a < there and b > here}
            line = text.count("\n", 0, here) + 1
            found.append(Sentence(line, " ".join(match[0].split()), frozenset(tests)))
    return found


def statements(page: Page, site: Site) -> dict[str, bool]:
    """The sentences of a page that state something, and whether a test quotes words of each."""
    found = {}
    for one in sentences(page, claims_file(page, site)):
        if one.line > page.start and STATEMENT.fullmatch(one.text):
            found[one.text] = found.get(one.text, False) or bool(one.tests)
    return found


def nearest(quotation: str, text: str) -> tuple[int, str]:
    """The sentences that say most of a quotation's words, with their line; or nothing."""
    best = ALIKE, 1, ""
    wanted, count = quotation.split(), len(SENTENCE.findall(quotation))
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    for start, end in units(text):
        found = list(SENTENCE.finditer(text, start, end))
        for first, last in zip(found, found[count - 1 :] or found[-1:], strict=False):
            words = text[first.start() : last.end()].split()
            matcher.set_seq1(words)
            line = text.count("\n", 0, first.start()) + 1
            best = max(best, (matcher.ratio(), line, " ".join(words)), key=lambda one: one[0])
    return best[1:]


def renew(page: Page, site: Site) -> int:
    """Let tests quote the page as it is now; return how many quotations changed.

    An equation that no test computes stays out: its words alone cannot tell whether it is right.
    """
    changed, text, found = 0, prose(page), quotations(claims_file(page, site))
    quoted = _quoted(found)
    for quotation in found:
        now = "" if spans(quotation.text, text) else nearest(quotation.text, text)[1]
        if now and quoted.issuperset(_equations(now)):
            _quote(quotation, now)
            changed += 1
    return changed


def _quote(quotation: Quotation, now: str) -> None:
    source = quotation.file.read_text(encoding="utf-8")
    (test,) = (n for n in ast.parse(source).body if getattr(n, "name", "") == quotation.test)
    quoted = " ".join(ast.get_docstring(test).split()).split(BETWEEN)
    quoted[quoted.index(quotation.text)] = now
    said = BETWEEN.join(quoted)
    raw = "r" * ("\\" in said)
    new = textwrap.wrap(f'    {raw}"""{said}', WIDTH - 3, subsequent_indent="    ",
                        break_long_words=False, break_on_hyphens=False)  # fmt: skip
    new[-1:] = [f'{new[-1]}"""'] if len(new) == 1 and said[-1] != '"' else [new[-1], '    """']
    lines, docstring = source.split("\n"), test.body[0]
    lines[docstring.lineno - 1 : docstring.end_lineno] = new
    quotation.file.write_text("\n".join(lines), encoding="utf-8", newline="\n")
