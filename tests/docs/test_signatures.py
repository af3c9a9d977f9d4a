"""What prose and docstrings say of functions is what the functions are."""

import ast
import builtins
import inspect
import keyword
import re
from functools import cache
from pathlib import Path

import griffe
import numpy as np
import pytest
import torch

import linreg
from weaver.page import read
from weaver.prose import texts

PAGES = sorted(Path("docs").rglob("*.md"))
NAME = re.compile(r"[A-Za-z_]\w*")
GIVEN = {"linreg", *linreg.__all__, *dir(builtins), *keyword.kwlist, *dir(torch), *dir(np)}


@cache
def programs():
    """List the names that occur in the programs of all pages and in what they print."""
    return {
        name
        for path in PAGES
        for program in read(path)
        for name in NAME.findall(program.code + program.output)
    }


def command(text):
    """Tell whether a text is a command that the Makefile knows."""
    make = re.fullmatch(r"make (\w+)", text)
    return make and re.search(
        rf"^{make[1]}:", Path("Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )


def unknown(path):
    """Say which inline code of a page names what no program has."""
    return [
        f"{text.place()}: `{text.text}` names {name}, which no program of any page has"
        for text in texts(path)
        if text.kind == "code" and not command(text.text) and not Path(text.text).is_file()
        for name in NAME.findall(text.text)
        if name not in programs() | GIVEN
    ]


def calls(path):
    """Find the calls of `linreg` in a page's inline code, less mentions such as `train()`."""
    for text in texts(path):
        if text.kind != "code":
            continue
        try:
            tree = ast.parse(text.text)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (node.args or node.keywords):
                name = ast.unparse(node.func).removeprefix("linreg.")
                if name in linreg.__all__:
                    yield text, node, getattr(linreg, name)


def wrong(path):
    """Say which calls do not fit the signature of what they call."""
    found = []
    for text, node, function in calls(path):
        signature = inspect.signature(function)
        try:
            signature.bind(*node.args, **{k.arg: k.value for k in node.keywords})
        except TypeError as error:
            place, name = text.place(), function.__name__
            found.append(f"{place}: `{text.text}`: {error}; it is {name}{signature}")
    return found


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_inline_code(path):
    found = unknown(path) + wrong(path)
    assert not found, "\n".join(found)


def test_pages_call_the_package():
    assert sum(1 for path in PAGES for _ in calls(path)) >= 2


def test_stale_signatures_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "`make_data(n=5)`, `train(model, x, y)`,\n`make_data(count=5)`\n"
        "`make_data(1, 2, 3, 4, 5, 6)`\n`make_datum()`\n`train(model)`, `train()`"
    )
    assert [p.split(":")[1] for p in wrong(page)] == ["2", "3", "5"]
    assert [p.split(" names ")[0].split(":")[1] for p in unknown(page)] == ["2", "4"]


PACKAGE = griffe.load("linreg", docstring_parser="google")
FUNCTIONS = [
    function
    for module in PACKAGE.modules.values()
    for function in module.functions.values()
    if not function.is_alias and not function.name.startswith("_")
]


def sections(function, kind):
    return [s.value for s in function.docstring.parsed if s.kind.value == kind]


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
    classes = [c for m in PACKAGE.modules.values() for c in m.classes.values() if not c.is_alias]
    assert classes
    for one in classes:
        told = [a.name for section in sections(one, "attributes") for a in section]
        assert told == list(one.attributes), one.path
