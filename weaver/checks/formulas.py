"""Every formula is LaTeX that can be set, and stands where a formula can."""

import re
from collections.abc import Iterator

from weaver.maths import to_mathml
from weaver.page import Complaint, Page
from weaver.site import Site


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    for token in page.tokens:
        # Code may hold any dollars.
        if (token.type == "math_block" and "\n\n" in token.content) or (
            token.type == "inline" and "$$" in re.sub(r"(`+).+?\1", "", token.content)
        ):
            yield page.complaint(
                token.map[0] + 1,
                "$$ that no formula opens or closes",
                "$$ stands before and behind a formula in a paragraph of its own",
                "put blank lines around the formula, and none into it",
            )
    for text in (text for text in page.texts if text.kind == "formula"):
        dollars = 2 if text.text.startswith("$$") else 1
        latex = text.text[dollars:-dollars]
        try:
            to_mathml(latex)
        except ValueError as error:
            said = f"the formula {latex.strip()!r}"
            remedy = "correct the LaTeX, or add what lacks to CHARACTERS in weaver/maths.py"
            yield page.complaint(text.line, said, str(error), remedy)
