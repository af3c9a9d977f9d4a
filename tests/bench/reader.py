"""What a reader waits for, beside the same text by Material alone, and how the playground moves.

A server gives both as GitHub Pages does: packed by gzip.
"""

import contextlib
import functools
import gzip
import itertools
import tempfile
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.rounds import MKDOCS, Row, Table, medians, spend
from tests.bench.trees import bare, copy
from tests.site.conftest import FLAGS, chromium

PAGES = "tutorial/data.html", "tutorial/training.html"
# Slow 4G as Lighthouse has it, in bytes a second and ms; a phone's processor and screen.
SLOW_4G = {"downloadThroughput": 200_000, "uploadThroughput": 93_750, "latency": 150}
SLOWER = 4
PHONE = {"width": 412, "height": 823}
LARGEST_PAINT = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
    .observe({type: "largest-contentful-paint", buffered: true});
})"""
WATCH = """() => {
  window.delays = [0];
  const add = (entry) => entry.interactionId && delays.push(entry.duration);
  new PerformanceObserver((list) => list.getEntries().forEach(add))
    .observe({type: "event", durationThreshold: 16});
}"""
FRAMES = """() => new Promise((resolve) => {
  const times = [], ask = window.requestAnimationFrame;
  let busy = 0;
  window.requestAnimationFrame = (act) => ask((now) => {
    const start = performance.now();
    act(now);
    busy += performance.now() - start;
  });
  const frame = (now) => {
    times.push(now);
    if (now - times[0] < 5000) ask(frame);
    else resolve([times, busy / times.length]);
  };
  document.querySelector("[data-do=play]").click();
  ask(frame);
})"""


WEIGHT = (
    "performance.getEntries().reduce((sum, {encodedBodySize = 0}) => sum + encodedBodySize, 0)"
)


class Packed(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Encoding", "gzip")
        super().end_headers()

    def copyfile(self, source, outputfile) -> None:
        with contextlib.suppress(ConnectionError):  # The browser is closed, and wants no more.
            super().copyfile(source, outputfile)

    def log_message(self, *_) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Pack the files of a site, and serve them."""
    for file in folder.rglob("*.*"):
        file.write_bytes(gzip.compress(file.read_bytes()))
    handler = functools.partial(Packed, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextlib.contextmanager
def opened(browser: Browser, slower: int, network: dict | None = None, **screen) -> Iterator[Page]:
    """Give a page with an empty cache, of a slower processor and network."""
    with browser.new_context(viewport=screen or None) as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        if network:
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", {"offline": False, **network})
        yield page


def paint(browser: Browser, url: str) -> Row:
    with opened(browser, SLOWER, SLOW_4G, **PHONE) as page:
        page.goto(url, wait_until="networkidle")
        return {"s": page.evaluate(LARGEST_PAINT) / 1000}


def weight(browser: Browser, url: str) -> float:
    """Give the bytes of a page and of all that it loads."""
    with opened(browser, 1) as page:
        page.goto(url, wait_until="networkidle")
        return page.evaluate(WEIGHT)


def delay(browser: Browser, url: str, slower: int) -> Row:
    """Give the longest time from an act of the hand to the picture that answers it."""
    with opened(browser, slower) as page:
        page.goto(url)
        page.evaluate(WATCH)
        for target in ("[data-handle=right]", "[data-handle=dot]", ".rate input[name=lr]"):
            box = page.locator(target).bounding_box()
            x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            page.mouse.move(x, y)
            page.mouse.down()
            for k in range(1, 11):
                page.mouse.move(x + 3 * k, y - 3 * k)
            page.mouse.up()
        for action in ("step", "play", "play", "reset", "add"):
            page.click(f"[data-do={action}]")
            page.wait_for_timeout(300)
        return {"ms": page.evaluate("Math.max(...delays)")}


def frames(browser: Browser, url: str) -> Row:
    """Count frames of playing with 2,000 points, and late ones; tell what drawing one takes."""
    with opened(browser, 1) as page:
        # From the tenth epoch on, every frame has a step.
        page.goto(f"{url}#n=2000&epoch=20")
        times, busy = page.evaluate(FRAMES)
    gaps = [after - before for before, after in itertools.pairwise(times)]
    # A frame of 60 a second is 16.7 ms long; half of one more is a frame that is lost.
    return {"frames": len(gaps), "late": sum(gap > 25 for gap in gaps), "drawing (ms)": busy}


def measure(rounds: int) -> Table:
    with contextlib.ExitStack() as stack:
        tree = copy(Path(stack.enter_context(tempfile.TemporaryDirectory()), "tree"))
        spend([*MKDOCS, "build"], tree)
        spend([*MKDOCS, "build", *bare(tree), "--site-dir", "bare"], tree)
        ours, theirs = (stack.enter_context(served(tree / name)) for name in ("site", "bare"))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        ways = {
            url + name: lambda url=url + name: paint(browser, url)
            for name in PAGES
            for url in (ours, theirs)
        }
        play = f"{ours}playground.html"
        ways |= {str(k): lambda k=k: delay(browser, play, k) for k in (1, SLOWER)}
        found = medians(ways | {"frames": lambda: frames(browser, play)}, rounds)
        site = tree / "site"
        names = [file.relative_to(site).as_posix() for file in site.rglob("*.html")]
        weights = {name: weight(browser, ours + name) for name in names}
        browser.close()
    table = {}
    for name in PAGES:
        here, there = (found[url + name]["s"] for url in (ours, theirs))
        row = {"ours": here, "bare": there, "ours / bare": here / there}
        table[f"largest paint of {name} (s)"] = row
    heaviest = max(weights, key=weights.get)
    alone = {
        "longest delay of a press or a click in the playground (ms)": found["1"]["ms"],
        f"with a processor {SLOWER} times slower (ms)": found[str(SLOWER)]["ms"],
        **{f"playground, 2,000 points: {name}": n for name, n in found["frames"].items()},
        f"heaviest page, {heaviest}, with all that it loads (kB)": weights[heaviest] / 1000,
    }
    return table | {name: {"ours": value} for name, value in alone.items()}
