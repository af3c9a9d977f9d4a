"""`make bench` measures everything in one run, and writes it for the pages and the README."""

import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib import import_module

import click

from tests.bench import scaling
from tests.bench.report import MEASURED, README, with_block
from weaver.counts import grid

PARTS = "builds", "preview", "growth", "library", "reader", "checks"


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
@click.option("--rounds", default=5, help="Rounds that count, after one that warms up.")
def main(parts: tuple[str, ...], rounds: int) -> None:
    """Measure PARTS and print them; without any, measure all and write them too."""
    measured = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": scaling.machine(),
        "rounds": rounds,
        "parts": {},
    }
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
        print(f"{part}\n\n{grid(measured['parts'][part])}", flush=True)
    if not parts:
        MEASURED.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
        README.write_text(with_block(README.read_text("utf-8"), measured), encoding="utf-8")
        # Last, since it writes a file of the package.
        scaling.main()


if __name__ == "__main__":
    main()
