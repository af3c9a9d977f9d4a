"""Runs of examples/distributed.py, as torchrun starts it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCRIPT = Path("examples/distributed.py").resolve()
COMMAND = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
LIMIT = 120  # seconds


@contextmanager
def started(folder: Path) -> Iterator[subprocess.Popen]:
    """Start two processes in a folder; none outlives the block."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([*COMMAND, SCRIPT], cwd=folder, start_new_session=True, **pipes) as run:
        try:
            yield run
        finally:
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGKILL)


def finished(folder: Path) -> str:
    """Run to the end; give what is printed."""
    with started(folder) as run:
        printed, errors = run.communicate(timeout=LIMIT)
    assert run.returncode == 0, errors
    return printed


def line(printed: str) -> tuple[float, float]:
    return tuple(map(float, re.search(r"w = (\S+), b = (\S+)", printed).groups()))
