"""A page's programs: what stands in its Markdown, and where."""

import ast
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

import click
from pytest_codeblocks import extract_from_file

MARKER = "<!--pytest-codeblocks:expected-output-->"
IMAGE = re.compile(r'\s*!\[(?P<alt>[^]]*)\]\((?P<name>[\w-]+)\.svg(?: "(?P<caption>[^"]*)")?\)\s*')
FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL)


class PageError(click.ClickException):
    """What is wrong with a page, in plain words that begin with page:line."""


@dataclass(frozen=True)
class Image:
    """The image line of a figure."""

    alt: str
    name: str
    caption: str | None


@dataclass(frozen=True)
class Program:
    """A Python block with what the page says that it prints and draws.

    Lines count from 1. The block opens at `line` and closes at `end`; its output
    reaches to `output_end`, its image lines to `last`.
    """

    path: Path
    line: int
    end: int
    output_end: int
    last: int
    code: str
    output: str
    images: tuple[Image, ...]

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"


def read(path: Path) -> list[Program]:
    """Read a page's programs; raise PageError for a block that nothing would test."""
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines, 1):
        if re.match(r"\s*~~~", line):
            raise PageError(f"{path}:{number}: a ~~~ fence is never run: write ```")
        if re.match(r"\s*>.*```", line):
            raise PageError(f"{path}:{number}: a fence behind > is never run: take it out")
        if re.match(r"\s*<!--.*pytest", line) and line.strip() != MARKER:
            raise PageError(
                f"{path}:{number}: {line.strip()} hides code from the check: remove it"
            )
    try:
        blocks = extract_from_file(path)
    except RuntimeError as error:
        raise PageError(f"{path}: {error}") from error
    programs = []
    for block in blocks:
        if block.syntax == "python":
            programs.append(_program(path, lines, block))
        elif block.syntax != "console":
            raise PageError(
                f"{path}:{block.lineno}: a ```{block.syntax} fence is never checked: write "
                f"```python for a program, ```console for commands, {MARKER} before an output"
            )
        elif block.expected_output is not None:
            raise PageError(f"{path}:{block.lineno}: commands have no checked output")
    for program in programs:
        if not _same(source(program), program.code):
            raise PageError(
                f"{program.place}: without its blank lines, which pytest-codeblocks drops in an "
                "indented block, this program is another one: keep them out of strings"
            )
    names = [image.name for program in programs for image in program.images]
    for name in names:
        if names.count(name) > 1:
            raise PageError(f"{path}: two figures are named {name}.svg: rename one")
    return programs


def _program(path: Path, lines: list[str], block) -> Program:
    def next_text(index: int) -> int:
        while index < len(lines) and not lines[index].strip():
            index += 1
        return index

    def close(opening: int) -> int:
        # By eye, since the extractor drops the blank lines of an indented block.
        ticks = re.match(r"\s*(`+)", lines[opening])[1]
        return next(
            k for k in range(opening + 1, len(lines)) if lines[k].lstrip().startswith(ticks)
        )

    end = output_end = close(block.lineno - 1) + 1
    index = next_text(end)
    if index < len(lines) and lines[index].strip() == MARKER:
        opening = next_text(index + 1)
        if block.expected_output is None or lines[opening].strip() != "```text":
            raise PageError(f"{path}:{index + 1}: a ```text fence has to follow {MARKER}")
        output_end = close(opening) + 1
        index = next_text(output_end)
    elif block.expected_output is not None:
        raise PageError(f"{path}:{block.lineno}: the output has to stand directly under its block")
    last, images = output_end, []
    while index < len(lines) and (match := IMAGE.fullmatch(lines[index])):
        images.append(Image(**match.groupdict()))
        last = index + 1
        index = next_text(last)
    output = block.expected_output or ""
    return Program(path, block.lineno, end, output_end, last, block.code, output, tuple(images))


def lines_of(text: str) -> list[str]:
    """The lines of a text that ends with a line break, if it has any.

    Python's `splitlines` would end lines at form feeds and the like, as Markdown does not.
    """
    return text.removesuffix("\n").split("\n")


def source(program: Program) -> str:
    """The program as the page writes it; the extractor drops an indented block's blank lines."""
    lines = program.path.read_text(encoding="utf-8").split("\n")
    return textwrap.dedent("\n".join(lines[program.line : program.end - 1]))


def _same(code: str, other: str) -> bool:
    try:
        return ast.dump(ast.parse(code)) == ast.dump(ast.parse(other))
    except SyntaxError:
        return True  # The run tells.


def refresh(path: Path, outputs: list[str]) -> int:
    """Put what the programs print into the page; return how many outputs changed."""
    text = path.read_text(encoding="utf-8")
    lines, changed = text.split("\n"), 0
    for program, output in reversed(list(zip(read(path), outputs, strict=True))):
        if output == program.output:
            continue
        changed += 1
        indent = re.match(r"\s*", lines[program.line - 1])[0]
        shown = ["", MARKER, "", "```text", *lines_of(output), "```"] if output else []
        lines[program.end : program.output_end] = [indent + s if s else "" for s in shown]
    if changed:
        path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
        try:
            taken = [program.output for program in read(path)] == outputs
        except PageError:
            taken = False
        if not taken:
            path.write_text(text, encoding="utf-8", newline="\n")
            raise PageError(
                f"{path}: an output cannot stand on a page: end it with a line break, and print "
                "no ``` and, in an indented block, no blank line"
            )
    return changed
