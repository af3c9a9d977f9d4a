"""`python -m weaver.handout` makes of the built site what a class takes along.

One zip holds the site, which works from disk, another one the notebooks. The PDF is the page
that holds the course.
"""

import shutil
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from playwright.sync_api import sync_playwright

from weaver.notebook import FOLDER
from weaver.settings import settings

NO_BROWSER = "no Chromium is found; install Debian's `chromium`"
FOOT = {
    "display_header_footer": True,
    "header_template": "<span></span>",
    "footer_template": '<span style="width: 100%; text-align: center; font: 9px sans-serif">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></span>',
}
MARGIN = {"top": "15mm", "bottom": "18mm", "left": "15mm", "right": "15mm"}
# What lies beside the page does not lie beside the PDF.
UNLINK = """(links) => links
  .filter((link) => link.protocol === "file:" && !link.hash)
  .forEach((link) => link.removeAttribute("href"))"""


def chromium() -> str | None:
    """Where the browser is, if there is one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def packed(folder: Path, file: Path, pattern: str = "*") -> None:
    """Pack the files below a folder into a zip, in a folder of the zip's name."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for one in sorted(folder.rglob(pattern)):
            archive.write(one, Path(file.stem, one.relative_to(folder)))


def printed(page: Path, file: Path) -> None:
    """Print a page of a built site."""
    executable = chromium()
    if executable is None:
        sys.exit(NO_BROWSER)
    with sync_playwright() as playwright:
        # Chromium's sandbox takes rights that containers do not give.
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto(page.resolve().as_uri())
        tab.eval_on_selector_all("a[href]", UNLINK)
        tab.pdf(path=file, format="A4", margin=MARGIN, tagged=True, outline=True, **FOOT)
        browser.close()


def main(site: Path = Path("site"), folder: Path = Path("class")) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    ours = settings()
    name, notebook = ours["name"], site / ours["notebook"]
    packed(site, folder / f"{name}.zip")
    packed(site / FOLDER, folder / f"{name}-notebooks.zip", "*.ipynb")
    printed(notebook.with_suffix(".html"), folder / f"{name}.pdf")
    print(f"{folder}: {', '.join(sorted(file.name for file in folder.iterdir()))}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
