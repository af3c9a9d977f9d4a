"""The statements of the pages that tests decide, as the tests' docstrings quote them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

BLOCK = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)


def claims(file: Path) -> Iterator[tuple[str, list[str]]]:
    """Give each test of a file: its place and what it quotes, parts separated by " … "."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            said = ast.get_docstring(node) or ""
            yield f"{file}:{node.lineno}: {node.name}", re.split(r"\s…\s", said) if said else []


def spans(quotation: str, page: str) -> list[tuple[int, int]]:
    """Find where a page's text says something; its programs and outputs say nothing."""
    text = BLOCK.sub(lambda block: " " * len(block[0]), page)
    words = r"\s+".join(map(re.escape, quotation.split()))
    return [match.span() for match in re.finditer(rf"(?<!\w){words}(?!\w)", text)]
