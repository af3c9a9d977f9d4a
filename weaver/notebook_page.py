"""The page of the whole notebook: what mkdocs-jupyter makes of it, mended for the theme."""

import hashlib
import json
import re
from base64 import b64decode
from dataclasses import replace
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup, Comment
from bs4.element import PreformattedString
from markdown.extensions.toc import slugify, unique

from weaver.figure import to_html
from weaver.maths import with_mathml
from weaver.page import Image, PageError, lines_of
from weaver.run import CACHE, save
from weaver.site import Site

# What Jupyter brings along: styles for its own page, scripts from other servers, buttons.
FOREIGN = (
    "style, script, .zeroclipboard-container, .clipboard-copy-txt, .jp-InputPrompt, "
    ".jp-OutputPrompt, .anchor-link"
)

# Names, spaces, punctuation and operators, half of all elements; here, they have the text's
# colour.
UNMARKED = re.compile(r'<span class="(?:n|w|p|o)">([^<]*)</span>|<span></span>')


def mended(html: str, site: Site) -> tuple[str, list[dict]]:
    """Give Jupyter's page as plain HTML, and its headings; the same page is mended once."""
    # Two pages may give a figure the same name.
    images = [
        replace(image, name=f"{Path(name).stem}-{image.name}", caption=None)
        for name in site.course
        for page in [site.pages[name]]
        for program, result in zip(page.programs, site.run(page), strict=True)
        for image, _ in zip(program.images, result.figures, strict=False)
    ]
    sources = [*sorted(Path(__file__).parent.glob("*.py")), Path("requirements.txt")]
    sources = [file.read_bytes() for file in sources]
    key = hashlib.sha256(repr((html, images, sources)).encode()).hexdigest()
    if not (file := CACHE / f"{key}.html").exists():
        save(file, json.dumps(_without_jupyter(html, images)).encode())
    html, headings = json.loads(file.read_bytes())
    return html, headings


def _without_jupyter(html: str, images: list[Image]) -> tuple[str, list[dict]]:
    """Turn Jupyter's page into plain HTML for the theme, and list its headings."""
    soup = BeautifulSoup(UNMARKED.sub(r"\1", html), "html.parser")
    for tag in soup.select(FOREIGN) + soup.find_all(string=lambda text: isinstance(text, Comment)):
        tag.extract()
    for div in soup.select(".highlight-ipynb"):
        div["class"] = ["highlight"]
    for div in soup.select(".jp-OutputArea-output:has(> pre)"):
        div.attrs = {"class": ["highlight", "output", "no-copy"]}
    for pre in soup.select(".highlight > pre"):
        lines = len(lines_of(pre.get_text()))
        code = soup.new_tag("code", attrs={"class": "later", "style": f"--lines: {lines}"})
        code.extend([*pre.contents])
        pre.append(code)
    for div in soup.select('div:is([class*="jp-"], [class*="jupyter-"], [class^="CodeMirror"])'):
        div.unwrap()
    for text in soup.find_all(string=lambda text: "$" in text):
        if not text.find_parent(["code", "pre"]):
            text.replace_with(BeautifulSoup(with_mathml(escape(text)), "html.parser"))
    drawn = soup.select('img[src^="data:image/svg+xml"]')
    if len(drawn) != len(images):
        raise PageError(
            f"the notebook's page has {len(drawn)} figures, its programs {len(images)}: "
            "remove site and .cache, and build again"
        )
    for tag, image in zip(drawn, images, strict=True):
        svg = b64decode(tag["src"].partition(",")[2]).decode()
        # As it stands: a parser of HTML would spoil the names of SVG.
        figure = f'<figure class="drawn later" id="{image.name}">{to_html(svg, image)}</figure>'
        tag.replace_with(PreformattedString(figure))
    ids, headings = set(), []
    for tag in soup.find_all(["h1", "h2", "h3", "h4", "h5", "h6"]):
        name = tag.get_text()
        tag["id"] = unique(slugify(name, "-"), ids)
        label = {"name": name, "html": tag.decode_contents(), "data-toc-label": ""}
        headings.append({"level": int(tag.name[1]), "id": tag["id"], **label})
    return str(soup), headings
