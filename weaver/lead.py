"""What stands under a lesson's title: which step it is, how long it takes, what it teaches."""

import re

from weaver.page import Page
from weaver.site import Site

WORDS_A_MINUTE, BLOCKS_A_MINUTE = 200, 3
PROSE = ("heading", "paragraph", "cell", "title")


def minutes(page: Page) -> int:
    """Estimate how long a page takes to read with its programs, folded answers included."""
    words = sum(len(text.text.split()) for text in page.texts if text.kind in PROSE)
    return max(1, round(words / WORDS_A_MINUTE + len(page.programs) / BLOCKS_A_MINUTE))


def lead(page: Page, site: Site) -> str:
    """Say it as Markdown; the step is the number in the title, as of the menu's others."""
    name = page.path.relative_to(site.docs).as_posix()
    # A page that hides the menu has a first screen of its own.
    if name not in site.lessons or "hide" in page.meta or not page.meta.get("description"):
        return ""
    steps = [label for label, _ in site.menu if re.match(r"\d+\.", label)]
    step = re.match(r"\d+", page.title)
    place = [f"{step[0]} of {len(steps)}"] if step else []
    goal = page.meta["description"].rstrip(".")
    goal = f"you will be able to {goal[0].lower()}{goal[1:]}"
    return " · ".join([*place, f"{minutes(page)} min", goal]) + "\n{ .lead }"
