"""`python -m tests.faults` breaks one thing at a time and tells which check notices.

Each fault is made in a copy of the sources, by a process forked from this one, which
has the heavy packages loaded. The copy shares the results of unchanged programs.
"""

import contextlib
import io
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import click

FORK = multiprocessing.get_context("fork")
SECONDS = 300
SOUND = "nothing"
SETTINGS = Path("mkdocs.yml")
TEXT = [
    f"tests/docs/test_{name}.py"
    for name in ("blocks", "claims", "numbers", "images", "signatures", "language")
]


def tests(*arguments: str | Path) -> str | None:
    """Run pytest; give its first complaint."""
    import pytest

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        # What the garbage collector finds open late belongs to no fault.
        without = ["-p", "no:cacheprovider", "-p", "no:unraisableexception"]
        status = pytest.main(["-x", "-q", "--no-header", *without, *map(str, arguments)])
    if status == pytest.ExitCode.OK:
        return None
    if status == pytest.ExitCode.NO_TESTS_COLLECTED:
        raise SystemExit(f"{arguments}: no test ran, so that nothing was checked")
    complaints = [line for line in said.getvalue().splitlines() if line.startswith("E ")]
    return complaints[0][1:].strip() if complaints else said.getvalue()[-300:]


def forget() -> None:
    """Let what is broken be imported anew."""
    for name in list(sys.modules):
        if name.partition(".")[0] in (
            "conftest",
            "linreg",
            "pytest_codeblocks",
            "tests",
            "weaver",
        ):
            del sys.modules[name]


def engine(*pages: Path) -> str | None:
    """Compare pages with their programs."""
    from weaver.page import PageError, read
    from weaver.run import problems, run

    for page in pages:
        try:
            programs = read(page)
            with contextlib.redirect_stderr(io.StringIO()):
                results = run(programs)
        except PageError as error:
            return error.message
        for program, result in zip(programs, results, strict=True):
            if found := problems(program, result):
                return found[0]
    return None


def build() -> str | None:
    """Build the site; give its first complaint."""
    with tempfile.TemporaryDirectory() as site:
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", site]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stderr.strip() or "it fails").splitlines()[0] if done.returncode else None


def stages(kind: str, path: Path) -> dict[str, Callable[[], str | None]]:
    """List the checks of `make test` that a fault of this kind may trip, quick ones first."""
    claims = sorted(map(str, Path("tests/docs").glob("test_claims_*.py")))
    own = [name for name in claims if name.endswith(f"_{path.stem}.py")]
    pages = [path] if path.suffix == ".md" else sorted(Path("docs").rglob("*.md"))
    every = {
        "docstrings": lambda: tests("tests/docs/test_signatures.py"),
        "package": lambda: tests("tests/linreg"),
        "text": lambda: tests(*TEXT),
        "menu": lambda: tests("tests/site/test_links.py", "-k", "menu"),
        "figures": lambda: tests("tests/docs/test_figures.py"),
        "fences": lambda: tests("tests/weaver/test_weave.py"),
        "claims": lambda: tests(*([path] if path.parts[0] == "tests" else own or claims)),
        "outputs": lambda: engine(*pages),
        "build": build,
    }
    if path.parts[0] == "tests":
        names = "claims"
    elif path.parts[0] == "linreg":
        names = "docstrings package claims outputs figures"
    elif path.suffix in (".yml", ".css"):
        names = "menu figures build"
    elif kind.startswith(("link", "heading")):
        names = "build text"
    elif kind.startswith(("unit", "axis", "figure")):
        names = "figures outputs claims"
    elif kind.startswith(("digit in a", "digit in i", "sign", "alt", "stale", "misspelt")):
        names = "text menu outputs claims"
    else:
        names = "text outputs claims fences figures"
    return {name: every[name] for name in names.split()}


def check(kind: str, path: Path, pipe) -> None:
    """In a fork: find the first check that notices what is wrong in this folder."""
    root = os.getcwd()
    sys.dont_write_bytecode = True
    sys.path[:] = [root, *(p for p in sys.path if p not in ("", ORIGINAL))]
    for stage, run in stages(kind, path).items():
        forget()
        if complaint := run():
            pipe.send((stage, complaint))
            return
    pipe.send((None, ""))


ORIGINAL = os.getcwd()


def settle(base: str) -> None:
    """Copy what git knows or would know, and the cached results by links; go there."""
    folder = Path(tempfile.mkdtemp(dir=base))
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(name, folder / name)
    for made in ("docs/assets/made", "docs/downloads"):
        if Path(made).exists():
            shutil.copytree(made, folder / made, dirs_exist_ok=True)
    if Path(".cache").exists():
        # Links will do: the engine replaces results, and never writes into one.
        shutil.copytree(".cache", folder / ".cache", copy_function=os.link)
    os.chdir(folder)


def attempt(kind: str, fault) -> tuple[str | None, str, float]:
    """Break this process's copy of the sources, check it, and mend it."""
    source = fault.path.read_text(encoding="utf-8")
    fault.path.write_text(fault.apply(source), encoding="utf-8")
    start = time.perf_counter()
    ours, theirs = FORK.Pipe(duplex=False)
    process = FORK.Process(target=check, args=(kind, fault.path, theirs))
    process.start()
    theirs.close()
    try:
        found = ours.recv() if ours.poll(SECONDS) else ("time", f"no end in {SECONDS} seconds")
    except EOFError:
        found = "error", "the checks themselves broke off"
    finally:
        process.kill()
        process.join()
        fault.path.write_text(source, encoding="utf-8")
    return *found, time.perf_counter() - start


@click.command()
@click.option("--each", default=6, help="Faults of each kind.")
@click.option("--only", multiple=True, help="Kinds to try, by the beginning of their names.")
@click.option("--seed", default=0, help="Which faults are drawn.")
@click.option("--control/--no-control", default=True, help="First check unbroken sources.")
def main(each: int, only: tuple[str, ...], seed: int, control: bool) -> None:
    """Break things; exit with 1 where no check noticed."""
    # Loaded once, here, for every fork.
    import griffe  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import torch  # noqa: F401

    from tests.faults.kinds import KINDS, MODULES, PAGES, Fault

    rng = random.Random(seed)
    # What is not broken has to pass, lest every fault seem to be caught.
    sound = [(SOUND, Fault(path, 0, 0, "")) for path in (PAGES[0], MODULES[0], SETTINGS)]
    drawn = sound.copy() if control else []
    rounds = []
    for kind, generate in KINDS.items():
        if only and not kind.startswith(only):
            continue
        faults = list(generate())
        if not faults:
            raise click.ClickException(f"{kind}: the sources have nothing to break")
        rounds += enumerate((kind, fault) for fault in rng.sample(faults, min(each, len(faults))))
    # One of each kind first, so that an early end has seen all kinds.
    drawn += [pair for _, pair in sorted(rounds, key=lambda turn: turn[0])]
    # Every copy starts with the results of the unbroken pages.
    subprocess.run([sys.executable, "-m", "weaver", "check"], check=True)
    caught, missed, seconds = defaultdict(list), defaultdict(list), defaultdict(float)
    with (
        tempfile.TemporaryDirectory() as base,
        ProcessPoolExecutor(
            os.cpu_count(), mp_context=FORK, initializer=settle, initargs=(base,)
        ) as pool,
    ):
        jobs = {pool.submit(attempt, kind, fault): (kind, str(fault)) for kind, fault in drawn}
        for count, job in enumerate(as_completed(jobs), 1):
            kind, fault = jobs[job]
            stage, complaint, took = job.result()
            seconds[kind] += took
            if stage == "error":
                raise click.ClickException(f"{kind}: {fault}: {complaint}")
            if kind == SOUND:
                if stage:
                    raise click.ClickException(f"{stage} fails on unbroken sources: {complaint}")
                continue
            (caught if stage else missed)[kind].append(stage)
            what = f"{stage} in {took:.1f} s" if stage else "MISSED"
            print(f"{count:3} of {len(drawn)}  {kind}: {fault}: {what}", flush=True)
            if stage:
                print(f"      {complaint[:150]!r}")
    print()
    kinds = [kind for kind in dict(drawn) if kind != SOUND]
    for kind in kinds:
        stages_ = ", ".join(sorted(set(caught[kind])))
        print(f"{kind:40} caught {len(caught[kind]):3}  missed {len(missed[kind]):3}  "
              f"{seconds[kind]:6.1f} s  {stages_}")  # fmt: skip
    misses = sum(map(len, missed.values()))
    print(f"{len(drawn) - len(sound) * control} faults of {len(kinds)} kinds, {misses} missed")
    sys.exit(bool(misses))


if __name__ == "__main__":
    main()
