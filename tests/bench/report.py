"""What README.md says of the last `make bench`."""

import re
from pathlib import Path

from weaver.settings import settings

MEASURED = Path(settings()["measured"])
README = Path("README.md")
BLOCK = re.compile(r"(?<=<!--measured-->\n).*(?=<!--/measured-->)", re.DOTALL)
TEXT = """On {date}, on `{machine}`, `make bench` found:

- A build where nothing changed takes {unchanged:g} times as long as one by the theme alone.
- One that runs every program takes {cold:g} times as long as the programs and that build together.
- The preview shows an edit of prose after {prose:g} s, one of a block after {block:g} s.
- The exact line through {n} points takes {exact:g} readings of them, `numpy.polyfit` {polyfit:g}.
- `make check` takes {check:g} s, `make test` {test:g} s.
"""


def block(measured: dict) -> str:
    """Tell date, machine, and what says most."""
    builds, preview, library, checks = (
        measured["parts"][part] for part in ("builds", "preview", "library", "checks")
    )
    largest = "10,000,000"
    floors = f"floors, n = {largest}"
    return TEXT.format(
        date=measured["date"],
        machine=measured["machine"],
        unchanged=builds["unchanged / bare"]["wall"],
        cold=builds["cold / (one process + unchanged)"]["wall"],
        prose=preview["prose edited (s)"]["ours"],
        block=preview["block edited (s)"]["ours"],
        n=largest,
        exact=library["least_squares"][floors],
        polyfit=library["numpy.polyfit"][floors],
        check=checks["make check, caches warm"]["wall (s)"],
        test=checks["make test, caches warm"]["wall (s)"],
    )


def with_block(readme: str, measured: dict) -> str:
    return BLOCK.sub(lambda _: block(measured), readme)
