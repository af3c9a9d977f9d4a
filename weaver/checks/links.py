"""Every link inside the site leads somewhere, and the menu is that of the pages."""

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from weaver.checks.numbers import STEP_TITLE
from weaver.page import Complaint, Page, read
from weaver.site import Site

STEP = re.compile(r"\bstep\s+(\d+)$", re.IGNORECASE)
OWN = re.compile(r"\{[^{}\n]*#([\w-]+)[^{}\n]*\}|\bid=[\"']([\w-]+)[\"']")


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    for link in page.links:
        target = urlsplit(link.target)
        if target.scheme or target.netloc:
            continue
        file = page.path.parent / unquote(target.path) if target.path else page.path
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
            if any(f"{target.fragment}.".startswith(f"{name}.") for name in documented):
                continue
            if target.fragment and unquote(target.fragment) not in anchors:
                yield page.complaint(
                    link.line,
                    said,
                    f"{file} has no anchor #{target.fragment}",
                    f"take one of {', '.join(anchors)}",
                )
            step = STEP.search(link.text)
            if step and not other.title.startswith(f"{step[1]}. "):
                said, true = f"the link {link.text!r}", f"it leads to {other.title!r}"
                yield page.complaint(link.line, said, true, "correct the number or the link")
    yield from _menu(page, site)


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
    titles = {page.title, page.meta.get("title")}
    if page.programs and name != "index.md" and titles != {entries[0]}:
        yield page.complaint(
            1,
            f"the menu calls it {entries[0]!r}",
            f"the page calls itself {' and '.join(map(repr, sorted(map(str, titles))))}",
            "give heading, title and menu the same words",
        )
    numbers = [int(m[1]) for title, _ in site.menu if (m := STEP_TITLE.match(title))]
    own = STEP_TITLE.match(entries[0])
    if own and numbers.index(int(own[1])) != int(own[1]) - 1:
        yield page.complaint(
            1,
            f"the menu numbers its steps {numbers}",
            "they count from 1",
            "put nav of mkdocs.yml in order",
        )


def unanswered(pages: Iterable[Page]) -> Iterator[Complaint]:
    """Ask for the addresses outside that pages link to; tell which do not answer."""
    links = [(page, link) for page in pages for link in page.links if link.target[:4] == "http"]
    with ThreadPoolExecutor(8) as pool:
        errors = pool.map(_error, [link.target for _, link in links])
        for (page, link), error in zip(links, errors, strict=True):
            if error:
                said = f"the link to {link.target}"
                yield page.complaint(link.line, said, error, "look for its new address")


def _error(address: str) -> str:
    request = Request(address, headers={"User-Agent": "Mozilla/5.0 (link check)"})
    try:
        with urlopen(request, timeout=30):
            return ""
    except OSError as error:
        return str(error)
