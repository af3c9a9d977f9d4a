"""Inline code names what there is, and calls the package as it can be called."""

import ast
import builtins
import inspect
import keyword
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from weaver.page import Complaint, Page, Text
from weaver.site import Site

NAME = re.compile(r"[A-Za-z_]\w*")
TARGET = re.compile(r"^([\w-]+):", re.MULTILINE)


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    package = import_module(site.package)
    allowed = {name for other in [page, *site.pages.values()] for name in _in_programs(other)}
    allowed |= _given(site)
    for text in page.texts:
        if text.kind != "code" or _command(text.text) or Path(text.text).is_file():
            continue
        for name in dict.fromkeys(NAME.findall(text.text)):
            if name not in allowed:
                true = "no program of any page has this name"
                yield page.complaint(text.line, f"`{text.text}` names {name}", true, "correct it")
        for call, function in _calls(text, package):
            signature = inspect.signature(function)
            try:
                signature.bind(*call.args, **{k.arg: k.value for k in call.keywords})
            except TypeError as error:
                remedy = f"write {function.__name__}{signature}"
                yield page.complaint(text.line, f"the call `{text.text}`", str(error), remedy)


def _in_programs(page: Page) -> set[str]:
    return {name for p in page.programs for name in NAME.findall(p.code + p.output)}


@cache
def _names(package: str) -> set[str]:
    return set(dir(import_module(package)))


def _given(site: Site) -> set[str]:
    packages = {site.package, *site.settings["versions"].values()}
    found = {*packages, *import_module(site.package).__all__, *dir(builtins), *keyword.kwlist}
    return found.union(*map(_names, site.settings["versions"].values()))


def _command(text: str) -> bool:
    """Tell whether a text is a command that the Makefile knows."""
    make = re.fullmatch(r"make (\w+)", text)
    return bool(make) and make[1] in TARGET.findall(Path("Makefile").read_text(encoding="utf-8"))


def _calls(text: Text, package: ModuleType) -> Iterator[tuple[ast.Call, object]]:
    """Find calls of the package, less mentions such as `train()`."""
    try:
        tree = ast.parse(text.text)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (node.args or node.keywords):
            name = ast.unparse(node.func).removeprefix(f"{package.__name__}.")
            if name in package.__all__:
                yield node, getattr(package, name)
