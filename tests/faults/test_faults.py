"""A sample of `make faults`: of the kinds that are quick to check, one fault each."""

import re
import subprocess
import sys

KINDS = ["digit in paragraph", "line of an output", "program removed", "claim turned", "link",
         "menu", "seed"]  # fmt: skip


def test_what_is_broken_is_noticed():
    only = [word for kind in KINDS for word in ("--only", kind)]
    command = [sys.executable, "-m", "tests.faults", "--each", "1", "--no-control", *only]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    faults = re.search(r"^(\d+) faults of (\d+) kinds, 0 missed", done.stdout, re.MULTILINE)
    assert int(faults[1]) == int(faults[2]) >= len(KINDS)
