"""A page loads nothing from elsewhere and little from here, and holds still."""

import gzip
from urllib.parse import urlsplit

import pytest

from tests.site.conftest import PAGES, WIDTHS

MOST = {page: 100_000 for page in PAGES if page.startswith(("tutorial/", "deeper/"))}
MOST["reference.html"] = 100_000
MOST["downloads/tutorial.html"] = 150_000

# What moves by itself, and where it was and is.
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


# Of shifts, a little is let through on a phone: the theme puts tables into boxes when its
# script arrives, and Core Web Vitals call 0.1 good.
@pytest.mark.parametrize(("width", "least"), [*zip(WIDTHS, [0.001, 0.01], strict=True)])
@pytest.mark.parametrize("path", [*PAGES, "404.html"])
def test_a_page_fits_its_screen_holds_still_and_asks_nobody_else(
    path, width, least, served, open_page
):
    site, url = served
    slow = url.replace("/course/", "/slow/course/")
    page = open_page(slow + path, width=width)
    assert page.evaluate(SHIFTS, least) == []
    if path.startswith("deeper/") and width == 1280:
        screens = page.locator("article").bounding_box()["height"] / 900
        assert screens <= 6
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert len(page.requests) > 5
    assert [address for address in page.requests if not address.startswith((slow, url))] == []
    assert page.locator("*").count() < 10_000
    if path in MOST:
        sizes = {}
        for address in {*page.requests, url + "assets/favicon.svg"}:
            file = site / urlsplit(address).path.partition("/course/")[2]
            data = file.read_bytes()
            packed = file.suffix in {".woff2", ".png"}
            sizes[file.name] = len(data) if packed else len(gzip.compress(data))
        assert {path.rpartition("/")[2], "site.css", "site.js"} <= set(sizes)
        assert sum(sizes.values()) <= MOST[path], sizes
