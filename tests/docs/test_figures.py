"""Each figure tells what its axes and marks are, to readers of either scheme."""

import colorsys
import re
from functools import cache
from pathlib import Path

import material
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.lines import Line2D

from tests.docs.figures import artists, drawn, figure, names
from weaver.figure import COLORS

SCHEMES = ("default", "slate")
MARKS = ("ink", "blue", "orange", "green", "red")


def look(artist):
    """Say how an artist looks: colour, line, marker."""
    if isinstance(artist, Line2D):
        marker = artist.get_marker()
        return (
            to_hex(artist.get_color()),
            artist.get_linestyle().replace("None", ""),
            "" if marker in (None, "None") else marker,
        )
    faces, edges = artist.get_facecolor(), artist.get_edgecolor()
    if isinstance(artist, PathCollection):
        (path,) = artist.get_paths()
        return to_hex(faces[0]), "", f"{len(path.vertices)} vertices"
    color = edges if len(faces) == 0 else faces
    return (
        to_hex(color[0] if getattr(color, "ndim", 1) == 2 else color),
        "-",
        artist.get_hatch() or "",
    )


def test_there_are_figures():
    assert len(names()) >= 5


@pytest.mark.parametrize(("page", "name"), names())
def test_axes_are_labelled(page, name):
    assert figure(page, name).axes
    for ax in figure(page, name).axes:
        assert re.fullmatch(r"\w.* \(.+\)", ax.get_xlabel()), "x: give 'what (unit)'"
        assert re.fullmatch(r"\w.* \(.+\)", ax.get_ylabel()), "y: give 'what (unit)'"


@pytest.mark.parametrize(("page", "name"), names())
def test_marks_are_named_and_told_apart(page, name):
    for ax in figure(page, name).axes:
        assert artists(ax), "these axes show nothing"
        looks = {look(artist) for artist in artists(ax)}
        named = {look(a): a.get_label() for a in artists(ax) if a.get_label()[0] != "_"}
        if named or len(looks) > 1:
            assert set(named) == looks, "each kind of mark needs a label"
            assert ax.get_legend(), "labels need a legend"
            legend = [text.get_text() for text in ax.get_legend().get_texts()]
            assert sorted(legend) == sorted(named.values())
        shapes = [shape for _, *shape in looks]
        for shape in shapes:
            assert shapes.count(shape) == 1, f"only colour tells marks apart: {looks}"


@pytest.mark.parametrize(("page", "name"), names())
def test_marks_have_colours_that_both_schemes_know(page, name):
    for ax in figure(page, name).axes:
        for artist in artists(ax):
            assert artist.get_alpha() in (None, 1), "what shines through loses contrast"
            assert COLORS.get(look(artist)[0]) in MARKS, (
                f"draw in C0, C1, C2, C3, or black: {artist}"
            )


@cache
def palettes():
    """Read the figures' colours: for the light scheme, which paper has too, and the dark."""
    css = Path("docs/stylesheets/site.css").read_text(encoding="utf-8")
    return [
        {name: to_rgb(color) for name, color in re.findall(r"--figure-(\w+): (#\w{6});", block)}
        for block in re.findall(r"\{([^{}]*--figure-ink: [^{}]*)\}", css)
    ]


@cache
def background(scheme):
    """Read the theme's background, from the style sheet that it comes with."""
    sheets = Path(material.__file__).parent.glob("templates/assets/stylesheets/*.css")
    css = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    (block,) = (
        block
        for block in re.findall(rf"data-md-color-scheme={scheme}\]\s*{{([^}}]*)}}", css)
        if "--md-default-bg-color:" in block
    )
    color = re.search(r"--md-default-bg-color:\s*([^;]+)", block)[1]
    if color.startswith("#"):
        return to_rgb(color)
    hue = float(re.search(r"--md-hue:\s*(\d+)", css)[1])
    saturation, lightness = map(float, re.findall(r"(\d+)%", color))
    return colorsys.hls_to_rgb(hue / 360, lightness / 100, saturation / 100)


def luminance(rgb):
    """Compute the relative luminance of WCAG 2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_wcag():
    assert contrast((1, 1, 1), (0, 0, 0)) == pytest.approx(21)
    assert contrast(to_rgb("#777777"), (1, 1, 1)) == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_colours_stand_out_from_the_page(scheme):
    light, dark = palettes()
    palette, behind = light if scheme == "default" else dark, background(scheme)
    assert set(palette) == set(COLORS.values())
    assert palette["paper"] == pytest.approx(behind, abs=1 / 255)
    for name in MARKS:
        ratio = contrast(palette[name], behind)
        assert ratio >= 3, f"{name} has contrast {ratio:.2f}: 3 is the least"


def test_drawn_gives_points():
    assert drawn("tutorial/data.md", "data")["data"].shape == (20, 2)
    with pytest.raises(LookupError, match="has no figure nothing"):
        figure("tutorial/data.md", "nothing")
