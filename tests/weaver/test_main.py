import pytest
from click.testing import CliRunner

import weaver.run
from weaver.__main__ import main

PAGE = """\
# A page

```python
1 / 0
```

```python
print(2)
```

<!--pytest-codeblocks:expected-output-->

```text
1
```
"""


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setattr(weaver.run, "CACHE", tmp_path / "cache")
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    return path


def call(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_check_tells_what_is_wrong_and_fails(page):
    done = call("check", page)
    assert done.exit_code == 1
    assert f"{page}:3: the block fails at `1 / 0`: ZeroDivisionError" in done.output
    assert f"{page}:7: the block prints something else" in done.output
    assert page.read_text() == PAGE


def test_refresh_mends_what_it_can_and_tells_the_rest(page):
    done = call("refresh", page)
    assert done.exit_code == 1
    assert f"{page}:3: the block fails" in done.output
    assert f"{page}:7" not in done.output
    assert page.read_text() == PAGE.replace("text\n1", "text\n2")


def test_check_tells_a_number_that_no_program_has(page):
    page.write_text("The sum is 3.5.\n\n```python\nx = 1\n```\n")
    done = call("check", page)
    assert done.exit_code == 1
    assert "3.5" in done.output


def test_check_of_a_true_page_passes(page):
    page.write_text("```python\nx = 1\n```\n")
    done = call("check", page)
    assert done.exit_code == 0
    assert done.stdout == "1 programs do what their pages say\n"


def test_check_that_finds_no_program_fails(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = call("check")
    assert done.exit_code == 1
    assert "no page has a program" in done.output
