"""A sample of `make faults`: of kinds that are quick to check, one change each."""

import re
import subprocess
import sys

KINDS = ["number in a sentence", "negation or comparative in a caption", "link to no place",
         "another name", "docstring: a shape", "menu out", "a sentence more"]  # fmt: skip


def test_what_is_broken_is_noticed_and_what_is_harmless_is_not_red():
    only = [word for kind in KINDS for word in ("--only", kind)]
    command = [sys.executable, "-m", "tests.faults", "--each", "1", *only]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    changes = re.search(r"^(\d+) changes: 0 faults are not noticed, 0", done.stdout, re.MULTILINE)
    assert int(changes[1]) == len(KINDS)
