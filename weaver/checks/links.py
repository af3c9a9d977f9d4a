"""Every link inside the site leads somewhere, and the menu is that of the pages."""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

import click

from weaver.checks.numbers import STEP_TITLE
from weaver.page import Complaint, Link, Page, read
from weaver.site import Site

STEP = re.compile(r"\bstep\s+(\d+)$", re.IGNORECASE)
OWN = re.compile(r"\{[^{}\n]*#([\w-]+)[^{}\n]*\}|\bid=[\"']([\w-]+)[\"']")


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    headings = _headings(site)
    for link in page.links:
        file, fragment = target_of(page, link)
        if not file:
            continue
        said = f"the link to {link.target!r}"
        if not file.is_file():
            yield page.complaint(
                link.line, said, f"there is no {file}", "correct it, or take it out"
            )
        elif file.suffix == ".md":
            other = read(file)
            anchors = [heading.anchor for heading in other.headings]
            anchors += [image.name for program in other.programs for image in program.images]
            anchors += [a or b for a, b in OWN.findall(other.source)]
            documented = re.findall(r"^::: ([\w.]+)", other.source, re.MULTILINE)
            if any(f"{fragment}.".startswith(f"{name}.") for name in documented):
                continue
            if fragment and fragment not in anchors:
                yield page.complaint(
                    link.line,
                    said,
                    f"{file} has no anchor #{fragment}",
                    f"take one of {', '.join(anchors)}",
                )
            words = " ".join(link.text.split()).lower()
            called = headings.get(words) if " " in words else None  # One word is many things.
            if called and not called & {f"{file}", f"{file}#{fragment}"}:
                said, true = f"the link {link.text!r}", f"it leads to {leads_to(page, link)!r}"
                remedy = f"lead to {' or '.join(sorted(called))}, or choose other words"
                yield page.complaint(link.line, said, true, remedy)
            step = STEP.search(link.text)
            if step and not other.title.startswith(f"{step[1]}. "):
                said, true = f"the link {link.text!r}", f"it leads to {other.title!r}"
                yield page.complaint(link.line, said, true, "correct the number or the link")
    yield from _menu(page, site)


def _headings(site: Site) -> dict[str, set[str]]:
    """Where headings lead, by their words in small letters; a title leads anywhere on its page."""
    found = {}
    for page in site.pages.values():
        for heading in page.headings:
            place = f"{page.path}" if heading.level == 1 else f"{page.path}#{heading.anchor}"
            found.setdefault(heading.text.lower(), set()).add(place)
    return found


def leads_to(page: Page, link: Link) -> str:
    """The heading that a link inside the site leads to, or nothing."""
    file, fragment = target_of(page, link)
    if not file or not file.is_file() or file.suffix != ".md":
        return ""
    other = read(file)
    named = {heading.anchor: heading.text for heading in other.headings}
    return named.get(fragment, fragment) or other.title


def target_of(page: Page, link: Link) -> tuple[Path | None, str]:
    """The file and the anchor that a link leads to; no file outside the site."""
    target = urlsplit(link.target)
    if target.scheme or target.netloc:
        return None, ""
    file = page.path.parent / unquote(target.path) if target.path else page.path
    return Path(os.path.normpath(file)), unquote(target.fragment)


def _menu(page: Page, site: Site) -> Iterator[Complaint]:
    """Compare a page of the site with its entry in the menu."""
    name = site.name(page)
    entries = [title for title, target in site.menu if target == name]
    if site.pages.get(name) is not page:
        return
    if len(entries) != 1:
        yield page.complaint(
            1,
            f"nav of mkdocs.yml has the page {len(entries)} times",
            "a page has one place in the menu",
            f"name {name} once in nav of mkdocs.yml",
        )
        return
    if not page.meta.get("description"):
        said, true = "the page has no description", "searches and shared links show it"
        yield page.complaint(1, said, true, "write `description: ...` into its front matter")
    titles = {page.title, page.meta.get("title")}
    if page.programs and "hide" not in page.meta and titles != {entries[0]}:
        yield page.complaint(
            1,
            f"the menu calls it {entries[0]!r}",
            f"the page calls itself {' and '.join(map(repr, sorted(map(str, titles))))}",
            "give heading, title and menu the same words",
        )
    numbers = [int(m[1]) for title, _ in site.menu if (m := STEP_TITLE.match(title))]
    own = STEP_TITLE.match(entries[0])
    if own and numbers != list(range(1, len(numbers) + 1)):
        yield page.complaint(
            1,
            f"the menu numbers its steps {numbers}",
            "they count from 1",
            "put nav of mkdocs.yml in order",
        )


def unanswered(pages: Iterable[Page]) -> Iterator[Complaint]:
    """Ask for the addresses outside that pages link to; tell which do not answer."""
    links = [(page, link) for page in pages for link in page.links if link.target[:4] == "http"]
    addresses = sorted({link.target for _, link in links})
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(_error, addresses)
        with click.progressbar(answers, len(addresses), "asking", file=sys.stderr) as bar:
            errors = dict(zip(addresses, bar, strict=True))
    for page, link in links:
        if error := errors[link.target]:
            said = f"the link to {link.target}"
            yield page.complaint(link.line, said, error, "look for its new address")


def _error(address: str) -> str:
    request = Request(address, headers={"User-Agent": "Mozilla/5.0 (link check)"})
    try:
        with urlopen(request, timeout=30):
            return ""
    except (OSError, HTTPException) as error:
        return repr(error)
