"""Titles, descriptions, cards, sitemap: what others are told of the pages."""

import xml.etree.ElementTree as etree

from bs4 import BeautifulSoup
from matplotlib.image import imread

from tests.site.conftest import ADDRESS, PAGES, REPOSITORY

NAMES = ("title", "description", "og:title", "og:description", "og:url")


def heads(site) -> dict[str, dict[str, str]]:
    found = {}
    for path in PAGES:
        head = BeautifulSoup((site / path).read_bytes(), "html.parser").head
        pairs = [(meta.get("name") or meta.get("property"), meta["content"])
                 for meta in head("meta", content=True)]  # fmt: skip
        pairs += [("title", title.get_text()) for title in head("title")]
        found[path] = dict(pairs)
        assert len(found[path]) == len(pairs), f"{path} has something twice: {pairs}"
        assert (site / path).parent.joinpath(head.find("link", rel="icon")["href"]).is_file()
    return found


def test_each_page_has_a_title_a_description_and_a_card(served):
    site, _ = served
    found = heads(site)
    for name in NAMES:
        assert len({head[name] for head in found.values()}) == len(PAGES) > 1, name
    assert {head["og:image"] for head in found.values()} == {ADDRESS + "assets/made/card.png"}
    assert imread(site / "assets/made/card.png").shape[:2] == (630, 1200)


def test_without_an_address_no_page_promises_a_card(folder):
    assert all(head["og:title"] and "og:image" not in head for head in heads(folder).values())


def test_menu_and_sitemap_list_every_page(served):
    site, _ = served
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert built == {*PAGES, "404.html"}
    listed = {e.text for e in etree.parse(site / "sitemap.xml").iter() if e.tag.endswith("loc")}
    assert listed == {ADDRESS + path for path in PAGES}


def test_the_repository_is_linked_and_not_asked_for_facts(served, open_page):
    _, url = served
    page = open_page(url)
    assert page.locator(f"a[href='{REPOSITORY}']").count() > 0
    assert page.locator("[data-md-component=source]").count() == 0
