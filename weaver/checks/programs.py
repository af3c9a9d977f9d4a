"""Every program prints and draws what the page shows, in colours that both schemes know."""

import re
from collections.abc import Iterator
from difflib import unified_diff

from weaver.figure import COLORS
from weaver.page import Complaint, Page, Program, lines_of
from weaver.run import Result
from weaver.site import Site

REFRESH = "make refresh"
COLOR = re.compile(r"#[0-9a-f]{6}\b")


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    for program, result in zip(page.programs, site.run(page), strict=True):
        yield from differences(program, result)
        for svg, image in zip(result.figures, program.images, strict=False):
            if other := sorted(set(COLOR.findall(svg)) - set(COLORS)):
                yield page.complaint(
                    program.line,
                    f"{image.name}.svg uses the colour {', '.join(other)}",
                    "it has no dark value",
                    "draw with one of C0 to C9, or black",
                )


def differences(program: Program, result: Result, remedy: str = REFRESH) -> Iterator[Complaint]:
    """Tell where a page and its program differ."""
    where = program.path, program.line
    if result.error is not None:
        yield Complaint(*where, "the block fails", result.error, "mend the line that fails")
        return
    if result.output != program.output:
        shown, printed = _shown(program.output), _shown(result.output)
        lines = unified_diff(shown, printed, "the page", "the block", lineterm="", n=0)
        difference = "\n".join(["the block prints something else", *lines])
        yield Complaint(*where, "the output on the page", difference, remedy)
    if len(result.figures) != len(program.images):
        yield Complaint(
            *where,
            f"{len(program.images)} image lines under the block",
            f"it shows {len(result.figures)} figures",
            "write one ![what the picture shows](name.svg) for each plt.show()",
        )


def _shown(output: str) -> list[str]:
    return [*lines_of(output), *([] if output.endswith("\n") else ["(no line break at the end)"])]
