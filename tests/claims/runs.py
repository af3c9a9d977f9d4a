"""What the programs of the pages left, as the cache of `weaver.run` has it, for tests of claims.

Under `--salt`, it is what they left under that rounding.
"""

import builtins
from functools import cache
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from weaver.checks.figures import artists, places
from weaver.page import Program, read
from weaver.rounding import NAME
from weaver.run import State, state


def left(program: Program) -> State:
    """Give what a program left, one of a page or a changed one."""
    return state(program, getattr(getattr(builtins, NAME, None), "salt", 0))


@cache
def figure(page: str, name: str) -> Figure:
    """Give a figure as Matplotlib has it: `figure("tutorial/data.md", "data")`."""
    for program in read(Path("docs", page)).programs:
        images = [image.name for image in program.images]
        if name in images:
            return left(program).figures[images.index(name)]
    raise LookupError(f"docs/{page} has no figure {name}.svg")


def drawn(page: str, name: str) -> dict[str, np.ndarray]:
    """Give what a figure with one pair of axes draws: label -> its points, shape (n, 2)."""
    (ax,) = figure(page, name).axes
    points = {}
    for artist in artists(ax):
        if not artist.get_label().startswith("_"):
            points[artist.get_label()] = places(artist)
    return points


def program(page: str, part: str) -> Program:
    """Give the one block of a page that has `part` in its code."""
    (found,) = (p for p in read(Path("docs", page)).programs if part in p.code)
    return found


def variables(page: str, part: str) -> dict:
    """Give the variables that such a block leaves: `variables("tutorial/data.md", "seed")`."""
    return left(program(page, part)).variables
