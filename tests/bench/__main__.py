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
from weaver.fills import measurements
from weaver.settings import settings

PARTS = "builds", "preview", "growth", "library", "reader", "checks"
MEASURED, README = Path(settings()["measured"]), Path("README.md")
BLOCK = re.compile(r"(?<=<!--measured-->\n).*(?=<!--/measured-->)", re.DOTALL)
# What says most; each value by its part, row and column.
TEXT = """On {builds[date]}, on `{builds[machine]}`, `make bench` found:

- A build where nothing changed takes {builds[rows][unchanged / bare][wall]:g} times as long as
  one by the theme alone; where all programs run, {builds[rows][cold / bare][wall]:g} times.
- The preview shows new prose after {preview[rows][prose edited (s)][ours]:g} seconds.
- The best line through 10,000,000 points takes as long as reading each of them
  {library[rows][least_squares][floors, n = 10,000,000]:g} times.
"""


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
@click.option(
    "--rounds", type=click.IntRange(5), default=5, help="That count, after one that warms up."
)
def main(parts: tuple[str, ...], rounds: int) -> None:
    """Measure PARTS, by default all and the ways to the line; print and write them."""
    machine = scaling.machine()
    found = json.loads(MEASURED.read_text("utf-8")) if MEASURED.is_file() else {}
    # Nothing stands beside what another machine did; some parts alone do not replace all.
    same = all(part["machine"] == machine for part in found.values())
    found, kept = found if same else {}, same or not parts
    for part in parts or PARTS:
        measure = import_module(f"tests.bench.{part}").measure
        # In a process of its own: a child's peak memory counts what its parent held.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            table = pool.submit(measure, rounds).result()
        rows = {
            name: {column: float(f"{value:.3g}") for column, value in row.items()}
            for name, row in table.items()
        }
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        often = 1 if part == "checks" else rounds
        found[part] = {"date": today, "machine": machine, "rounds": often, "rows": rows}
        if kept:
            MEASURED.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        print(f"{part}\n\n{measurements(rows)}", flush=True)
    if kept and found.keys() >= {"builds", "preview", "library"}:
        readme = README.read_text(encoding="utf-8")
        README.write_text(BLOCK.sub(lambda _: TEXT.format(**found), readme), encoding="utf-8")
    if not parts:
        # Last, since it writes a file of the package.
        scaling.main()


if __name__ == "__main__":
    main()
