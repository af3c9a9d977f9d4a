"""What a page takes from docstrings, by a line `::: package.name`, is there to be taken."""

from collections.abc import Iterator
from pathlib import Path

import griffe

from weaver.page import Complaint, Page
from weaver.site import Site


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    sources = griffe.GriffeLoader(search_paths=[Path.cwd()])
    for line, text in enumerate(page.lines, 1):
        if text.startswith("::: "):
            try:
                name = text.removeprefix("::: ").strip()
                if (package := name.partition(".")[0]) not in sources.modules_collection:
                    sources.load(package)
                found = sources.modules_collection[name]
                if found.is_alias:
                    found.resolve_target()  # Fails where its module cannot be read.
            except Exception as error:
                remedy = "correct the name here, or the package"
                yield page.complaint(line, text, f"it fails: {error!r}", remedy)
