"""Programs -> results: each in a fork of its own, cached; by a salt, under another rounding."""

import contextlib
import hashlib
import io
import json
import multiprocessing
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from difflib import unified_diff
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from itertools import repeat
from pathlib import Path

from weaver.page import PageError, Program, lines_of

CACHE = Path(".cache/weaver")
SECONDS = 120
# As this process has them loaded, whatever becomes of the files.
ENGINE = [
    Path(__file__).with_name(name).read_bytes() for name in ("run.py", "figure.py", "rounding.py")
]
# Makes PyTorch compute as on an old processor.
CAPABILITY = "ATEN_CPU_CAPABILITY"


@dataclass(frozen=True)
class Result:
    """What a program did: its standard output, its figures as SVG, its error."""

    output: str = ""
    figures: tuple[str, ...] = ()
    error: str | None = None


def run(programs: Iterable[Program], salt: int = 0) -> list[Result]:
    """Run the programs that the cache does not know, as many at once as there are cores.

    A salt other than 0 moves what rounding leaves open, as `weaver.rounding` says.
    """
    programs = list(programs)
    depends = base()
    files = [CACHE / f"{_key(depends, program.code, salt)}.json" for program in programs]
    missing = [k for k, file in enumerate(files) if not file.exists()]
    fresh = {}
    if missing:
        page = programs[missing[0]].path
        how = f" under salt {salt}" if salt else ""
        print(f"{page}: running {len(missing)} of {len(programs)} programs{how}", file=sys.stderr)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(_fork, [programs[k].code for k in missing], repeat(salt)))
        # What a program imported is not what the key names if somebody saved meanwhile.
        same = base() == depends
        for k, result in zip(missing, results, strict=True):
            if result.error is None and same:
                save(files[k], json.dumps(asdict(result)).encode())
            else:
                fresh[k] = result
    return [fresh.get(k) or _load(file) for k, file in enumerate(files)]


def results(programs: list[Program]) -> list[Result]:
    """Run the programs; raise PageError where one does something else than its page says."""
    done = run(programs)
    found = [p for pair in zip(programs, done, strict=True) for p in problems(*pair)]
    if found:
        raise PageError("\n\n".join(found))
    return done


def problems(program: Program, result: Result, rounding: str = "") -> list[str]:
    """Where a page and its program differ, in plain words that begin with page:line.

    `rounding` names the one that the result was computed with, if it is another one.
    """
    found, under, remedy = [], "", "`make refresh` puts what it prints into the page"
    if rounding:
        under = f"under {rounding} "
        remedy = "rounding decides it, so print what holds on every machine, such as fewer digits"
    if result.error is not None:
        return [f"{program.place}: {under}the block fails {result.error}"]
    if result.output != program.output:
        shown, printed = program.output.splitlines(), result.output.splitlines()
        difference = unified_diff(shown, printed, "the page", "the block", lineterm="", n=0)
        found.append(
            f"{program.place}: {under}the block prints something else than the page shows; "
            f"{remedy}:\n" + "\n".join(difference)
        )
    if len(result.figures) != len(program.images):
        found.append(
            f"{program.place}: {under}the block shows {len(result.figures)} figures, and "
            f"{len(program.images)} image lines stand under it: "
            "write one ![what the picture shows](name.svg) for each plt.show()"
        )
    return found


def save(file: Path, data: bytes) -> None:
    """Write a file aside and move it to its place, so that nobody meets half of it."""
    # Hidden, so that no builder takes it for a page's file.
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(data)
    part.replace(file)


def _load(file: Path) -> Result:
    data = json.loads(file.read_text(encoding="utf-8"))
    return Result(data["output"], tuple(data["figures"]), data["error"])


@cache
def _versions() -> dict[str, str]:
    packages = ("numpy", "torch", "matplotlib")
    return {"python": sys.version} | {name: version(name) for name in packages}


def base() -> str:
    """What every program's result depends on: versions, `linreg`, and how it is run."""
    folders = find_spec("linreg").submodule_search_locations
    sources = [file for folder in folders for file in sorted(Path(folder).rglob("*.py"))]
    processor = os.environ.get(CAPABILITY)
    package = [(file.name, file.read_bytes()) for file in sources]
    return repr([_versions(), ENGINE, package, processor])


def _key(base: str, code: str, salt: int) -> str:
    return hashlib.sha256(repr((base, code, salt)).encode()).hexdigest()


@cache
def _context():
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        # PyTorch loads _dynamo, a second's work, when a program makes its first optimizer.
        loaded = ["torch._dynamo", "matplotlib.pyplot", "matplotlib.backends.backend_svg"]
        context.set_forkserver_preload([*loaded, "weaver.figure", "weaver.rounding"])
    return context


def _fork(code: str, salt: int) -> Result:
    ours, theirs = _context().Pipe(duplex=False)
    child = _context().Process(target=_send, args=(code, salt, theirs))
    child.start()
    theirs.close()
    try:
        if ours.poll(SECONDS):
            return ours.recv()
        return Result(error=f"it does not end within {SECONDS} seconds")
    except EOFError:
        child.join()
        return Result(error=f"its process ended with exit code {child.exitcode}")
    finally:
        child.kill()
        child.join()


def _send(code: str, salt: int, pipe) -> None:
    import numpy as np

    # A .pyc passes for its source if the two are of one second and one size.
    sys.pycache_prefix, sys.dont_write_bytecode = os.devnull, True
    # A fork has the generator of its parent; without a seed, programs have to differ.
    np.random.seed()
    pipe.send(execute(code, salt=salt))


def execute(code: str, keep: Callable | None = None, salt: int = 0) -> Result:
    """Run one program in this process, as `__main__` and with warnings as errors.

    `keep` makes the result's figures out of Matplotlib's, by default the SVG of each.
    """
    import matplotlib.pyplot as plt

    from weaver.figure import SETTINGS, draw
    from weaver.rounding import compiled, moved

    figures = []

    def show(*_, **__):
        figures.extend((keep or draw)(plt.figure(number)) for number in plt.get_fignums())
        plt.close("all")

    plt.rcdefaults()  # A drawing depends on no settings of the user's.
    plt.switch_backend("svg")
    plt.rcParams.update(SETTINGS)
    plt.show = show
    stdout = io.StringIO()
    try:
        with contextlib.redirect_stdout(stdout), warnings.catch_warnings():
            warnings.simplefilter("error")
            with moved(salt) if salt else contextlib.nullcontext():
                exec(compiled(code, "<block>"), {"__name__": "__main__"})
    except BaseException as error:
        frames = traceback.extract_tb(error.__traceback__)
        inside = [lines_of(code)[f.lineno - 1] for f in frames if f.filename == "<block>"]
        where = f"at `{inside[-1].strip()}`: " if inside else ""
        return Result(stdout.getvalue(), error=f"{where}{type(error).__name__}: {error}")
    if plt.get_fignums():
        return Result(stdout.getvalue(), error="a figure is never shown: end with plt.show()")
    return Result(stdout.getvalue(), tuple(figures))
