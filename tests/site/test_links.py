"""No link of the built site leads nowhere, and no two elements share a name."""

from collections import Counter
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup

HERE = "http://site.invalid/"
ADDRESSES = ("href", "src", "xlink:href", "poster", "data")


def test_links_lead_somewhere_and_ids_are_unique(folder):
    soups = {
        file.relative_to(folder).as_posix(): BeautifulSoup(file.read_bytes(), "html.parser")
        for file in folder.rglob("*.html")
    }
    ids = {path: [tag["id"] for tag in soup.select("[id]")] for path, soup in soups.items()}
    twice = [(path, id) for path in ids for id, n in Counter(ids[path]).items() if n > 1]
    assert not twice
    found, count = [], 0
    for path, soup in soups.items():
        for link in {tag[name] for tag in soup(True) for name in ADDRESSES if name in tag.attrs}:
            target = urlsplit(urljoin(HERE + path, link))
            if target.hostname != urlsplit(HERE).hostname:
                continue
            count += 1
            file = folder / unquote(target.path).lstrip("/")
            file = file / "index.html" if file.is_dir() else file
            name = file.relative_to(folder).as_posix()
            if not file.is_file() or (
                target.fragment and unquote(target.fragment) not in ids.get(name, [])
            ):
                found.append(f"{path}: {link}")
    assert not found
    assert count > 100
