"""Every formula is LaTeX that can be set, and stands where a formula can."""

import re
from collections.abc import Iterator

from weaver.maths import to_mathml
from weaver.page import Complaint, Page
from weaver.site import Site


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    for token in page.tokens:
        formulas = [token] if token.type == "math_block" else token.children or []
        line = token.map[0] + 1 if token.map else 0
        # Code may hold any dollars.
        if token.type == "inline":
            outside = re.sub(r"(`+).+?\1", "", token.content)
        else:
            outside = "$$" * ("\n\n" in token.content) if formulas else ""
        if "$$" in outside:
            yield page.complaint(
                line,
                "$$ that no formula opens or closes",
                "$$ stands before and behind a formula in a paragraph of its own",
                "put blank lines around the formula, and none into it",
            )
        for formula in formulas:
            line += formula.type in ("softbreak", "hardbreak")
            if formula.type.startswith("math"):
                try:
                    to_mathml(formula.content)
                except ValueError as error:
                    said = f"the formula {formula.content.strip()!r}"
                    yield page.complaint(line, said, str(error), "mend it")
