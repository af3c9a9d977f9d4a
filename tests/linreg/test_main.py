"""The command says what it finds in a file, or in one sentence why it finds nothing."""

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from linreg import __main__ as command
from linreg import make_data

XY = ["--x", "x", "--y", "y"]
GOOD = "x,y\n1,2\n2,4\n3,7\n"
PNG = bytes.fromhex("89504e470d0a1a0a")


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run the command on a content; give exit code, output, errors, and the files it leaves."""
    monkeypatch.chdir(tmp_path)

    def run(content, *arguments):
        if content is not None:
            content = content if isinstance(content, bytes) else content.encode()
            Path("d.csv").write_bytes(content)
        before = set(Path().rglob("*"))
        code = command.main(["d.csv", *arguments])
        assert content is None or Path("d.csv").read_bytes() == content
        left = sorted(str(path) for path in Path().rglob("*") if path not in before)
        return code, *capsys.readouterr(), left

    return run


TOLD = """\
y = 2.50 * x - 0.67

slope:     2.50, 95% interval from -1.17 to 6.17
intercept: -0.67, 95% interval from -8.59 to 7.26
scatter:   0.41 (standard deviation of the residuals)
rows:      3
Warning: 3 rows are too few to see an outlier or a curve: measure 10 or more.
picture:   d.png
"""


@pytest.mark.parametrize(
    ("content", "arguments"),
    [
        (GOOD, []),
        ("\ufeff" + GOOD, []),
        (GOOD.replace("\n", "\r\n"), []),
        (GOOD.replace("\n", "\r"), []),
        ("\nx, y ,z\n 1 ,2,\n\n+2.0,.4e1,a\n   \n3.,7,NA", []),
        ('"x","y"\n"1","2"\n2,4\n3,"7"\n', []),
        (GOOD.replace(",", ";"), ["--separator", ";"]),
        (GOOD.replace(",", "\t"), ["--separator", "tab"]),
        (GOOD.replace(",", "|"), ["--separator", "|"]),
        ("x;y\n1,0;2\n2;4,\n3,;7\n", ["--separator", ";", "--decimal", ","]),
        ('x,y\n"1,0",2\n2,"4,00"\n3,7\n', ["--decimal", ","]),
    ],
)
def test_the_line_is_told_and_drawn(run, content, arguments):
    """Run the command. … The lines to print."""
    assert run(content, *XY, *arguments) == (0, TOLD, "", ["d.png"])
    assert Path("d.png").read_bytes().startswith(PNG)


MARK = 'add --decimal "{0}" if "{0}" is the mark, else take "{0}" out'
BAD = [
    # The whole file.
    (None, XY, "d.csv does not exist: check its name and its folder"),
    ("", XY, "d.csv is empty: it needs a row of names, and rows of numbers"),
    (" \n\n", XY, "d.csv is empty: it needs a row of names, and rows of numbers"),
    ("x,y\n", XY, "d.csv has too few rows of numbers (0): a line needs 2"),
    ("x,y\n1,2\n", XY, "d.csv has too few rows of numbers (1): a line needs 2"),
    ("x,y\n5,2\n5,3\n", XY, 'd.csv holds only 5 in column "x": a line needs 2 different x'),
    ("x,y\n0,0\n1e-90,1e90\n0,1\n", XY,
     "d.csv holds numbers too large or too close: rescale its columns"),
    (GOOD.encode("utf-16"), XY, "d.csv, row 1 is not UTF-8: save it as CSV UTF-8"),
    (GOOD.encode("utf-16-le"), XY, "d.csv is not UTF-8: save it as CSV UTF-8"),
    ("x,y,z\n1,2,a\n2,3,é\n".encode("latin-1"), XY,
     "d.csv, row 3 is not UTF-8: save it as CSV UTF-8"),
    ("x,y,z\r1,2,a\r2,3,é\r".encode("latin-1"), XY,
     "d.csv, row 3 is not UTF-8: save it as CSV UTF-8"),
    # The names.
    ("1,2\n3,4\n", XY, "d.csv begins with numbers: write a row of names above them"),
    ("x;y\n1;2\n", XY, 'd.csv has another separator: add --separator ";"'),
    ("x\ty\n1\t2\n", XY, "d.csv has another separator: add --separator tab"),
    ("x|y\n1|2\n", XY, 'd.csv has another separator: add --separator "|"'),
    ('"x,y"\n1\n2\n', XY, 'd.csv has no column "x": choose from "x,y"'),
    (GOOD, [*XY, "--separator", ";"], 'd.csv has another separator: add --separator ","'),
    (GOOD, [], 'd.csv has the columns "x", "y": choose two by --x and --y'),
    (GOOD, ["--x", "x"], 'd.csv has the columns "x", "y": choose two by --x and --y'),
    (GOOD, ["--x", "x", "--y", "x"], '--x and --y both name "x": choose two columns'),
    (GOOD, ["--x", "X", "--y", "y"], 'd.csv has no column "X": choose from "x", "y"'),
    ("a,b,c,d,e,f,g,h,i,j\n", XY, 'd.csv has no column "x": choose from '
     '"a", "b", "c", "d", "e", "f", "g", "h", "i", ...'),
    ("x,y,y\n1,2,3\n", XY, 'd.csv has 2 columns "y": rename them'),
    # A row.
    ("x,y\n1,2\n2\n", XY, 
     "d.csv, row 3 is shorter than the header (1 against 2 cells): fill the gap"),
    ("x,y\n1,5,2,5\n", XY,
     "d.csv, row 2 is longer than the header (4 against 2 cells): "
     'put a cell that holds "," in quotation marks'),
    ('x,y\n1,2\n2,"3\n4,5\n', XY,
     'd.csv, row 3 has a " out of place, or a cell without end: put " around whole cells'),
    ('x,y\n1,2\n2,"3"4\n', XY,
     'd.csv, row 3 has a " out of place, or a cell without end: put " around whole cells'),
    (f"x,y\n1,{'2' * 200_000}\n", XY,
     'd.csv, row 2 has a " out of place, or a cell without end: put " around whole cells'),
    # A cell: blank lines and lines inside a cell count, as in an editor.
    ("x,y\n1,2\n\n2,\n", XY, 'd.csv, row 4: y is "", a gap: fill it, or delete the row'),
    ('z,x,y\n"a\nb",1,2\nc,NA,3\n', XY,
     'd.csv, row 4: x is "NA", a gap: fill it, or delete the row'),
    ('x,y\n1,"3\n4"\n', XY,
     'd.csv, row 2: y is "3 4", no number: write digits alone, as in 1234.5'),
    ("x,y\n1,2\n2,nan\n", XY, 'd.csv, row 3: y is "nan", a gap: fill it, or delete the row'),
    ("x,y\n1,2\n2,big\n", XY,
     'd.csv, row 3: y is "big", no number: write digits alone, as in 1234.5'),
    ("x,y\n1,2\n2,3 km\n", XY,
     'd.csv, row 3: y is "3 km", no number: write digits alone, as in 1234.5'),
    ("x,y\n1,-inf\n", XY,
     'd.csv, row 2: y is "-inf", no number: write digits alone, as in 1234.5'),
    ("x,y\n1_0,2\n", XY,
     'd.csv, row 2: x is "1_0", no number: write digits alone, as in 1234.5'),
    ("x;y\nbig;2\n", [*XY, "--separator", ";", "--decimal", ","],
     'd.csv, row 2: x is "big", no number: write digits alone, as in 1234,5'),
    ("x;y\n1,5;2\n", [*XY, "--separator", ";"],
     'd.csv, row 2: x is "1,5", no number with the decimal mark ".": ' + MARK.format(",")),
    ('x,y\n"1,234.5",2\n', XY,
     'd.csv, row 2: x is "1,234.5", no number with the decimal mark ".": ' + MARK.format(",")),
    ("x;y\n1.234,5;2\n", [*XY, "--separator", ";", "--decimal", ","],
     'd.csv, row 2: x is "1.234,5", no number with the decimal mark ",": ' + MARK.format(".")),
    ("x,y\n1,2e100\n", XY, 'd.csv, row 2: y is "2e100", beyond 1e100: rescale the column'),
    ("x,y\n1e999,2\n", XY, 'd.csv, row 2: x is "1e999", beyond 1e100: rescale the column'),
    # The picture.
    (GOOD, [*XY, "--picture", "d.txt"],
     "d.txt is no picture: let its name end in .png, .svg or .pdf"),
    (GOOD, [*XY, "--picture", "no/d.png"],
     "no is no folder: make it, or put the picture elsewhere"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "arguments", "sentence"), BAD, ids=lambda v: str(v)[:40])
def test_a_bad_file_gets_one_sentence_and_leaves_nothing(run, content, arguments, sentence):
    code, out, err, left = run(content, *arguments)
    assert (code, out, left) == (2, "", [])
    assert err == sentence + "\n"


DENIED = "(Permission denied): try another folder\n"
FULL = "(No space left on device): try another folder\n"


def test_a_folder_and_what_may_not_be_opened_get_a_sentence(run, monkeypatch):
    Path("d.csv").mkdir()
    assert run(None, *XY)[:3] == (2, "", "d.csv is a folder: name a file in it\n")
    Path("d.csv").rmdir()

    def denied(path):
        raise PermissionError(13, "Permission denied", str(path))

    Path("d.csv").write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr(Path, "read_bytes", denied)
    assert run(None, *XY) == (2, "", f"d.csv cannot be opened {DENIED}", [])


def test_a_picture_is_written_whole_or_not_at_all(run, monkeypatch):
    assert run(GOOD, *XY)[0] == 0
    whole = Path("d.png").read_bytes()

    def full(figure, path, **_):
        Path(path).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(command.Figure, "savefig", full)
        assert run(GOOD, *XY) == (2, "", f"d.png cannot be written {FULL}", [])
    assert Path("d.png").read_bytes() == whole
    assert run(GOOD, *XY)[0] == 0
    for name, start in ("d.SVG", b"<?xml"), ("d.pdf", b"%PDF"):
        for _ in range(2):
            assert run(GOOD, *XY, "--picture", name)[0] == 0
            assert Path(name).read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["d.png", "d.svg"])
def test_no_other_file_is_overwritten(run, name):
    for make in (lambda: Path(name).write_bytes(PNG)), Path(name).mkdir:
        make()
        code, _, err, _ = run(GOOD, *XY, "--picture", name)
        assert (code, err) == (
            2, f"{name} exists, and is not by this command: choose another --picture\n"
        )  # fmt: skip
        Path(name).unlink() if Path(name).is_file() else Path(name).rmdir()


def test_names_are_told_and_drawn_as_they_are(run):
    content = GOOD.replace("x,y", r"$a_{$ 面,\frac$")
    code, out, err, left = run(content, "--x", "$a_{$ 面", "--y", r"\frac$")
    assert (code, err, left) == (0, "", ["d.png"])
    assert out.startswith(r"\frac$ = 2.50 * $a_{$ 面 - 0.67" + "\n")


HUBBLE = """\
velocity_km_s = 454 * distance_mpc - 41

slope:     454, 95% interval from 298 to 610
intercept: -41, 95% interval from -214 to 132
scatter:   233 (standard deviation of the residuals)
rows:      24
picture:   hubble1929.png
"""


def test_it_runs_as_a_module_without_a_screen(tmp_path):
    """What stands behind `python -m linreg`; by default what stands there. … Write the line, its
    intervals and its scatter in the reader's units. … What x and y are called.
    """
    data = Path("linreg/hubble1929.csv").resolve()
    environment = os.environ | {"MPLBACKEND": "TkAgg", "PYTHONPATH": str(Path.cwd())}
    environment.pop("DISPLAY", None)
    names = ["--x", "distance_mpc", "--y", "velocity_km_s"]
    no_table = Path("linreg/__init__.py").resolve()
    for file, code, out, err in (data, 0, HUBBLE, "^$"), (no_table, 2, "", "has no column"):
        done = subprocess.run(
            [sys.executable, "-m", "linreg", file, *names],
            cwd=tmp_path, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (code, out)
        assert "Traceback" not in done.stderr
        assert re.search(err, done.stderr)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hubble1929.png"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--z"], "--z"),
        (["--x", "a", "--x", "b"], "error: --x is given twice: give it once"),
        (["--decimal", ".", "--decimal", ","], "error: --decimal is given twice: give it once"),
    ],
)
def test_wrong_arguments_get_a_sentence(run, capsys, arguments, words):
    """The exit code: 0, or 2 if the file or the arguments are wrong."""
    with pytest.raises(SystemExit, match=r"^2$"):
        run(GOOD, *arguments)
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err


def test_students_t_is_that_of_scipy():
    """Share of Student's t that lies between -t and t. … Find the t for which a share of
    Student's t lies between -t and t. … A number, 0 or more. … Degrees of freedom, a whole
    number, at least 1. … A number between 0 and 1. … t, so that `t_share(t, df)` is the share.
    """
    many = np.array([*range(1, 1001), 9_999, 10_000])
    for share in 0.01, 0.5, 0.95, 0.99:
        found = [command.t_quantile(share, df) for df in many]
        assert found == pytest.approx(stats.t.ppf((1 + share) / 2, many), abs=1e-6)
        assert command.t_share(command.t_quantile(share, 5), 5) == pytest.approx(share)
    for t in 0, 1e-3, 1.5, 40:
        found = [command.t_share(t, df) for df in many]
        assert found == pytest.approx(1 - 2 * stats.t.sf(t, many), abs=1e-9)


X, Y = make_data()
NOISE = Y - (0.5 * X - 1)
ROWS = list(range(2, 22))
EIGHT = np.array([8.0] * 9 + [8.1] * 10 + [19])
FIRES = {
    "clean": (X, Y, []),
    "exact": (X, 0.5 * X - 1, []),
    "level": (X, np.full(20, 3.0), []),
    "few": (X[:9], Y[:9], ["9 rows are too few to see an outlier or a curve: measure 10 or more"]),
    "outlier": (X, Y + 10 * (X.max() == X), [
        "row 6 (x 13.65, y 14.41) is an outlier (without it, the slope is 0.505 in place of "
        "0.656): look for a mistake in it"]),
    "outlier of an exact line": (X, 2 * X + (X.min() == X), [
        "row 7 (x -4.209, y -7.419) is an outlier (without it, the slope is 2 in place of 1.98): "
        "look for a mistake in it"]),
    "lever": (EIGHT, NOISE + EIGHT, [
        "row 21 (x 19, y 18.26) decides the slope (without it, the slope is 1.02 in place of "
        "0.931): measure more rows near it"]),
    "lever alone": (np.floor(EIGHT), NOISE + EIGHT, [
        "row 21 (x 19, y 18.26) alone decides the slope: measure more rows near it"]),
    "curve": (X, Y + 0.1 * (X - 5) ** 2, [
        "the points bend: fit a curve, or a shorter range of x"]),
    "outlier and curve": (X, Y + 0.1 * (X - 5) ** 2 + 40 * (X.max() == X), [
        "row 6 (x 13.65, y 51.89) is an outlier (without it, the slope is 0.28 in place of 1.09): "
        "look for a mistake in it", "the points bend: fit a curve, or a shorter range of x"]),
    "exact curve": (X, X**2, ["the points bend: fit a curve, or a shorter range of x"]),
    "fan": (X, 0.5 * X - 1 + NOISE * (X + 5) / 5, [
        "the scatter changes with x, from 1.1 below its mean to 2.8 above: mistrust the "
        "intervals"]),
    "fan above 0": (X, 90 + NOISE * (X + 5) / 5, [
        "the scatter changes with x, from 1.1 below its mean to 2.8 above: mistrust the "
        "intervals, and try the logarithm of y"]),
    "fan over two x": (1.0 * (X > 7), NOISE * (1 + 5 * (X > 7)), [
        "the scatter changes with x, from 0.84 below its mean to 5.9 above: mistrust the "
        "intervals"]),
}  # fmt: skip


@pytest.mark.parametrize("name", FIRES)
def test_a_warning_comes_where_it_should_and_brings_no_other(name):
    """Say what speaks against the line, or against its intervals. … One sentence for each
    warning. … The line of the file on which each point stands. … With fewer than 10 rows for a
    slope, a common rule of thumb, no other rule is tried.
    """
    x, y, sentences = FIRES[name]
    assert command.warn(x, y, ["x", "y"], ROWS[: len(x)]) == sentences


@pytest.mark.parametrize("n", [10, 24, 200])
def test_a_right_line_rouses_each_rule_as_seldom_as_it_says(n, monkeypatch):
    monkeypatch.setattr(command, "ALARM", 0.05)
    alarms = []
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=n)
        y = 3 * x + rng.normal(size=n)
        bent, e = command._bend(x, y)
        alarms.append([command._outlier(x, y) is not None, bent, command._fan(x, e)])
        assert command._lever(x) is None or n == 10
    assert (abs(np.mean(alarms, axis=0) - 0.05) < 0.02).all()


def test_the_intervals_are_those_of_scipy():
    x, y = 1000 * X, 1000 * Y
    fit, t = stats.linregress(x, y), stats.t.ppf(0.975, 18)
    told = " ".join(command.describe(x, y, ["x", "y"]))
    ends = [float(end) for pair in re.findall(r"from (\S+) to (\S+)", told) for end in pair]
    assert ends[:2] == pytest.approx(fit.slope + np.array([-t, t]) * fit.stderr, abs=5e-4)
    assert ends[2:] == pytest.approx(
        fit.intercept + np.array([-t, t]) * fit.intercept_stderr, abs=1
    )


@pytest.mark.parametrize(
    ("x", "y", "line"),
    [
        ([0, 1], [1, 3], "y = 2 * x + 1"),
        ([0.1, 0.2, 0.3], [0.2, 0.4, 0.6], "y = 2 * x + 0"),
        ([1e6, 2e6, 4e6], [-1, -2, -4], "y = -1e-06 * x + 0"),
        ([1, 2, 3], [5, 5, 5], "y = 0 * x + 5"),
        ([1, 2, 3], [1.5e12, 2.5e12, 4.5e12], "y = 1.5e+12 * x - 1.667e+11"),
        ([1, 2, 3], [1e-12, 2e-12, 4e-12], "y = 1.5e-12 * x - 6.667e-13"),
        ([1, 2, 3, 4], [15000, 25000, 36000, 45500], "y = 10250 * x + 4750"),
    ],
)
def test_numbers_are_as_long_as_their_errors_allow(x, y, line):
    assert command.describe(np.array(x, float), np.array(y, float), ["x", "y"])[0] == line


SIZES = st.sampled_from(["0", "1", "-2", "1e100", "-1e100", "1e-100", "1e-300", "7e-99"])
NUMBERS = SIZES | st.floats(-1e100, 1e100).map(repr) | st.integers(-9, 9).map(str)
TABLES = st.lists(st.tuples(NUMBERS, NUMBERS).map(",".join), max_size=20).map("\n".join)
TEXTS = st.text('xy,;"\n\r 15.e-Nané\0|\t').map(lambda text: "x,y\n" + text)


@settings(max_examples=300)
@given(st.binary() | TEXTS.map(str.encode) | TABLES.map(lambda text: b"x,y\n" + text.encode()))
def test_every_file_gets_an_answer_or_one_sentence(content):
    out, err = io.StringIO(), io.StringIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.object(command, "_draw"),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        file = Path(folder, "d.csv")
        file.write_bytes(content)
        code = command.main([str(file), *XY])
    if code == 0:
        assert not err.getvalue()
        assert not re.search(r"\b(nan|inf)\b", out.getvalue())
    else:
        assert (code, out.getvalue()) == (2, "")
        assert re.fullmatch(r"[^\n]+\n", err.getvalue())
