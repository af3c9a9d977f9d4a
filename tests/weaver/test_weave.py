"""A woven page is Markdown that shows outputs, figures and formulas where they belong."""

import re
from pathlib import Path

from markdown import Markdown

from weaver.page import Complaint, read
from weaver.run import Result
from weaver.weave import weave

PAGE = """---
title: A page
---

# A page

```python
print("<1>")
```

<!--pytest-codeblocks:expected-output-->

```text
<1>
```

!!! note "Why $w$"

    - A list:

        ```python
        draw()
        ```

        ![A *line_ of* 1 < 2.](line.svg "A caption.")

    $$
    x < \\frac{1}{2} |x|
    $$

<!--counts-->

Let $w_i$, $x$. `$w$` \\$5

| $|x|$ | \\$6 |
| - | - |
| $a*b*c_d$ | `$y$` |

End.
"""
SVG = '<svg viewBox="0 0 9 9">\n<path d="M 1\n2" style="stroke: #1f77b4"/>\n</svg>'
RESULTS = [Result("<1>\n"), Result(figures=(SVG,))]
EXTENSIONS = ["admonition", "attr_list", "tables", "pymdownx.blocks.html", "pymdownx.superfences"]


def render(text):
    return Markdown(extensions=EXTENSIONS).convert(text)


def test_outputs_and_figures_stand_under_their_blocks(page):
    html = render(weave(page, RESULTS, {"<!--counts-->": "**72**"}, "*Above*", "*Below*"))
    order = "</h1> Above print &lt;1&gt; Why draw <figure </figure> </li> formula </div> 72 End. "
    assert re.search(".*".join([*order.split(), "Below"]), html, re.DOTALL)
    for gone in ("title: A page", "pytest-codeblocks", "line.svg", "<p><figure", "counts"):
        assert gone not in html
    assert "<title" in html
    assert "A *line_ of* 1 &lt; 2.</title>" in html
    assert "<figcaption>A caption.</figcaption></figure>" in html


def test_an_output_with_a_caught_error_is_marked(tmp_path):
    path = tmp_path / "page.md"
    text = "```python\ntry:\n    x\nexcept NameError as e:\n    print(e)\n```\n"
    path.write_text(text, encoding="utf-8")
    assert "{ .text .output .no-copy .error " in weave(read(path), [Result("no x\n")])


def test_each_mistake_stands_in_a_box(tmp_path):
    path = tmp_path / "page.md"
    text = "# P\n\n## Mistakes\n\n### A\n\na\n\n### B\n\nb\n\n## More\n\nc\n"
    path.write_text(text, encoding="utf-8")
    html = render(weave(read(path), []))
    boxes = re.findall(r'<div class="mistake">(.*?)</div>', html, re.DOTALL)
    assert [re.sub(r"<.*?>|\s", "", box) for box in boxes] == ["Aa", "Bb"]


def test_a_figure_stands_where_it_is_marked(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(PAGE.replace("# A page\n", "# A page\n\n<!--line.svg-->\n"), encoding="utf-8")
    html = render(weave(read(path), RESULTS))
    assert html.index("<figure") < html.index("print")
    assert html.count("<figure") == 1


def test_lines_that_the_page_has_not_shown_before_are_marked(tmp_path):
    path, block = tmp_path / "page.md", "```python\nimport a\n\nx = {}\nprint(x)\n```\n\n"
    blocks = [block.format(1), block.format(2), block.format(2), "```python\nprint(3)\n```\n"]
    path.write_text("# A page\n\n" + "".join(blocks), encoding="utf-8")
    woven = weave(read(path), [Result()] * 4)
    fences = [line for line in woven.split("\n") if line.startswith("```python")]
    assert fences == ["```python", '```python hl_lines="3"', "```python", "```python"]


def test_formulas_become_mathml_and_other_dollars_stay(page):
    html = render(weave(page, RESULTS))
    assert "<math><msub><mi>w</mi><mi>i</mi></msub></math>,</span>" in html
    assert html.count("<math") == 6
    assert html.count("<code>$") == 2
    assert "$5" in html.replace("&#36;", "$")
    assert 'tabindex="0"' in html
    assert "<em>" not in html


def test_a_fault_stands_above_its_block_and_the_rest_of_the_page_is_woven(page):
    faults = [Complaint(Path("page.md"), 22, "said", "true", "do")]
    html = render(weave(page, [RESULTS[0], Result(error="it fails")], faults=faults))
    box = html.index('class="admonition failure"')
    assert html.index("&lt;1&gt;") < box < html.index("page.md:22: said: true") < html.index("Why")
    assert "next: do" in html
    assert "End." in html


def test_a_docstring_that_is_not_there_is_taken_from_nowhere(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("# A\n\n::: a.b\n\n::: a.c\n", encoding="utf-8")
    woven = weave(read(path), [], faults=[Complaint(path, 5, "::: a.c", "true", "do")])
    assert re.findall("^::: .*", woven, re.MULTILINE) == ["::: a.b"]


def test_formulas_that_are_none_stay_as_they_are(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("A $\\fraq$ and\n\n$$\n\\fraq\n$$\n", encoding="utf-8")
    assert weave(read(path), []).strip() == path.read_text(encoding="utf-8").strip()
