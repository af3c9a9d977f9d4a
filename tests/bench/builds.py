"""What each kind of build costs, in builds by Material alone."""

import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench.rounds import MKDOCS, Row, Table, medians, ratios, spend
from tests.bench.trees import EDITS, bare, copy, edit

BUILD = [*MKDOCS, "build"]
PLAIN = """
from pathlib import Path
import matplotlib.pyplot as plt
from weaver.page import read
plt.show = lambda: plt.close("all")
for path in sorted(Path("docs").rglob("*.md")):
    for program in read(path).programs:
        exec(program.code, {"__name__": "__main__"})
"""
ALL_CORES = """
from weaver.site import Site
site = Site.load()
site.run(*site.pages.values())
"""


def measure(rounds: int) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        tree = copy(Path(folder, "tree"))

        def build(*options: str) -> Row:
            return spend([*BUILD, *options], tree)

        def edited(kind: str) -> Row:
            edit(tree, kind)
            return build()

        def cold(command: list[str]) -> Row:
            shutil.rmtree(tree / ".cache", ignore_errors=True)
            return spend(command, tree)

        bare_site = "--site-dir", "bare"
        ways = {
            "bare": lambda: build(*bare(tree), *bare_site),
            "with search": lambda: build(*bare(tree, "search"), *bare_site),
            "unchanged": build,
            **{f"{kind} edited": lambda kind=kind: edited(kind) for kind in EDITS},
            "all cores": lambda: cold([sys.executable, "-c", ALL_CORES]),
            "cold": lambda: cold(BUILD),
            "one process": lambda: spend([sys.executable, "-c", PLAIN], tree),
        }
        found = {
            name: {"wall": row["wall"], "CPU": row["CPU"]}
            for name, row in medians(ways, rounds).items()
        }
    unit = found.pop("bare")
    table = {"bare (s)": unit}
    table |= {f"{name} / bare": ratios(row, unit) for name, row in found.items()}
    both = {column: found["one process"][column] + found["unchanged"][column] for column in unit}
    return table | {"cold / (one process + unchanged)": ratios(found["cold"], both)}
