"""What the copy buttons give is what the pages' programs are."""

from pathlib import Path
from textwrap import dedent

import pytest

from tests.site.conftest import PAGES
from weaver.page import read

SOURCES = {path: Path("docs", path).with_suffix(".md") for path in PAGES}
WITH_PROGRAMS = [path for path, page in SOURCES.items() if page.exists() and read(page)]


@pytest.mark.parametrize("path", WITH_PROGRAMS)
def test_a_copied_block_is_the_program_that_was_run(path, served, open_page):
    _, url = served
    lines = SOURCES[path].read_text(encoding="utf-8").splitlines()
    programs = read(SOURCES[path])
    page = open_page(url + path, permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    assert page.locator(".output button").count() == 0
    copied = []
    for button in page.locator(".language-python button").all():
        button.click()
        copied.append(page.evaluate("navigator.clipboard.readText()"))
    written = [dedent("\n".join(lines[p.line : p.end - 1])) for p in programs]
    assert copied == written
