"""Titles, sitemap, card, search, the page for wrong addresses, and the site from disk."""

import re
import xml.etree.ElementTree as etree
from pathlib import Path

from matplotlib.image import imread

from tests.site.conftest import PAGES

HEAD = re.compile(
    r"<title>(?P<title>[^<]+)"
    r'|<meta (?:name|property)="(?P<name>[^"]+)" content="(?P<content>[^"]*)"'
    r'|<link rel="icon" href="(?P<icon>[^"]+)"'
)


def heads(site: Path) -> list[dict[str, str]]:
    found = []
    for path in PAGES:
        head = {"path": path}
        for match in HEAD.finditer((site / path).read_text(encoding="utf-8").split("</head>")[0]):
            name = match["name"] or match.lastgroup
            assert name not in head, f"{path} has two {name}"
            head[name] = match[match.lastgroup]
        found.append(head)
    return found


def search(page, words: str) -> list[str]:
    page.keyboard.press("/")
    page.fill("[name=query]", words)
    page.keyboard.press("End")
    page.wait_for_selector(".md-search-result__item")
    return page.eval_on_selector_all(".md-search-result__link", "(all) => all.map((a) => a.href)")


def test_the_menu_lists_every_page(served):
    site, _ = served
    built = {str(path.relative_to(site)) for path in site.rglob("*.html")}
    assert built == {*PAGES, "404.html"}


def test_each_page_has_a_title_a_description_and_a_card(served):
    site, url = served
    found = heads(site)
    for name in ("title", "description", "og:title", "og:description", "og:url"):
        assert len({head[name] for head in found}) == len(PAGES) > 1, name
    for head in found:
        assert head["og:image"] == url + "assets/made/card.png"
        assert (
            (site / head["path"])
            .parent.joinpath(head["icon"])
            .samefile(site / "assets/favicon.svg")
        )
    assert imread(site / "assets/made/card.png").shape[:2] == (630, 1200)


def test_without_an_address_no_page_promises_a_card(folder):
    found = heads(folder)
    assert all(head["og:title"] and "og:image" not in head for head in found)


def test_the_sitemap_lists_every_page(served):
    site, url = served
    listed = {e.text for e in etree.parse(site / "sitemap.xml").iter() if e.tag.endswith("loc")}
    assert listed == {url + path for path in PAGES}


def test_search_loads_when_it_is_asked_and_finds_pages(served, open_page):
    _, url = served
    page = open_page(url + PAGES[-1])
    assert not [address for address in page.requests if "search" in address]
    found = search(page, "optimizer")
    assert url + "tutorial/loss.html" in [link.split("#")[0] for link in found]
    assert all(address.startswith(url) for address in page.requests)


def test_a_wrong_address_shows_a_page_with_a_search_that_works(served, open_page):
    _, url = served
    page = open_page(url + "no/such/page.html")
    assert page.title().startswith("Page not found")
    found = search(page, "optimizer")
    assert all(link.startswith(url) for link in found)
    page.locator(".md-search-result__link").first.click()
    page.wait_for_url(found[0])
    assert not page.title().startswith("Page not found")


def test_the_folder_opens_from_disk_with_links_and_search(folder, open_page):
    page = open_page(f"file://{folder}/index.html")
    page.click("text=Start with the data")
    page.wait_for_url(f"file://{folder}/tutorial/data.html")
    page.wait_for_function("[...document.fonts].some((f) => f.status === 'loaded')")
    found = search(page, "optimizer")
    assert f"file://{folder}/tutorial/loss.html" in [link.split("#")[0] for link in found]
    page.locator(".md-search-result__link").first.click()
    page.wait_for_url(found[0])
    assert all(address.startswith(f"file://{folder}/") for address in page.requests)


def test_the_repository_is_linked_and_not_asked_for_facts(served, open_page):
    _, url = served
    page = open_page(url)
    assert page.locator("a[href='https://github.com/example/course']").count() > 0
    assert page.locator("[data-md-component=source]").count() == 0
