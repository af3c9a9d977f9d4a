"""The search finds pages, from each place and from disk."""

from tests.site.conftest import PAGES


def search(page, words: str) -> list[str]:
    page.keyboard.press("/")
    page.fill("[name=query]", words)
    page.keyboard.press("End")
    page.wait_for_selector(".md-search-result__item")
    return page.eval_on_selector_all(".md-search-result__link", "(all) => all.map((a) => a.href)")


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
