"""Pages -> notebooks and scripts to take along. The pages are the only source."""

import posixpath
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml
from markdown.extensions.toc import slugify, unique
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from yaml_env_tag import construct_env_tag

from weaver.page import FRONT_MATTER, Image, PageError, Program, lines_of, read, source
from weaver.run import Result, results

FOLDER = "downloads"
WHOLE = f"{FOLDER}/tutorial.ipynb"
LABELS = {"ipynb": "notebook", "py": "Python script"}
FENCE = r"^```.*?^```[^\n]*$"
HEADING = re.compile(
    rf"{FENCE}|^(#{{1,5}}) +(.*?) *(?:\{{([^}}]*)\}})?$", re.DOTALL | re.MULTILINE
)
LINK = re.compile(
    rf"{FENCE}|`[^`]*`"
    r'|!?\[((?:[^][`]|`[^`]*`)+)\]\(([^)\s]+)(?:\s+"[^"]*")?\)(?:\{[^}]*\})?',
    re.DOTALL | re.MULTILINE,
)
ADMONITION = re.compile(r'\s*(?:!!!|\?\?\?\+?) +(\w+)[^"]*(?:"(.*)")?\s*')


class Loader(yaml.SafeLoader):
    """Reads mkdocs.yml without a builder: `!ENV` gets its value, `!!python` objects none."""


Loader.add_constructor("!ENV", construct_env_tag)
Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)


@dataclass(frozen=True)
class Site:
    """What mkdocs.yml tells: the pages that hold programs, in the order of nav."""

    docs: Path
    pages: tuple[str, ...]
    url: str
    repository: str

    @classmethod
    def load(cls, file: Path = Path("mkdocs.yml")) -> "Site":
        config = yaml.load(file.read_text(encoding="utf-8"), Loader)
        docs = file.parent / config.get("docs_dir", "docs")
        pages = tuple(page for page in _pages(config["nav"]) if read(docs / page))
        if not pages:
            raise PageError(f"{file}: no page of nav holds a program")
        url, repository = config.get("site_url") or "", config.get("repo_url") or ""
        return cls(docs, pages, url.rstrip("/"), repository.rstrip("/"))

    def link(self, page: str, fragment: str) -> str:
        """The public address of something in docs, or nothing where the site has none."""
        place = re.sub(r"\.md$", ".html", page)
        return f"{self.url}/{place}{fragment and '#'}{fragment}" if self.url else ""


def links(name: str, base: str, kinds: Sequence[str], repository: str) -> str:
    """Offer a page's files, which lie at `base`, and Colab for its notebook, as Markdown."""
    offers = [f"[{LABELS[kind]}]({base}.{kind})" for kind in kinds]
    # Colab opens notebooks of GitHub's repositories; publishing puts them on this branch.
    if "github.com/" in repository:
        place = f"{repository.partition('github.com/')[2].strip('/')}/blob/notebooks/{name}.ipynb"
        offers.append(f"[open in Colab](https://colab.research.google.com/github/{place})")
    return f"Take it along: {' · '.join(offers)}"


def _pages(nav) -> Iterator[str]:
    for item in nav:
        for value in item.values() if isinstance(item, dict) else [item]:
            if isinstance(value, list):
                yield from _pages(value)
            elif value.endswith(".md"):
                yield value


def parts(path: Path) -> Iterator[str | Program | Image]:
    """Split a page into prose, programs and figures, each program with its own lines as code."""
    text = path.read_text(encoding="utf-8")
    front = FRONT_MATTER.match(text)
    start = front[0].count("\n") if front else 0
    lines = _flat(lines_of(text))
    for program in read(path):
        yield "\n".join(lines[start : program.line - 1])
        yield program
        yield from program.images
        start = program.last
    yield "\n".join(lines[start:])


def _flat(lines: list[str]) -> list[str]:
    """Take what stands in admonitions out of its indentation, line for line."""
    flat, inside = [], [0]
    for line in lines:
        depth = len(line) - len(line.lstrip())
        while line.strip() and depth < inside[-1]:
            inside.pop()
        if match := ADMONITION.fullmatch(line):
            title = match[1].capitalize() if match[2] is None else match[2]
            flat.append(f"**{title}**" if title else "")
            inside.append(depth + 4)
        else:
            flat.append(line[inside[-1] :])
    return flat


def install(site: Site) -> str:
    """The first cell: brings the package where it is missing, and is harmless elsewhere."""
    head = "# The tutorial's package; on Colab, for example, it is missing.\n"
    if not site.repository:
        return f"{head}import linreg  # Missing? Run `pip install .` in a copy of the tutorial."
    return (
        f"{head}from importlib.util import find_spec\n\n"
        'if find_spec("linreg") is None:\n'
        f"    %pip install --quiet git+{site.repository}"
    )


def outputs(program: Program, result: Result) -> list[nbformat.NotebookNode]:
    """What stands under a program's cell: what its page shows."""
    printed = [new_output("stream", name="stdout", text=result.output)] if result.output else []
    return printed + [
        new_output("display_data", {"image/svg+xml": svg, "text/plain": image.alt})
        for svg, image in zip(result.figures, program.images, strict=True)
    ]


def notebook(site: Site, pages: Sequence[str], title: str = "") -> nbformat.NotebookNode:
    """Make one notebook of the pages; below a title, their headings go one level down.

    It holds the results that the pages have, so that nobody has to run it to see them.
    """
    targets = set()

    def anchor(page: str, slug: str) -> str:
        name = page.removesuffix(".md").replace("/", "-")
        return f"{name}--{slug}" if slug else name

    def link(page: str, match: re.Match) -> str:
        text, target = match[1], match[2]
        if target is None or re.match(r"[a-z]+:", target):
            return match[0]
        file, _, fragment = target.partition("#")
        file = posixpath.normpath(posixpath.join(posixpath.dirname(page), file)) if file else page
        if file in pages:
            targets.add(anchor(file, fragment))
            return f"[{text}](#{anchor(file, fragment)})"
        address = site.link(file, fragment)
        return f"[{text}]({address})" if address else text

    cells = [("", new_code_cell(install(site)))]
    if title:
        cells.insert(0, ("", new_markdown_cell(f"# {title}")))
    for page in pages:
        programs = read(site.docs / page)
        done = dict(zip(programs, results(programs), strict=True))
        for part in parts(site.docs / page):
            if isinstance(part, Program):
                code, shown = source(part).rstrip("\n"), outputs(part, done[part])
                cells.append(("", new_code_cell(code, outputs=shown)))
            elif isinstance(part, Image):
                caption = f"**{part.caption}** " if part.caption else ""
                cells.append(("", new_markdown_cell(f"Figure: {caption}{part.alt}")))
            elif text := textwrap.dedent(part).strip():
                linked = LINK.sub(lambda match, page=page: link(page, match), text)
                cells.append((page, new_markdown_cell(linked)))

    slugs = {page: set() for page in pages}

    def heading(page: str, match: re.Match) -> str:
        if match[1] is None:
            return match[0]
        own = re.search(r"#([\w-]+)", match[3] or "")
        slug = unique(own[1] if own else slugify(match[2], "-"), slugs[page])
        names = {anchor(page, slug), *([anchor(page, "")] if match[1] == "#" else [])}
        marks = "".join(f'<a id="{name}"></a>\n\n' for name in sorted(names & targets))
        return f"{marks}{'#' if title else ''}{match[1]} {match[2]}"

    for number, (page, cell) in enumerate(cells):
        if page:
            cell.source = HEADING.sub(lambda match, page=page: heading(page, match), cell.source)
        # Random ids would make every build differ.
        cell.id = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    result = new_notebook(cells=[cell for _, cell in cells], metadata=metadata)
    nbformat.validate(result)
    return result


def script(site: Site, page: str) -> str:
    """Make one script of the page; editors take `# %%` for the beginning of a cell."""
    blocks, title, name = [], page, page
    for part in parts(site.docs / page):
        if isinstance(part, Program):
            blocks.append(f"# %% {name}\n{source(part).rstrip()}\n")
        elif isinstance(part, str):
            for match in HEADING.finditer(part):
                name = match[2] or name
                title = match[2] if match[1] == "#" else title
    needs = f"pip install git+{site.repository}" if site.repository else "pip install ."
    head = [f"# {title}", f"# {site.link(page, '')}", f"# Needs the tutorial's package: {needs}"]
    return "\n\n".join(["\n".join(line for line in head if line != "# "), *blocks])


def write(site: Site, root: Path) -> list[str]:
    """Write what changed below root, remove what no page makes any more; name the files."""
    files = {WHOLE: nbformat.writes(notebook(site, site.pages, "The whole tutorial"))}
    for page in site.pages:
        name = f"{FOLDER}/{page.removesuffix('.md')}"
        files[f"{name}.ipynb"] = nbformat.writes(notebook(site, [page]))
        files[f"{name}.py"] = script(site, page)
    for file in (root / FOLDER).rglob("*.*"):
        if file.relative_to(root).as_posix() not in files:
            file.unlink()
    for name, text in files.items():
        file, text = root / name, text.rstrip("\n") + "\n"
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    return list(files)
