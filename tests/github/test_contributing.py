"""What CONTRIBUTING tells is short, and exists."""

import re
from pathlib import Path

TEXT = Path("CONTRIBUTING.md").read_text(encoding="utf-8")


def test_it_is_short():
    assert 100 < len(TEXT.split()) < 400


def test_its_commands_and_files_exist():
    targets = re.findall(r"^(\w+):", Path("Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    commands = re.findall(r"`make (\w+)`", TEXT)
    assert set(commands) == {"serve", "refresh", "test"}
    assert set(commands) <= set(targets)
    files = re.findall(r"`((?:\w+/)+(?:[\w.]+)?|\w+\.yml)`", TEXT)
    assert len(files) > 3
    for file in files:
        assert Path(file).exists(), file


def test_it_quotes_what_the_checks_say():
    engine = "".join(file.read_text(encoding="utf-8") for file in Path("weaver").glob("*.py"))
    for words in ("the block fails", "prints something else than the page shows", "never run"):
        assert words in TEXT
        assert words in engine
