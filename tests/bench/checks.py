"""How long `make check` and `make test` take in a fresh clone; each once, since it is minutes."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.rounds import Table, spend


def measure(_rounds: int) -> Table:
    table = {}
    for target in ("check", "test"):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["git", "clone", "--quiet", ".", folder], check=True)
            clone = Path(folder)
            (clone / ".venv").symlink_to(sys.prefix)
            for name in ("pyproject.toml", "requirements.in", "requirements.txt"):
                os.utime(clone / name, (0, 0))  # or make would set .venv up again
            for caches in ("empty", "warm"):
                (clone / "docs/index.md").touch()  # as after an edit
                spent = spend(["make", target], clone)
                table[f"make {target}, caches {caches}"] = {"wall (s)": spent["wall"]}
    return table
