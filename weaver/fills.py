"""What the site adds to a page: counts of what is verified and the like in place of comments,
a lead above, files and terms below.
"""

import csv
import json
import platform
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from textwrap import indent

from weaver.checks.numbers import examine
from weaver.checks.quotations import claims_file, quotations, statements
from weaver.glossary import tooltips
from weaver.lead import cards, lead, minutes, steps
from weaver.maths import with_mathml
from weaver.notebook import INSTALL, install_block, take_along
from weaver.page import Page, PageError, lines_of
from weaver.settings import settings
from weaver.site import Site

LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")
PROGRAMS, NUMBERS = "Programs run", "Numbers in the text traced to programs"


def fills(page: Page, site: Site) -> dict[str, str]:
    """What takes the place of comments on a page."""
    made = {
        "<!--counts-->": lambda: table(counts(site)),
        "<!--strip-->": lambda: strip(counts(site), site),
        INSTALL: lambda: install_block(site),
        "<!--handouts-->": lambda: handouts(site),
        "<!--cards-->": lambda: cards(page, site),
        "<!--undecided-->": lambda: undecided(site),
        "<!--faults-->": lambda: faults(Path(site.settings["faults"])),
        "<!--measured-->": lambda: measured(Path(site.settings["measured"])),
    }
    return {mark: make() for mark, make in made.items() if mark in page.source}


def handouts(site: Site) -> str:
    """Where a class has what weaver/handout.py makes."""
    if not site.repository:
        return "`make class` makes all of them, in a copy of the tutorial."
    return f"[The newest release]({site.repository}/releases/latest){{ .md-button }}"


def around(page: Page, site: Site) -> tuple[dict[str, str], str, str]:
    """What the site adds to a page: the fills of its comments, what stands above and below it."""
    below = take_along(site, site.name(page)) + tooltips(page, site)
    return fills(page, site), lead(page, site), below


@lru_cache(1)  # Two pages show them.
def counts(site: Site) -> dict[str, int]:
    """Count what the pages hold and a build verifies."""
    pages = site.pages.values()
    programs = [program for page in pages for program in page.programs]
    found = {
        PROGRAMS: len(programs),
        "Outputs compared": sum(bool(program.output) for program in programs),
        NUMBERS: sum(examine(page, site)[0] for page in pages),
        "Figures drawn": sum(len(program.images) for program in programs),
        "Claims tested": sum(
            len({q.test for q in quotations(claims_file(page, site))}) for page in pages
        ),
    }
    for name, count in found.items():
        if not count:
            raise PageError(f"{site.docs}: {name}: none; take <!--counts--> and <!--strip--> away")
    return found


def table(found: dict[str, int]) -> str:
    """The counts and the versions of what the programs run on, as a table in Markdown."""
    versions = {name: version(package) for name, package in settings()["versions"].items()}
    numbers = ({"Python": platform.python_version()} | versions).items()
    listed = ", ".join(f"{name} {number.partition('+')[0]}" for name, number in numbers)
    return grid(("What", "How much"), [*found.items(), ("Versions", listed)])


def grid(head: Iterable, rows: Iterable[Iterable]) -> str:
    """A table in Markdown."""
    lines = [[str(cell).replace("|", "\\|") for cell in row] for row in (head, *rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def undecided(site: Site) -> str:
    """The sentences that no test quotes, folded, page by page."""
    folds = []
    for name in site.lessons:
        said = statements(site.pages[name], site)
        quoted = f"tests quote {sum(said.values())} of {len(said)} sentences"
        others = [LINK.sub(r"\1", words) for words, decided in said.items() if not decided]
        items = "".join(f"\n    - {with_mathml(words)}" for words in others)
        folds.append(f'??? note "{site.pages[name].title.rstrip("?")}: {quoted}"\n{items}')
    return "\n\n".join(folds)


def faults(file: Path) -> str:
    """How planted faults and harmless changes were noticed, in a sentence and a folded table."""
    if not file.is_file():
        raise PageError(f"{file} does not exist: make faults")
    (date, *head), *rows = csv.reader(lines_of(file.read_text(encoding="utf-8")))
    sums = {"fault": [0] * len(head[1:]), "harmless": [0] * len(head[1:])}
    for kind, _, *counts in rows:
        sums[kind] = [a + int(b) for a, b in zip(sums[kind], counts, strict=True)]
    planted, harmless = sums.values()
    noticed = ", ".join(f"{count} {how}" for how, count in zip(head[1:], planted, strict=True))
    table = indent(grid(["kind", *head], rows), "    ")
    return (
        f"On {date}, {sum(planted)} faults were planted: {noticed}. Of {sum(harmless)} harmless "
        f'changes, {harmless[0]} turned red.\n\n??? note "The changes, kind by kind"\n\n{table}'
    )


def measured(file: Path) -> str:
    """What the last benchmark found, part by part, each a folded table."""
    if not file.is_file():
        raise PageError(f"{file} does not exist: make bench")
    found, folds = json.loads(file.read_text(encoding="utf-8")), []
    for name, part in found.items():
        head = f"On {part['date']}, on {part['machine']}; rounds: {part['rounds']}."
        fold = indent(f"{head}\n\n{measurements(part['rows'])}", "    ")
        folds.append(f'??? note "{name.capitalize()}"\n\n{fold}')
    return "\n".join(folds)


def measurements(rows: dict[str, dict[str, float]]) -> str:
    """Rows of measured values as a table in Markdown; a row may lack columns of the others."""
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    cells = [
        [name, *(f"{row[column]:g}" if column in row else "" for column in columns)]
        for name, row in rows.items()
    ]
    return grid(["what", *columns], cells)


def strip(found: dict[str, int], site: Site) -> str:
    """How long the steps take and the two counts that say most, in one line."""
    time = sum(minutes(site.pages[name]) for _, name in steps(site))
    shown = {
        f"steps, {time} minutes": len(steps(site)),
        "programs run": found[PROGRAMS],
        "numbers traced to programs": found[NUMBERS],
    }
    return " · ".join(f"**{count}** {what}" for what, count in shown.items())
