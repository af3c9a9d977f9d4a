"""What can be wrong with a page, one kind a module: `complaints(page, site)` in each.

A complaint names the place, what stands there, what is true, and what to do next.
"""

from collections.abc import Iterator

from weaver.checks import (
    blocks,
    figures,
    formulas,
    images,
    language,
    links,
    names,
    numbers,
    programs,
    quotations,
    reference,
    terms,
)
from weaver.page import Complaint, Page
from weaver.site import Site

# What every build asks for, then the others, quick ones first.
BUILD = (blocks, formulas, programs, numbers, reference)
CHECKS = (*BUILD, images, links, quotations, terms, names, figures, language)


def complaints(page: Page, site: Site, checks=CHECKS) -> Iterator[Complaint]:
    """Let checks look at a page; one that fails hides none of the others."""
    for check in checks:
        try:
            yield from check.complaints(page, site)
        except Exception as error:
            yield page.complaint(
                1, f"{check.__name__} fails", repr(error), f"mend {check.__name__}"
            )
