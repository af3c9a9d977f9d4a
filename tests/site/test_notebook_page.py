"""The notebook of the whole tutorial as a page, and what every page offers to take along."""

import json
import re
from pathlib import Path
from urllib.parse import quote, urljoin

import pytest
from bs4 import BeautifulSoup

from weaver.settings import settings
from weaver.site import Site

SITE = Site.load()
PROGRAMS = [program for page in SITE.course for program in SITE.pages[page].programs]
NOTEBOOK = settings()["notebook"]
HTML = NOTEBOOK.replace(".ipynb", ".html")


@pytest.fixture(scope="module")
def site(served):
    return served[0]


@pytest.fixture(scope="module")
def page(site):
    file = site / HTML
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def test_it_shows_the_outputs_of_its_pages(page):
    shown = [pre.get_text() for pre in page.select(".output pre")]
    assert shown == [program.output for program in PROGRAMS if program.output]


def test_it_shows_the_figures_of_its_pages_with_their_alternative_texts(page):
    titles = [title.get_text() for title in page.article.select("figure.drawn > svg > title")]
    assert titles
    assert titles == [image.alt for program in PROGRAMS for image in program.images]
    assert not page.article.select("img")
    assert "#1f77b4" not in str(page.article)


def test_its_formulas_are_mathml(page):
    assert len(page.article.find_all("math")) > len(SITE.course)
    dollars = page.article.find_all(string=lambda text: "$" in text)
    assert not [text for text in dollars if not text.find_parent(["pre", "code"])]


def test_it_asks_nobody_else_for_anything(page, served):
    _, url = served
    assert not page.article.select("script, style, link, iframe")
    sources = [tag.get("src") or tag["href"] for tag in page.select("[src], link[rel=stylesheet]")]
    assert sources
    assert not [one for one in sources if not urljoin(url + HTML, one).startswith(url)]


def test_its_links_stay_inside_it(page, served):
    _, url = served
    links = [urljoin(url + HTML, tag["href"]) for tag in page.article.select("a[href]")]
    assert sum(link.startswith(f"{url}{HTML}#tutorial-") for link in links) > len(SITE.course)


def test_its_table_of_contents_leads_to_its_headings(page):
    contents = page.select(".md-sidebar--secondary a[href]")
    headings = page.article.select("h2, h3, h4, h5, h6")
    assert [link["href"] for link in contents] == [f"#{tag['id']}" for tag in headings]
    words = [[tag.get_text().split() for tag in tags] for tags in (contents, headings)]
    assert words[0] == words[1]


def test_it_is_neither_searched_nor_edited(page, site):
    index = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))
    places = [entry["location"] for entry in index["docs"]]
    assert any(place.startswith("tutorial/") for place in places)
    assert not [place for place in places if place.startswith("downloads/")]
    assert not page.select("a[href*='/edit/']")


@pytest.mark.parametrize("name", [page.removesuffix(".md") for page in SITE.lessons])
def test_a_page_offers_its_files_colab_and_its_source(site, name):
    file = site / f"{name}.html"
    html = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
    (line,) = [p for p in html.article("p") if p.get_text().startswith("Download")]
    notebook, script, *exercises, colab = [link["href"] for link in line("a")]
    assert all((file.parent / one).is_file() for one in exercises)
    assert bool(exercises) == ("??? success" in SITE.pages[f"{name}.md"].source)
    cells = json.loads((file.parent / notebook).read_text(encoding="utf-8"))["cells"]
    archive = "https://github.com/example/course/archive/HEAD.zip"
    assert archive in "".join(cells[0]["source"])
    assert archive in (site / "index.html").read_text(encoding="utf-8")
    assert (file.parent / script).read_text(encoding="utf-8").startswith("# ")
    path = f"example/course/blob/notebooks/{name}.ipynb"
    assert colab == f"https://colab.research.google.com/github/{path}"
    assert (site / "downloads" / path.removeprefix("example/course/blob/notebooks/")).is_file()
    (report,) = html.select("a[title='Report this page']")
    assert report["href"].startswith("https://github.com/example/course/issues/new?title=")
    assert quote(f"{name}.html") in report["href"]
    assert html.select(f'a[href="https://github.com/example/course/edit/main/docs/{name}.md"]')


def test_the_whole_is_offered_too(page, site):
    (line,) = [p for p in page.article("p") if p.get_text().startswith("Download")]
    notebook, colab = [link["href"] for link in line("a")]
    assert ((site / NOTEBOOK).parent / notebook).is_file()
    assert colab.endswith(f"/example/course/blob/notebooks/{Path(NOTEBOOK).name}")
    assert re.search(r"downloads/tutorial\.html$", page.find("link", rel="canonical")["href"])
