"""Each program has its place in the text, so that one that is gone leaves a gap."""

from dataclasses import dataclass, field
from pathlib import Path

from weaver.prose import tokens

PAGES = sorted(Path("docs/tutorial").glob("*.md"))
ANSWER = 9
PROGRAM, LIST, TABLE, FORMULA = "program", "list", "table", "formula"
KINDS = {"bullet_list_open": LIST, "ordered_list_open": LIST, "table_open": TABLE,
         "math_block": FORMULA}  # fmt: skip


@dataclass
class Section:
    """What stands under a heading or in an answer: (line, kind or a paragraph's text)."""

    place: str
    level: int
    parts: list[tuple[int, str]] = field(default_factory=list)


def sections(path):
    """Cut a page into its sections, the answers after them."""
    found, answers, inside, items = [Section(f"{path}:1", 1)], [], False, 0
    for token in tokens(path):
        here = answers[-1] if inside else found[-1]
        line = token.map[0] + 1 if token.map else 0
        match token.type:
            case "heading_open":
                found.append(Section(f"{path}:{line}", int(token.tag[1])))
            case "admonition_open":
                here.parts.append((line, "answer"))
                answers.append(Section(f"{path}:{line}", ANSWER))
                inside = True
            case "admonition_close":
                inside = False
            case "list_item_open" | "list_item_close":
                items += token.nesting
            case "inline" if not items and not token.content.startswith("!["):
                here.parts.append((line, token.content))
            case "fence" if token.info != "text":
                here.parts.append((line, PROGRAM))
            case kind if kind in KINDS:
                here.parts.append((line, KINDS[kind]))
    return found + answers


def complaints(path):
    """Say where a program is missing, or its announcement."""
    found, every = [], sections(path)
    for section, after in zip(every, [*every[1:], every[0]], strict=True):
        kinds = [kind for _, kind in section.parts]
        programs = kinds.count(PROGRAM)
        leads = section.level < after.level < ANSWER
        if section.level > 1 and not leads and not {PROGRAM, TABLE, "answer"} & {*kinds}:
            found.append(f"{section.place}: no program shows what is said here")
        before = ""
        for line, kind in [*section.parts, (0, "")]:
            announced = before.endswith(":")
            if kind == LIST or (kind == PROGRAM and programs > 1):
                if not announced:
                    found.append(f"{path}:{line}: say what this {kind} is for, ending with ':'")
            elif announced and kind not in (PROGRAM, TABLE, FORMULA):
                found.append(f"{section.place}: nothing follows {before[-50:]!r}")
            before = kind
    return found


def test_programs_stand_where_the_text_says():
    assert PAGES
    found = [problem for path in PAGES for problem in complaints(path)]
    assert not found, "\n".join(found)


PAGE = """# Page

What?

## Leads

### Alone

A program.

{}

## Together

See:

{}

See also:

{}

What it does:

- It prints.

## Exercises

Why?

??? success "Answer"

    So.

    {}

## Claims

| One | Two |
| --- | --- |
"""


def test_a_missing_program_is_found(tmp_path):
    page, block = tmp_path / "page.md", "```python\n{0}print()\n{0}```"
    whole = [block.format(indent) for indent in ("", "", "", "    ")]
    page.write_text(PAGE.format(*whole))
    assert complaints(page) == []
    for gone, line in enumerate([7, 15, 15, 37]):
        page.write_text(PAGE.format(*["" if k == gone else b for k, b in enumerate(whole)]))
        (found,) = complaints(page)
        assert found.startswith(f"{page}:{line}: "), found
