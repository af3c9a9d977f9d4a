"""MkDocs' part of the notebooks: writes them before a build, mends the one it renders."""

import contextlib
import re
import tempfile
from base64 import b64decode
from dataclasses import replace
from html import escape, unescape
from pathlib import Path

from bs4 import BeautifulSoup, Comment
from bs4.element import PreformattedString
from markdown import markdown
from markdown.extensions.toc import nest_toc_tokens, slugify, unique
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File
from mkdocs.structure.toc import get_toc

from weaver.figure import inline
from weaver.maths import INLINE, to_mathml
from weaver.notebook import WHOLE, Site, links, write
from weaver.page import Image, PageError, read

# What Jupyter brings along: styles for its own page, scripts from other servers, buttons.
FOREIGN = (
    "style, script, clipboard-copy, .clipboard-copy-txt, .jp-InputPrompt, .jp-OutputPrompt, "
    ".anchor-link"
)

# Each build has its own notebooks, which name its addresses.
_made = contextlib.ExitStack()

MATHS = re.compile(rf"\$\$(.+?)\$\$|{INLINE}", re.DOTALL)


@event_priority(-100)  # After mkdocstrings has put it there.
def on_config(config) -> None:
    # Only the reference needs it; overrides/main.html puts it there.
    config.extra_css.remove("assets/_mkdocstrings.css")


@event_priority(100)  # Before mkdocs-jupyter looks for its notebook.
def on_files(files, config) -> None:
    # Not into docs, whose changes make `mkdocs serve` build again.
    root = Path(_made.enter_context(tempfile.TemporaryDirectory(prefix="take-along-")))
    for name in write(Site.load(Path(config.config_file_path)), root):
        if old := files.get_file_from_path(name):
            files.remove(old)
        files.append(File(name, str(root), config.site_dir, config.use_directory_urls))


def on_post_build(config) -> None:
    _made.close()


def on_build_error(error) -> None:
    _made.close()


def on_page_content(html: str, page, config, files) -> str:
    if page.file.src_uri != WHOLE:
        return html
    site = Site.load(Path(config.config_file_path))
    # Two pages may give a figure the same name.
    images = [
        replace(image, name=f"{Path(name).stem}-{image.name}", caption=None)
        for name in site.pages
        for program in read(site.docs / name)
        for image in program.images
    ]
    html, headings = mend(html, images, site.docs)
    page.toc = get_toc(nest_toc_tokens(headings))
    # The search would find everything twice, and the repository has no such file.
    page.meta["search"] = {"exclude": True}
    page.edit_url = None
    # mkdocs-jupyter puts the notebook beside the page that it renders.
    name = Path(WHOLE).stem
    offer = markdown(links(name, name, ["ipynb"], site.repository))
    return html.replace("</h1>", f"</h1>{offer}", 1)


def mend(html: str, images: list[Image], docs: Path) -> tuple[str, list[dict]]:
    """Turn Jupyter's page into plain HTML for the theme, and list its headings."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.select(FOREIGN) + soup.find_all(string=lambda text: isinstance(text, Comment)):
        tag.extract()
    for div in soup.select(".highlight-ipynb"):
        div["class"] = ["highlight"]
    for div in soup.select(".jp-OutputArea-output:has(> pre)"):
        div.attrs = {"class": ["highlight", "output", "no-copy"]}
    for pre in soup.select(".highlight > pre"):
        pre.append(soup.new_tag("code"))
        pre.code.extend(pre.contents[:-1])
    for div in soup.select('div:is([class*="jp-"], [class*="jupyter-"], [class^="CodeMirror"])'):
        div.unwrap()
    for text in soup.find_all(string=MATHS.search):
        if not text.find_parent(["code", "pre"]):
            formulas = MATHS.sub(
                lambda m: to_mathml(unescape(m[1] or m[2]), docs, bool(m[1])), escape(text)
            )
            text.replace_with(BeautifulSoup(formulas, "html.parser"))
    drawn = soup.select('img[src^="data:image/svg+xml"]')
    if len(drawn) != len(images):
        raise PageError(
            f"{WHOLE}: the notebook shows {len(drawn)} figures, its pages {len(images)}"
        )
    for tag, image in zip(drawn, images, strict=True):
        svg = b64decode(tag["src"].partition(",")[2]).decode()
        # As it stands: a parser of HTML would spoil the names of SVG.
        tag.replace_with(PreformattedString(inline(svg, image, WHOLE)))
    ids, headings = set(), []
    for tag in soup.find_all(["h1", "h2", "h3", "h4", "h5", "h6"]):
        name = tag.get_text()
        tag["id"] = unique(slugify(name, "-"), ids)
        label = {"name": name, "html": tag.decode_contents(), "data-toc-label": ""}
        headings.append({"level": int(tag.name[1]), "id": tag["id"], **label})
    return str(soup), headings
