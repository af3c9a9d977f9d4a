"""What running every program adds to a build, as ratios within one run, and how evenly the
playground's pictures move."""

import itertools
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.site.conftest import FLAGS, chromium

ENVIRONMENT = os.environ | {"MPLBACKEND": "agg"}
ROUNDS = 5

PLAIN = """
from pathlib import Path
import matplotlib.pyplot as plt
from weaver.page import read
plt.show = lambda: plt.close("all")
for path in sorted(Path("docs").rglob("*.md")):
    for program in read(path).programs:
        exec(program.code, {"__name__": "__main__"})
"""


def seconds(tree: Path, *arguments: str) -> float:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], cwd=tree, env=ENVIRONMENT, check=True, capture_output=True
    )
    return time.perf_counter() - start


def frames(site: Path) -> tuple[int, int, float]:
    """Count the frames of 5 s of playing with 2,000 points, and those that come late; tell how
    many milliseconds drawing one takes.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        # From the tenth epoch on, every frame has a step.
        page.goto(f"{(site / 'playground.html').as_uri()}#n=2000&epoch=20")
        times, busy = page.evaluate(
            """() => new Promise((resolve) => {
              const times = [], begun = {}, ask = window.requestAnimationFrame;
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
        )
        browser.close()
    gaps = [after - before for before, after in itertools.pairwise(times)]
    # A frame of 60 a second is 16.7 ms long; half of one more is a frame that is lost.
    return len(gaps), sum(gap > 25 for gap in gaps), busy


def main() -> None:
    times = {"plain": [], "still": [], "cold": [], "again": []}
    with tempfile.TemporaryDirectory() as folder:
        tree, still = Path(folder, "tree"), Path(folder, "still")
        ignore = shutil.ignore_patterns(".venv", ".cache", ".git", "site")
        shutil.copytree(".", tree, ignore=ignore)
        shutil.copytree(".", still, ignore=ignore)
        config = still / "mkdocs.yml"
        settings = config.read_text(encoding="utf-8")
        without = re.sub(r"^hooks:\n.*\n|^.*\.ipynb\n|^  - mkdocs-jupyter:\n(      .*\n)*", "",
                         settings, flags=re.MULTILINE)  # fmt: skip
        assert without != settings
        config.write_text(without, encoding="utf-8")
        build = ("-m", "mkdocs", "build")
        for number in range(ROUNDS + 1):
            shutil.rmtree(tree / ".cache", ignore_errors=True)
            measured = {
                "plain": seconds(tree, "-c", PLAIN),
                "still": seconds(still, *build),
                "cold": seconds(tree, *build),
                "again": seconds(tree, *build),
            }
            if number:  # The first round warms up the disk.
                for name, value in measured.items():
                    times[name].append(value)
        count, late, busy = frames(tree / "site")
    plain, still, cold, again = (statistics.median(times[name]) for name in times)
    print(f"medians of {ROUNDS} rounds")
    print(f"programs in one process     {plain:5.2f} s")
    print(f"build without running any   {still:5.2f} s")
    print(f"cold build, all are run     {cold:5.2f} s   {cold / (plain + still):.2f} of both")
    print(f"unchanged build, none is    {again:5.2f} s   {again / still:.2f} of a build without")
    print(f"playground, 2,000 points    {late} of {count} frames late, {busy:.1f} ms to draw one")


if __name__ == "__main__":
    main()
