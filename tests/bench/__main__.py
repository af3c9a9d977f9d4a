"""`make bench` measures everything in one run, and writes it for the pages and the README."""

import json
import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import click

from tests.bench import scaling
from weaver.counts import measurements
from weaver.settings import settings

# Checks first: where a test fails, nothing else needs to be measured.
PARTS = "checks", "builds", "preview", "growth", "library", "reader"
MEASURED, README = Path(settings()["measured"]), Path("README.md")
BLOCK = re.compile(r"(?<=<!--measured-->\n).*(?=<!--/measured-->)", re.DOTALL)
# What says most; each value by its part, row and column.
TEXT = """On {date}, on `{machine}`, `make bench` found:

- A build where nothing changed takes {parts[builds][unchanged / bare][wall]:g} times as long as
  one by the theme alone; where all programs run, {parts[builds][cold / bare][wall]:g} times.
- The preview shows new prose after {parts[preview][prose edited (s)][ours]:g} seconds.
- The best line through 10,000,000 points takes as long as reading each of them
  {parts[library][least_squares][floors, n = 10,000,000]:g} times.
"""


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
@click.option("--rounds", default=5, help="Rounds that count, after one that warms up.")
def main(parts: tuple[str, ...], rounds: int) -> None:
    """Measure PARTS and print them; without any, measure all and write them too."""
    today, machine = f"{datetime.now(UTC):%Y-%m-%d}", scaling.machine()
    measured = {"date": today, "machine": machine, "rounds": rounds, "parts": {}}
    if not MEASURED.is_file():  # The builds that are measured show it.
        MEASURED.write_text(json.dumps(measured), encoding="utf-8")
    for part in parts or PARTS:
        measure = import_module(f"tests.bench.{part}").measure
        # In a process of its own: a child's peak memory counts what its parent held.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            table = pool.submit(measure, rounds).result()
        measured["parts"][part] = {
            name: {column: float(f"{value:.3g}") for column, value in row.items()}
            for name, row in table.items()
        }
        print(f"{part}\n\n{measurements(measured['parts'][part])}", flush=True)
    if not parts:
        MEASURED.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
        readme = README.read_text(encoding="utf-8")
        readme = BLOCK.sub(lambda _: TEXT.format(**measured), readme)
        README.write_text(readme, encoding="utf-8")
        # Last, since it writes a file of the package.
        scaling.main()


if __name__ == "__main__":
    main()
