"""What can be wrong with a page, one kind a module: `complaints(page, site)` in each.

A complaint names the place, what stands there, what is true, and what to do next.
"""

from collections.abc import Iterator
from importlib import import_module

from weaver.page import Complaint, Page
from weaver.site import Site

# What every build asks for, then the others, quick ones first.
BUILD = ("blocks", "formulas", "programs", "numbers")
CHECKS = (*BUILD, "images", "links", "quotations", "names", "figures", "language")


def complaints(page: Page, site: Site, checks=CHECKS) -> Iterator[Complaint]:
    """Let checks look at a page; one that fails hides none of the others."""
    for name in checks:
        try:
            yield from import_module(f"weaver.checks.{name}").complaints(page, site)
        except Exception as error:
            yield page.complaint(1, f"the check of {name}", repr(error), "mend what it meets")
