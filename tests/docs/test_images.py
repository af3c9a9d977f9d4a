"""Each picture has an alternative text that says what it shows."""

import re
from pathlib import Path

from weaver.prose import texts

EMPTY = re.compile(
    r"(an? |the )?(image|picture|photo|figure|plot|chart|graph|diagram|drawing|screenshot)\b"
    r"( (of|showing|that shows|with)\b|\W*\d*\W*$)",
    re.IGNORECASE,
)
FILE = re.compile(r"\.(svg|png|jpe?g|gif|webp)\b|^\w+[-_]\w+$", re.IGNORECASE)


def complaints(path, seen):
    """Say what is wrong with a page's alternative texts; `seen` holds those of others."""
    alts = [text for text in texts(path) if text.kind == "alt"]
    captions = {text.text for text in texts(path) if text.kind == "caption"}
    found = []
    for alt in alts:
        said = " ".join(alt.text.split())
        place, remedy = alt.place(), "say what the picture shows"
        if FILE.search(said):
            found.append(f"{place}: the alt text {said!r} looks like a file name: {remedy}")
        elif len(said.split()) < 6:
            found.append(f"{place}: the alt text {said!r} is too short: {remedy}")
        elif EMPTY.match(said):
            found.append(f"{place}: the alt text {said!r} names the medium: {remedy}")
        elif said in captions:
            found.append(f"{place}: the alt text repeats the caption {said!r}: {remedy}")
        elif said in seen:
            found.append(f"{place}: {seen[said]} has the same alt text {said!r}: {remedy}")
        seen[said] = place
    return len(alts), found


def test_alternative_texts():
    seen, found, count = {}, [], 0
    for path in sorted(Path("docs").rglob("*.md")):
        images, problems = complaints(path, seen)
        count, found = count + images, found + problems
    assert count, "no page has a picture"
    assert not found, "\n".join(found)


def test_bad_alternative_texts_are_found(tmp_path):
    good = "A cloud of points that rises to the right."
    bad = ["", "data.svg", "a cloud", "An image of a cloud of points in blue", "plot 1",
           "data.svg with a cloud of points", good]  # fmt: skip
    page = tmp_path / "page.md"
    page.write_text("\n\n".join(f"![{alt}](a.svg)" for alt in [good, *bad]) + '\n\n<img src="a">')
    images, found = complaints(page, {})
    assert images == len(bad) + 2
    assert [int(line.split(":")[1]) for line in found] == list(range(3, 19, 2))
