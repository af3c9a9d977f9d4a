"""`python -m weaver check` tells where pages and programs differ; `refresh` mends outputs.

`portable` tells where another processor would print something else.
`notebooks` writes what readers take along, for builders that run no hook of MkDocs.
`changes` shows a reviewer what a reader will see changed.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from weaver.changes import look, look_elsewhere, report
from weaver.notebook import FOLDER, Site, write
from weaver.numbers import unfounded
from weaver.page import PageError, read, refresh
from weaver.run import CAPABILITY, problems, run

NOTHING = "no page has a program: run this in the project's folder"


@click.group()
def main() -> None:
    """Work on the tutorial's pages."""


PAGES = click.argument(
    "pages",
    nargs=-1,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    callback=lambda _context, _argument, pages: pages or sorted(Path("docs").rglob("*.md")),
)


@main.command()
@PAGES
def check(pages: Sequence[Path]) -> None:
    """Tell where PAGES (all pages of docs by default) and their programs differ."""
    _work(pages, mend=False)


@main.command("refresh")
@PAGES
def refresh_pages(pages: Sequence[Path]) -> None:
    """Put what their programs print into PAGES (all pages of docs by default)."""
    _work(pages, mend=True)


@main.command()
@PAGES
@click.option(
    "--salts",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="How many other roundings to try.",
)
def portable(pages: Sequence[Path], salts: int) -> None:
    """Tell what PAGES (all pages of docs by default) print that rounding decides.

    Their programs run with results moved in the last place, and once as on an old processor.
    """
    if as_it_is := CAPABILITY not in os.environ:
        # PyTorch reads it when it is loaded, so that it takes another process.
        command = [sys.executable, "-m", "weaver", "portable", "--salts", "0", *pages]
        old = subprocess.run(command, env=os.environ | {CAPABILITY: "default"}, check=False)
    programs = [p for path in pages for p in read(path)]
    found, roundings = {}, []
    for salt in range(int(as_it_is), salts + 1):
        roundings.append(f"salt {salt}" if salt else f"{CAPABILITY}={os.environ[CAPABILITY]}")
        for program, result in zip(programs, run(programs, salt), strict=True):
            for problem in problems(program, result, roundings[-1]):
                found.setdefault(program.place, problem)
    if found:
        raise PageError("\n\n".join(found.values()))
    if not programs:
        raise PageError(NOTHING)
    if as_it_is and old.returncode:
        sys.exit(old.returncode)
    if roundings:
        print(f"{len(programs)} programs print the same under {', '.join(roundings)}")


@main.command()
def notebooks() -> None:
    """Write the notebooks and scripts of mkdocs.yml's pages into docs/downloads."""
    site = Site.load()
    print(f"{len(write(site, site.docs))} files in {site.docs / FOLDER}")


@main.command()
@click.argument("base", type=click.Path(exists=True, file_okay=False, path_type=Path))
def changes(base: Path) -> None:
    """Print how pages, outputs and figures differ from those of the tree BASE.

    The drawings stand side by side in changes.html.
    """
    told, drawn = report(look_elsewhere(base), look(Path("docs")))
    Path("changes.html").write_text(drawn, encoding="utf-8")
    print(told)


def _work(pages: Sequence[Path], mend: bool) -> None:
    found, count = [], 0
    for path in pages:
        programs = read(path)
        count += len(programs)
        results = run(programs)
        if mend:
            pairs = zip(programs, results, strict=True)
            changed = refresh(path, [p.output if r.error else r.output for p, r in pairs])
            print(f"{path}: {changed} of {len(programs)} outputs changed")
            programs = read(path)
        found += [p for pair in zip(programs, results, strict=True) for p in problems(*pair)]
        found += unfounded(path)[1]
    if found:
        raise PageError("\n\n".join(found))
    if not count:
        raise PageError(NOTHING)
    print(f"{count} programs do what their pages say")


if __name__ == "__main__":
    sys.exit(main())
