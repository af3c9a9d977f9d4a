"""Counts of what is verified, in place of the line `[counts]` of a page."""

import platform
import re
from importlib.metadata import version
from pathlib import Path

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from weaver.numbers import unfounded
from weaver.page import PageError, read

LINE = "[counts]"
CLAIMS = Path("tests/docs")
VERSIONS = {"PyTorch": "torch", "NumPy": "numpy", "Matplotlib": "matplotlib"}


class CountsExtension(Extension):
    def __init__(self, **settings):
        self.config = {"docs_dir": ["docs", "Folder of the pages"]}
        super().__init__(**settings)

    def extendMarkdown(self, md: Markdown) -> None:
        # After weave (28), which knows a page by its text.
        md.preprocessors.register(Counts(md, Path(self.getConfig("docs_dir"))), "counts", 27)


class Counts(Preprocessor):
    def __init__(self, md: Markdown, docs: Path):
        super().__init__(md)
        self.docs = docs

    def run(self, lines: list[str]) -> list[str]:
        if LINE not in lines:
            return lines
        rows = [f"| {name} | {value} |" for name, value in counts(self.docs).items()]
        at = lines.index(LINE)
        return [*lines[:at], "| What | How much |", "| --- | --- |", *rows, *lines[at + 1 :]]


def counts(docs: Path) -> dict[str, str]:
    """Count what the pages hold and the checks verify; raise PageError where one fails."""
    paths = sorted(docs.rglob("*.md"))
    programs = [program for path in paths for program in read(path)]
    checked = [unfounded(path) for path in paths]
    if problems := [problem for _, found in checked for problem in found]:
        raise PageError("\n".join(problems))
    found = {
        "Programs run": len(programs),
        "Outputs compared": sum(bool(program.output) for program in programs),
        "Numbers in the text traced to programs": sum(count for count, _ in checked),
        "Figures drawn": sum(len(program.images) for program in programs),
        "Claims tested": claims(),
    }
    for name, count in found.items():
        if not count:
            raise PageError(f"{docs}: {name}: none, so that nothing was checked")
    versions = {name: version(package) for name, package in VERSIONS.items()}
    return {name: str(count) for name, count in found.items()} | {
        "Versions": ", ".join(
            f"{name} {number.partition(chr(43))[0]}"
            for name, number in ({"Python": platform.python_version()} | versions).items()
        )
    }


def claims() -> int:
    """Count the tests that are named after statements."""
    return sum(
        len(re.findall(r"^def test_", file.read_text(encoding="utf-8"), re.MULTILINE))
        for file in CLAIMS.glob("test_claims_*.py")
    )


def makeExtension(**settings):
    return CountsExtension(**settings)
