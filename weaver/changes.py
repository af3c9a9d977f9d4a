"""What a reader will see changed: two trees' pages, outputs and figures, side by side."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from html import escape
from itertools import zip_longest
from pathlib import Path

from weaver.figure import inline
from weaver.page import Image, PageError, lines_of, read
from weaver.run import run

ROOT = Path(__file__).parents[1]
WAYS = ("before", "after")
NOTHING = "No page, output or figure differs."
PAGE = """<!doctype html>
<meta charset="utf-8">
<title>What a reader will see changed</title>
<link rel="stylesheet" href="site/stylesheets/site.css">
<style>
body { font-family: sans-serif; margin: 2em; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; }
th, td { border: 1px solid; padding: .5em; text-align: left; vertical-align: top; }
pre { overflow-x: auto; }
</style>
<h1>What a reader will see changed</h1>
"""


@dataclass(frozen=True)
class Figure:
    """A figure's name and alternative text, and its drawing, if its program makes one."""

    name: str = ""
    alt: str = ""
    svg: str = ""


@dataclass(frozen=True)
class Shown:
    """A program as its reader meets it; an error stands in place of its output."""

    line: int
    code: str
    output: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Page:
    """A page's text without what its programs give, and its programs."""

    text: str = ""
    programs: tuple[Shown, ...] = ()


def look(docs: Path) -> dict[str, Page]:
    """Run all pages, with the `linreg` that this process imports."""
    pages = {}
    for path in sorted(docs.rglob("*.md")):
        lines = lines_of(path.read_text(encoding="utf-8"))
        shown = []
        try:
            programs = read(path)
        except PageError as error:
            programs, lines = [], [error.message]
        for program, result in zip(programs, run(programs), strict=True):
            pairs = zip_longest(program.images, result.figures)
            figures = (
                Figure(image.name if image else "", image.alt if image else "", svg or "")
                for image, svg in pairs
            )
            output = result.error or result.output
            shown.append(Shown(program.line, program.code, output, tuple(figures)))
        for program in reversed(programs):
            del lines[program.end : program.last]
        pages[path.relative_to(docs).as_posix()] = Page("\n".join(lines), tuple(shown))
    return pages


def look_elsewhere(tree: Path) -> dict[str, Page]:
    """Run the pages of another tree with its `linreg`, and with this tree's engine."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "weaver").symlink_to(ROOT / "weaver")
        Path(folder, "linreg").symlink_to(tree.resolve() / "linreg")
        ran = subprocess.run(
            [sys.executable, "-m", "weaver.changes", tree.resolve() / "docs"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": folder},
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    pages = json.loads(ran.stdout)
    for page in pages.values():
        for shown in page["programs"]:
            shown["figures"] = tuple(Figure(**figure) for figure in shown["figures"])
        page["programs"] = tuple(Shown(**shown) for shown in page["programs"])
    return {name: Page(**page) for name, page in pages.items()}


def pairs(before: Page, after: Page) -> Iterator[tuple[Shown | None, Shown | None]]:
    """Pair the programs of a page's two versions that give different things."""
    old, new = before.programs, after.programs
    for _, i, j, k, m in _opcodes([shown.code for shown in old], [shown.code for shown in new]):
        for a, b in zip_longest(old[i:j], new[k:m]):
            if not (a and b) or (a.output, a.figures) != (b.output, b.figures):
                yield a, b


def report(before: dict[str, Page], after: dict[str, Page]) -> tuple[str, str]:
    """Tell what differs: in Markdown, where drawings cannot stand, and in HTML with them."""
    told, drawn = [], []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, Page()), after.get(name, Page())
        different = list(pairs(old, new))
        if old.text == new.text and not different:
            continue
        how = "new" if name not in before else "removed" if name not in after else "changed"
        edits = _opcodes(old.text.splitlines(), new.text.splitlines())
        gone = sum(j - i for tag, i, j, _, _ in edits if tag != "equal")
        come = sum(m - k for tag, _, _, k, m in edits if tag != "equal")
        title = f"{name} ({how}): lines of text and code: {come} in, {gone} out"
        told.append(f"### {title}\n")
        drawn.append(f"<h2>{escape(title)}</h2>")
        for a, b in different:
            if (a and a.output) != (b and b.output):
                cells = [f"<pre>{escape(shown.output)}</pre>" if shown else "" for shown in (a, b)]
                lines = [f", line {shown.line}" if shown else "" for shown in (a, b)]
                heads = [f"output {way}{line}" for way, line in zip(WAYS, lines, strict=True)]
                table = _table(heads, cells)
                told.append(table)
                drawn.append(table)
            for one, other in zip_longest(a.figures if a else (), b.figures if b else ()):
                if one != other:
                    both = [one or Figure(), other or Figure()]
                    heads = [f"figure {f.name} {way}" for f, way in zip(both, WAYS, strict=True)]
                    told.append(_table(heads, [escape(figure.alt) for figure in both]))
                    svgs = [
                        _svg(f, f"{way}-{len(drawn)}") for f, way in zip(both, WAYS, strict=True)
                    ]
                    drawn.append(_table(heads, svgs))
    if told:
        told.append("The figures themselves are in changes.html, in the artifact of this run.")
    head = "## What a reader will see changed\n"
    return "\n".join([head, *(told or [NOTHING])]), PAGE + "\n".join(drawn or [NOTHING])


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list:
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _table(heads: Sequence[str], cells: Sequence[str]) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join(f"<td>{cell}</td>" for cell in cells)
    return f"<table><tr>{head}</tr><tr>{body}</tr></table>\n"


def _svg(figure: Figure, name: str) -> str:
    image = Image(figure.alt, name, figure.alt)
    return inline(figure.svg, image, figure.name) if figure.svg else "(not drawn)"


if __name__ == "__main__":
    print(json.dumps({name: asdict(page) for name, page in look(Path(sys.argv[1])).items()}))
