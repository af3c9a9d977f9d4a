"""`python -m weaver check` tells what is wrong with pages; `refresh` mends what it can.

`portable` tells where another processor would print something else.
`weave` writes the woven pages and what readers take along, for any builder.
`links` asks whether the addresses outside still answer.
`changes` shows a reviewer what a reader will see changed.
"""

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import click

from weaver.changes import changed, report
from weaver.checks import BUILD, complaints
from weaver.checks.links import unanswered
from weaver.checks.programs import differences
from weaver.checks.quotations import renew
from weaver.fills import around
from weaver.notebook import write
from weaver.page import Complaint, Page, PageError, read, refresh
from weaver.run import CAPABILITY, run
from weaver.site import Site
from weaver.weave import weave

FEWER = "print what holds on every machine, such as fewer digits"


@click.group()
def main() -> None:
    """Work on the pages."""


def _chosen(site: Site, paths: Sequence[Path]) -> list[Page]:
    return [read(Path(os.path.relpath(path))) for path in paths] or [*site.pages.values()]


def _tell(found: Iterable[Complaint], done: str) -> None:
    """Print what was found, in CI also at the lines of a pull request; fail if it is wrong."""
    found = list(found)
    for complaint in found:
        print(complaint, end="\n\n")
        if "ANNOTATE" in os.environ:
            kind, place = "notice" if complaint.notice else "error", complaint.path.as_posix()
            text = str(complaint).partition(": ")[2].replace("%", "%25").replace("\n", "%0A")
            print(f"::{kind} file={place},line={complaint.line}::{text}")
    wrong = sum(not complaint.notice for complaint in found)
    if wrong:
        raise PageError(f"{wrong} to mend, {len(found) - wrong} to look at")
    print(f"{done}; {len(found)} to look at")


PAGES = click.argument(
    "paths", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)


@main.command()
@PAGES
@click.option(
    "--since",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another tree: its sentences that changed are told, with what decides each.",
)
def check(paths: Sequence[Path], since: Path | None) -> None:
    """Tell what is wrong with the pages at PATHS, by default all."""
    site = Site.load()
    pages = _chosen(site, paths)
    count = len(site.run(*pages))
    found = [complaint for page in pages for complaint in complaints(page, site)]
    for page in pages if since else ():
        for change in changed(page, since, site):
            words = f"it said {change.before!r}", f"it says {change.now!r}"
            remedy = f"see that it holds; decided by {change.tests or 'no test'}"
            notice = page.complaint(change.line, *words, remedy)
            found.append(replace(notice, notice=True))
    _tell(found, f"{len(pages)} pages with {count} programs are as they should be")


@main.command("refresh")
@PAGES
def refresh_pages(paths: Sequence[Path]) -> None:
    """Put what programs print into the pages at PATHS, by default all, and what the pages
    say into the tests that quote them.
    """
    site = Site.load()
    pages = _chosen(site, paths)
    site.run(*pages)
    for page in pages:
        pairs = zip(page.programs, site.run(page), strict=True)
        try:
            outputs = refresh(page, [p.output if r.error else r.output for p, r in pairs])
        except PageError as error:
            print(error)
            outputs = 0
        quotations = renew(page, site)
        if outputs or quotations:
            print(f"{page.path}: {outputs} outputs and {quotations} quotations changed")
    site = Site.load()
    _tell((c for page in _chosen(site, paths) for c in complaints(page, site, BUILD)), "done")


@main.command()
@PAGES
@click.option(
    "--salts",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How many other roundings to try.",
)
def portable(paths: Sequence[Path], salts: int) -> None:
    """Tell what the pages at PATHS, by default all, print that rounding decides.

    Their programs run as on an old processor, with results moved in the last place.
    """
    os.environ.setdefault(CAPABILITY, "default")
    programs = [program for page in _chosen(Site.load(), paths) for program in page.programs]
    found = {}
    for salt in range(1, salts + 1):
        how = f"{CAPABILITY}={os.environ[CAPABILITY]} with salt {salt}"
        remedy = f"{how} shows that rounding decides it: {FEWER}"
        for program, result in zip(programs, run(programs, salt), strict=True):
            for complaint in differences(program, result, remedy):
                found.setdefault(program, complaint)
    roundings = "1 other rounding" if salts == 1 else f"{salts} other roundings"
    _tell(found.values(), f"{len(programs)} programs print the same under {roundings}")


@main.command()
def links() -> None:
    """Ask whether the addresses outside that the pages link to still answer."""
    _tell(unanswered(Site.load().pages.values()), "all addresses answer")


@main.command("weave")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--latex", is_flag=True, help="Leave the formulas as they are.")
def weave_pages(folder: Path, latex: bool) -> None:
    """Write the folder of the pages into FOLDER, woven, with notebooks and scripts.

    A fault stands on its page, and the command fails at the end.
    """
    if folder.exists() and any(folder.iterdir()):
        raise PageError(f"{folder} is not empty: name a new folder")
    site, found = Site.load(), []
    shutil.copytree(site.docs, folder, dirs_exist_ok=True)
    site.run(*site.pages.values())
    for name, page in site.pages.items():
        faults = list(complaints(page, site, BUILD))
        found += faults
        woven = weave(page, site.run(page), *around(page, site), faults, not latex)
        head = "".join(line + "\n" for line in page.lines[: page.start])
        (folder / name).write_text(head + woven, encoding="utf-8")
    write(site, folder)
    _tell(found, f"{len(site.pages)} pages are woven into {folder}")


@main.command()
@click.argument("base", type=click.Path(exists=True, file_okay=False, path_type=Path))
def changes(base: Path) -> None:
    """Print how pages, outputs, figures and quotations differ from those of the tree BASE.

    The drawings stand side by side in changes.html.
    """
    summary, drawings = report(base)
    Path("changes.html").write_text(drawings, encoding="utf-8")
    print(summary)
