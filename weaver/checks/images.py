"""Every picture has an alternative text that says what it shows, and every mark a picture."""

import re
from collections.abc import Iterator

from weaver.page import Complaint, Page
from weaver.site import Site

MEDIUM = re.compile(
    r"(an? |the )?(image|picture|photo|figure|plot|chart|graph|diagram|drawing|screenshot)\b"
    r"( (of|showing|that shows|with)\b|\W*\d*\W*$)",
    re.IGNORECASE,
)
FILE = re.compile(r"\.(svg|png|jpe?g|gif|webp)\b|^\w+[-_]\w+$", re.IGNORECASE)
MARK = re.compile(r"<!--(.*)\.svg-->")
REMEDY = "write between the brackets of ![...] what the picture shows"


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    captions = {text.text for text in page.texts if text.kind == "caption"}
    seen = {}
    # A page of the site itself comes once.
    for other in [*(p for p in site.pages.values() if p.path != page.path), page]:
        for alt in (text for text in other.texts if text.kind == "alt"):
            said = " ".join(alt.text.split())
            if other is page and (why := _wrong(said, captions, seen)):
                yield page.complaint(alt.line, f"the alt text {said!r}", why, REMEDY)
            seen.setdefault(said, f"{alt.path}:{alt.line}")
    names = {image.name for program in page.programs for image in program.images}
    for token in page.tokens:
        mark = token.type == "html_block" and MARK.fullmatch(token.content.strip())
        if mark and mark[1] not in names:
            remedy = f"write one of {sorted(names)}, or take it away"
            yield page.complaint(token.map[0] + 1, mark[0], "no block draws it", remedy)


def _wrong(said: str, captions: set[str], seen: dict[str, str]) -> str:
    if FILE.search(said):
        return "it looks like a file name"
    if len(said.split()) < 6:
        return "it is too short to tell what the picture shows"
    if MEDIUM.match(said):
        return "it names the medium"
    if said in captions:
        return "it repeats the caption"
    return f"{seen[said]} has the same" if said in seen else ""
