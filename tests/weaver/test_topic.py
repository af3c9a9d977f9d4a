"""The engine knows nothing of a subject: from an empty folder, it builds another one."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup

from tests.topic import make


def test_mkdocs_builds_another_topic(tmp_path):
    make(tmp_path)
    mkdocs = Path(sys.executable).with_name("mkdocs")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    ran = subprocess.run([mkdocs, "build", "--strict"], cwd=tmp_path, env=environment,
                         capture_output=True, text=True)  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    page = BeautifulSoup((tmp_path / "site/circles/index.html").read_bytes(), "html.parser")
    assert [pre.get_text() for pre in page.select(".output pre")] == ["12.57 True\n", "True\n"]
    assert page.select_one("figure#area svg").title.get_text().startswith("A line that rises")
    assert len(page.article("math")) == 2
    notebook = nbformat.read(tmp_path / "site/downloads/circles.ipynb", as_version=4)
    assert any("import circle" in cell.source for cell in notebook.cells)
    assert "linreg" not in nbformat.writes(notebook)


def test_the_engine_names_neither_the_package_nor_its_pages():
    for file in Path("weaver").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert "linreg" not in text, file
        assert "tutorial/" not in text, file
