"""The clean child: runs programs of `weaver.run`, each as `__main__` in a process of its own.

`weaver.run` starts `serve` once, in a process that loads the heavy packages and runs no
program itself. Every program runs in a fork of it, or, where the system has no forks, in a
new process.
"""

import base64
import contextlib
import io
import json
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import time
import traceback
import warnings
from importlib import import_module
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import ModuleType

import matplotlib.backends.backend_svg  # noqa: F401
import matplotlib.pyplot as plt
import numpy as np
import torch._dynamo  # noqa: F401  a second's work, when a program makes its first optimizer

from weaver.figure import SETTINGS, to_svg
from weaver.page import lines_of
from weaver.rounding import compiled, moved
from weaver.settings import settings

FORK = "fork" in multiprocessing.get_all_start_methods()
CONTEXT = multiprocessing.get_context("fork" if FORK else "spawn")
LARGEST = 1_000_000  # bytes of a pickle that is kept


def serve() -> None:
    """Run batches of jobs, each a line of stdin, until stdin closes; print results as lines."""
    for line in sys.stdin:
        _run_batch(json.loads(line))
    os._exit(0)  # PyTorch takes a second to end, for which the caller would wait.


def _run_batch(jobs: list[dict]) -> None:
    # Nothing comes before the batch is done, except the end of a caller that died. Windows
    # cannot wait for that; there the batch runs to its end.
    caller = [sys.stdin] if FORK else []
    waiting, running = list(enumerate(jobs)), []
    # A library loaded here is there in every fork; of one that fails, the program tells.
    for name in settings()["versions"].values() if FORK else ():
        if any(f"import {name}" in job["code"] for job in jobs):
            with contextlib.suppress(Exception), warnings.catch_warnings(action="error"):
                import_module(name)
    with tempfile.TemporaryDirectory(prefix="weaver-", ignore_cleanup_errors=True) as folder:
        try:
            while waiting or running:
                while waiting and len(running) < os.cpu_count():
                    running.append(_Child(*waiting.pop(0), Path(folder)))
                if sys.stdin in wait([*caller, *(child.pipe for child in running)], 0.2):
                    sys.exit("the caller has died")
                for child in running.copy():
                    if result := child.result():
                        child.end()
                        running.remove(child)
                        print(json.dumps({"number": child.number} | result), flush=True)
        finally:
            for child in running:
                child.end()


class _Child:
    """A process that runs one program."""

    def __init__(self, number: int, job: dict, folder: Path):
        self.number, self.limit = number, job["limit"]
        self.deadline = time.monotonic() + self.limit
        self.pipe, theirs = CONTEXT.Pipe(duplex=False)
        arguments = job["code"], job["salt"], folder / f"block{number}.py", theirs
        self.process = CONTEXT.Process(target=_run_in_child, args=arguments)
        self.process.start()
        theirs.close()

    def result(self) -> dict | None:
        """Give what the program did, None while it runs."""
        alive = self.process.is_alive()
        with contextlib.suppress(EOFError):
            if self.pipe.poll():
                return self.pipe.recv()
        if not alive:
            return {"error": f"its process ended with exit code {self.process.exitcode}"}
        if time.monotonic() > self.deadline:
            return {"error": f"it does not end within {self.limit} seconds"}
        return None

    def end(self) -> None:
        """End the process and whatever it started."""
        if FORK:
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _run_in_child(code: str, salt: int, file: Path, pipe: Connection) -> None:
    """Run one program in this process; send what it did."""
    if FORK:
        os.setsid()
    # A .pyc passes for its source if the two are of one second and one size.
    sys.pycache_prefix, sys.dont_write_bytecode = os.devnull, True
    # A fork has the generator of its parent; without a seed, programs have to differ.
    np.random.seed()
    printed = file.with_suffix(".out")
    with open(os.devnull, "rb") as stdin, printed.open("wb") as stdout:
        os.dup2(stdin.fileno(), 0)
        os.dup2(stdout.fileno(), 1)
    # Unbuffered, so that it keeps its place among what the program's own processes print.
    raw = io.FileIO(1, "w", closefd=False)
    sys.stdout = io.TextIOWrapper(raw, encoding="utf-8", newline="\n", write_through=True)
    result = _execute(code, salt, file)
    output = printed.read_bytes().decode("utf-8", "replace").replace(os.linesep, "\n")
    pipe.send({"output": output} | result)


def _execute(code: str, salt: int, file: Path) -> dict:
    """Run a program as the module `__main__` of a file, with warnings as errors."""
    shown, drawings = [], []

    def show(*_, **__):
        for number in plt.get_fignums():
            shown.append(plt.figure(number))
            # Another rounding moves coordinates, so that nobody compares these drawings.
            drawings.append("" if salt else to_svg(shown[-1]))
        plt.close("all")

    plt.rcdefaults()  # A drawing depends on no settings of the user's.
    plt.switch_backend("svg")
    plt.rcParams.update(SETTINGS)
    plt.show = show
    file.write_text(code, encoding="utf-8", newline="\n")
    # The second name is what `multiprocessing` calls it in the program's own processes.
    main = sys.modules["__main__"] = sys.modules["__mp_main__"] = ModuleType("__main__")
    main.__file__, sys.argv = str(file), [str(file)]
    try:
        rounding = moved(salt) if salt else contextlib.nullcontext()
        with warnings.catch_warnings(action="error"), rounding:
            exec(compiled(code, str(file)), vars(main))
    except BaseException as error:
        frames = traceback.extract_tb(error.__traceback__)
        inside = [lines_of(code)[f.lineno - 1] for f in frames if f.filename == str(file)]
        where = f"at `{inside[-1].strip()}`: " if inside else ""
        return {"error": f"{where}{type(error).__name__}: {error}"}
    if plt.get_fignums():
        return {"error": "a figure is never shown: end with plt.show()"}
    # Only now, since Matplotlib shows an unpickled figure again if it was open.
    figures = [_pickled(figure) for figure in shown]
    public = {name: v for name, v in vars(main).items() if not name.startswith("_")}
    variables = {name: data for name, v in public.items() if (data := _pickled(v))}
    state = base64.b64encode(pickle.dumps((figures, variables))).decode()
    return {"figures": drawings, "state": state}


def _pickled(value: object) -> bytes | None:
    """Pickle a value; give None for a large one, and for one that only this process can load."""
    try:
        with warnings.catch_warnings(action="ignore"):
            data = pickle.dumps(value)
    except Exception:
        return None
    return data if len(data) <= LARGEST and b"__main__" not in data else None
