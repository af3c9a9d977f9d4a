"""The colours of figures stand out from the page in both schemes."""

import colorsys
import re
from functools import cache
from pathlib import Path

import material
import pytest
from matplotlib.colors import to_rgb

from weaver.checks.figures import MARKS
from weaver.figure import COLORS

SCHEMES = ("default", "slate")


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
