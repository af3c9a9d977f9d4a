"""How long the preview takes from a saved edit to the browser, and the memory that it holds."""

import contextlib
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from tests.bench.rounds import Row, Table, medians
from tests.bench.trees import EDITS, bare, copy, edit
from tests.site.conftest import FLAGS, chromium, get, serving, wait_for

SAVES = 40  # for each round


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
            wait_for(lambda page=url + name, text=text: text in get(page))
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
