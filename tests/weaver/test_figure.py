import re

import matplotlib.pyplot as plt
import pytest

from weaver.figure import SETTINGS, draw, inline
from weaver.page import Image, PageError


@pytest.fixture(autouse=True)
def _settings():
    with plt.rc_context(SETTINGS):
        yield


def drawing() -> str:
    figure, ax = plt.subplots()
    ax.scatter([0, 0.0051234], [1, 2], label="0.123456")
    ax.plot([0, 1], [1, 1], label="line")
    ax.legend()
    return draw(figure)


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


def test_inline_figure_has_role_title_and_caption():
    html = inline(drawing(), Image("Dots & a line.", "dots", "A <caption>."), "page.md:1")
    assert html.startswith('<figure class="drawn" id="dots"><svg role="img" ')
    assert 'aria-labelledby="dots-title"' in html
    assert '<title id="dots-title">Dots &amp; a line.</title>' in html
    assert html.endswith("<figcaption>A &lt;caption&gt;.</figcaption></figure>")


def test_ids_of_two_figures_differ_and_links_stay_inside():
    first, second = (inline(drawing(), Image("Dots.", name, None), "page.md:1") for name in "ab")
    ids = [set(re.findall(r'\bid="([^"]+)"', html)) for html in (first, second)]
    assert len(ids[0]) > 3
    assert not ids[0] & ids[1]
    links = re.findall(r'(?:href="#|url\(#)([^")]+)', first)
    assert links
    assert set(links) <= ids[0]


def test_colours_are_names_that_the_scheme_fills():
    # A name that could be a colour.
    html = inline(drawing(), Image("Dots.", "facade", None), "page.md:1")
    assert "var(--figure-blue)" in html
    html = html.replace("#facade", "")
    assert not re.search(r"#[0-9a-f]{6}", html)


def test_a_colour_without_a_dark_value_is_an_error():
    figure, ax = plt.subplots()
    ax.plot([0, 1], color="#123456")
    with pytest.raises(PageError, match=r"page\.md:1: dots\.svg uses the colour #123456"):
        inline(draw(figure), Image("Dots.", "dots", None), "page.md:1")
