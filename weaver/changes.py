"""What a reader will see changed: the woven pages of two trees, side by side."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import HtmlDiff, SequenceMatcher, unified_diff
from hashlib import sha256
from html import escape
from itertools import zip_longest
from pathlib import Path

from weaver.checks.links import leads_to
from weaver.checks.quotations import Sentence, claims_file, sentences
from weaver.fills import grid
from weaver.page import Page, PageError, read
from weaver.site import Site

TARGET = re.compile(r"(?<=\])\([^)\s]*")
NOTHING = "No page, output, figure or quotation differs."
FIGURE = re.compile(r"^ */// html \| figure\.drawn#([\w-]+)\n(.*?)^ *///\n", re.M | re.S)
STYLE = '<link rel="stylesheet" href="site/stylesheets/site.css">'


def woven(tree: Path, folder: Path) -> dict[str, str]:
    """Weave a tree's pages by its own engine; a fault stands on its page."""
    command = [sys.executable, "-m", "weaver", "weave", "--latex", folder]
    subprocess.run(command, cwd=tree, stdout=sys.stderr, check=False)
    pages = {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*.md"))
    }
    if not pages:
        raise PageError(f"{tree}: its pages cannot be woven: mend what stands above")
    return pages


def without_figures(page: str) -> tuple[list[str], dict[str, str]]:
    """Take the drawings out of a woven page: its lines, and the drawings by name."""
    figures = dict(FIGURE.findall(page))
    lines = FIGURE.sub(lambda m: f"figure {m[1]} {sha256(m[2].encode()).hexdigest()[:8]}\n", page)
    return lines.split("\n"), figures


def report(base: Path) -> tuple[str, str]:
    """Tell what differs from another tree: in Markdown, and in HTML with the drawings."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        before = woven(base, Path(one, "docs"))
        after = woven(Path.cwd(), Path(other, "docs"))
    summary, drawings = list(_rows(base)), []
    for name in sorted(before.keys() | after.keys()):
        (old, old_figures), (new, new_figures) = (
            without_figures(pages.get(name, "")) for pages in (before, after)
        )
        if lines := list(unified_diff(old, new, "before", "after", n=1, lineterm="")):
            summary.append(f"### {name}\n\n``````diff\n" + "\n".join(lines) + "\n``````\n")
            drawings.append(f"<h2>{escape(name)}</h2>")
            drawings.append(HtmlDiff(wrapcolumn=70).make_table(old, new, context=True))
        for figure in sorted(old_figures.keys() | new_figures.keys()):
            pair = {"before": old_figures.get(figure), "after": new_figures.get(figure)}
            if pair["before"] != pair["after"]:
                cells = "".join(_cell(way, figure, html) for way, html in pair.items())
                drawings.append(f"<h3>{figure}</h3><table><tr>{cells}</tr></table>")
    title = "What a reader will see changed"
    page = HtmlDiff().make_file([], []).replace("</head>", f"<title>{title}</title>{STYLE}</head>")
    drawn = page.replace("<body>", f"<body><h1>{title}</h1>" + "\n".join(drawings or [NOTHING]))
    if drawings:
        summary.append("The drawings are in changes.html, in the artifact of this run.")
    return "\n".join([f"## {title}\n", *(summary or [NOTHING])]), drawn


def _cell(way: str, figure: str, html: str | None) -> str:
    # One page with both needs other ids for each.
    html = re.sub(rf'(["#]){figure}-', rf"\1{way}-{figure}-", html or "(not drawn)")
    return f'<td>{way}<figure class="drawn">{html}</figure></td>'


@dataclass(frozen=True)
class Change:
    """What a page said and what it says now, at a line, and the tests that decide it."""

    line: int
    before: str
    now: str
    tests: str

    def __str__(self) -> str:
        return f"{self.before or 'nothing'} became {self.now or 'nothing'}"


def changed(page: Page, base: Path, site: Site) -> Iterator[Change]:
    """Find the sentences, ends of links and labels that another tree has otherwise."""
    file = claims_file(page, site)
    if not (base / page.path).is_file():
        return
    before, now = _words(read(base / page.path), base / file), _words(page, file)
    texts = [one.text for one in before], [one.text for one in now]
    for kind, a, b, c, d in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        pairs = zip_longest(before[a:b], now[c:d], fillvalue=Sentence(0, ""))
        line = [Sentence(1, ""), *now][c].line
        for old, new in pairs if kind != "equal" else ():
            line = new.line or line  # What is gone stood after what was told before.
            tests = ", ".join(f"{file}::{test}" for test in sorted(old.tests | new.tests))
            yield Change(line, old.text, new.text, tests)


def _words(page: Page, file: Path) -> list[Sentence]:
    """The sentences of a page, where its links lead, and the labels of its figures, by line."""
    said = [replace(one, text=TARGET.sub("", one.text)) for one in sentences(page, file)]
    said += [
        Sentence(link.line, f"{link.text!r} leads to {heading!r}")
        for link in page.links
        if (heading := leads_to(page, link) or link.target)
    ]
    said += [
        Sentence(program.line + k, f"`{line.strip()}`")
        for program in page.programs
        for k, line in enumerate(program.code.split("\n"), 1)
        if re.search(r"label|title|text\(", line)
    ]
    return sorted(said, key=lambda one: one.line)


def _rows(base: Path) -> Iterator[str]:
    """The sentences that changed, in a table."""
    site = Site.load()
    rows = [
        (f"{page.path}:{one.line}", one.before, one.now, one.tests or "no test")
        for page in site.pages.values()
        for one in changed(page, base, site)
    ]
    if rows:
        yield grid(("where", "before", "now", "decided by"), rows)
