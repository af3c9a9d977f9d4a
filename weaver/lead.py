"""What a reader is told of a lesson before it: which step it is, how long, what it teaches."""

import os
import posixpath
import re
from html import escape
from pathlib import Path

from weaver.checks.numbers import STEP_TITLE
from weaver.figure import to_html
from weaver.notebook import INSTALL
from weaver.page import Image, Page
from weaver.site import Site
from weaver.weave import HTML

WORDS_A_MINUTE, BLOCKS_A_MINUTE = 200, 3
PROSE = ("heading", "paragraph", "cell", "title")


def steps(site: Site) -> list[tuple[str, str]]:
    """The menu's numbered lessons: their labels and names."""
    return [(label, name) for label, name in site.menu if STEP_TITLE.match(label)]


def minutes(page: Page) -> int:
    """Estimate how long a page takes to read with its programs, folded answers included."""
    words = sum(len(text.text.split()) for text in page.texts if text.kind in PROSE)
    return max(1, round(words / WORDS_A_MINUTE + len(page.programs) / BLOCKS_A_MINUTE))


def lead(page: Page, site: Site) -> str:
    """Say it as Markdown."""
    name = site.name(page)
    # A page that hides the menu has a first screen of its own.
    if name not in site.lessons or "hide" in page.meta or not page.meta.get("description"):
        return ""
    step = STEP_TITLE.match(page.title)
    place = [f"{step[1]} of {len(steps(site))}"] if step else []
    goal = str(page.meta["description"]).rstrip(".")
    goal = f"you will be able to {goal[0].lower()}{goal[1:]}"
    facts = [*place, f"{minutes(page)} min", goal, *_set_up(page, site)]
    return " · ".join(facts) + "\n{ .lead }"


def _set_up(page: Page, site: Site) -> list[str]:
    """Link to the section that tells how to install what the programs need."""
    for other in site.pages.values():
        if mark := next((t for t in other.tokens if t.content.strip() == INSTALL), None):
            anchor = [heading.anchor for heading in other.headings if heading.line <= mark.map[0]]
            path = os.path.relpath(other.path, page.path.parent)
            return [f"[what you need]({Path(path).as_posix()}#{anchor[-1]})"]
    return []


def cards(page: Page, site: Site) -> str:
    """Lead to each numbered lesson by its first figure, its title, its question, its minutes."""
    made, folder = "", posixpath.dirname(site.name(page))
    for label, name in steps(site):
        lesson, figure = site.pages[name], ""
        address = posixpath.relpath(re.sub(r"\.md$", ".html", name), folder or ".")
        if figures := [svg for result in site.run(lesson) for svg in result.figures]:
            figure = to_html(figures[0], Image("", f"card-{lesson.path.stem}", None))
        # The question is the first paragraph.
        question = next(text.text for text in lesson.texts if text.kind == "paragraph")
        made += (
            f'<a href="{address}">{figure}<strong>{escape(label)}</strong> '
            f"<span>{escape(question)}</span> <small>{minutes(lesson)} min</small></a>\n"
        )
    return HTML.format(tag="div.cards", html=made)
