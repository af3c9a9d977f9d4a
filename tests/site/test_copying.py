"""What the copy buttons give is what the pages' programs are."""

import doctest

import pytest

import linreg
from weaver.site import Site

SITE = Site.load()
PERMISSIONS = ["clipboard-read", "clipboard-write"]


@pytest.mark.parametrize("name", [name for name, page in SITE.pages.items() if page.programs])
def test_a_copied_block_is_the_program_that_was_run(name, served, open_page):
    _, url = served
    page = open_page(url + name.replace(".md", ".html"), permissions=PERMISSIONS)
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    assert page.locator(".output button").count() == 0
    copied = page.evaluate(
        """async () => {
          const copied = [];
          for (const button of document.querySelectorAll(".language-python button")) {
            button.click();
            copied.push(await navigator.clipboard.readText());
          }
          return copied;
        }"""
    )
    assert copied == [program.code.rstrip("\n") for program in SITE.pages[name].programs]


def test_a_copied_example_has_neither_prompts_nor_outputs(served, open_page):
    _, url = served
    page = open_page(url + "reference.html", permissions=PERMISSIONS)
    page.locator(".language-pycon button").first.click()
    examples = doctest.DocTestParser().get_examples(linreg.make_data.__doc__)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.rstrip("\n") + "\n" == "".join(example.source for example in examples)
