"""Programs -> results: each run by `weaver.child`, cached; by a salt, under another rounding."""

import atexit
import base64
import contextlib
import hashlib
import json
import os
import pickle
import subprocess
import sys
from collections import UserDict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import click

from weaver.page import PageError, Program
from weaver.settings import settings

version = cache(metadata.version)
CACHE = Path(".cache/weaver")
TIME_LIMIT = 120  # seconds
# As this process has them loaded, whatever becomes of the files.
ENGINE = [
    Path(__file__).with_name(name).read_bytes()
    for name in ("run.py", "child.py", "figure.py", "rounding.py")
]
# Makes PyTorch compute as on an old processor.
CAPABILITY = "ATEN_CPU_CAPABILITY"


@dataclass(frozen=True)
class Result:
    """What a program did: its standard output, its figures as SVG, its error."""

    output: str = ""
    figures: tuple[str, ...] = ()
    error: str | None = None


class Variables(UserDict):
    """The pickled variables of a program, by name; each is loaded when it is asked for."""

    place = ""

    def __getitem__(self, name: str) -> object:
        if name not in self.data:
            raise KeyError(
                f"{self.place}: the block leaves no {name} that can be kept: "
                f"name one of {', '.join(self.data)}"
            )
        return pickle.loads(self.data[name])


@dataclass(frozen=True)
class State:
    """What a program left: Matplotlib's figures, in the order of the image lines; variables."""

    figures: list
    variables: Variables


def run(programs: Iterable[Program], salt: int = 0) -> list[Result]:
    """Run the programs that the cache does not know, as many at once as there are cores.

    A salt other than 0 moves what rounding leaves open, as `weaver.rounding` says.
    Figures are then counted, and not drawn.
    """
    programs = list(programs)
    common = fingerprint()
    files = [_file(common, program, salt) for program in programs]
    missing = [k for k, file in enumerate(files) if not file.exists()]
    results = {}
    if missing:
        page = programs[missing[0]].path
        how = f" under salt {salt}" if salt else ""
        label = f"{page}: running {len(missing)} of {len(programs)} programs{how}"
        jobs = [{"code": programs[k].code, "salt": salt, "limit": TIME_LIMIT} for k in missing]
        with click.progressbar(_run_batch(jobs), len(jobs), label, file=sys.stderr) as bar:
            answers = list(bar)
        # What a program imported is not what the key names if somebody saved meanwhile.
        same = fingerprint() == common
        for answer in answers:
            k, state = missing[answer.pop("number")], answer.pop("state", "")
            results[k] = _result(answer)
            if results[k].error is None and same:
                save(files[k].with_suffix(".pickle"), base64.b64decode(state))
                save(files[k], json.dumps(asdict(results[k])).encode())
    return [results.get(k) or _result(json.loads(f.read_bytes())) for k, f in enumerate(files)]


def state(program: Program, salt: int = 0) -> State:
    """Give what a program left at its end; run it if the cache does not know."""
    (result,) = run([program], salt)
    if result.error is not None:
        raise PageError(f"{program.place}: the block fails {result.error}: mend it there")
    file = _file(fingerprint(), program, salt).with_suffix(".pickle")
    if not file.exists():
        raise PageError(f"{program.place}: the package changed while the block ran: run it again")
    figures, variables = pickle.loads(file.read_bytes())
    variables = Variables(variables)
    variables.place = program.place
    return State([pickle.loads(figure) for figure in figures], variables)


def save(file: Path, data: bytes) -> None:
    """Write a file aside and move it to its place, so that nobody meets half of it."""
    # Hidden, so that no builder takes it for a page's file.
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(data)
    part.replace(file)


def _result(data: dict) -> Result:
    return Result(**data | {"figures": tuple(data.get("figures", ()))})


def fingerprint() -> str:
    """What every program's result depends on: versions, the package, and how it is run."""
    ours = settings()
    versions = [sys.version, *((name, version(name)) for name in ours["versions"].values())]
    sources = [*sorted(Path(ours["package"]).rglob("*")), Path(f"{ours['package']}.py")]
    sources = [file for file in sources if file.is_file() and file.suffix != ".pyc"]
    package = [(file.as_posix(), file.read_bytes()) for file in sources]
    return repr([versions, ENGINE, package, os.environ.get(CAPABILITY)])


def _file(common: str, program: Program, salt: int) -> Path:
    key = hashlib.sha256(repr((common, program.code, salt)).encode()).hexdigest()
    return CACHE / f"{key}.json"


def _run_batch(jobs: list[dict]) -> Iterator[dict]:
    """Let the server run the jobs; give its answers as they come."""
    server, unanswered = _server(os.getpid(), os.getcwd()), {*range(len(jobs))}
    try:
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps(jobs), file=server.stdin, flush=True)
        while unanswered and (line := server.stdout.readline()):
            answer = json.loads(line)
            unanswered.remove(answer["number"])
            yield answer
    finally:
        if unanswered:
            _server.cache_clear()
            server.communicate()
    error = "what runs the blocks has ended, perhaps for want of memory: try again"
    yield from ({"number": number, "error": error} for number in unanswered)


@cache
def _server(_process: int, folder: str) -> subprocess.Popen:
    """Start `weaver.child`, which imports from where this process does."""
    path = [folder, str(Path(__file__).parents[1]), *sys.path]
    start = f"import sys; sys.path[:] = {path}; from weaver.child import serve; serve()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    # In its own session, since Ctrl+C is for this process; the server ends when stdin closes.
    server = subprocess.Popen([sys.executable, "-c", start], **pipes, start_new_session=True)
    atexit.register(server.communicate)
    return server
