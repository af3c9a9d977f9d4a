"""`python -m weaver.assets` makes the files that no page can hold: font and card."""

import hashlib
import io
import sys
from collections.abc import Callable
from importlib.metadata import distribution, version
from importlib.util import find_spec
from pathlib import Path

from weaver.maths import CHARACTERS
from weaver.run import CACHE

MADE = Path("docs/assets/made")
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


def write(name: str, key: str, make: Callable[[], bytes]) -> None:
    """Write a file of docs/assets/made; make it only if the cache has none for the key."""
    cached = CACHE / f"{hashlib.sha256(key.encode()).hexdigest()}-{name}"
    if not cached.exists():
        print(f"making {MADE / name}", file=sys.stderr)
        CACHE.mkdir(parents=True, exist_ok=True)
        cached.write_bytes(make())
    MADE.mkdir(parents=True, exist_ok=True)
    target, data = MADE / name, cached.read_bytes()
    if not target.exists() or target.read_bytes() != data:
        target.write_bytes(data)


def main() -> None:
    source = Path(find_spec("weaver.assets").origin).read_text(encoding="utf-8")
    versions = [version(name) for name in ("ziamath", "fonttools", "brotli")]
    write("maths.woff2", repr([source, CHARACTERS, versions]), font)


if __name__ == "__main__":
    main()
