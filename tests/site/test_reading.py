"""Each page, in both schemes, on a wide screen and on a phone."""

import gzip
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.site.conftest import PAGES, SCHEMES, WIDTHS

TUTORIAL = [page for page in PAGES if page.startswith("tutorial/")]
READINGS = [(path, s, w) for path in [*PAGES, "404.html"] for s in SCHEMES for w in WIDTHS]
MATHS = [p for p in TUTORIAL if "\n$$" in Path("docs", p).with_suffix(".md").read_text("utf-8")]

# What moves by itself, and where it was and is. A little is let through: the theme puts
# tables into boxes when its script arrives, and Core Web Vitals call 0.1 good.
SHIFTS = """(least) => new Promise((resolve) => {
  const found = [], name = (node) => node?.className || node?.nodeName;
  const place = ({x, y, width, height}) => `${[x, y, width, height].map(Math.round)}`;
  const add = (shifts) => {
    for (const {value, sources} of shifts.filter((shift) => shift.value > least))
      for (const {node, previousRect, currentRect} of sources)
        found.push([name(node), place(previousRect), place(currentRect), value]);
  };
  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({type: "layout-shift", buffered: true});
  scrollTo(0, document.body.scrollHeight);
  requestAnimationFrame(() => requestAnimationFrame(() => {
    add(observer.takeRecords());
    resolve(found);
  }));
})"""

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


@dataclass(frozen=True)
class Reading:
    """What one load of a page showed."""

    requests: list[str]
    width: int
    shifts: list
    violations: list[tuple]


def violations(page) -> list[tuple]:
    page.evaluate("document.getAnimations().forEach((a) => a.finish())")
    results = Axe().run(page).response
    assert len(results["passes"]) > 20
    return [
        (violation["id"], node["html"], node["failureSummary"])
        for violation in results["violations"]
        for node in violation["nodes"]
    ]


@pytest.fixture(scope="module")
def reading(served, opener):
    _, url = served

    @cache
    def reading(path: str, scheme: str, width: int) -> Reading:
        with opener() as open_page:
            page = open_page(url + path, scheme, width)
            shifts = page.evaluate(SHIFTS, 0.01)
            page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
            # The theme sees what an opened answer holds a moment later.
            page.wait_for_function(
                """() => [...document.querySelectorAll("pre > code")].every(
                  (code) => code.scrollWidth <= code.clientWidth || code.tabIndex === 0
                )"""
            )
            real = page.evaluate("document.documentElement.scrollWidth")
            return Reading(page.requests, real, shifts, violations(page))

    return reading


@pytest.mark.parametrize(("path", "scheme", "width"), READINGS)
def test_axe_finds_nothing(path, scheme, width, reading):
    assert reading(path, scheme, width).violations == []


@pytest.mark.parametrize(("path", "scheme", "width"), READINGS)
def test_a_page_asks_nobody_else(path, scheme, width, reading, served):
    _, url = served
    requests = reading(path, scheme, width).requests
    assert len(requests) > 5
    assert [address for address in requests if not address.startswith(url)] == []


@pytest.mark.parametrize(("path", "scheme", "width"), READINGS)
def test_a_page_is_as_wide_as_its_screen_and_holds_still(path, scheme, width, reading):
    shown = reading(path, scheme, width)
    assert shown.width == width
    assert shown.shifts == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_still_while_it_arrives(path, served, open_page):
    _, url = served
    page = open_page(url.replace("/course/", "/slow/course/") + path)
    assert page.evaluate(SHIFTS, 0.001) == []


@pytest.mark.parametrize("path", TUTORIAL)
def test_a_tutorial_page_loads_at_most_100_kilobytes(path, served, reading):
    site, url = served
    sizes = {}
    for address in {*reading(path, "light", 1280).requests, url + "assets/favicon.svg"}:
        file = site / urlsplit(address).path.removeprefix("/course/")
        data = file.read_bytes()
        packed = file.suffix in {".woff2", ".png"}
        sizes[file.name] = len(data) if packed else len(gzip.compress(data))
    assert {Path(path).name, "site.css", "site.js"} <= set(sizes)
    assert sum(sizes.values()) <= 100_000, sizes


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
