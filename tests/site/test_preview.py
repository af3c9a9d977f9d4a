"""The preview goes on at a fault, which it shows on its page, makes anew only what changed, and
leaves nothing behind.
"""

import re
import subprocess
import sys

import psutil
from markdown import markdown

import weaver.hook as hook
from tests.site.conftest import get, serving, wait_for
from tests.topic import make
from weaver.page import read

FAULTY = "\n```python\n1 / 0\n```\n\nIt is 8765.4321 metres.\n"
BOX = "admonition failure"


def test_what_cannot_be_woven_is_told_on_its_page(tmp_path, monkeypatch):
    monkeypatch.setattr(hook, "_serving", True)
    woven, _ = hook._weave(read(make(tmp_path)))  # A site was never loaded.
    assert BOX in markdown(woven, extensions=["admonition"])
    for said in ("circles.md:1: it cannot be woven: NameError", "next: mend what it names"):
        assert said in woven


def test_the_preview_outlives_a_fault_and_leaves_nothing_behind(tmp_path):
    project, temporary, log = tmp_path / "project", tmp_path / "temporary", tmp_path / "log"
    temporary.mkdir()
    page, settings = make(project), project / "mkdocs.yml"
    text = settings.read_text(encoding="utf-8").replace("hooks:", "  - reference.md\nhooks:")
    text = text.replace("plugins:", "watch: [circle.py]\nplugins:\n  - mkdocstrings")
    settings.write_text(text, encoding="utf-8")
    (project / "docs/reference.md").write_text(
        "# Reference\n\n::: circle.area\n", encoding="utf-8"
    )
    good = page.read_text(encoding="utf-8")
    fault = f"circles.md:{good.count(chr(10)) + 2}: the block fails: at `1 / 0`: ZeroDivisionError"
    page.write_text(good + FAULTY, encoding="utf-8")
    build = [sys.executable, "-m", "mkdocs", "build"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    built = subprocess.run(build, cwd=project, **pipes, text=True)
    assert built.returncode
    assert fault in built.stdout

    with (
        log.open("w", encoding="utf-8") as file,
        serving(project, log=file, TMPDIR=str(temporary)) as served,
    ):
        url, preview = served
        shown = re.sub(r"<[^>]+>|&\S+;", "", get(f"{url}circles/"))
        assert get(f"{url}circles/").count(BOX) == 2
        assert BOX not in get(f"{url}reference/")
        for said in ("the block fails", "next: mend the line", "the page says 8765.4321"):
            assert said in shown
        assert log.read_text(encoding="utf-8").count(fault) == 1
        (site,) = temporary.glob("mkdocs_*")
        others = [site / "reference/index.html", site / "downloads/all/index.html"]
        before = [other.stat().st_mtime_ns for other in others]
        page.write_text(good, encoding="utf-8")
        wait_for(lambda: BOX not in get(f"{url}circles/"))
        assert before == [other.stat().st_mtime_ns for other in others]
        package = project / "circle.py"
        text = package.read_text(encoding="utf-8").replace("The area", "The whole area")
        package.write_text(text, encoding="utf-8")
        wait_for(lambda: "The whole area" in get(f"{url}reference/"))
        left = preview.children(recursive=True)
        preview.kill()  # of all signals the one that it cannot answer
        preview.wait()
        wait_for(lambda: not any(temporary.glob("mkdocs_*")))
        wait_for(lambda: not psutil.wait_procs(left, timeout=0)[1])
