"""The site: what mkdocs.yml and pyproject.toml say of it, its pages and their results."""

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from yaml_env_tag import construct_env_tag

from weaver.page import Page, PageError, Program, read
from weaver.run import Result, run
from weaver.settings import settings


class Loader(yaml.SafeLoader):
    """Reads mkdocs.yml without a builder: `!ENV` gets its value, `!!python` objects none."""


Loader.add_constructor("!ENV", construct_env_tag)
Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)


@dataclass(frozen=True, eq=False)
class Site:
    """The pages of a site by their names, those of the menu first, and its settings.

    `settings` is [tool.weaver] of pyproject.toml: what belongs to this subject alone.
    """

    docs: Path
    menu: tuple[tuple[str, str], ...]
    url: str
    repository: str
    commit: str
    settings: dict
    pages: dict[str, Page]
    _results: dict[Program, Result] = field(default_factory=dict)

    @classmethod
    def load(cls, file: Path = Path("mkdocs.yml")) -> "Site":
        file = Path(os.path.relpath(file))
        config = yaml.load(file.read_text(encoding="utf-8"), Loader)
        docs = file.parent / config.get("docs_dir", "docs")
        menu = tuple(_entries(config["nav"]))
        paths = [docs / name for _, name in menu if name.endswith(".md")]
        paths += sorted({*docs.rglob("*.md")} - {*paths})
        pages = {path.relative_to(docs).as_posix(): read(path) for path in paths if path.is_file()}
        if not any(page.programs for page in pages.values()):
            raise PageError(f"{docs}: no page holds a program: write a ```python block")
        url, repository = config.get("site_url") or "", config.get("repo_url") or ""
        commit = config.get("extra", {}).get("commit", "HEAD")
        return cls(docs, menu, url.rstrip("/"), repository.rstrip("/"), commit, settings(), pages)

    @property
    def package(self) -> str:
        return self.settings["package"]

    @property
    def source(self) -> str:
        """What pip installs the package from: an archive, so that nobody needs git."""
        return f"{self.repository}/archive/{self.commit}.zip" if self.repository else "."

    @property
    def lessons(self) -> list[str]:
        """The names of the menu's pages that hold programs."""
        return [name for _, name in self.menu if name in self.pages and self.pages[name].programs]

    @property
    def course(self) -> list[str]:
        """The lessons that one notebook holds together."""
        return [name for name in self.lessons if name.startswith(self.settings["course"])]

    def name(self, page: Page) -> str:
        """What the menu calls the file of a page."""
        return posixpath.relpath(page.path, self.docs)

    def run(self, *pages: Page) -> list[Result]:
        """Give the results of the pages' programs; those that are missing run at once."""
        programs = [program for page in pages for program in page.programs]
        if missing := [program for program in programs if program not in self._results]:
            self._results.update(zip(missing, run(missing), strict=True))
        return [self._results[program] for program in programs]

    def link(self, name: str, fragment: str) -> str:
        """The public address of something in docs, or nothing where the site has none."""
        place = re.sub(r"\.md$", ".html", name)
        return f"{self.url}/{place}{fragment and '#'}{fragment}" if self.url else ""


def _entries(nav: list) -> Iterator[tuple[str, str]]:
    for entry in nav:
        for title, value in entry.items() if isinstance(entry, dict) else [("", entry)]:
            yield from _entries(value) if isinstance(value, list) else [(title, value)]
