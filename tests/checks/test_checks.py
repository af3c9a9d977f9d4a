"""Each check finds its fault, and says where it is, through `weaver check`."""

import contextlib
from http.client import BadStatusLine

import pytest
from click.testing import CliRunner

from tests.topic import make
from weaver.cli import main

PYTHON, OUTPUT = "```python\nimport", "<!--pytest-codeblocks:expected-output-->"
ALT = "A line that rises from the lower left to the upper right."

# What takes the place of what, at which line it is told, and in which words.
FAULTS = [
    # blocks
    ("\n```python\nimport", "\n```py\nimport", 15, "a ```py fence: it is never checked"),
    ("\n```python\nimport", "\n```\nimport", 15, "a ``` fence: it is never checked"),
    ("\n```python\nimport", '\n```python title="x"\nimport', 15, "it is never checked"),
    ("\n```python\nimport", "\n```sh\nimport", 15, "it is never checked"),
    ("\n```python\nimport", "\n~~~\nx = 1\n~~~\n\n```python\nimport", 15, "write ```"),
    (
        "\n```python\nimport",
        "\n> ```python\n> x = 1\n> ```\n\n```python\nimport",
        15,
        "a fence behind >",
    ),
    (
        "\n```python\nimport",
        "\n- ```python\n  x = 1\n  ```\n\n```python\nimport",
        15,
        "mark of a list",
    ),
    ("\n```python\nimport", "\n<!--pytest.mark.skip-->\n```python\nimport", 15, "it hides code"),
    ("\n```python\nimport", "\n<!--pytest-codeblocks:cont-->\n```python\nimport", 15, "hides"),
    ("    True\n    ```\n", "    True\n", 53, "it is never closed"),
    (f"{OUTPUT}\n\n```text\n12", f"{OUTPUT}\n\nWords.\n\n```text\n12", 27, "directly under"),
    ("The radius is 2:\n", "The radius is 2.\n\nIt follows:\n\n## More\n\n", 15, "announces"),
    ("It is 12.6.", "=== 'Tab'\n\n        No check reads it.", 45, "indented text"),
    ("print(area(2) > 12)", "plt = 1\n    import", 45, "SyntaxError"),
    (
        f"![{ALT}]",
        f"- `plt.show()` shows.\n- `area(1)` computes.\n\n![{ALT}]",
        34,
        "explains `area(1)`: the program has it before",
    ),
    ("description: Say", "description: Say: it", 3, "the front matter: it is no YAML"),
    ("It rises.", "It \ufffd rises.", 33, "the page is not UTF-8"),
    (f"![{ALT}]", f"![A copy. {ALT}](area.svg)\n![{ALT}]", 15, "an earlier figure has this name"),
    # formulas
    (r"A = \pi r^2", "", 35, "the formula '': it is empty"),
    (r"$\pi r^2$", r"$\fraq{r}$", 9, "fails at character 0: Unknown command"),
    (r"$\pi r^2$", r"$$\pi r^2$$", 8, "no formula opens or closes"),
    (r"A = \pi", "A = \n\n\\pi", 35, "no formula opens or closes"),
    (r"A = \pi", r"\mathbb{C}", 35, "the maths font lacks ℂ"),  # noqa: RUF001
    # reference
    ("## Words", "::: circle.volume\n\n## Words", 57, "::: circle.volume: it fails: KeyError"),
    # lines that end inside code, a formula, an alternative text
    (
        "It is `area(radius=2)`, or $",
        "`area(\nradius=2)`, $\\pi\nr$, ![a\nb](https://example.org/a.png) 7 $",
        12,
        "the page says 7",
    ),
    # programs
    ("12.57 True", "12.58 True", 15, "something else\n--- the page\n+++ the block"),
    ("print(area(2) > 12)", "1 / 0", 45, "the block fails: at `1 / 0`: ZeroDivisionError"),
    (f"![{ALT}]", f"![{ALT}](two.svg)\n![{ALT}]", 15, "it shows 1 figures"),
    (", area(1) < 4)", ", area(1) < 4, end='')", 15, "(no line break at the end)"),
    ("[area(1), area(2)]", "[area(1), area(2)], 'm'", 15, "#bf00bf: it has no dark value"),
    ("area.svg", "area.png", 15, "0 image lines under the block: it shows 1 figures"),
    # numbers
    ("It is 12.6.", "It is 12.5.", 43, "the nearest is 12.57 in the output of the block at"),
    ("four times", "7 times", 8, "the page says 7"),
    ("Around a", "```python\nprint(8)\n```\n\nThere are 2 around a", 63, "of its section"),
    ("needed.", "needed, as (3, 4) says.", 9, "the page says '(3, 4)': it stands in no program"),
    ("four times", "7 times ![](https://example.org/a.png)", 8, "the page says 7"),
    ("It is 12.6.", "By [`x`](https://example.org). It is `area`, 12.5.", 43, "says 12.5"),
    ("`area(radius=2)`", "`area(radius=3)`", 9, "it stands in no program"),
    ("NumPy 2.4", "NumPy 2.5", 8, "there is {'Python': '3.11', 'NumPy': '2.4.6'}"),
    ("to step 1", "to step 2", 39, "there is [1]"),
    ("Exercise 1", "Exercise 2", 1, "they count from 1"),
    ("**Exer", "**Exercise 1.** Go.\n\n**Exer", 1, "exercises [1, 1]"),
    ("to step 1", "to exercise 2", 39, "there is [1]"),
    # images
    ("## Area\n", "## Area\n\n<!--other.svg-->\n", 13, "<!--other.svg-->: no block draws it"),
    (ALT, "", 33, "too short"),
    (f"![{ALT}]", f"![{ALT}](two.svg)\n![{ALT}]", 34, ":33 has the same"),
    (ALT, "area.svg", 33, "looks like a file name"),
    (ALT, "An image of a line that rises to the right.", 33, "names the medium"),
    ("It rises.", ALT, 33, "repeats the caption"),
    # quotations
    (r"\pi r^2$", r"A = \pi r^2$", 9, r"it says $A = \pi r^2$: no test quotes it"),
    # links
    ("(#area)", "(#areas)", 39, "docs/circles.md has no anchor #areas"),
    ("(#area)", "(other.md)", 39, "there is no docs/other.md"),
    (
        "(#area)",
        "(#circle.rim).\n\n::: circle.Ring\n\n::: circle.area\n",
        39,
        "no anchor #circle.rim",
    ),
    ("[back](#area) to step 1", "[step 2](circles.md)", 39, "it leads to '1. Circles'"),
    (
        "## Words",
        "See [the words](#area).\n\n## The words\n\n## Words",
        57,
        "lead to docs/circles.md#the-words, or choose other words",
    ),
    ("description: Say what the area of a circle is.\n", "", 1, "the page has no description"),
    ("# 1. Circles", "# 1. Rings", 1, "the menu calls it '1. Circles'"),
    ("nav:", "nav:\n  - Once: circles.md", 1, "has the page 2 times"),
    ("- 1. Circles: ", "- 2. Circles: ", 1, "the menu numbers its steps [2]"),
    ("nav:", "nav:\n  - 1. Once: x.html", 1, "the menu numbers its steps [1, 1]"),
    # terms
    ("its **edge**", "its edge", 61, "no bold 'edge' stands in that section of circles.md"),
    (" [Words](#words)", "", 61, "it is no entry"),
    # names
    ("`area(radius=2)`", "`areas(radius=2)`", 9, "names areas: no program of any page"),
    ("`area(radius=2)`", "`area(2, area)`", 9, "write area(radius=1.0)"),
    ("`area(radius=2)`", "`Ring(2, 2)`", 9, "write Ring(inner, *, outer=-2.0, **looks)"),
    ("`make serve`", "`make nothing`", 39, "names nothing"),
    # figures
    ("radius (cm)", "radius", 15, "area.svg: the label of x is 'radius'"),
    (
        "plt.plot([1, 2], [area(1), area(2)])",
        "radius = [1, 2]\nplt.plot([area(1), area(2)], radius)",
        15,
        "the label of y names area: a mark has the values of the variable radius along it",
    ),
    (
        "plt.show",
        "plt.axes([0, 0, 1, 1])\nplt.plot([1])\nplt.xlabel('radius (m)')\nplt.show",
        15,
        "elsewhere, the page has radius (cm)",
    ),
    ("plt.show", "plt.scatter([1], [4])\nplt.show", 15, "there are 2 kinds of marks"),
    ("plt.show", "plt.plot([1], [2], 'C1')\nplt.show", 15, "not everybody sees colours"),
    ("[area(1), area(2)]", "[area(1), area(2)], alpha=0.5", 15, "it loses contrast"),
    ("[area(1), area(2)]", "[area(1), area(2)], 'm'", 15, "a mark is #bf00bf"),
    ("plt.plot([1, 2], [area(1), area(2)])\n", "", 15, "the axes are empty"),
    # language
    ("needed.", "neeeded.", 9, "echo neeeded >> words.txt"),
    ("one with radius", "a apple with radius", 8, "the page says 'a'"),
]
# What a person has to judge, and what is right.
NOTICES = [
    ("has four times", "never has four times", 8, "tests/test_circles.py::test_growth quotes"),
    ("A circle of radius 2 has four times the area of one with radius 1. ", "", 1, "is gone"),
    ("not\nneeded", "simply not\nneeded", 8, "it is filler"),
    ("The radius is 2:", "The radius reaches the edge:", 13, "circles.md explains it, which"),
    ("**edge**.", "**edge** or **rim**.", 59, "'rim': circles.md has no entry for it"),
    ("It is 12.6.", "It is so" + " and so" * 18, 43, "a sentence of 39 words"),
]
RIGHT = [
    ("", ""),
    ("It is 12.6.", "By a [book](https://example.org/book), it is 12.7."),
    ("[back](#area)", "[Area](#area) in [1. Circles](#words), then back"),
    ("**Exer", "1. `plt.plot` draws.\n2. `area(1)` stands before and here.\n\n**Exer"),
    (
        "plt.plot([1, 2], [area(1), area(2)])",
        "import numpy as np\nradius = np.arange(3.0)\nplt.plot(radius, radius)",
    ),
    ("needed.", "needed. { #here }\n\nSee [here](#here)."),
    ("## Area", "## Nothing\n\nA section without a program.\n\n## Area"),
    ("??? success", "!!! note\n\n    A note without a program.\n\n??? success"),
    ("`make serve`", "`print(area(2) > 12)`, `area()`, `circle.area` and `numpy`"),
    ("The radius is 2:", "The [edge](circles.md#words) is 2 away:"),
    ("(#area) to", "(#circle.area).\n\n::: circle.Ring\n\n::: circle.area\n\nGo to"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("topic")


@pytest.fixture
def check(folder, monkeypatch):
    """Change the page, and check it."""
    page = make(folder)
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)

    def check(old: str, new: str):
        # What the page does not hold stands in the menu.
        file = page if old in page.read_text(encoding="utf-8") else folder / "mkdocs.yml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        done = CliRunner().invoke(main, ["check", "docs/circles.md"])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return check


@pytest.mark.parametrize(("old", "new", "line", "words"), FAULTS)
def test_a_fault_is_found(check, old, new, line, words):
    done = check(old, new)
    assert done.exit_code == 1
    told = [
        text for text in done.stdout.split("\n\n") if text.startswith(f"docs/circles.md:{line}:")
    ]
    assert any(words in text and "\n    next: " in text for text in told), done.stdout


@pytest.mark.parametrize(("old", "new", "line", "words"), NOTICES)
def test_what_a_person_has_to_judge_is_told_and_fails_nothing(check, old, new, line, words):
    done = check(old, new)
    assert done.exit_code == 0, done.output
    assert f"docs/circles.md:{line}: " in done.stdout
    assert words in done.stdout
    assert "1 to look at" in done.stdout


@pytest.mark.parametrize(("old", "new"), RIGHT)
def test_what_is_right_passes(check, old, new):
    done = check(old, new)
    assert done.exit_code == 0, done.output
    assert "; 0 to look at" in done.stdout


def test_a_check_that_fails_hides_no_other(check, monkeypatch):
    monkeypatch.setattr("weaver.checks.blocks.complaints", lambda page, site: 1 / 0)
    done = check("12.57 True", "12.58 True")
    assert "docs/circles.md:1: weaver.checks.blocks fails: ZeroDivisionError" in done.stdout
    assert "12.58" in done.stdout


def test_an_address_that_does_not_answer_is_told_where_it_is_linked(check, monkeypatch):
    def answer(request, timeout):
        if request.full_url.endswith("gone"):
            raise BadStatusLine("?")
        return contextlib.nullcontext()

    monkeypatch.setattr("weaver.checks.links.urlopen", answer)
    check("needed.", "needed. See [one](https://example.org/gone), [two](https://example.org).")
    done = CliRunner().invoke(main, ["links"])
    assert done.exit_code == 1
    assert "docs/circles.md:9: the link to https://example.org/gone: BadStatusLine" in done.stdout
    assert done.stdout.count("the link to") == 1
