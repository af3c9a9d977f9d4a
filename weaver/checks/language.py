"""British spelling and grammar, by Harper; sentences that are long or hold filler are told."""

import json
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from weaver.page import PLACEHOLDER, Complaint, Page, Text
from weaver.site import Site

HARPER = [sys.executable, "-m", "harper", "lint", "--quiet", "--dialect", "British"]
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
SENTENCE = re.compile(r".+?(?:[.?!:](?=\s|\Z)|\n\n|\Z)", re.DOTALL)
LONGEST = 35
FILE = re.compile(r"[\w/-]+\.(?:ipynb|md|py|yml)\b")


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    lints = _lints(tuple(site.pages.values()), site.settings["words"])
    if page not in lints:
        lints = _lints((page,), site.settings["words"])
    for lint in lints[page]:
        word, suggestions = lint["matched_text"], "; ".join(lint["suggestions"])
        true = f"{lint['message']} {suggestions}"
        remedy = f"write it as {site.settings['words']} or a dictionary has it"
        if lint["rule"] == "SpellCheck":
            remedy = f"echo {shlex.quote(word)} >> {site.settings['words']}  # if it is right"
        yield page.complaint(lint["line"], f"the page says {word!r}", true, remedy)
    for text in _prose(page):
        for complaint in _wordy(page, text):
            yield replace(complaint, notice=True)


def _prose(page: Page) -> list[Text]:
    return [text for text in page.texts if text.kind not in ("code", "formula")]


@cache
def _lints(pages: tuple[Page, ...], words: str) -> dict[Page, list[dict]]:
    """Let Harper read pages, all at once; give what it finds, with the pages' lines."""
    places, files = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number, page in enumerate(pages):
            lines, numbers = [], []
            for text in _prose(page):
                for k, line in enumerate([*text.text.split("\n"), ""]):
                    lines.append(FILE.sub("`code`", line.strip().replace(PLACEHOLDER, "`code`")))
                    numbers.append(text.line + k)
            places.append(numbers)
            files.append(Path(folder, f"{number}.md"))
            files[-1].write_text("\n".join(lines), encoding="utf-8")
        options = ["--format", "json", "--ignore", ",".join(IGNORED), "--user-dict-path", words]
        ran = subprocess.run([*HARPER, *options, *files], capture_output=True, check=False)
    found = {page: [] for page in pages}
    for report in json.loads(ran.stdout):
        number = int(Path(report["file"]).stem)
        for lint in sorted(report["lints"], key=lambda lint: lint["span"]["char_start"]):
            found[pages[number]].append(lint | {"line": places[number][lint["line"] - 1]})
    return found


def _wordy(page: Page, text: Text) -> Iterator[Complaint]:
    for match in FILLER.finditer(text.text):
        line = text.line_at(match.start())
        yield page.complaint(line, f"the page says {match[0]!r}", "it is filler", "leave it out")
    for sentence in SENTENCE.finditer(text.text):
        count = len(sentence[0].split())
        if count > LONGEST:
            line = text.line_at(sentence.start() + 1)
            true = f"{LONGEST} are enough"
            yield page.complaint(line, f"a sentence of {count} words", true, "make two of it")
