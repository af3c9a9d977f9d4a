"""Readers who see little, print, or use the keyboard have all that others have."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.site.conftest import PAGES, SCHEMES

TUTORIAL = [page for page in PAGES if page.startswith("tutorial/")]
MATHS = [p for p in TUTORIAL if "\n$$" in Path("docs", p).with_suffix(".md").read_text("utf-8")]
# The rules of axe whose outcome hangs on the scheme.
COLORS = ["color-contrast", "link-in-text-block"]
# What has other parts on a phone; other pages have there what they have on a screen.
PHONE = ["index.html", "playground.html", "tutorial/loss.html"]

# Texts that are too pale for white paper, with their colour and contrast.
PALE = """() => {
  const pale = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const light = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), element = walker.currentNode.parentElement;
    if (!text || !element.checkVisibility({opacityProperty: true})) continue;
    if (element.closest("title, script, style")) continue;
    const style = getComputedStyle(element);
    const color = element.closest("svg") ? style.fill : style.color;
    const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number);
    const [R, G, B] = [r, g, b].map((c) => light(a * c + (1 - a) * 255));
    const contrast = 1.05 / (0.2126 * R + 0.7152 * G + 0.0722 * B + 0.05);
    if (contrast < 4.5) pale.push([text, color, contrast]);
  }
  return pale;
}"""

SEE_CODE = """async () => {
  for (const code of document.querySelectorAll("pre > code")) {
    code.scrollIntoView({behavior: "instant"});
    while (code.scrollWidth > code.clientWidth && code.tabIndex !== 0)
      await new Promise(requestAnimationFrame);
  }
  scrollTo({top: 0, behavior: "instant"});
}"""

# Of a thousand words in the same colours, one is enough: hides those that are as one before
# them, by tags and classes up to the top.
HIDE_REPEATED = """() => {
  const seen = new Set();
  for (const leaf of document.body.querySelectorAll(":not(:has(*))")) {
    if (!leaf.textContent.trim() || !leaf.checkVisibility()) continue;
    let kind = leaf.getAttribute("style") ?? "";
    for (let e = leaf; e; e = e.parentElement) kind += `${e.tagName}.${e.getAttribute("class")} `;
    if (seen.has(kind)) leaf.style.visibility = "hidden";
    seen.add(kind);
  }
}"""


def violations(page, **options) -> list[tuple]:
    page.evaluate("document.getAnimations().forEach((a) => a.finish())")
    # Whole reports of what is right are many megabytes.
    options = {"resultTypes": ["violations"], **options}
    results = Axe().run(page, options=options).response
    assert len(results["passes"]) > (0 if "runOnly" in options else 20)
    return [
        (violation["id"], node["html"], node["failureSummary"])
        for violation in results["violations"]
        for node in violation["nodes"]
    ]


def unfolded(page):
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    # The theme looks at what a block of code holds when that is seen.
    page.evaluate(SEE_CODE)
    return page


@pytest.mark.parametrize("path", [*PAGES, "404.html"])
def test_what_scrolls_on_a_phone_takes_the_focus(path, served, open_page):
    page = unfolded(open_page(served[1] + path, width=360))
    assert violations(page, runOnly=["scrollable-region-focusable"]) == []


@pytest.mark.parametrize(
    ("path", "width"),
    [*((path, 1280) for path in [*PAGES, "404.html"]), *((path, 360) for path in PHONE)],
)
def test_axe_finds_nothing_in_either_scheme(path, width, served, open_page):
    page = unfolded(open_page(served[1] + path, width=width))
    assert violations(page, rules={rule: {"enabled": False} for rule in COLORS}) == []
    page.evaluate(HIDE_REPEATED)
    assert violations(page, runOnly=COLORS) == []
    page.click("label[title='Switch to dark mode']")
    page.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")
    assert violations(page, runOnly=COLORS) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_menu_and_the_search_of_a_phone_are_accessible(scheme, served, open_page):
    _, url = served
    page = open_page(url + TUTORIAL[0], scheme, width=360)
    page.click("label.md-header__button[for=__drawer]")
    assert violations(page) == []
    page.click("label.md-overlay", position={"x": 350, "y": 400})
    page.click("label.md-header__button[for=__search]")
    page.fill("[name=query]", "gradient")
    page.keyboard.press("End")
    page.wait_for_selector(".md-search-result__item")
    assert violations(page) == []


@pytest.mark.parametrize("path", MATHS)
def test_formulas_are_set_in_the_maths_font_and_scroll_by_keyboard(path, served, open_page):
    _, url = served
    page = open_page(url + path, width=60)
    assert url + "assets/made/maths.woff2" in page.requests
    assert page.evaluate("[...document.fonts].map((f) => f.status)") == ["loaded"]
    wide = page.locator(".formula")
    wide = [f for f in wide.all() if f.evaluate("e => e.scrollWidth > e.clientWidth")]
    assert wide
    for formula in wide:
        formula.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("() => document.activeElement.scrollLeft > 0")


@pytest.mark.parametrize("path", TUTORIAL)
def test_a_dark_page_prints_dark_on_white_with_figures_and_answers(path, served, open_page):
    _, url = served
    page = open_page(url + path, scheme="dark")
    page.emulate_media(media="print")
    page.evaluate("document.getAnimations().forEach((a) => a.finish())")
    assert page.evaluate(PALE) == []
    blocks = page.locator("figure.drawn svg, details > *").all()
    assert blocks
    for block in blocks:
        assert block.evaluate("e => e.checkVisibility() && e.getBoundingClientRect().height > 9")
    assert not page.locator(".md-header").is_visible()
    assert page.pdf().startswith(b"%PDF")


def test_the_focus_of_the_keyboard_shows_wherever_it_goes(served, open_page):
    _, url = served
    page = open_page(url + MATHS[0])
    reached = []
    while "BODY" not in reached and len(reached) < 500:
        page.keyboard.press("Tab")
        stop, outline = page.evaluate(
            """() => {
              const {tagName, className} = document.activeElement;
              const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
              return [className.split(" ")[0] || tagName, [outlineStyle, outlineWidth]];
            }"""
        )
        assert stop == "BODY" or outline == ["solid", "3px"], stop
        reached.append(stop)
    assert {"md-skip", "md-search__input", "md-nav__link", "formula", "BODY"} <= set(reached)
