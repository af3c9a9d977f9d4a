"""What docstrings say of functions is what the functions are."""

import ast
import builtins
import doctest
import inspect
import re
from pathlib import Path

import griffe
import pytest

import linreg
from weaver.checks.quotations import quotations

KINDS = "parameters", "returns", "raises", "attributes"
TESTS = sorted(Path("tests/linreg").glob("test_*.py"))
QUOTED = {q.text for file in TESTS for q in quotations(file)} - {""}
PACKAGE = griffe.load("linreg", docstring_parser="google")
FUNCTIONS = [
    function
    for module in PACKAGE.modules.values()
    for function in module.functions.values()
    if not function.is_alias and not function.name.startswith("_")
]


CLASSES = [c for m in PACKAGE.modules.values() for c in m.classes.values() if c.is_public]


def sections(function, kind):
    return [s.value for s in function.docstring.parsed if s.kind.value == kind]


@pytest.mark.parametrize("described", [*FUNCTIONS, *CLASSES], ids=lambda one: one.path)
def test_what_a_docstring_tells_is_quoted_by_the_tests_that_decide_it(described):
    items = [item for kind in KINDS for section in sections(described, kind) for item in section]
    texts = [part for text in sections(described, "text") for part in text.split("\n\n")]
    assert all(item.description for item in items)
    for text in [*texts, *(item.description for item in items)]:
        rest = " ".join(text.partition("Source:")[0].split())
        for quotation in sorted(QUOTED, key=len, reverse=True):
            rest = rest.replace(quotation, "")
        assert not re.search(r"\w", rest), "a test has to quote it"


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.path)
def test_docstrings(function):
    told = [argument.name for s in sections(function, "parameters") for argument in s]
    assert told == [parameter.name for parameter in function.parameters]
    assert sections(function, "returns"), "what does it return?"
    tree = ast.parse("\n".join(function.lines))
    raised = {ast.unparse(node.exc.func) for node in ast.walk(tree) if isinstance(node, ast.Raise)}
    documented = {str(error.annotation) for s in sections(function, "raises") for error in s}
    assert raised <= documented
    assert all(hasattr(builtins, error) for error in documented), documented


def test_the_package_is_documented():
    names = {function.name for function in FUNCTIONS}
    functions = {name for name in linreg.__all__ if inspect.isfunction(getattr(linreg, name))}
    assert functions <= names
    assert len(functions) >= 10


def test_documented_attributes_exist():
    assert CLASSES
    for one in CLASSES:
        told = [a.name for section in sections(one, "attributes") for a in section]
        assert told == list(one.attributes), one.path


@pytest.mark.parametrize("name", linreg.__all__)
def test_examples_print_what_they_show(name):
    found = doctest.DocTestFinder(recurse=False).find(getattr(linreg, name), globs=vars(linreg))
    assert [doctest.DocTestRunner().run(one).failed for one in found if one.examples] == [0]


def test_the_reference_has_an_entry_for_each_name():
    text = Path("docs/reference.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^::: linreg\.(\w+)$", text, re.MULTILINE)) == linreg.__all__
