from io import BytesIO

import pytest
from fontTools.ttLib import TTFont
from markdown import Markdown

from weaver.assets import font
from weaver.maths import CHARACTERS
from weaver.page import PageError


def render(text, docs="docs"):
    extensions = ["pymdownx.superfences", "tables", "weaver.maths"]
    settings = {"weaver.maths": {"docs_dir": str(docs)}}
    return Markdown(extensions=extensions, extension_configs=settings).convert(text)


def test_a_formula_in_a_line_becomes_mathml():
    assert render("Let $w_i$ be.") == (
        "<p>Let <math><msub><mi>w</mi><mi>i</mi></msub></math> be.</p>"
    )


def test_a_displayed_formula_can_be_reached_by_keyboard():
    html = render("$$\ny = \\frac{1}{2} |x|\n$$")
    assert '<math display="block">' in html
    assert html.startswith("<div")
    assert 'tabindex="0"' in html
    assert 'aria-label="Formula"' in html
    assert "<p>" not in html


def test_no_line_begins_with_the_mark_behind_a_formula():
    assert render("Let $x$.") == (
        '<p>Let <span class="unbroken"><math><mi>x</mi></math>.</span></p>'
    )


def test_a_list_item_and_a_table_hold_formulas():
    assert render("- a\n\n    $$x$$\n").endswith("</math></div>\n</li>\n</ul>")
    assert "<td><math><mi>x</mi></math></td>" in render("| a |\n| - |\n| $x$ |\n")


@pytest.mark.parametrize(
    "text", ["`$w$`", "```text\n$w$\n$$w$$\n```", "\\$5 and \\$6", "$5 or $ 6"]
)
def test_other_dollars_stay(text):
    html = render(text)
    assert "<math" not in html
    assert html.count("$") == text.count("$")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Let $\\fraq{1}{2}$ be.", "character 0: Unknown command"),
        ("Let $\\frac{1}$ be.", "fails at character"),
        ("$$\\frac{1$$", "fails at character"),
        ("$$\nx\n\ny\n$$", "close"),
        ("Let $$x$$ be.", "stand alone"),
        ("$$ $$", "empty"),
        ("$\\mathbb{C}$", "has ℂ, which the maths font lacks"),  # noqa: RUF001
    ],
)
def test_a_broken_formula_is_an_error(text, says):
    with pytest.raises(PageError, match=says):
        render(text)


def test_an_error_names_page_and_line(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Title\n\nLet $\\fraq{1}{2}$ be.\n", encoding="utf-8")
    with pytest.raises(PageError, match=r"page\.md:3: "):
        render(page.read_text(encoding="utf-8"), docs=tmp_path)


def test_the_font_is_small_equal_at_each_build_and_can_set_formulas():
    data = font()
    assert data == font()
    assert len(data) < 17_000
    with TTFont(BytesIO(data)) as cut:
        assert set(map(ord, CHARACTERS)) <= set(cut.getBestCmap())
        assert cut["MATH"].table.MathVariants.VertGlyphConstruction
