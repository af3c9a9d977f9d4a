"""The glossary: each term with its sentence and the section that explains it."""

import posixpath
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

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
    def stem(self) -> str:
        return self.name.removesuffix("e")

    @cached_property
    def forms(self) -> re.Pattern:
        """Finds batches for batch, converging for converge."""
        ends = "(?:e|es|ed|ing)" if self.name.endswith("e") else "(?:s|es)?"
        return re.compile(rf"\b{re.escape(self.stem)}{ends}\b", re.IGNORECASE)


@lru_cache(1)  # Every page asks for them.
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
    """Markdown that gives terms of a lesson their sentences, where another page explains them."""
    name, source = site.name(page), page.source.lower()
    found = (
        f"\n*[{form}]: {term.sentence}"
        for term in terms(site)
        if name in site.lessons and name != term.page and term.stem.lower() in source
        for form in sorted({*term.forms.findall(page.source)})
    )
    return "\n" + "".join(found)
