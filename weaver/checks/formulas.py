"""Every formula is LaTeX that can be set, and stands where a formula can."""

import re
from collections.abc import Iterator

from weaver.maths import to_mathml
from weaver.page import Complaint, Page
from weaver.site import Site


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    for token in page.tokens:
        if token.type == "math_block":
            formulas, misplaced = [token], "\n\n" in token.content
        elif token.type == "inline":
            # Code may hold any dollars.
            outside = re.sub(r"(`+).+?\1", "", token.content)
            formulas, misplaced = token.children, "$$" in outside
        else:
            continue
        line = token.map[0] + 1
        if misplaced:
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
                    yield page.complaint(line, said, str(error), "correct the LaTeX")
