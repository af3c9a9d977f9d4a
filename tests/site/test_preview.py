"""The preview goes on at a fault, which it shows on its page, makes anew only what changed, and
leaves nothing behind.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import psutil

FAULTY = "\n```python\n1 / 0\n```\n\nIt is 8765.4321 metres.\n"
BOX = "admonition failure"


def wait_for(condition):
    """Give what becomes of the condition at last."""
    end = time.monotonic() + 300
    while not (found := condition()):
        assert time.monotonic() < end, "it does not come true"
        time.sleep(0.2)
    return found


def test_the_preview_outlives_a_fault_and_leaves_nothing_behind(tmp_path):
    project, temporary, log = tmp_path / "project", tmp_path / "temporary", tmp_path / "log"
    for name in ("docs", "linreg", "overrides", "tests", "weaver", ".cache"):
        shutil.copytree(name, project / name)
    for name in ("mkdocs.yml", "pyproject.toml", "requirements.txt"):
        shutil.copy(name, project)
    temporary.mkdir()
    page = project / "docs/tutorial/data.md"
    good = page.read_text(encoding="utf-8")
    fault = f"data.md:{good.count(chr(10)) + 2}: the block fails: at `1 / 0`: ZeroDivisionError"
    page.write_text(good + FAULTY, encoding="utf-8")
    environment = os.environ | {"TMPDIR": str(temporary), "SITE_URL": ""}
    mkdocs = {"cwd": project, "env": environment, "stderr": subprocess.STDOUT}

    build = [sys.executable, "-m", "mkdocs", "build"]
    built = subprocess.run(build, **mkdocs, stdout=subprocess.PIPE, text=True)
    assert built.returncode
    assert fault in built.stdout

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "mkdocs", "serve", "--dirty", "--dev-addr", address]

    def get(name: str) -> str:
        return urlopen(f"http://{address}/{name}.html").read().decode()

    with log.open("w") as file:
        preview = psutil.Popen(command, **mkdocs, stdout=file)
    try:
        wait_for(lambda: "Serving on" in log.read_text() or preview.poll() is not None)
        shown = re.sub(r"<[^>]+>|&\S+;", "", get("tutorial/data"))
        assert get("tutorial/data").count(BOX) == 2
        assert BOX not in get("tutorial/model")
        for said in ("the block fails", "next: mend the line", "the page says 8765.4321"):
            assert said in shown
        assert log.read_text().count(fault) == 1
        (site,) = temporary.glob("mkdocs_*")
        before = {file: file.stat().st_mtime_ns for file in site.rglob("*.html")}
        page.write_text(good, encoding="utf-8")
        wait_for(lambda: BOX not in get("tutorial/data"))
        changed = {file for file, time in before.items() if file.stat().st_mtime_ns != time}
        assert site / "tutorial/data.html" in changed
        assert not changed & {site / "tutorial/model.html", site / "downloads/tutorial.html"}
        package = project / "linreg/data.py"
        package.write_text(package.read_text().replace("Draw points", "Draw some points"))
        wait_for(lambda: "Draw some points" in get("reference"))
        left = preview.children(recursive=True)
        preview.terminate()
        preview.wait()
        wait_for(lambda: not any(temporary.glob("mkdocs_*")))
        wait_for(lambda: not psutil.wait_procs(left, timeout=0)[1])
    finally:
        preview.poll() is None and preview.kill()
