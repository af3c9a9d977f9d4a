"""Every check passes on every page, and nothing on a page escapes the checks."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from markdown import Markdown
from mkdocs.config import load_config
from pytest_codeblocks import extract_from_file

from weaver.checks import CHECKS, complaints, language
from weaver.checks.numbers import examine
from weaver.checks.quotations import claims_file, quotations
from weaver.page import read
from weaver.site import Site

SITE = Site.load()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", SITE.pages)
def test_a_page_is_as_it_should_be(name, check):
    found = [c for c in complaints(SITE.pages[name], SITE, [check]) if not c.notice]
    assert not found, "\n".join(map(str, found))


def test_the_checks_have_something_to_check():
    pages = SITE.pages.values()
    assert sum(len(page.programs) for page in pages) > 50
    assert sum(examine(page, SITE)[0] for page in pages) > 150
    for kind in ("alt", "caption", "formula", "code"):
        assert sum(text.kind == kind for page in pages for text in page.texts) > 5
    assert sum(len(page.links) for page in pages) > 30


@pytest.mark.parametrize("name", SITE.pages)
def test_pytest_codeblocks_sees_the_same_programs(name):
    page = SITE.pages[name]
    blocks = [block for block in extract_from_file(page.path) if block.syntax == "python"]
    # It drops the blank lines of an indented block.
    theirs = [(b.lineno, ast.dump(ast.parse(b.code)), b.expected_output or "") for b in blocks]
    ours = [(p.line, ast.dump(ast.parse(p.code)), p.output) for p in page.programs]
    assert ours == theirs


@pytest.mark.parametrize("name", SITE.pages)
def test_a_builder_sees_no_other_code(name):
    page, config = SITE.pages[name], load_config("mkdocs.yml")
    html = Markdown(
        extensions=config.markdown_extensions, extension_configs=config.mdx_configs
    ).convert("\n".join(page.lines[page.start :]))
    blocks = Counter(re.findall(r'<div class="(?:language-)?(\w*) ?[\w -]*highlight', html))
    assert blocks["python"] == len(page.programs)
    assert blocks["text"] == sum(bool(program.output) for program in page.programs)
    assert set(blocks) <= {"python", "text", "console"}
    assert html.count("<pre>") == sum(blocks.values())


def test_each_lesson_has_claims_and_each_claim_a_lesson():
    lessons = [name for name in SITE.lessons if name != "index.md"]
    files = {claims_file(SITE.pages[name], SITE) for name in lessons}
    assert files == {*Path(SITE.settings["claims"]).glob("test_*.py")}
    for file in files:
        assert len({quotation.test for quotation in quotations(file)}) > 5, file


def test_the_readme_is_spelt_right_and_words_are_used():
    readme, words = read(Path("README.md")), Path(SITE.settings["words"])
    found = [c for c in complaints(readme, SITE, [language]) if not c.notice]
    assert not found, "\n".join(map(str, found))
    said = " ".join(t.text for page in [readme, *SITE.pages.values()] for t in page.texts)
    unused = set(words.read_text(encoding="utf-8").split()) - set(re.findall(r"[\w']+", said))
    assert not unused, f"{words}: no page has {', '.join(sorted(unused))}"
