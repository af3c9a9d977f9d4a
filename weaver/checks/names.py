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

import griffe

from weaver.page import Complaint, Page, Text
from weaver.site import Site

NAME = re.compile(r"[A-Za-z_]\w*")
KINDS = {kind.description: kind for kind in type(inspect.Parameter.KEYWORD_ONLY)}
TARGET = re.compile(r"^([\w-]+):", re.MULTILINE)


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    package = _read(site.package, Path.cwd())
    libraries = site.settings["versions"].values()
    allowed = {name for other in [page, *site.pages.values()] for name in _in_programs(other)}
    allowed |= {site.package, *libraries, *package.exports, *dir(builtins), *keyword.kwlist}
    for text in page.texts:
        if text.kind != "code" or _command(text.text) or Path(text.text).is_file():
            continue
        for name in dict.fromkeys(NAME.findall(text.text)):
            if name not in allowed and not any(name in dir(import_module(k)) for k in libraries):
                true = "no program of any page has this name"
                yield page.complaint(text.line, f"`{text.text}` names {name}", true, "correct it")
        for call, called in _calls(text, package):
            signature = _signature(called)
            try:
                signature.bind(*call.args, **{k.arg: k.value for k in call.keywords})
            except TypeError as error:
                remedy = f"write {called.name}{signature}"
                yield page.complaint(text.line, f"the call `{text.text}`", str(error), remedy)


@cache
def _read(package: str, folder: Path) -> griffe.Object:
    """Read a package without importing it, which takes seconds."""
    return griffe.load(package, search_paths=[folder])


def _in_programs(page: Page) -> set[str]:
    return {name for p in page.programs for name in NAME.findall(p.code + p.output)}


def _command(text: str) -> bool:
    """Tell whether a text is a command that the Makefile knows."""
    make = re.fullmatch(r"make (\w+)", text)
    return bool(make) and make[1] in TARGET.findall(Path("Makefile").read_text(encoding="utf-8"))


def _calls(text: Text, package: griffe.Object) -> Iterator[tuple[ast.Call, griffe.Object]]:
    """Find calls of what the package holds, less mentions such as `train()`."""
    try:
        tree = ast.parse(text.text)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (node.args or node.keywords):
            name = ast.unparse(node.func).removeprefix(f"{package.name}.")
            if name in package.exports:
                yield node, package[name]


class _Source(str):
    __repr__ = str.__str__


def _signature(called: griffe.Object) -> inspect.Signature:
    found = []
    for p in called.parameters:
        parameter = inspect.Parameter(p.name, KINDS[p.kind.value])
        if p.default and not p.kind.value.startswith("variadic"):
            parameter = parameter.replace(default=_Source(p.default))
        found.append(parameter)
    return inspect.Signature(found[called.is_class :])  # less self
