"""The figures of the pages as Matplotlib has them, so that a test can ask what they show."""

from functools import cache
from pathlib import Path
from unittest import mock

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from weaver.page import read
from weaver.run import execute


def names() -> list[tuple[str, str]]:
    """Name the figures of all pages, each as (page, figure)."""
    docs = Path("docs")
    return [
        (path.relative_to(docs).as_posix(), image.name)
        for path in sorted(docs.rglob("*.md"))
        for program in read(path)
        for image in program.images
    ]


@cache
def figure(page: str, name: str) -> Figure:
    """Run the program that draws a figure: `figure("tutorial/data.md", "data")`."""
    for program in read(Path("docs", page)):
        images = [image.name for image in program.images]
        if name in images:
            with plt.rc_context(), mock.patch.object(plt, "show"):
                result = execute(program.code, keep=lambda shown: shown)
            assert result.error is None, f"{program.place}: {result.error}"
            return result.figures[images.index(name)]
    raise LookupError(f"docs/{page} has no figure {name}.svg")


def drawn(page: str, name: str) -> dict[str, np.ndarray]:
    """Give what a figure with one pair of axes draws: label -> its points, shape (n, 2)."""
    (ax,) = figure(page, name).axes
    points = {}
    for artist in artists(ax):
        if not artist.get_label().startswith("_"):
            xy = artist.get_xydata() if hasattr(artist, "get_xydata") else artist.get_offsets()
            points[artist.get_label()] = np.asarray(xy)
    return points


def artists(ax: Axes) -> list:
    """List what is drawn in the axes, less frame, ticks and legend."""
    return [*ax.lines, *ax.collections, *ax.patches, *ax.images]
