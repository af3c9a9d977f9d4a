"""`python -m weaver.assets` makes the files that no page can hold: maths font and card."""

import hashlib
import io
import sys
from collections.abc import Callable
from importlib.metadata import distribution, version
from pathlib import Path

from weaver.maths import CHARACTERS
from weaver.page import Page
from weaver.run import CACHE, fingerprint, save, state
from weaver.site import Site

FONT = "ziamath/fonts/STIXTwoMath-Regular.ttf"


def font() -> bytes:
    """Cut a maths font down to the characters of formulas, as WOFF2."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    full = TTFont(distribution("ziamath").locate_file(FONT), recalcTimestamp=False)
    options = Options(hinting=False, layout_features=[], name_IDs=[0, 1, 2, 13, 14])
    options.drop_tables += ["DSIG", "GDEF", "GPOS", "GSUB"]
    subsetter = Subsetter(options)
    subsetter.populate(text=CHARACTERS)
    subsetter.subset(full)
    full.flavor = "woff2"
    full.save(file := io.BytesIO())
    return file.getvalue()


def social_card(page: Page) -> bytes:
    """Draw the figure of a page's first program under its title, as PNG, for shared links."""
    figure = state(page.programs[0]).figures[0]
    figure.set_size_inches(6, 3.15)
    figure.get_layout_engine().set(w_pad=0.15, h_pad=0.15)
    figure.axes[0].set_title(page.title, fontsize=18, pad=10)
    figure.savefig(file := io.BytesIO(), format="png", dpi=200, metadata={"Software": None})
    return file.getvalue()


def write(file: Path, depends: str, make: Callable[[], bytes]) -> None:
    """Write a file, from the cache if what it depends on is unchanged."""
    cached = CACHE / f"{hashlib.sha256(depends.encode()).hexdigest()}-{file.name}"
    if not cached.exists():
        print(f"making {file}", file=sys.stderr)
        save(cached, make())
    save(file, cached.read_bytes())


def main() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    versions = [version(name) for name in ("ziamath", "fonttools", "brotli")]
    site = Site.load()
    made = site.docs / "assets/made"
    write(made / "maths.woff2", repr([source, CHARACTERS, versions]), font)
    page = site.pages[site.settings["social_card"]]
    card = repr([fingerprint(), source, page.source])
    write(made / "card.png", card, lambda: social_card(page))


if __name__ == "__main__":
    main()
