"""What the copy buttons give is what the pages' programs are."""

import pytest

from weaver.site import Site

SITE = Site.load()


@pytest.mark.parametrize("name", [name for name, page in SITE.pages.items() if page.programs])
def test_a_copied_block_is_the_program_that_was_run(name, served, open_page):
    _, url = served
    permissions = ["clipboard-read", "clipboard-write"]
    page = open_page(url + name.replace(".md", ".html"), permissions=permissions)
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    assert page.locator(".output button").count() == 0
    copied = []
    for button in page.locator(".language-python button").all():
        button.click()
        copied.append(page.evaluate("navigator.clipboard.readText()"))
    assert copied == [program.code.rstrip("\n") for program in SITE.pages[name].programs]
