"""Notebooks and scripts say, print and draw what their pages do."""

import re
from dataclasses import replace

import nbformat
import pytest
from nbclient import NotebookClient

from tests.topic import make
from weaver.notebook import (
    FOLDER,
    exercises,
    install,
    links,
    notebook,
    script,
    write,
)
from weaver.page import PageError, Program
from weaver.run import Result
from weaver.site import Site

# As published, so that the first cell would install if it found no package.
SITE = replace(Site.load(), url="https://o.github.io/r", repository="https://github.com/o/r")


def programs(pages) -> list[Program]:
    return [program for page in pages for program in SITE.pages[page].programs]


def shown(cell) -> tuple[str, int]:
    """What a cell prints, and how many figures it draws."""
    kinds = [output.get("name") or output.output_type for output in cell.outputs]
    assert set(kinds) <= {"stdout", "display_data"}, cell.outputs
    printed = "".join(o.text for o in cell.outputs if o.output_type == "stream")
    return printed, sum("image/" in " ".join(o.get("data", "")) for o in cell.outputs)


def code(made) -> list:
    """The code cells of a notebook after the first, which installs the package."""
    first, *cells = [cell for cell in made.cells if cell.cell_type == "code"]
    assert first.source == install(SITE)
    assert first.outputs == []
    return cells


@pytest.mark.parametrize("pages", [*([page] for page in SITE.pages), SITE.course])
def test_a_notebook_holds_the_programs_and_the_results_of_its_pages(pages):
    cells = code(notebook(SITE, pages, "Whole" if len(pages) > 1 else ""))
    assert [cell.source for cell in cells] == [p.code.rstrip() for p in programs(pages)]
    assert [shown(cell) for cell in cells] == [(p.output, len(p.images)) for p in programs(pages)]


def test_the_whole_notebook_gives_in_a_fresh_kernel_what_it_holds(tmp_path, monkeypatch):
    monkeypatch.delenv("MPLBACKEND")
    made = notebook(SITE, SITE.course, "Whole")
    held = [shown(cell) for cell in code(made)]
    for cell in made.cells:
        cell.pop("outputs", None)
    NotebookClient(made, resources={"metadata": {"path": str(tmp_path)}}, timeout=120).execute()
    assert [shown(cell) for cell in code(made)] == held


@pytest.mark.parametrize("page", SITE.lessons)
def test_a_script_is_made_of_the_programs_of_its_page(page):
    head, *cells = re.split(r"^# %%.*\n", script(SITE, page), flags=re.MULTILINE)
    assert f"# {SITE.link(page, '')}\n" in head
    assert [cell.rstrip() for cell in cells] == [p.code.rstrip() for p in programs([page])]


@pytest.mark.parametrize("name", SITE.lessons)
def test_exercises_come_with_every_question_and_no_answer(name):
    source = SITE.pages[name].source
    questions = re.findall(r"^\*\*Exercise.*?(?=\n\n)", source, re.MULTILINE | re.DOTALL)
    parts = re.split(r"^\?\?\? success.*\n", source, flags=re.MULTILINE)[1:]
    answers = {
        line.strip() for part in parts for line in part.splitlines() if line.startswith("    ")
    }
    assert len(questions) == len(parts)
    if not parts:
        return
    made = exercises(SITE, name)
    nbformat.validate(made)
    assert {cell.source for cell in code(made)} == {""}
    assert len(code(made)) == len(questions)
    told = "\n".join(cell.source for cell in made.cells if cell.cell_type == "markdown")
    assert answers
    assert answers & {line.strip() for line in told.splitlines() if line} == set()
    words = re.compile(r"\]\([^)]*\)|\W+")
    for question in questions:
        assert words.sub(" ", question) in words.sub(" ", told)


def test_links_within_the_whole_notebook_have_targets_and_others_are_addresses():
    text = "\n".join(cell.source for cell in notebook(SITE, SITE.course, "Whole").cells)
    inside, marks = re.findall(r"\]\(#([^)]+)\)", text), re.findall(r'<a id="([^"]+)">', text)
    assert inside
    assert set(inside) == set(marks)
    assert len(marks) == len(set(marks))
    for page in SITE.lessons:
        cells = notebook(SITE, [page]).cells
        targets = re.findall(r"\]\(([^)\s]+)\)", "\n".join(cell.source for cell in cells))
        assert all(t.startswith(("https://", "#")) for t in targets), targets


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A site of two pages with everything that a notebook cannot show as it stands."""
    monkeypatch.setattr(
        "weaver.site.run",
        lambda programs: [Result(p.output, ("<svg/>",) * len(p.images)) for p in programs],
    )
    (tmp_path / "pyproject.toml").write_text(
        "[project]\nrequires-python = '>=3.11'\n[tool.weaver]\npackage='p'\ntitle='All'\n",
        encoding="utf-8",
    )
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Two\nsite_url: !ENV [NOBODY_SETS_THIS, 'https://o.github.io/r/']\n"
        "nav:\n  - Home: index.md\n  - [{One: a/one.md}, {Two: a/two.md}]\n"
        "markdown_extensions:\n  - x:\n      f: !!python/name:x.y\n",
        encoding="utf-8",
    )
    pages = tmp_path / "docs" / "a"
    pages.mkdir(parents=True)
    (tmp_path / "docs/index.md").write_text("# Home\n", encoding="utf-8")
    (pages / "one.md").write_text(ONE, encoding="utf-8")
    (pages / "two.md").write_text('# Two\n\n```python\nprint("2")\n```\n', encoding="utf-8")
    return Site.load(tmp_path / "mkdocs.yml")


ONE = """---
title: One
---

# O\f\u2028ne { #first }

See [two](two.md), [`home`](../index.md#top "Home"), [this](#part), [out](https://x.org).
Code `[a](b.md)` stays.

```console
# no heading [a](b.md)
```

??? success "Answer"

    Words.

    ```python
    print(1)

    print("![no](picture)")
    ```

    ![A line.](line.svg "The line.")

    More words.

## Part
"""


def test_a_page_becomes_cells(site):
    cells = notebook(site, ["a/one.md"]).cells
    assert [cell.cell_type for cell in cells] == [
        "code",
        *["markdown", "code", "markdown"],
        "markdown",
    ]
    assert cells[1].source == (
        "# O\f\u2028ne\n\nSee [two](https://o.github.io/r/a/two.html), "
        "[`home`](https://o.github.io/r/index.html#top), [this](#a-one--part), [out](https://x.org).\n"
        "Code `[a](b.md)` stays.\n\n```console\n# no heading [a](b.md)\n```\n\n"
        "**Answer**\n\nWords."
    )
    assert cells[2].source == 'print(1)\n\nprint("![no](picture)")'
    assert cells[3].source == "Figure: **The line.** A line."
    assert cells[4].source == 'More words.\n\n<a id="a-one--part"></a>\n\n## Part'


def test_the_whole_links_its_pages_to_each_other(site):
    sources = [cell.source for cell in notebook(site, site.lessons, "Both").cells]
    assert sources[0] == "# Both"
    assert "## O\f\u2028ne\n\nSee [two](#a-two), " in sources[2]
    assert '<a id="a-two"></a>\n\n## Two' in sources


def test_without_addresses_there_are_no_links_rather_than_broken_ones(site):
    cells = notebook(replace(site, url=""), ["a/one.md"]).cells
    assert "See two, `home`, [this](#a-one--part), [out](https://x.org)." in cells[1].source
    assert "pip install ." in cells[0].source
    assert "archive" not in cells[0].source
    assert "colab" not in links("a/one", "x", ["ipynb", "py"], "")
    assert "colab" not in links("a/one", "x", ["ipynb"], "https://git.example.org/o/r")


def test_colab_opens_what_publishing_pushes():
    line = links("tutorial/data", "../downloads/tutorial/data", ["ipynb", "py"], SITE.repository)
    assert "](../downloads/tutorial/data.ipynb)" in line
    assert "](../downloads/tutorial/data.py)" in line
    assert "/github/o/r/blob/notebooks/tutorial/data.ipynb)" in line


def test_the_first_cell_installs_from_the_repository_only_what_is_missing():
    assert "%pip install --quiet https://github.com/o/r/archive/HEAD.zip" in install(SITE)
    assert install(SITE).index('find_spec("linreg") is None') < install(SITE).index("%pip")


def test_the_line_that_installs_stands_in_the_notebook():
    said = "\n".join(cell.source for cell in notebook(SITE, ["index.md"]).cells)
    assert f"```console\npip install {SITE.source}\n```" in said


def test_writing_is_repeatable_and_notebooks_are_valid(site, tmp_path):
    names = write(site, tmp_path)
    made = ("one.ipynb", "one.py", "one.exercises.ipynb", "two.ipynb", "two.py")
    assert set(names) == {SITE.settings["notebook"], *(f"{FOLDER}/a/{name}" for name in made)}
    before = {name: (tmp_path / name).read_bytes() for name in names}
    write(site, tmp_path)
    assert before == {name: (tmp_path / name).read_bytes() for name in names}
    for name in names:
        if name.endswith(".ipynb"):
            nbformat.validate(nbformat.read(tmp_path / name, as_version=4))


def test_a_site_without_programs_is_an_error(tmp_path):
    make(tmp_path).write_text("# None\n", encoding="utf-8")
    with pytest.raises(PageError, match="no page holds a program"):
        Site.load(tmp_path / "mkdocs.yml")
