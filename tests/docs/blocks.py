"""The blocks of the pages, run so that a test can ask what they computed."""

from functools import cache
from pathlib import Path
from unittest import mock

import matplotlib.pyplot as plt

from weaver.page import read
from weaver.rounding import compiled


@cache
def variables(page: str, part: str) -> dict:
    """Run the one block of a page that has `part` in its code; give its variables."""
    (program,) = (p for p in read(Path("docs/tutorial", page)) if part in p.code)
    names = {"__name__": "__main__"}
    with mock.patch.object(plt, "show"):
        exec(compiled(program.code, program.place), names)
    plt.close("all")
    return names
