from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from weaver.assets import font
from weaver.maths import CHARACTERS, to_mathml, with_mathml


def test_a_formula_becomes_mathml():
    assert to_mathml("w_i") == "<math><msub><mi>w</mi><mi>i</mi></msub></math>"
    assert '<math display="block">' in to_mathml("y = \\frac{1}{2} |x|", display=True)


def test_no_line_begins_with_the_mark_behind_a_formula():
    woven = "Let <span class='unbroken'><math><mi>x</mi></math>.</span>"
    assert with_mathml("Let $x$.") == woven


@pytest.mark.parametrize(
    "text", ["`$w$`", "``$w$ ` $x$``", "$5 or $ 6", "US$5 and US$6", "a $ b$"]
)
def test_other_dollars_stay(text):
    assert with_mathml(text) == text


def test_the_font_is_small_equal_at_each_build_and_can_set_formulas():
    data = font()
    assert data == font()
    assert len(data) < 17_000
    with TTFont(BytesIO(data)) as cut:
        assert set(map(ord, CHARACTERS)) <= set(cut.getBestCmap())
        assert cut["MATH"].table.MathVariants.VertGlyphConstruction
