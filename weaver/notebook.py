"""Pages -> notebooks and scripts to take along. The pages are the only source."""

import posixpath
import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from markdown_it.token import Token
from nbformat.v4 import writes

from weaver.page import ATTRIBUTES, Image, Page, Program
from weaver.run import Result
from weaver.site import Site

INSTALL = "<!--install-->"  # stands where a page tells how to install what programs need
FOLDER = "downloads"
EXERCISES = "exercises.ipynb"
LABELS = {"ipynb": "notebook", "py": "Python script", EXERCISES: "exercises without answers"}
ANSWER = "success"  # the kind of admonition that an answer is
ADMONITION = re.compile(r'\s*(?:!!!|\?\?\?\+?) +(\w+)[^"]*(?:"(.*)")?\s*')


def links(name: str, stem: str, kinds: Sequence[str], repository: str) -> str:
    """Offer a page's files, which begin with `stem`, and Colab for its notebook, as Markdown."""
    offers = [f"[{LABELS[kind]}]({stem}.{kind})" for kind in kinds]
    # Colab opens notebooks of GitHub's repositories; publishing puts them on this branch.
    if "github.com/" in repository:
        place = f"{repository.partition('github.com/')[2].strip('/')}/blob/notebooks/{name}.ipynb"
        offers.append(f"[open in Colab](https://colab.research.google.com/github/{place})")
    return f"Download: {' · '.join(offers)}"


def take_along(site: Site, name: str) -> str:
    """Offer the files of a page of the menu that holds programs, as Markdown."""
    if name not in site.lessons:
        return ""
    page = site.pages[name]
    name = name.removesuffix(".md")
    stem = posixpath.relpath(f"{FOLDER}/{name}", posixpath.dirname(name))
    kinds = [kind for kind in LABELS if kind != EXERCISES or answers(page)]
    return links(name, stem, kinds, site.repository)


def answers(page: Page) -> list[Token]:
    """The answers to a page's exercises."""
    return [t for t in page.tokens if t.type == "admonition_open" and t.meta["tag"] == ANSWER]


def segments(page: Page, lines: list[str]) -> Iterator[str | Program | Image]:
    """Split a page, of which `lines` are a version, into prose, programs and figures."""
    start = page.start
    for program in page.programs:
        yield "\n".join(lines[start : program.line - 1])
        yield program
        yield from program.images
        start = program.last
    yield "\n".join(lines[start:])


def _unfolded(lines: list[str]) -> list[str]:
    """Take what stands in admonitions out of its indentation, line for line."""
    unfolded, inside = [], [0]
    for line in lines:
        depth = len(line) - len(line.lstrip())
        while line.strip() and depth < inside[-1]:
            inside.pop()
        if match := ADMONITION.fullmatch(line):
            title = match[1].capitalize() if match[2] is None else match[2]
            unfolded.append(f"**{title}**" if title else "")
            inside.append(depth + 4)
        else:
            unfolded.append(line[inside[-1] :])
    return unfolded


def _anchor(name: str, fragment: str = "") -> str:
    page = name.removesuffix(".md").replace("/", "-")
    return f"{page}--{fragment}" if fragment else page


def _address(site: Site, names: Sequence[str], name: str, target: str) -> str:
    """Where a link of a page leads in a notebook of pages; nowhere without an address."""
    if re.match(r"[a-z]+:", target):
        return target
    file, _, fragment = target.partition("#")
    file = posixpath.normpath(posixpath.join(posixpath.dirname(name), file)) if file else name
    return f"#{_anchor(file, fragment)}" if file in names else site.link(file, fragment)


def _rewritten(
    site: Site, names: Sequence[str], name: str, targets: set[str], deeper: str
) -> list[str]:
    """A page's lines with links and headings as a notebook of pages has them."""
    page = site.pages[name]
    lines = _unfolded(page.lines)
    for link in page.links:
        address, rest = _address(site, names, name, link.target), "\n".join(lines[link.line - 1 :])
        words = r"\[((?:[^][`]|`[^`]*`)+)\]"
        written = rf'{words}\({re.escape(link.target)}(?:\s+"[^"]*")?\)(?:\{{[^}}]*\}})?'
        new = rf"[\1]({address})" if address else r"\1"
        lines[link.line - 1 :] = re.sub(written, new, rest, count=1).split("\n")
    for heading in page.headings:
        own = [_anchor(name, heading.anchor), *([_anchor(name)] if heading.level == 1 else [])]
        marks = "".join(f'<a id="{one}"></a>\n\n' for one in sorted(own) if f"#{one}" in targets)
        written = ATTRIBUTES.sub("", lines[heading.line - 1]).rstrip()
        lines[heading.line - 1] = f"{marks}{deeper}{written}"
    return [line.replace(INSTALL, install_block(site)) for line in lines]


def install_block(site: Site) -> str:
    """The block of a page that installs everything for a reader."""
    where = "" if site.repository else "  # in the folder that holds pyproject.toml"
    return f"```console\npip install {site.source}{where}\n```"


def install(site: Site) -> str:
    """The first cell: brings the package where it is missing, and is harmless elsewhere."""
    head, package = (
        "# The tutorial's package; on Colab, for example, it is missing.\n",
        site.package,
    )
    if not site.repository:
        return f"{head}import {package}  # Missing? Run `pip install .` in a copy of the tutorial."
    return (
        f"{head}from importlib.util import find_spec\n\n"
        f'if find_spec("{package}") is None:\n'
        f"    %pip install --quiet {site.source}"
    )


def outputs(program: Program, result: Result) -> list[dict]:
    """What stands under a program's cell: what its page shows."""
    stream = {"output_type": "stream", "name": "stdout", "text": result.output}
    return [stream] * bool(result.output) + [
        {
            "output_type": "display_data",
            "data": {"image/svg+xml": svg, "text/plain": image.alt},
            "metadata": {},
        }
        for svg, image in zip(result.figures, program.images, strict=False)
    ]


# nbformat's own makers validate each cell, and the notebook again.
def _text(source: str) -> dict:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _code(source: str = "", outputs: Sequence[dict] = ()) -> dict:
    return _text(source) | {"cell_type": "code", "execution_count": None, "outputs": [*outputs]}


def notebook(site: Site, names: Sequence[str], title: str = "") -> nbformat.NotebookNode:
    """Make one notebook of the pages; below a title, their headings go one level down.

    It holds the results that the pages have, so that nobody has to run it to see them.
    """
    cells = [_code(install(site))]
    if title:
        cells.insert(0, _text(f"# {title}"))
    targets = {
        _address(site, names, name, link.target)
        for name in names
        for link in site.pages[name].links
    }
    for name in names:
        page = site.pages[name]
        results = dict(zip(page.programs, site.run(page), strict=True))
        for part in segments(page, _rewritten(site, names, name, targets, "#" if title else "")):
            if isinstance(part, Program):
                code, shown = part.code.rstrip("\n"), outputs(part, results[part])
                cells.append(_code(code, shown))
            elif isinstance(part, Image):
                caption = f"**{part.caption}** " if part.caption else ""
                cells.append(_text(f"Figure: {caption}{part.alt}"))
            elif text := textwrap.dedent(part).strip():
                cells.append(_text(text))
    return _finished(cells)


def exercises(site: Site, name: str) -> nbformat.NotebookNode:
    """Make a notebook of a page's exercises, with an empty cell in place of each answer."""
    page = site.pages[name]
    lines, start = _rewritten(site, [], name, set(), ""), 0
    cells = [_text(f"# {page.title}"), _code(install(site))]
    for answer in answers(page):
        first, after = answer.map
        # From its heading on, or from the answer before.
        start = max([start, *(h.line - 1 for h in page.headings if h.line <= first)])
        question = "\n".join(lines[start:first]).strip()
        cells += [_text(question), _code()]
        start = after
    return _finished(cells)


def _finished(cells: list[dict]) -> nbformat.NotebookNode:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    # Random ids would make every build differ.
    cells = [cell | {"id": f"cell-{number}"} for number, cell in enumerate(cells)]
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    result = nbformat.from_dict(whole)
    nbformat.validate(result)
    return result


def script(site: Site, name: str) -> str:
    """Make one script of the page; editors take `# %%` for the beginning of a cell."""
    page = site.pages[name]
    head = [
        f"# {page.title}",
        f"# {site.link(name, '')}",
        f"# Needs the tutorial's package: pip install {site.source}",
    ]
    blocks = ["\n".join(line for line in head if line != "# ")]
    for program in page.programs:
        title = next((h.text for h in reversed(page.headings) if h.line < program.line), name)
        blocks.append(f"# %% {title}\n{program.code.rstrip()}\n")
    return "\n\n".join(blocks)


def write(site: Site, root: Path) -> list[str]:
    """Write notebooks and scripts below root; name the files."""
    course = notebook(site, site.course, site.settings["title"])
    files = {site.settings["notebook"]: writes(course)}
    for page in site.lessons:
        name = f"{FOLDER}/{page.removesuffix('.md')}"
        files[f"{name}.ipynb"] = writes(notebook(site, [page]))
        files[f"{name}.py"] = script(site, page)
        if answers(site.pages[page]):
            files[f"{name}.{EXERCISES}"] = writes(exercises(site, page))
    for name, text in files.items():
        file, text = root / name, text.rstrip("\n") + "\n"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(files)
