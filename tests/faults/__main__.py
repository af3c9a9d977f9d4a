"""`python -m tests.faults` changes one thing at a time and tells what notices.

Each change is made in a copy of the sources, by a process forked from this one, which
has the heavy packages loaded. The copy shares the results of unchanged programs. A fault
has to turn something red, or to be shown to the reviewer at its line; what is harmless
has to stay green.
"""

import contextlib
import csv
import io
import multiprocessing
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import click
import matplotlib.pyplot  # noqa: F401
import pytest
import torch  # noqa: F401

from tests.faults.kinds import SITE, Change, faults, harmless

HOW = RED, TESTED, SHOWN, MISSED = "red", "shown with its test", "shown", "not noticed"
COUNTS = Path("tests/faults/counts.csv")
ROOT = Path.cwd()
LEFT = shutil.ignore_patterns(".git", ".venv", "__pycache__", "faults-*")
MKDOCS = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", "built"]


def check(path: Path) -> Iterator[tuple[str, str]]:
    """Give what `weaver check` tells of a page, and what is wrong with the others."""
    from weaver.changes import changed
    from weaver.checks import complaints
    from weaver.page import read
    from weaver.site import Site

    site = Site.load()
    pages = sorted(site.pages.values(), key=lambda page: page.path != path)
    site.run(*pages)
    for complaint in chain.from_iterable(complaints(page, site) for page in pages):
        if not complaint.notice:
            yield RED, str(complaint)
    for change in changed(read(path), ROOT, site) if path.suffix == ".md" else ():
        yield TESTED if change.tests else SHOWN, f"{change}"


def pytests(path: Path) -> Iterator[tuple[str, str]]:
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(said):
        # What the garbage collector finds open late belongs to no change.
        without = ["-p", "no:cacheprovider", "-p", "no:unraisableexception"]
        status = pytest.main(["-x", *without, str(path)])
    assert status < 3, f"{path}: pytest ends with {status!r}, so that nothing is checked"
    if status:
        error = re.search(r"(?m)^E .*|\Z", said.getvalue())[0]
        yield RED, f"{path}: {error}"


def build() -> Iterator[tuple[str, str]]:
    done = subprocess.run(MKDOCS, capture_output=True, text=True, check=False)
    if done.returncode:
        yield RED, re.search("WARNING.*|ERROR.*|$", done.stderr)[0]


def notices(path: Path) -> Iterator[tuple[str, str]]:
    """Give what tells of a change in a file."""
    if path.suffix == ".md":
        claims = Path(f"tests/claims/test_{path.stem}.py")
        text = claims.read_text(encoding="utf-8") if claims.is_file() else ""
        # Some tests of claims read a page's words; the others, what its programs leave.
        words = "weaver.page import read" in text
        changed = words or (text and _programs(path) != _programs(ROOT / path))
        return chain(check(path), pytests(claims) if changed else ())
    if path.suffix == ".py":
        return pytests(
            path if path.parts[0] == "tests" else Path("tests/linreg/test_docstrings.py")
        )
    return chain(check(path), pytests(Path("tests/site/test_colors.py")), build())


def _programs(path: Path) -> list[str]:
    from weaver.page import read

    return [program.code for program in read(path).programs]


def attempt(change: Change) -> tuple[str, str]:
    """In a fork: make a change in a copy of the sources, and give what tells most of it."""
    with tempfile.TemporaryDirectory(prefix="faults-", dir=Path(".cache").absolute()) as folder:
        # Links will do: what is changed is written anew, and the engine replaces results.
        shutil.copytree(".", folder, ignore=LEFT, copy_function=os.link, dirs_exist_ok=True)
        os.chdir(folder)
        source = change.path.read_text(encoding="utf-8")
        change.path.unlink()
        change.path.write_text(change.apply(source), encoding="utf-8")
        # What is changed is imported anew.
        sys.dont_write_bytecode, sys.path[0] = True, folder
        for name in list(sys.modules):
            if name.partition(".")[0] in ("conftest", "linreg", "tests", "weaver"):
                del sys.modules[name]
        best = MISSED, ""
        try:
            for notice in notices(change.path):
                best = min(best, notice, key=lambda one: HOW.index(one[0]))
                if best[0] == RED:
                    break
        except click.ClickException as error:
            best = RED, error.message
        return best


@click.command()
@click.option("--each", default=3, help="Changes of each kind.")
@click.option("--only", multiple=True, help="Kinds to try, by the beginning of their names.")
@click.option("--seed", default=0, help="Which changes are drawn.")
@click.option("--write", is_flag=True, help=f"Write the counts to {COUNTS}, for the page.")
def main(each: int, only: tuple[str, ...], seed: int, write: bool) -> None:
    """Exit with 1 where nothing noticed a fault, or where what is harmless is red."""
    rng, jobs, counts = random.Random(seed), [], {}
    for sort, kinds in (("fault", faults()), ("harmless", harmless())):
        for kind, every in kinds.items():
            if kind.startswith(only or ""):
                counts[sort, kind] = Counter()
                drawn = rng.sample(every, min(each, len(every)))
                jobs += [(turn, sort, kind, change) for turn, change in enumerate(drawn)]
    # Each copy begins with the results of what it does not change.
    SITE.run(*SITE.pages.values())
    # One of each kind first, so that an early end has seen all kinds.
    jobs.sort(key=lambda job: job[0])
    with multiprocessing.get_context("fork").Pool(os.cpu_count(), maxtasksperchild=1) as pool:
        done = pool.imap(attempt, [change for *_, change in jobs])
        for (_, sort, kind, change), (how, told) in zip(jobs, done, strict=True):
            counts[sort, kind][how] += 1
            print(f"{kind}: {change}: {how}: {told[:150]!r}", flush=True)
    table = [(*kind, *(count[how] for how in HOW)) for kind, count in counts.items()]
    for row in table:
        print(*row, sep="\t")
    missed = sum(count[MISSED] for (sort, _), count in counts.items() if sort == "fault")
    wrong = sum(count[RED] for (sort, _), count in counts.items() if sort == "harmless")
    print(f"{len(jobs)} changes: {missed} faults are not noticed, {wrong} harmless ones are red")
    if write:
        with COUNTS.open("w", encoding="utf-8", newline="") as file:
            rows = [(f"{datetime.now(UTC):%Y-%m-%d}", "what changes", *HOW), *table]
            csv.writer(file, lineterminator="\n").writerows(rows)
    sys.exit(bool(missed or wrong))


if __name__ == "__main__":
    main()
