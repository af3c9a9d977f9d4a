"""What a class takes along works from disk, without a network."""

import re
import subprocess
import sys
from zipfile import ZipFile

import pytest

from tests.site.conftest import PAGES
from tests.site.test_search import search
from weaver.settings import settings

NAME = settings()["name"]


@pytest.fixture(scope="module")
def handouts(served, browser, tmp_path_factory):
    """Of the site as it is published, with an address and a repository."""
    made = tmp_path_factory.mktemp("class")
    subprocess.run([sys.executable, "-m", "weaver.handout", served[0], made], check=True)
    return made


@pytest.fixture(scope="module")
def unpacked(handouts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    with ZipFile(handouts / f"{NAME}.zip") as archive:
        archive.extractall(folder)
    return (folder / NAME).as_uri()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_zip_asks_nothing_outside(path, unpacked, open_page):
    page = open_page(f"{unpacked}/{path}")
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert len(page.requests) > 5
    assert [one for one in page.requests if not one.startswith(unpacked)] == []
    (shown,) = page.locator("h1").all_inner_texts()
    assert shown


def test_search_figures_and_playground_of_the_zip_work(unpacked, open_page):
    page = open_page(f"{unpacked}/tutorial/data.html")
    page.wait_for_function("[...document.fonts].some((f) => f.status === 'loaded')")
    assert page.locator("figure.drawn svg").first.bounding_box()["height"] > 100
    assert f"{unpacked}/tutorial/loss.html" in [
        link.split("#")[0] for link in search(page, "optimizer")
    ]
    page.goto(f"{unpacked}/playground.html")
    page.click("[data-do=step]")
    page.wait_for_function("document.querySelector('[data-show=epoch]').innerText == 'epoch 1'")
    # Within another page, too.
    page.goto(f"{unpacked}/tutorial/loss.html")
    page.locator("a.try").first.click()
    page.frame_locator("iframe").locator("canvas").first.wait_for()
    assert [one for one in page.requests if not one.startswith(unpacked)] == []


def test_the_pdf_has_pages_of_a4_and_no_link_to_a_disk(handouts):
    pdf = (handouts / f"{NAME}.pdf").read_bytes()
    pages = len(re.findall(rb"/Type /Page\b", pdf))
    assert 20 < pages < 80
    assert set(re.findall(rb"/MediaBox \[0 0 (\d+)[.\d]* (\d+)", pdf)) == {(b"595", b"842")}
    assert b"/Outlines" in pdf
    assert b"(file:" not in pdf
    assert b"(https://site.example/course/" in pdf


def test_the_teaching_page_leads_to_them(served, folder):
    there = (served[0] / "teaching.html").read_text(encoding="utf-8")
    assert 'class="md-button" href="https://github.com/example/course/releases/latest"' in there
    assert "<code>make class</code>" in (folder / "teaching.html").read_text(encoding="utf-8")


def test_the_notebooks_are_those_of_the_site(handouts, served):
    with ZipFile(handouts / f"{NAME}-notebooks.zip") as archive:
        names = archive.namelist()
    downloads = served[0] / "downloads"
    made = [file.relative_to(downloads).as_posix() for file in downloads.rglob("*.ipynb")]
    assert sorted(names) == sorted(f"{NAME}-notebooks/{name}" for name in made)
    assert any(name.endswith("data.exercises.ipynb") for name in names)
