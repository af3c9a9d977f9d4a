"""Counts of what is verified, for the place of <!--counts--> on a page."""

import platform
from importlib.metadata import version

from weaver.checks.numbers import examine
from weaver.checks.quotations import claims_file, quotations
from weaver.page import Page, PageError
from weaver.site import Site

MARK = "<!--counts-->"


def fills(page: Page, site: Site) -> dict[str, str]:
    """What takes the place of comments on a page."""
    return {MARK: counts(site)} if MARK in page.source else {}


def counts(site: Site) -> str:
    """Count what the pages hold and a build verifies, as a table in Markdown."""
    pages = site.pages.values()
    programs = [program for page in pages for program in page.programs]
    found = {
        "Programs run": len(programs),
        "Outputs compared": sum(bool(program.output) for program in programs),
        "Numbers in the text traced to programs": sum(examine(page, site)[0] for page in pages),
        "Figures drawn": sum(len(program.images) for program in programs),
        "Claims tested": sum(
            len({q.test for q in quotations(claims_file(page, site))}) for page in pages
        ),
    }
    for name, count in found.items():
        if not count:
            raise PageError(f"{site.docs}: {name}: none, so that nothing was checked")
    versions = {name: version(package) for name, package in site.settings["versions"].items()}
    found["Versions"] = ", ".join(
        f"{name} {number.partition('+')[0]}"
        for name, number in ({"Python": platform.python_version()} | versions).items()
    )
    rows = [f"| {name} | {value} |" for name, value in found.items()]
    return "\n".join(["| What | How much |", "| --- | --- |", *rows])
