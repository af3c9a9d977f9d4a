import re

import matplotlib.pyplot as plt
import pytest

from weaver.figure import SETTINGS, to_html, to_svg
from weaver.page import Image


@pytest.fixture(autouse=True)
def _settings():
    with plt.rc_context(SETTINGS):
        yield


def drawing() -> str:
    figure, ax = plt.subplots()
    ax.scatter([0, 0.0051234], [1, 2], label="0.123456")
    ax.plot([0, 1], [1, 1], label="line")
    ax.legend()
    return to_svg(figure)


def test_equal_figures_give_equal_bytes():
    assert drawing() == drawing()


def test_text_stays_text_and_keeps_its_digits():
    assert ">0.123456</text>" in drawing()


def test_coordinates_are_no_longer_than_the_eye_can_tell():
    coordinates = re.findall(r' (?:d|x|y)="([^"]*)"', drawing())
    assert len(coordinates) > 9
    assert not re.search(r"\.\d\d", " ".join(coordinates))


def test_no_rule_reaches_beyond_the_figure():
    assert "<style" not in drawing()


def test_a_figure_has_role_title_and_caption():
    html = to_html(drawing(), Image("Dots & a line.", "dots", "A <caption>."))
    assert html.startswith('<svg role="img" aria-labelledby="dots-title"')
    assert '<title id="dots-title">Dots &amp; a line.</title>' in html
    assert html.endswith("</svg><figcaption>A &lt;caption&gt;.</figcaption>")


def test_ids_of_two_figures_differ_and_links_stay_inside():
    first, second = (to_html(drawing(), Image("Dots.", name, None)) for name in "ab")
    ids = [set(re.findall(r'\bid="([^"]+)"', html)) for html in (first, second)]
    assert len(ids[0]) > 3
    assert not ids[0] & ids[1]
    links = re.findall(r'(?:href="#|url\(#)([^")]+)', first)
    assert links
    assert set(links) <= ids[0]


def test_colours_are_names_that_the_scheme_fills():
    # A name that could be a colour.
    html = to_html(drawing(), Image("Dots.", "facade", None))
    assert "var(--figure-blue)" in html
    html = html.replace("#facade", "")
    assert not re.search(r"#[0-9a-f]{6}", html)
