"""A quotation follows its sentence, and a reviewer sees both."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.topic import make
from weaver.checks.quotations import nearest, prose, spans, statements
from weaver.cli import main
from weaver.page import read
from weaver.site import Site

PAGE = """The loss
never rises. It falls, in each step.

| Claim | True |
| --- | --- |
| It rises | It never rises |

- A first item with several words.
- It is **convex**, a bowl with one bottom; so

```python
It falls.
```

![A line that falls to the right.](a.svg "Down it goes, ever slower.")
"""


def test_a_page_says_what_stands_in_its_text_as_whole_words(page):
    said = [
        "loss never rises.",
        "It falls, in",
        "rise",
        "falls.",
        "a bowl with",
        "A line that falls",
    ]
    assert [len(spans(words, prose(page))) for words in said] == [1, 1, 0, 0, 1, 1]
    assert prose(page).count("\n") == PAGE.count("\n")


@pytest.mark.parametrize(
    ("quotation", "line", "now"),
    [
        ("The loss always rises.", 1, "The loss never rises."),
        ("The loss never goes up. It falls, in every step.", 1,
         "The loss never rises. It falls, in each step."),
        ("It just never rises", 6, "It never rises"),
        ("It is concave, a bowl with one bottom", 9,
         "It is **convex**, a bowl with one bottom; so"),
        ("A line that rises to the right.", 15, "A line that falls to the right."),
        ("Down it goes, ever faster.", 15, "Down it goes, ever slower."),
        ("Nothing of the kind is said.", 1, ""),
    ],
)  # fmt: skip
def test_the_nearest_sentence_is_found(page, quotation, line, now):
    assert nearest(quotation, prose(page)) == (line, now)


@pytest.mark.parametrize(
    "now",
    [
        "A disc of radius 2 has four times the area of one with radius 1.",
        r"A circle of radius 2 has $2^2$ times, four times, the area of one with radius 1, which "
        'is a longer "quotation".',
    ],
)
def test_refresh_renews_a_quotation(tmp_path, monkeypatch, now):
    page = make(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    text = page.read_text(encoding="utf-8")
    old = "A circle of radius 2 has four times the area of one with radius 1."
    page.write_text(text.replace(old, now), encoding="utf-8")
    done = CliRunner().invoke(main, ["refresh"])
    assert "0 outputs and 1 quotations changed" in done.output
    test = Path("tests/test_circles.py").read_text(encoding="utf-8")
    assert max(map(len, test.splitlines())) < 100
    scope = {}
    exec(test, scope)
    assert " ".join(scope["test_growth"].__doc__.split()) == now
    assert "changed" not in CliRunner().invoke(main, ["refresh"]).output


def test_refresh_lets_no_test_quote_another_formula(tmp_path, monkeypatch):
    page = make(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    page.write_text(page.read_text(encoding="utf-8").replace("A = ", "B = "), encoding="utf-8")
    assert "changed" not in CliRunner().invoke(main, ["refresh"]).output
    told = CliRunner().invoke(main, ["check"]).output
    assert r"docs/circles.md:35: it says $$ B = \pi r^2 $$: no test quotes it" in told


def test_a_test_quotes_something_and_what_the_page_says_once(tmp_path, monkeypatch):
    make(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    tests = 'def test_much():\n    """radius"""\n\n\ndef test_nothing():\n    pass\n'
    Path("tests/test_circles.py").write_text(tests, encoding="utf-8")
    told = CliRunner().invoke(main, ["check"]).output
    assert "the page says it 4 times: tests/test_circles.py::test_much quotes 'radius'" in told
    assert "next: quote more words" in told
    assert "tests/test_circles.py:5: test_nothing has no docstring: it decides nothing" in told


def test_sentences_are_told_apart_by_whether_a_test_quotes_them(tmp_path, monkeypatch):
    page = make(tmp_path)
    page.write_text(page.read_text(encoding="utf-8") + "\nWhy? It is. See [it](#area).\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    said = statements(read(Path("docs/circles.md")), Site.load())
    assert [words for words, quoted in said.items() if quoted] == [
        "A circle of radius 2 has four times the area of one with radius 1."
    ]
    assert {"It rises.", "It is.", "See [it](#area).", "It is 12.6."} <= set(said)
    assert not any("Why" in words or "plt." in words or words.startswith("#") for words in said)
