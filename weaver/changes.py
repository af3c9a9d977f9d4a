"""What a reader will see changed: the woven pages of two trees, side by side."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from difflib import HtmlDiff, unified_diff
from hashlib import sha256
from html import escape
from pathlib import Path

from weaver.checks.quotations import BETWEEN, claims_file, nearest, prose, quotations, spans
from weaver.site import Site

NOTHING = "No page, output, figure or quotation differs."
FIGURE = re.compile(r"^ */// html \| figure\.drawn#([\w-]+)\n(.*?)^ *///\n", re.M | re.S)
STYLE = '<link rel="stylesheet" href="site/stylesheets/site.css">'


def woven(tree: Path, folder: Path) -> dict[str, str]:
    """Weave a tree's pages by its own engine; a fault stands on its page."""
    command = [sys.executable, "-m", "weaver", "weave", "--latex", folder]
    subprocess.run(command, cwd=tree, stdout=sys.stderr, check=False)
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*.md"))
    }


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


def _rows(base: Path) -> Iterator[str]:
    """Tell which statements changed that tests decide."""
    site, rows = Site.load(), []
    for page in site.pages.values():
        before, text = {}, prose(page)
        for quotation in quotations(base / claims_file(page, site)):
            before.setdefault(quotation.test, []).append(quotation.text)
        for quotation in quotations(claims_file(page, site)):
            now, old = quotation.text, before.get(quotation.test, [])
            if not spans(now, text):
                now = nearest(now, text)[1] or "(gone)"
            if old and now not in old:
                rows.append((BETWEEN.join(old), now, quotation.decided_by))
    if rows:
        yield _table(("Statement before", "after", "decided by"), ("---",) * 3, *rows)


def _table(*rows: tuple[str, ...]) -> str:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)
