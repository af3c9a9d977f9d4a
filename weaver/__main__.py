"""`python -m weaver check` tells where pages and programs differ; `refresh` mends outputs."""

import sys
from pathlib import Path

import click

from weaver.numbers import unfounded
from weaver.page import PageError, read, refresh
from weaver.run import problems, run


@click.command()
@click.argument("what", type=click.Choice(["check", "refresh"]))
@click.argument("pages", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(what: str, pages: tuple[Path, ...]) -> None:
    """Run the programs of PAGES (all pages of docs by default)."""
    found = []
    for path in pages or sorted(Path("docs").rglob("*.md")):
        programs = read(path)
        results = run(programs)
        failed = any(result.error for result in results)
        if what == "refresh" and not failed:
            changed = refresh(path, [result.output for result in results])
            print(f"{path}: {changed} of {len(programs)} outputs changed")
            programs = read(path)
        found += [p for pair in zip(programs, results, strict=True) for p in problems(*pair)]
        found += unfounded(path)[1]
    if found:
        raise PageError("\n\n".join(found))


if __name__ == "__main__":
    sys.exit(main())
