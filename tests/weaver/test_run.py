import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import weaver.run
from tests.topic import make, program
from weaver.page import PageError
from weaver.run import run, state

ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(os.name != "posix", reason="it asks for sessions and signals")
# Starts a process that outlives its parent, and leaves its number in a file.
LEAVE = """
import subprocess, sys
left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
with open({file!r}, "w") as file:
    file.write(str(left.pid))
"""


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setattr(weaver.run, "CACHE", tmp_path / "cache")


def outputs(*codes: str) -> list[str | None]:
    return [r.error or r.output for r in run(program(code) for code in codes)]


def test_results_keep_the_order_of_the_programs():
    assert outputs("print(1)", "print(2)", "print(1)") == ["1\n", "2\n", "1\n"]


def test_programs_are_isolated_from_each_other_and_from_this_process():
    change = "import linreg, os\nlinreg.stain = 1\nos.environ['STAIN'] = '1'\n"
    look = "import linreg, os\nprint(hasattr(linreg, 'stain'), 'STAIN' in os.environ)"
    assert outputs(change, look) == ["", "False False\n"]
    assert "STAIN" not in os.environ


def wait_for(condition) -> bool:
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    try:
        os.kill(pid, 0)
        # What is dead and whom nobody has buried is a zombie.
        return not status.exists() or "zombie" not in status.read_text(encoding="utf-8")
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_a_program_is_the_module_main_of_a_file():
    code = """
import inspect, pickle, sys
class Point:
    def __init__(self, x):
        self.x = x
if __name__ == "__main__":
    import multiprocessing
    print(pickle.loads(pickle.dumps(Point(3))).x)
    print(inspect.getsource(Point).splitlines()[0], sys.argv == [__file__])
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(Point, [4])[0].x)
"""
    assert outputs(code) == ["3\nclass Point: True\n4\n"]


def test_what_a_programs_own_processes_print_keeps_its_place():
    code = """
import subprocess, sys
print("one", end=" ")
subprocess.run([sys.executable, "-c", "import sys; print('two', repr(sys.stdin.read()))"])
print("three")
"""
    assert outputs(code) == ["one two ''\nthree\n"]


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
        pytest.param(
            "import os\nos.kill(os.getppid(), 9)", "what runs the blocks has ended", marks=POSIX
        ),
        ("import warnings\nwarnings.warn('hm')", "UserWarning: hm"),
        ("import matplotlib.pyplot as plt\nplt.plot([1])", "a figure is never shown"),
    ],
)
def test_what_fails_is_told_and_not_cached(code, error):
    for _ in range(2):
        (result,) = run([program(code)])
        assert error in result.error
    assert not list(weaver.run.CACHE.glob("*"))


def test_a_program_that_does_not_end_is_stopped(monkeypatch):
    monkeypatch.setattr(weaver.run, "TIME_LIMIT", 0.5)
    assert outputs("while True: pass") == ["it does not end within 0.5 seconds"]


@POSIX
@pytest.mark.parametrize("end", ["", "import os; os._exit(3)", "while True: pass"])
def test_what_a_program_started_ends_with_it(end, tmp_path, monkeypatch):
    monkeypatch.setattr(weaver.run, "TIME_LIMIT", 5)
    file = tmp_path / "pid"
    outputs(LEAVE.format(file=str(file)) + end)
    assert wait_for(lambda: not is_alive(int(file.read_text("utf-8"))))


CALLER = """
from pathlib import Path
from weaver.page import Program
import weaver.run
print("main")
weaver.run.CACHE = Path({cache!r})
(result,) = weaver.run.run([Program(Path("page.md"), 3, 5, 5, 5, {code!r}, "", ())])
print(result.output, end="")
"""


@POSIX
def test_a_killed_caller_leaves_nothing_behind(tmp_path):
    left, others, temporary = (tmp_path / name for name in ("left", "others", "temporary"))
    code = LEAVE.format(file=str(left)) + (
        "import os, pathlib, time\n"
        f"pathlib.Path({str(others)!r}).write_text(f'{{os.getpid()}} {{os.getppid()}} ')\n"
        "time.sleep(60)"
    )
    script = CALLER.format(cache=str(tmp_path / "cache"), code=code)
    temporary.mkdir()
    environment = os.environ | {"TMPDIR": str(temporary)}
    caller = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=environment)
    assert wait_for(lambda: others.exists() and others.read_text("utf-8").endswith(" "))
    pids = [int(pid) for file in (left, others) for pid in file.read_text("utf-8").split()]
    assert len(pids) == 3
    assert all(map(is_alive, pids))
    assert list(temporary.glob("weaver-*"))
    caller.kill()
    caller.wait()
    assert wait_for(lambda: not any(map(is_alive, pids)))
    assert not list(temporary.glob("weaver-*"))


def test_the_callers_main_module_is_not_run_again(tmp_path):
    script = tmp_path / "script.py"
    caller = CALLER.format(cache=str(tmp_path / "cache"), code="print(1)")
    script.write_text(caller, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, script], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout == "main\n1\n"
    assert ran.stderr == "page.md: running 1 of 1 programs\n"


def test_a_cached_result_is_not_computed_again(monkeypatch):
    code = "import matplotlib.pyplot as plt\nprint(1)\nplt.plot([1, 2])\nplt.show()"
    (first,) = run([program(code)])
    assert len(first.figures) == 1
    monkeypatch.setattr(weaver.run, "_run_batch", None)
    assert run([program(code)]) == [first]
    assert len(state(program(code)).figures) == 1


SHOWS = """
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.figure()
plt.plot([2, 1])
plt.show()
plt.scatter([1], [1])
plt.show()
"""


def test_each_show_draws_the_figures_that_are_open():
    (result,) = run([program(SHOWS)])
    assert result.error is None
    assert len(set(result.figures)) == 3


def test_under_a_salt_figures_are_counted_and_kept_but_not_drawn():
    (result,) = run([program(SHOWS)], 1)
    assert result.figures == ("", "", "")
    assert len(state(program(SHOWS), 1).figures) == 3


def test_the_state_holds_figures_and_variables():
    code = """
import math
import numpy as np
import torch
class Here: pass
here, large, nobody, _own = Here(), np.zeros(200_000), lambda: 1, 1
x, model = np.arange(3), torch.nn.Linear(1, 1)
"""
    left = state(program(code + SHOWS))
    first, second, third = (figure.axes[0] for figure in left.figures)
    assert [list(ax.lines[0].get_ydata()) for ax in (first, second)] == [[1, 2], [2, 1]]
    assert len(third.collections) == 1
    assert (
        "matplotlib.pyplot" not in sys.modules
        or not sys.modules["matplotlib.pyplot"].get_fignums()
    )
    assert set(left.variables) == {"x", "model"}
    assert left.variables["x"].tolist() == [0, 1, 2]
    assert left.variables["model"].weight.shape == (1, 1)
    for name in ("here", "large", "nobody", "_own", "math", "absent"):
        with pytest.raises(KeyError, match=rf"page\.md:3: the block leaves no {name}"):
            left.variables[name]


def test_a_program_that_fails_has_no_state():
    with pytest.raises(PageError, match=r"page\.md:3: the block fails at `1 / 0`"):
        state(program("1 / 0"))


def test_the_key_holds_code_sources_and_versions(tmp_path, monkeypatch):
    ways = [("a", 0), ("b", 0), ("a", 1)]
    keys = {weaver.run._file("", program(code), salt) for code, salt in ways}
    assert len(keys) == 3
    assert weaver.run._file("", program("a"), 0) in keys
    assert weaver.run._file("other", program("a"), 0) not in keys
    prints = {weaver.run.fingerprint()}
    assert (ROOT / "weaver/child.py").read_bytes() in weaver.run.ENGINE
    with monkeypatch.context() as patch:
        for change in [
            lambda: patch.setenv(weaver.run.CAPABILITY, "old"),
            lambda: patch.setattr(weaver.run, "version", lambda name: f"{name} of tomorrow"),
            lambda: patch.setattr(weaver.run, "ENGINE", []),
        ]:
            change()
            prints.add(weaver.run.fingerprint())
    make(tmp_path)
    monkeypatch.chdir(tmp_path)
    Path("circle").mkdir()
    for file in ("circle.py", "circle/data.csv"):
        for text in ("one", "other"):
            Path(file).write_text(text, encoding="utf-8")
            prints.add(weaver.run.fingerprint())
    assert len(prints) == 1 + 3 + 4


def test_a_result_is_not_kept_if_the_package_changed_meanwhile(monkeypatch):
    states = iter(["before", "after"])
    monkeypatch.setattr(weaver.run, "fingerprint", lambda: next(states))
    assert outputs("print(1)") == ["1\n"]
    assert not list(weaver.run.CACHE.glob("*"))


def test_two_programs_without_a_seed_differ():
    code = "import numpy as np\nprint(np.random.rand())"
    one, other = outputs(code, f"{code}  # again")
    assert one != other


def test_an_unchanged_build_never_imports_torch():
    # In a process of its own, since this one has torch already.
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from weaver.page import read\n"
        "from weaver.run import run\n"
        "import weaver.hook, weaver.run\n"
        "programs = [p for f in Path('docs').rglob('*.md') for p in read(f).programs]\n"
        "assert len(programs) > 50\n"
        "if sys.argv[1] == 'again': weaver.run._run_batch = None\n"
        "run(programs)\n"
        "assert not {'torch', 'matplotlib', 'numpy'} & set(sys.modules), 'imported'\n"
    )
    for turn in ["first", "again"]:
        subprocess.run([sys.executable, "-c", script, turn], cwd=ROOT, check=True)
