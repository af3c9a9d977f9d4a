import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import weaver.run
from weaver.page import Image, Program
from weaver.run import Result, execute, problems, run

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setattr(weaver.run, "CACHE", tmp_path / "cache")


def program(code: str, output: str = "", images=()) -> Program:
    return Program(Path("page.md"), 3, 5, 5, 5, code, output, images)


def outputs(*codes: str) -> list[str | None]:
    return [r.error or r.output for r in run(program(code) for code in codes)]


def test_results_keep_the_order_of_the_programs():
    assert outputs("print(1)", "print(2)", "print(1)") == ["1\n", "2\n", "1\n"]


def test_programs_are_isolated_from_each_other_and_from_this_process():
    change = "import linreg, os\nlinreg.stain = 1\nos.environ['STAIN'] = '1'\n"
    look = "import linreg, os\nprint(hasattr(linreg, 'stain'), 'STAIN' in os.environ)"
    assert outputs(change, look) == ["", "False False\n"]
    assert "STAIN" not in os.environ


def test_a_program_runs_as_main_without_a_screen():
    assert outputs("import matplotlib\nprint(__name__, matplotlib.get_backend())") == [
        "__main__ svg\n"
    ]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("x = 1\n1 / 0", "at `1 / 0`: ZeroDivisionError: division by zero"),
        ("def f(:", "SyntaxError"),
        ("raise SystemExit(3)", "at `raise SystemExit(3)`: SystemExit: 3"),
        ("import os\nos._exit(3)", "its process ended with exit code 3"),
        ("import warnings\nwarnings.warn('hm')", "UserWarning: hm"),
        ("import matplotlib.pyplot as plt\nplt.plot([1])", "a figure is never shown"),
    ],
)
def test_what_fails_is_told_and_not_cached(code, error):
    for _ in range(2):
        (result,) = run([program(code)])
        assert error in result.error
    assert not list(weaver.run.CACHE.glob("*"))
    assert "page.md:3: the block fails " in problems(program(code), result)[0]


def test_a_program_that_does_not_end_is_stopped(monkeypatch):
    monkeypatch.setattr(weaver.run, "SECONDS", 0.5)
    assert outputs("while True: pass") == ["it does not end within 0.5 seconds"]


def test_a_cached_result_is_not_computed_again(monkeypatch):
    code = "import matplotlib.pyplot as plt\nprint(1)\nplt.plot([1, 2])\nplt.show()"
    (first,) = run([program(code)])
    assert len(first.figures) == 1
    monkeypatch.setattr(weaver.run, "_fork", None)
    assert run([program(code)]) == [first]


def test_each_show_draws_the_figures_that_are_open():
    result = execute(
        "import matplotlib.pyplot as plt\n"
        "plt.plot([1, 2])\nplt.figure()\nplt.plot([2, 1])\nplt.show()\n"
        "plt.scatter([1], [1])\nplt.show()\n"
    )
    assert result.error is None
    assert len(set(result.figures)) == 3


def test_the_key_holds_code_sources_and_versions(tmp_path, monkeypatch):
    ways = [("a", 0), ("b", 0), ("a", 1)]
    keys = {weaver.run._key(weaver.run.base(), code, salt) for code, salt in ways}
    assert len(keys) == 3
    assert weaver.run._key(weaver.run.base(), "a", 0) in keys
    bases = {weaver.run.base()}
    for processor in ["one", "other"]:
        with monkeypatch.context() as patch:
            patch.setenv(weaver.run.CAPABILITY, processor)
            bases.add(weaver.run.base())
    for name in ["python", "numpy", "torch", "matplotlib"]:
        versions = weaver.run._versions() | {name: "0"}
        with monkeypatch.context() as patch:
            patch.setattr(weaver.run, "_versions", lambda versions=versions: versions)
            bases.add(weaver.run.base())
    monkeypatch.setattr(weaver.run, "ENGINE", [])
    bases.add(weaver.run.base())
    monkeypatch.undo()
    sources = sorted((ROOT / "linreg").glob("*.py"))
    assert len(sources) >= 6
    read = Path.read_bytes
    for source in sources:
        changed = source.read_bytes() + b"#"
        with monkeypatch.context() as patch:
            patch.setattr(
                Path, "read_bytes", lambda p, s=source, c=changed: c if p == s else read(p)
            )
            bases.add(weaver.run.base())
    assert len(bases) == 1 + 2 + 4 + 1 + len(sources)


def test_a_result_is_not_kept_if_the_package_changed_meanwhile(monkeypatch):
    states = iter(["before", "after"])
    monkeypatch.setattr(weaver.run, "base", lambda: next(states))
    assert outputs("print(1)") == ["1\n"]
    assert not list(weaver.run.CACHE.glob("*"))


def test_two_programs_without_a_seed_differ():
    code = "import numpy as np\nprint(np.random.rand())"
    one, other = outputs(code, f"{code}  # again")
    assert one != other


def test_problems_name_page_line_and_difference():
    shown = program("", "1.0\n", (Image("a", "a", None),))
    assert problems(shown, Result("1.0\n", ("<svg/>",))) == []
    (other,) = problems(shown, Result("2.0\n", ("<svg/>",)))
    assert other.startswith("page.md:3: the block prints something else")
    assert "\n-1.0\n+2.0" in other
    (missing,) = problems(shown, Result("1.0\n", ()))
    assert "the block shows 0 figures, and 1 image lines stand under it" in missing
    (extra,) = problems(replace(shown, images=()), Result("1.0\n", ("<svg/>",)))
    assert "the block shows 1 figures, and 0 image lines stand under it" in extra


def test_an_unchanged_build_never_imports_torch():
    # In a process of its own, since this one has torch already.
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from weaver.page import read\n"
        "from weaver.run import _fork, run\n"
        "import weaver.run, weaver.weave, markdown\n"
        "programs = [p for f in Path('docs').rglob('*.md') for p in read(f)]\n"
        "assert len(programs) > 50\n"
        "if sys.argv[1] == 'again': weaver.run._fork = None\n"
        "run(programs)\n"
        "assert not {'torch', 'matplotlib', 'numpy'} & set(sys.modules), 'imported'\n"
    )
    for time in ["first", "again"]:
        subprocess.run([sys.executable, "-c", script, time], cwd=ROOT, check=True)
