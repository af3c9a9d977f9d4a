"""Every fence is run or checked, and what the text announces follows."""

import re
from collections.abc import Iterator

from weaver.page import MARKER, Complaint, Page
from weaver.site import Site

FOLLOWS = ("fence", "bullet_list_open", "ordered_list_open", "table_open", "math_block",
           "admonition_open", "html_block", "blockquote_open")  # fmt: skip
NOTHING = "no program, list, table or formula follows"
LANGUAGES = f"write ```python for a program, ```console for commands, {MARKER} before an output"


def complaints(page: Page, site: Site) -> Iterator[Complaint]:
    yield from page.complaints
    # The lines, from 0, of what belongs to a program.
    own = {k for program in page.programs for k in range(program.line - 1, program.last)}
    for token, after in zip(page.tokens, [*page.tokens[2:], None, None], strict=False):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "fence":
            said = f"a {token.markup[:3]}{token.info} fence"
            closing = page.lines[token.map[1] - 1].strip(" >")
            if not closing.startswith(token.markup) or token.map[1] - token.map[0] < 2:
                yield page.complaint(line, said, "it is never closed", f"write {token.markup}")
            elif not page.lines[line - 1].lstrip().startswith(token.markup):
                said = "a fence behind > or the mark of a list"
                yield page.complaint(line, said, "it is never run", "give it lines of its own")
            elif token.markup[0] == "~":
                yield page.complaint(line, "a ~~~ fence", "it is never run", "write ```")
            elif line - 1 not in own and token.info != "console":
                yield page.complaint(line, said, "it is never checked", LANGUAGES)
        elif token.type == "html_block" and line - 1 not in own:
            if token.content.strip() == MARKER:
                true = "it does not stand directly under its block, in a ```text fence"
                yield page.complaint(line, "an expected output", true, "move it there")
            elif re.search(r"<!--.*pytest", token.content):
                said = token.content.strip()
                yield page.complaint(line, said, "it hides code from the check", "remove it")
        elif token.type == "inline" and (after is None or after.type not in FOLLOWS):
            said = token.content.rstrip().rpartition("\n")[2]
            if said.endswith(":"):
                remedy = "put back what is gone, or end the sentence with a full stop"
                yield page.complaint(token.map[1], f"it announces {said[-50:]!r}", NOTHING, remedy)
    yield from _explanations(page)
    names = [(image.name, p.line) for p in page.programs for image in p.images]
    for k, (name, line) in enumerate(names):
        if name in dict(names[:k]):
            true = "an earlier figure has this name"
            yield page.complaint(line, f"{name}.svg", true, "give one another name")


def _explanations(page: Page) -> Iterator[Complaint]:
    """Compare the order of items that begin with code with that of the program above them."""
    programs = {program.line: program.code for program in page.programs}
    code, earlier = "", 0
    for token, before in zip(page.tokens, [None, None, *page.tokens], strict=False):
        if token.type == "heading_open":
            code = ""
        if token.type == "fence":
            code = programs.get(token.map[0] + 1, code)
        if token.type in ("fence", "bullet_list_open", "ordered_list_open"):
            earlier = 0
        if token.type != "inline" or not before or before.type != "list_item_open":
            continue
        first = next(iter(token.children), None)
        if first and first.type == "code_inline":
            # What begins with a dot follows a word.
            start = r"\b" if re.match(r"\w", first.content) else ""
            said = re.compile(rf"{start}{re.escape(first.content)}(?!\w)")
            if found := said.search(code, earlier):
                earlier = found.start()
            elif said.search(code):
                true = "the program has it before what the items above explain"
                remedy = "put the items in the program's order"
                yield page.complaint(
                    token.map[0] + 1, f"an item explains `{first.content}`", true, remedy
                )
