"""The glossary: each term with its sentence and the section that explains it."""

import posixpath
import re
from dataclasses import dataclass

from weaver.page import Page
from weaver.site import Site

ENTRY = re.compile(r"- \*\*(.+?)\*\*: (.+) \[.+?\]\((.+?)\)")


@dataclass(frozen=True)
class Term:
    """An entry, on a line of the glossary, and the page and the anchor that explain it."""

    name: str
    line: int
    sentence: str
    page: str
    anchor: str

    @property
    def forms(self) -> re.Pattern:
        """Finds batches for batch, converging for converge."""
        stem = re.escape(self.name.removesuffix("e"))
        return re.compile(rf"\b{stem}(?:e|s|es|ed|ing)?\b", re.IGNORECASE)


def terms(site: Site) -> list[Term]:
    """Read the lines `- **term**: Its sentence. [Where](page.md#section)`."""
    file, found = site.settings.get("glossary"), []
    for line, text in enumerate(site.pages[file].lines if file in site.pages else [], 1):
        if entry := ENTRY.fullmatch(text):
            page, _, anchor = entry[3].partition("#")
            page = posixpath.normpath(posixpath.join(file, "..", page)) if page else file
            found.append(Term(entry[1], line, entry[2].replace("`", ""), page, anchor))
    return found


def tooltips(page: Page, site: Site) -> str:
    """Markdown that gives terms their sentences on a page, where another page explains them."""
    name = page.path.relative_to(site.docs).as_posix()
    return "\n" + "".join(
        f"\n*[{form}{s}]: {term.sentence}"
        for term in terms(site)
        if name in site.lessons and name != term.page
        for form in (term.name, term.name[0].upper() + term.name[1:])
        for s in ("", "s")
    )
