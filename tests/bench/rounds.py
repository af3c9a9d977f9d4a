"""Ways measured in turn, and what a command spends."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# A row of a table, by its columns.
Row = dict[str, float]
Table = dict[str, Row]

ENVIRONMENT = os.environ | {"MPLBACKEND": "agg", "SITE_URL": "", "REPO_URL": ""}
MKDOCS = [sys.executable, "-m", "mkdocs"]


def medians(ways: dict[str, Callable[[], Row]], rounds: int) -> Table:
    """Take ways in turn, so that what slows the machine slows all; the first round warms up."""
    found = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, way in ways.items():
            found[name].append(way())
    return {
        name: {column: statistics.median(row[column] for row in rows[1:]) for column in rows[0]}
        for name, rows in found.items()
    }


def spend(command: Sequence[str], folder: Path) -> Row:
    """Run a command; give its seconds, those of its children included, and its peak memory."""
    with tempfile.TemporaryFile() as log:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=ENVIRONMENT, stdout=log, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            log.seek(0)
            raise RuntimeError(f"{command} fails:\n{log.read().decode()[-3000:]}")
    cpu = usage.ru_utime + usage.ru_stime
    return {"wall": wall, "CPU": cpu, "memory": usage.ru_maxrss / 1024}


def ratios(row: Row, unit: Row) -> Row:
    return {column: row[column] / unit[column] for column in unit}
