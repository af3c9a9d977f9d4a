"""examples/distributed.py gives one process's line, and survives the death of a process."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.claims.reference_run import after

SCRIPT = Path("examples/distributed.py").resolve()
COMMAND = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]
LIMIT = 60  # seconds

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals")


@contextmanager
def started(folder: Path, world: int):
    """Start the script in a folder, as torchrun does."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [*COMMAND, str(world), SCRIPT]
    with subprocess.Popen(command, cwd=folder, start_new_session=True, **pipes) as run:
        try:
            yield run
        finally:
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGKILL)


def finished(folder: Path, world: int) -> str:
    with started(folder, world) as run:
        printed, errors = run.communicate(timeout=LIMIT)
    assert run.returncode == 0, errors
    return printed


def line(printed: str) -> tuple[float, float]:
    return tuple(map(float, re.search(r"w = (\S+), b = (\S+)", printed).groups()))


def test_two_processes_give_the_line_of_one(tmp_path):
    assert line(finished(tmp_path, 2)) == pytest.approx(after(1000), abs=1e-6)


def test_a_process_that_dies_ends_the_run_and_the_checkpoint_resumes_it(tmp_path):
    checkpoint = tmp_path / "checkpoint.pt"
    with started(tmp_path, 2) as run:
        hello = run.stdout.readline() + run.stdout.readline()
        end = time.monotonic() + LIMIT
        while not checkpoint.exists():
            assert time.monotonic() < end
            time.sleep(0.001)
        os.kill(int(re.search(r"rank 1 of 2, process (\d+)", hello)[1]), signal.SIGKILL)
        printed, errors = run.communicate(timeout=LIMIT)
    assert run.returncode == 1
    assert "w =" not in printed
    assert re.search(r"rank +: 1 .*\n.*exitcode +: -9", errors)
    assert "Signal 9 (SIGKILL)" in errors

    again = finished(tmp_path, 2)
    epochs = set(map(int, re.findall(r"from epoch (\d+)", again)))
    assert len(epochs) == 1
    assert 0 < epochs.pop() < 1000
    assert line(again) == pytest.approx(after(1000), abs=1e-6)


def test_points_that_no_equal_shares_hold_are_refused(tmp_path):
    with started(tmp_path, 3) as run:
        _, errors = run.communicate(timeout=LIMIT)
    assert run.returncode == 1
    assert "20 points are no equal shares for 3 processes" in errors
