"""`python -m tests.faults` breaks one thing at a time and tells which check notices.

Each fault is made in a copy of the sources, by a process forked from this one, which
has the heavy packages loaded. The copy shares the results of unchanged programs.
"""

import contextlib
import io
import itertools
import multiprocessing
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click
import matplotlib.pyplot  # noqa: F401
import pytest
import torch  # noqa: F401

from tests.faults.kinds import MODULES, PATHS, SETTINGS, Fault, faults

MISSED = "MISSED"
LEFT = shutil.ignore_patterns(".git", ".venv", "__pycache__", "faults-*")
MKDOCS = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", "built"]
KNOWN = set()  # notices of unbroken pages


def check() -> Iterator[tuple[str, str]]:
    """Give what `weaver check` tells of all pages, of quick checks first."""
    from weaver.checks import CHECKS, complaints
    from weaver.site import Site

    site = Site.load()
    pages = site.pages.values()
    site.run(*pages)
    for check, page in itertools.product(CHECKS, pages):
        for told in complaints(page, site, [check]):
            notice = " (notice)" * told.notice
            yield f"{check.__name__}{notice}", f"{told.said}: {told.true}"


def pytests(path: str | Path) -> Iterator[tuple[str, str]]:
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(said):
        # What the garbage collector finds open late belongs to no fault.
        without = ["-p", "no:cacheprovider", "-p", "no:unraisableexception"]
        status = pytest.main(["-x", *without, str(path)])
    assert status < 3, f"{path}: pytest ends with {status!r}, so that nothing is checked"
    if status:
        yield f"pytest {path}", re.search(r"(?m)^E .*|\Z", said.getvalue())[0]


def build() -> Iterator[tuple[str, str]]:
    done = subprocess.run(MKDOCS, capture_output=True, text=True, check=False)
    if done.returncode:
        yield "build", re.search("WARNING.*|ERROR.*|$", done.stderr)[0]


def notices(path: Path) -> Iterator[tuple[str, str]]:
    """Give what tells of a fault in a file, quick checks first."""
    if path.suffix == ".md":
        return chain(check(), pytests(f"tests/claims/test_{path.stem}.py"))
    if path.parts[0] == "tests":
        return pytests(path)
    if path.parts[0] == "linreg":
        return chain(pytests("tests/linreg"), build(), pytests("tests/claims"), check())
    return chain(check(), pytests("tests/site/test_colors.py"), build())


def attempt(fault: Fault) -> tuple[str, str]:
    """In a fork: break a copy of the sources, and find the first check that notices."""
    with tempfile.TemporaryDirectory(prefix="faults-", dir=Path(".cache").absolute()) as folder:
        # Links will do: what is broken is written anew, and the engine replaces results.
        shutil.copytree(".", folder, ignore=LEFT, copy_function=os.link, dirs_exist_ok=True)
        os.chdir(folder)
        source = fault.path.read_text(encoding="utf-8")
        fault.path.unlink()
        fault.path.write_text(fault.apply(source), encoding="utf-8")
        # What is broken is imported anew.
        sys.dont_write_bytecode, sys.path[0] = True, folder
        for name in list(sys.modules):
            if name.partition(".")[0] in ("conftest", "linreg", "tests", "weaver"):
                del sys.modules[name]
        try:
            return next((f for f in notices(fault.path) if f not in KNOWN), (MISSED, ""))
        except click.ClickException as error:
            return "error", error.message


@click.command()
@click.option("--each", default=6, help="Faults of each kind.")
@click.option("--only", multiple=True, help="Kinds to try, by the beginning of their names.")
@click.option("--seed", default=0, help="Which faults are drawn.")
@click.option("--control/--no-control", default=True, help="First check unbroken sources.")
def main(each: int, only: tuple[str, ...], seed: int, control: bool) -> None:
    """Break things; exit with 1 where no check noticed."""
    rng, turns = random.Random(seed), []
    for kind, every in faults().items():
        if kind.startswith(only or ""):
            turns += enumerate((kind, fault) for fault in rng.sample(every, min(each, len(every))))
    # One of each kind first, so that an early end has seen all kinds.
    jobs = [job for _, job in sorted(turns, key=lambda turn: turn[0])]
    KNOWN.update(found for found in check() if "notice" in found[0])
    results = defaultdict(list)
    with multiprocessing.get_context("fork").Pool(os.cpu_count(), maxtasksperchild=1) as pool:
        # What is not broken has to pass, lest every fault seem to be caught.
        sound = [Fault(path, 0, 0, "") for path in (PATHS[0], MODULES[0], SETTINGS)]
        for name, complaint in pool.imap(attempt, sound * control):
            if name != MISSED:
                raise click.ClickException(f"{name} fails on unbroken sources: {complaint}")
        done = pool.imap(attempt, [fault for _, fault in jobs])
        for (kind, fault), (name, complaint) in zip(jobs, done, strict=True):
            results[kind].append(name)
            print(f"{kind}: {fault}: {name}: {complaint[:150]!r}", flush=True)
    for kind, names in results.items():
        print(f"{kind:40} {len(names)} tried: {', '.join(sorted(set(names)))}")
    missed = sum(names.count(MISSED) for names in results.values())
    print(f"{len(turns)} faults of {len(results)} kinds, {missed} missed")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
