"""What the copy buttons give is what the pages' programs are, and it runs."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent

import pytest

from tests.site.conftest import PAGES
from weaver.page import read

SOURCES = {path: Path("docs", path).with_suffix(".md") for path in PAGES}
WITH_PROGRAMS = [path for path, page in SOURCES.items() if page.exists() and read(page)]


@pytest.mark.parametrize("path", WITH_PROGRAMS)
def test_a_copied_block_is_a_program_that_prints_what_the_page_shows(
    path, served, open_page, tmp_path
):
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

    def run(code: str) -> str:
        command = [sys.executable, "-c", code]
        environment = {**os.environ, "MPLBACKEND": "agg"}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        assert list(pool.map(run, copied)) == [program.output for program in programs]
