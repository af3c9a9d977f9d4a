"""Each figure tells what its axes and marks are, to readers of either scheme."""

import re
from collections.abc import Iterator

from weaver.figure import COLORS
from weaver.page import Complaint, Page
from weaver.run import state
from weaver.site import Site

MARKS = {*COLORS.values()} - {"paper", "faint"}
LABEL = re.compile(r"\w.* \(.+\)")


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    units = {}
    for program, result in zip(page.programs, site.run(page), strict=True):
        if not program.images or result.error:
            continue
        left = state(program)
        for image, figure in zip(program.images, left.figures, strict=False):
            for ax in figure.axes:
                for said, true, remedy in _wrong(ax, left.variables, units):
                    yield page.complaint(program.line, f"{image.name}.svg: {said}", true, remedy)


def _wrong(ax, variables: dict, units: dict) -> Iterator[tuple[str, str, str]]:
    """Say what is wrong with a pair of axes: what it shows, what is true, what to do."""
    from numpy import array_equal

    said = []
    for axis in "xy":
        sharing = getattr(ax, f"get_shared_{axis}_axes")().get_siblings(ax)
        labels = (getattr(one, f"get_{axis}label")() for one in [ax, *sharing])
        label = next(filter(None, labels), "")
        if not LABEL.fullmatch(label):
            remedy = f'plt.{axis}label("what (unit)")'
            yield f"the label of {axis} is {label!r}", "it has to name quantity and unit", remedy
            continue
        quantity, unit = label.rsplit(" (", 1)
        if units.setdefault(quantity, unit) != unit:
            true = f"elsewhere, the page has {quantity} ({units[quantity]}"
            yield f"the label of {axis} is {label!r}", true, "give one quantity one unit"
        said.append(quantity)
    marks = artists(ax)
    for k, other in enumerate(reversed(said) if len(said) == 2 else ()):
        for artist in marks:
            drawn = places(artist).T
            along, across = (array_equal(drawn[i], variables.get(other)) for i in (k, 1 - k))
            if along and not across and drawn.size:
                true = f"a mark has the values of the variable {other} along it"
                yield f"the label of {'xy'[k]} names {said[k]}", true, "name what is drawn"
    looks = {appearance(artist) for artist in marks}
    named = {appearance(a): a.get_label() for a in marks if not a.get_label().startswith("_")}
    legend = ax.get_legend()
    shown = sorted(text.get_text() for text in legend.get_texts()) if legend else []
    if not marks:
        yield "the axes are empty", "they show nothing", "draw something, or take them away"
    if (named or len(looks) > 1) and (set(named) != looks or shown != sorted(named.values())):
        remedy = "give each kind of mark a label, and call plt.legend()"
        yield f"the legend names {shown}", f"there are {len(looks)} kinds of marks", remedy
    shapes = [shape for _, *shape in looks]
    if any(shapes.count(shape) > 1 for shape in shapes):
        remedy = "give each kind another marker or line style"
        yield "marks differ by colour", "not everybody sees colours", remedy
    for artist in marks:
        color = appearance(artist)[0]
        if artist.get_alpha() not in (None, 1):
            yield "a mark shines through", "it loses contrast", "leave alpha away"
        if COLORS.get(color) not in MARKS:
            yield f"a mark is {color}", "the schemes do not know it", "C0 to C9, or black"


def places(artist):
    """Where the points of a line or a scatter stand, an array (n, 2); no other mark has points."""
    import numpy as np
    from matplotlib.collections import PathCollection
    from matplotlib.lines import Line2D

    found = artist.get_xydata() if isinstance(artist, Line2D) else []
    found = artist.get_offsets() if isinstance(artist, PathCollection) else found
    return np.asarray(found, float).reshape(-1, 2)


def artists(ax) -> list:
    """List what is drawn in the axes, less frame, ticks and legend."""
    return [*ax.lines, *ax.collections, *ax.patches, *ax.images]


def appearance(artist) -> tuple[str, str, str]:
    """Say how an artist looks: colour, line, marker."""
    from matplotlib.collections import PathCollection
    from matplotlib.colors import to_hex
    from matplotlib.lines import Line2D

    if isinstance(artist, Line2D):
        style = artist.get_linestyle().replace("None", "")
        return to_hex(artist.get_color()), style, str(artist.get_marker()).replace("None", "")
    faces, edges = artist.get_facecolor(), artist.get_edgecolor()
    if isinstance(artist, PathCollection):
        (path,) = artist.get_paths()
        return to_hex(faces[0]), "", f"{len(path.vertices)} vertices"
    color = edges if len(faces) == 0 else faces
    color = color[0] if getattr(color, "ndim", 1) == 2 else color
    return to_hex(color), "-", artist.get_hatch() or ""
