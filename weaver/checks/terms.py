"""Each bold term has an entry in the glossary, which links to the section that explains it.

No lesson uses a term before that section, unless a link of that name leads there.
"""

from collections.abc import Iterator
from dataclasses import replace

from weaver.checks.links import target_of
from weaver.glossary import ENTRY, Term, terms
from weaver.page import Complaint, Page
from weaver.site import Site


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    entries, name = terms(site), site.name(page)
    if name == site.settings.get("glossary"):
        yield from _entries(page, entries, site)
    if entries and name in site.lessons:
        # Other words may be better ones, and a term may be known from elsewhere.
        for complaint in [*_lacking(page, entries, site), *_early(page, name, entries, site)]:
            yield replace(complaint, notice=True)


def _entries(page: Page, entries: list[Term], site: Site) -> Iterator[Complaint]:
    for line, text in enumerate(page.lines, 1):
        if text.startswith("- ") and not ENTRY.fullmatch(text):
            remedy = "write `- **term**: Its sentence. [Where](page.md#section)`"
            yield page.complaint(line, f"the item {text!r}", "it is no entry", remedy)
    for term in entries:
        if not _explained(term, site):
            true = f"no bold {term.name!r} stands in that section of {term.page}"
            remedy = "link to the section that explains it, and set it in bold there"
            yield page.complaint(term.line, f"the entry {term.name!r}", true, remedy)


def _lacking(page: Page, entries: list[Term], site: Site) -> Iterator[Complaint]:
    for line, words in _bold(page):
        if not any(term.forms.fullmatch(words) for term in entries):
            true = f"{site.settings['glossary']} has no entry for it"
            yield page.complaint(line, f"the term {words!r}", true, "add one, or take ** away")


def _early(page: Page, name: str, entries: list[Term], site: Site) -> Iterator[Complaint]:
    order = [*site.pages]
    links = [(target_of(page, link)[0], link.text) for link in page.links]
    for term in entries:
        at, file = _explained(term, site), site.docs / term.page
        if not at or any(term.forms.search(words) for to, words in links if to == file):
            continue
        for text in page.texts:
            found = term.forms.search(text.text)
            if not found or text.kind != "paragraph":
                continue
            line = text.line_at(found.start())
            if (order.index(name), line) < (order.index(term.page), at):
                true = f"{term.page} explains it, which comes later"
                remedy = "say it in other words, or make it a link"
                yield page.complaint(line, f"the page says {found[0]!r}", true, remedy)


def _explained(term: Term, site: Site) -> int | None:
    """The line on which the section begins that sets a term in bold."""
    page = site.pages.get(term.page)
    if not page:
        return None
    ends = [*(heading.line for heading in page.headings[1:]), len(page.lines) + 1]
    for heading, end in zip(page.headings, ends, strict=True):
        if heading.anchor == (term.anchor or page.headings[0].anchor):
            for line, words in _bold(page):
                if heading.line < line < end and term.forms.fullmatch(words):
                    return heading.line
    return None


def _bold(page: Page) -> Iterator[tuple[int, str]]:
    """The bold words that are terms, neither sentences nor labels, each with its line."""
    for text in page.texts:
        for start, end in text.bold if text.kind == "paragraph" else ():
            label = start == 0 and text.text[end:].startswith(":")
            if not label and text.text[end - 1] not in ".?:":
                yield text.line_at(start), text.text[start:end]
