"""MkDocs' hook: weaves each page, and takes the notebooks along."""

import gc
import logging
import re
import subprocess
import sys
from functools import _lru_cache_wrapper, cache
from pathlib import Path

# `mkdocs` alone does not look for modules in the project's folder.
sys.path.insert(0, str(Path(__file__).parents[1]))

from jinja2 import Environment, FileSystemBytecodeCache
from markdown import markdown
from markdown.extensions.toc import nest_toc_tokens
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File
from mkdocs.structure.toc import get_toc

from weaver.checks import BUILD, complaints
from weaver.fills import around
from weaver.notebook import links, write
from weaver.notebook_page import mended
from weaver.page import Complaint, Page, PageError
from weaver.run import fingerprint
from weaver.site import Site
from weaver.weave import box, weave

log = logging.getLogger("mkdocs.weaver")

# What weaving put in whole, and in it what stays out of the way of all that parses a page.
WOVEN = re.compile(r"(?<=markdown: html\n\n)( *)(.*?)(?=\n *///\n)", re.DOTALL)
DRAWING = re.compile(r"<svg.*?</svg>", re.DOTALL)

STILL = "\n\nIn the preview, this page and the downloads stay as they were at its start."

SWEEP = "import shutil, sys; sys.stdin.read(); shutil.rmtree(sys.argv[1], ignore_errors=True)"

_serving = _dirty = False
_site: Site
_aside: list[str] = []
# What the site has: the files beside the pages; each page woven, with all else that it shows.
_taken: list[str] = []
_woven: dict[str, tuple] = {}


def on_startup(command: str, dirty: bool) -> None:
    global _serving, _dirty
    _serving = command == "serve"
    _dirty = dirty and _serving
    # MkDocs warns that --dirty breaks links and the menu; on_files looks after both.
    logging.getLogger("mkdocs.commands.build").addFilter(lambda entry: "'dirty'" not in entry.msg)


@event_priority(-100)  # After mkdocstrings has put it there.
def on_config(config) -> None:
    global _site
    if _serving:
        _sweeper(config.site_dir)
    _aside.clear()
    # Only the reference needs it; overrides/main.html puts it there.
    if "mkdocstrings" in config.plugins:
        config.extra_css.remove("assets/_mkdocstrings.css")
        _cache_templates(config.plugins["mkdocstrings"].get_handler("python").env)
    _site = Site.load(Path(config.config_file_path))
    _site.run(*_site.pages.values())


@cache
def _sweeper(folder: str) -> subprocess.Popen:
    """Let a process remove the preview's folder when this one ends, by whatever signal.

    It waits for the end of its stdin, which nobody else holds open, out of Ctrl+C's reach.
    """
    command = [sys.executable, "-c", SWEEP, folder]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


@event_priority(100)  # Before mkdocs-jupyter looks for its notebook.
def on_files(files, config) -> None:
    global _taken
    try:
        # Into the site itself: a change of docs would make `mkdocs serve` build again.
        _taken = (_dirty and _taken) or write(_site, Path(config.site_dir))
    except Exception:
        if not _serving:
            raise
        log.exception("the downloads are as they were: mend what this ends with")
    for name in _taken:
        if old := files.get_file_from_path(name):
            files.remove(old)
        files.append(File(name, config.site_dir, config.site_dir, config.use_directory_urls))
    # Every page shows these.
    frame = [Path(config.config_file_path), *Path(config.theme.custom_dir or ".").glob("*.html")]
    common = [file.read_bytes() for file in frame]
    wrong = []
    for name, page in _site.pages.items():
        woven, faults = _weave(page)
        made = woven, page.meta, common, "\n::: " in woven and fingerprint()
        if _woven.get(name) != made:
            wrong += faults
            _woven[name] = made
            # What the site lacks, a dirty build makes.
            if file := files.get_file_from_path(name):
                Path(file.abs_dest_path).unlink(missing_ok=True)
    if wrong and not _serving:
        raise PageError(*wrong)
    for fault in wrong:
        log.warning(str(fault))


def _weave(page: Page) -> tuple[str, list[Complaint]]:
    """Weave a page; a build ends at a fault, and the preview shows it in its place."""
    try:
        faults = [*complaints(page, _site, BUILD)]
        return weave(page, _site.run(page), *around(page, _site), faults), faults
    except Exception as error:
        if not _serving:
            raise
        fault = page.complaint(1, "it cannot be woven", repr(error), "mend what it names")
        log.exception(str(fault))
        return box(fault), []


def on_env(env, config, files) -> None:
    _cache_templates(env)


def _cache_templates(env: Environment) -> None:
    """Keep compiled templates from build to build."""
    folder = Path(".cache/jinja")
    folder.mkdir(parents=True, exist_ok=True)
    env.bytecode_cache = FileSystemBytecodeCache(folder)


def on_page_read_source(page, config) -> str | None:
    """Give MkDocs the text that is checked, whatever somebody saved since."""
    source = _site.pages.get(page.file.src_uri)
    return source and source.source


def on_page_markdown(markdown: str, page, config, files) -> str:
    woven, *_ = _woven.get(page.file.src_uri, [markdown])
    return WOVEN.sub(_without_drawings, woven)


def _without_drawings(html: re.Match) -> str:
    def put_aside(svg: re.Match) -> str:
        _aside.append(svg[0].replace(f"\n{html[1]}", "\n"))
        return f'<template id="aside-{len(_aside) - 1}"></template>'

    return DRAWING.sub(put_aside, html[0])


@event_priority(-100)  # After all that look at the page.
def on_post_page(output: str, page, config) -> str:
    return re.sub(r'<template id="aside-(\d+)"></template>', lambda at: _aside[int(at[1])], output)


@event_priority(100)  # Before the plugins tidy up.
def on_post_build(config) -> None:
    if _dirty:
        # It would take what was not rendered for gone.
        config.plugins["mkdocs-jupyter"].config["cache"] = False
        # The search would take the first page that was rendered for the only one.
        search = config.plugins.get("material/search")
        if search and search.search_index_prev:
            made = {_page(entry) for entry in search.search_index.entries}
            before = search.search_index_prev
            before.entries = [entry for entry in before.entries if _page(entry) not in made]
    # The caches of these packages never let go of a build, of which each edit makes one more.
    for thing in gc.get_objects():
        if type(thing) is _lru_cache_wrapper and re.match(
            "griffe|mkdocstrings", str(thing.__module__)
        ):
            thing.cache_clear()


def _page(entry: dict) -> str:
    return entry["location"].partition("#")[0]


def on_page_content(html: str, page, config, files) -> str:
    if page.file.src_uri != (notebook := _site.settings["notebook"]):
        return html
    html, headings = mended(html, _site)
    page.toc = get_toc(nest_toc_tokens(headings))
    # The search would find everything twice, and the repository has no such file.
    page.meta["search"] = {"exclude": True}
    page.edit_url = None
    # The notebook lies beside its page.
    name = Path(notebook).stem
    offer = markdown(links(name, name, ["ipynb"], _site.repository) + STILL * _dirty)
    return html.replace("</h1>", f"</h1>{offer}", 1)
