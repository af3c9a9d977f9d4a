"""README.md says what tests/bench/measured.json holds."""

import json

from tests.bench.__main__ import BLOCK, MEASURED, README, TEXT


def test_the_readme_says_what_the_last_benchmark_found():
    said = BLOCK.search(README.read_text(encoding="utf-8"))[0]
    assert said == TEXT.format(**json.loads(MEASURED.read_text(encoding="utf-8")))
    assert len(said.splitlines()) <= 8
