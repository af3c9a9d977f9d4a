"""A sample of `make faults`: of kinds that are quick to check, one change each."""

import subprocess
import sys

import pytest

from tests.faults.__main__ import HOW, MISSED, RED

KINDS = {
    "link to no place": RED,
    "description emptied": RED,
    "digit in an output": RED,
    "docstring: a shape": RED,
    "menu out of order": RED,
    "negation or comparative in a caption": "shown",
    "a sentence more": "shown",
}


@pytest.fixture(scope="module")
def counts():
    only = [word for kind in KINDS for word in ("--only", kind)]
    command = [sys.executable, "-m", "tests.faults", "--each", "1", *only]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split("\t") for line in done.stdout.split("\n") if "\t" in line]
    return {kind: dict(zip(HOW, map(int, found), strict=True)) for _, kind, *found in rows}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_broken_is_noticed_and_what_is_harmless_is_not_red(kind, counts):
    assert sum(counts[kind].values()) == 1
    assert counts[kind][MISSED] == 0
    assert counts[kind][RED] == (KINDS[kind] == RED)
