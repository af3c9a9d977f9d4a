"""British spelling and grammar, by Harper; short sentences without filler."""

import json
import re
import subprocess
import sys
from pathlib import Path

from weaver.prose import INLINE, texts

WORDS = Path("tests/docs/words.txt")
HARPER = [Path(sys.executable).with_name("harper"), "lint", "--quiet"]
# Rules of taste, or that take good sentences for wrong ones.
IGNORED = (
    "CompoundNouns", "ItsContraction", "MergeWords", "MissingPreposition", "Overall",
    "OxfordComma", "SentenceCapitalization",
)  # fmt: skip
FILLER = re.compile(
    r"\b(simply|just(?! (?:above|below|before|after|enough))|obvious(ly)?|of course|basically|"
    r"easy|easily|trivial(ly)?|clearly|needless to say|note that|really|actually|powerful|"
    r"amazing)\b",
    re.IGNORECASE,
)
LONGEST = 35
FILE = re.compile(r"[\w/-]+\.(?:ipynb|md|py|yml)\b")


PAGES = [Path("README.md"), *sorted(Path("docs").rglob("*.md"))]


def prose(path):
    return [text for text in texts(path) if text.kind not in ("code", "formula")]


def misspelt(paths, folder):
    """Let Harper read pages; say what it finds, with the pages' lines."""
    places, files = {}, []
    for number, path in enumerate(paths):
        lines, places[f"{number}.md"] = [], []
        for text in prose(path):
            for k, line in enumerate([*text.text.splitlines(), ""]):
                lines.append(FILE.sub("`code`", line.strip().replace(INLINE, "`code`")))
                places[f"{number}.md"].append(f"{path}:{text.line + k}")
        files.append(folder / f"{number}.md")
        files[-1].write_text("\n".join(lines), encoding="utf-8")
    options = ["--dialect", "British", "--format", "json", "--ignore", ",".join(IGNORED)]
    command = [*HARPER, *options, "--user-dict-path", WORDS, *files]
    reports = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    assert len(reports) == len(files), "Harper did not read every page"
    return [
        f"{places[report['file']][lint['line'] - 1]}: {lint['matched_text']!r}: "
        f"{lint['message']} {'; '.join(lint['suggestions'])}"
        for report in sorted(reports, key=lambda r: int(Path(r["file"]).stem))
        for lint in sorted(report["lints"], key=lambda lint: lint["span"]["char_start"])
    ]


def wordy(path):
    """Say which sentences are long or hold filler."""
    found = []
    for text in prose(path):
        found += [
            f"{text.place(match.start())}: {match[0]!r} is filler: leave it out"
            for match in FILLER.finditer(text.text)
        ]
        for sentence in re.finditer(r".+?(?:[.?!:](?=\s|\Z)|\n\n|\Z)", text.text, re.DOTALL):
            count = len(sentence[0].split())
            if count > LONGEST:
                place = text.place(sentence.start() + 1)
                found.append(f"{place}: a sentence of {count} words: {LONGEST} are enough")
    return found


def test_spelling_and_grammar(tmp_path):
    found = misspelt(PAGES, tmp_path)
    assert not found, "\n".join([*found, f"A word that is right goes into {WORDS}."])


def test_sentences_are_plain():
    found = [problem for path in PAGES for problem in wordy(path)]
    assert not found, "\n".join(found)


def test_words_are_used():
    read = " ".join(text.text for path in PAGES for text in prose(path))
    unused = set(WORDS.read_text(encoding="utf-8").split()) - set(re.findall(r"[\w']+", read))
    assert not unused, f"{WORDS}: no page has {', '.join(sorted(unused))}"


def test_mistakes_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        f"# A title\n\nThe slope is slow.\n\n??? note\n\n    Teh intecept has a color.\n\n"
        f"It is simply `x`, which `is` an good model.\n{'Long ' * 36}sentence.\n"
    )
    found = [p.removeprefix(f"{page}:") for p in misspelt([page], tmp_path)]
    assert [(p.split(":")[0], p.split("'")[1]) for p in found] == [
        ("7", "Teh"), ("7", "intecept"), ("7", "color"), ("9", "an"),
    ]  # fmt: skip
    assert [p.split(":")[1] for p in wordy(page)] == ["9", "10"]
