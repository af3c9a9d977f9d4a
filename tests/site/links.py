"""The links of a built site. `python -m tests.site.links` asks whether those outside answer."""

import re
import sys
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

HERE = "site.invalid"
ADDRESSES = {"href", "src", "xlink:href", "poster", "data"}


class Page(HTMLParser):
    """The ids of a page, and what it refers to."""

    def __init__(self, file: Path):
        super().__init__()
        self.ids, self.links = Counter(), []
        self.feed(file.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attributes: list) -> None:
        for name, value in attributes:
            if name == "id":
                self.ids[value] += 1
            elif name in ADDRESSES and value:
                self.links.append(value)


@cache
def pages(site: Path) -> dict[str, Page]:
    """Read the pages of a site: path -> page."""
    return {file.relative_to(site).as_posix(): Page(file) for file in sorted(site.rglob("*.html"))}


def broken(site: Path) -> list[str]:
    """Say which links inside a site lead nowhere, and which ids are there twice."""
    found = []
    for path, page in pages(site).items():
        found += [f"{path}: two elements have the id {id}" for id, n in page.ids.items() if n > 1]
        for link in dict.fromkeys(page.links):
            target = urlsplit(urljoin(f"http://{HERE}/{path}", link))
            if target.netloc != HERE:
                continue
            file = site / unquote(target.path).lstrip("/")
            if file.is_dir():
                file = file / "index.html"
            name = file.relative_to(site).as_posix()
            if not file.is_file():
                found.append(f"{source(path, link)}: the link {link} leads to no file")
            elif target.fragment and unquote(target.fragment) not in pages(site)[name].ids:
                found.append(f"{source(path, link)}: {name} has no anchor #{target.fragment}")
    return found


def source(path: str, link: str) -> str:
    """Name the line of the Markdown that holds a link of a built page, as far as one does."""
    stem = path.removesuffix(".html").removesuffix("/index")
    file = Path("docs", f"{stem}.md")
    target = urlsplit(link)
    sought = f"#{target.fragment}" if target.fragment else Path(target.path).stem
    if file.is_file():
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(rf"\]\([^)]*{re.escape(sought)}", line):
                return f"{file}:{number}"
    return path


def external(site: Path) -> list[str]:
    """List the addresses outside that the site's pages link to."""
    links = {link for page in pages(site).values() for link in page.links}
    return sorted(link for link in links if urlsplit(link).scheme in ("http", "https"))


def answers(link: str) -> str | None:
    """Ask for an address; say what went wrong."""
    request = urllib.request.Request(link, headers={"User-Agent": "Mozilla/5.0 (link check)"})
    try:
        with urllib.request.urlopen(request, timeout=30):
            return None
    except OSError as error:
        return f"{link}: {error}"


if __name__ == "__main__":
    links = external(Path("site"))
    if not links:
        sys.exit("site/ links to nothing outside: is it built?")
    with ThreadPoolExecutor(8) as pool:
        problems = [problem for problem in pool.map(answers, links) if problem]
    print(f"{len(links)} addresses asked, {len(problems)} do not answer")
    sys.exit("\n".join(problems))
