"""How long the preview takes from a saved edit to the browser, and the memory that it holds."""

import contextlib
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from playwright.sync_api import Page, sync_playwright

from tests.bench.rounds import ENVIRONMENT, Row, Table, medians
from tests.bench.trees import EDITS, bare, copy, edit
from tests.site.conftest import FLAGS, chromium

# Of `make serve`, less its Python.
SERVE = re.search(r"^serve:.*\n\t\$\(BIN\)/python (.*)", Path("Makefile").read_text("utf-8"), re.M)
SAVES = 40  # for each round


@contextlib.contextmanager
def serving(tree: Path, *options: str) -> Iterator[tuple[str, psutil.Process]]:
    """Serve a tree as `make serve` does; give the address and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, *shlex.split(SERVE[1]), "--dev-addr", address, *options]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = psutil.Popen(command, cwd=tree, env=ENVIRONMENT, **quiet)
    try:
        url = f"http://{address}/"
        wait_for("<title>", url, process)
        yield url, process
    finally:
        process.terminate()
        process.wait()


def wait_for(text: str, url: str, process: psutil.Process) -> None:
    end = time.monotonic() + 300
    while time.monotonic() < end and process.is_running():
        with contextlib.suppress(URLError):
            if text in urlopen(url).read().decode():
                return
        time.sleep(0.1)
    raise RuntimeError(f"the preview does not show {text!r} at {url}")


def memory(process: psutil.Process) -> float:
    """Give the MB that a process and its children hold."""
    tree = [process, *process.children(recursive=True)]
    return sum(one.memory_info().rss for one in tree) / 2**20


def seen(page: Page, tree: Path, url: str, kind: str) -> Row:
    page.goto(url + EDITS[kind][-1])
    start = time.perf_counter()
    _, text = edit(tree, kind)
    page.get_by_text(text).first.wait_for(state="attached", timeout=300_000)
    return {"s": time.perf_counter() - start}


def measure(rounds: int) -> Table:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        tree, plain = copy(folder / "tree"), copy(folder / "plain")
        url, process = stack.enter_context(serving(tree))
        table = {"memory at start (MB)": {"ours": memory(process)}}
        for _ in range(rounds * SAVES):
            name, text = edit(tree, "prose")
            wait_for(text, url + name, process)
        table[f"memory after {rounds * SAVES} edits of prose (MB)"] = {"ours": memory(process)}
        bare_url, _ = stack.enter_context(serving(plain, *bare(plain)))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        ways = {"bare": lambda: seen(page, plain, bare_url, "prose")}
        ways |= {kind: lambda kind=kind: seen(page, tree, url, kind) for kind in EDITS}
        times = {name: row["s"] for name, row in medians(ways, rounds).items()}
        browser.close()
    bare_time = times.pop("bare")
    shown = {
        f"{kind} edited (s)": {"ours": time, "ours / bare, prose edited": time / bare_time}
        for kind, time in times.items()
    }
    return shown | table
