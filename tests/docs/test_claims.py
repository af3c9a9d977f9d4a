"""Each test of a claim quotes its page, word for word; so nobody turns a claim round alone."""

from pathlib import Path

from tests.docs.claims import claims, spans

PAGES = sorted(Path("docs/tutorial").glob("*.md"))


def complaints(page, file):
    """Say which tests of a page's claims do not quote it."""
    if not file.is_file():
        return [f"{page}: no {file} decides what this page claims"]
    source, found = page.read_text(encoding="utf-8"), []
    for place, quotations in claims(file):
        if not quotations:
            found.append(f"{place}: quote in its docstring what it decides of {page}")
        for quotation in quotations:
            times = len(spans(quotation, source))
            if times != 1:
                often = f"{times} times" if times else "nowhere"
                found.append(
                    f"{page} says {often}, where it should say once: {quotation!r}; "
                    f"{place} decides it"
                )
    return found


def test_claims_stand_on_their_pages():
    assert PAGES
    found = [
        problem
        for page in PAGES
        for problem in complaints(page, Path(f"tests/docs/test_claims_{page.stem}.py"))
    ]
    assert not found, "\n".join(found)


def test_each_page_has_claims():
    for page in PAGES:
        assert len(list(claims(Path(f"tests/docs/test_claims_{page.stem}.py")))) > 5, page


def test_a_claim_turned_round_is_found(tmp_path):
    page, file = tmp_path / "page.md", tmp_path / "test_claims_page.py"
    page.write_text("The loss\nnever rises. It falls.\n\nIt falls.\n\n```python\n1 + 1\n```\n")
    assert "no " in complaints(page, file)[0]
    tests = {"The loss never rises.": True, "The loss always rises.": False,
             "It falls.": False, "1 + 1": False, "rises. … It": False, "": False}  # fmt: skip
    for said, right in tests.items():
        file.write_text(f'def test_it():\n    """{said}"""\n')
        assert bool(complaints(page, file)) is not right, said
