"""Fit a line to two columns of a file: python -m linreg data.csv --x area --y price"""

import argparse
import csv
import io
import os
import re
import sys
import warnings
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from linreg.exact import Fit, least_squares

MARK = "A line by python -m linreg"  # stands in each picture, so that no other is overwritten
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
GAPS = ["", "-", "?", ".", "na", "n/a", "#n/a", "nan", "null", "none"]
OPTIONS = {";": '";"', "\t": "tab", ",": '","', "|": '"|"'}
ALARM = 0.01  # how often each rule may warn of a line that is right


def _rows(path: Path, separator: str) -> list[tuple[int, list[str]]]:
    """Read the rows that are not blank: the line on which each begins, and its cells."""
    if not path.exists():
        raise ValueError(f"{path} does not exist: check its name and its folder")
    if path.is_dir():
        raise ValueError(f"{path} is a folder: name a file in it")
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = len(re.findall(rb"\r\n?|\n", data[: error.start])) + 1
        raise ValueError(f"{path}, row {row} is not UTF-8: save it as CSV UTF-8") from None
    if "\0" in text:
        raise ValueError(f"{path} is not UTF-8: save it as CSV UTF-8")
    rows, line = [], 1
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=True)
    try:
        for cells in reader:
            if len(cells) > 1 or "".join(cells).strip():
                rows.append((line, [re.sub(r"[\r\n]+", " ", cell).strip() for cell in cells]))
            line = reader.line_num + 1
    except csv.Error:
        raise ValueError(
            f'{path}, row {line} has a " out of place, or a cell without end: '
            'put " around whole cells'
        ) from None
    return rows


def _number(cell: str, decimal: str) -> float:
    """Turn a cell into a number, and guess nothing."""
    other = "." if decimal == "," else ","
    if cell.lower() in GAPS:
        raise ValueError("a gap: fill it, or delete the row")
    if other in cell and NUMBER.fullmatch(re.sub("[.,]", "", cell)):
        raise ValueError(
            f'no number with the decimal mark "{decimal}": '
            f'add --decimal "{other}" if "{other}" is the mark, else take "{other}" out'
        )
    if not NUMBER.fullmatch(cell.replace(decimal, ".")):
        raise ValueError(f"no number: write digits alone, as in 1234{decimal}5")
    number = float(cell.replace(decimal, "."))
    if abs(number) > 1e100:
        raise ValueError("beyond 1e100: rescale the column")
    return number


def _columns(
    path: Path, names: list[str | None], separator: str, decimal: str
) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Read x and y, each of shape (n,), and the line on which each row begins."""
    rows = _rows(path, separator)
    if not rows:
        raise ValueError(f"{path} is empty: it needs a row of names, and rows of numbers")
    (_, header), *rows = rows
    known = ", ".join(f'"{name}"' for name in header[:9]) + ", ..." * (len(header) > 9)
    if all(NUMBER.fullmatch(name) for name in header):
        raise ValueError(f"{path} begins with numbers: write a row of names above them")
    for other, option in OPTIONS.items():
        if len(header) == 1 and other in header[0] and other != separator:
            raise ValueError(f"{path} has another separator: add --separator {option}")
    if None in names:
        raise ValueError(f"{path} has the columns {known}: choose two by --x and --y")
    if names[0] == names[1]:
        raise ValueError(f'--x and --y both name "{names[0]}": choose two columns')
    for name in names:
        if name not in header:
            raise ValueError(f'{path} has no column "{name}": choose from {known}')
        if header.count(name) > 1:
            raise ValueError(f'{path} has {header.count(name)} columns "{name}": rename them')
    numbers = []
    for line, cells in rows:
        if len(cells) != len(header):
            long = len(cells) > len(header)
            remedy = f'put a cell that holds "{separator}" in quotation marks'
            raise ValueError(
                f"{path}, row {line} is {'longer' if long else 'shorter'} than the header "
                f"({len(cells)} against {len(header)} cells): {remedy if long else 'fill the gap'}"
            )
        for name in names:
            cell = cells[header.index(name)]
            try:
                numbers.append(_number(cell, decimal))
            except ValueError as error:
                raise ValueError(f'{path}, row {line}: {name} is "{cell}", {error}') from None
    if len(rows) < 2:
        raise ValueError(f"{path} has too few rows of numbers ({len(rows)}): a line needs 2")
    x, y = np.reshape(numbers, (-1, 2)).T
    try:
        fit = least_squares(x, y)
    except ValueError:
        raise ValueError(
            f'{path} holds only {x[0]:g} in column "{names[0]}": a line needs 2 different x'
        ) from None
    if np.isinf([fit.w, fit.b, fit.w_se, fit.b_se, fit.loss]).any():
        raise ValueError(f"{path} holds numbers too large or too close: rescale its columns")
    return x, y, [line for line, _ in rows]


def t_share(t: float, df: int) -> float:
    """Share of Student's t that lies between -t and t.

    Source: M. Abramowitz, I. A. Stegun, Handbook of Mathematical Functions, NBS 1964,
    section 26.7.

    Args:
        t: A number, 0 or more.
        df: Degrees of freedom, a whole number, at least 1.

    Returns:
        A number between 0 and 1.
    """
    odd, angle = df % 2, np.arctan(t / np.sqrt(df))
    k = np.arange(odd, df - 3, 2)
    terms = np.cumprod(np.r_[1, (k + 1) / (k + 2) * np.cos(angle) ** 2])
    series = np.sin(angle) * np.cos(angle) ** odd * terms.sum() * (df > 1)
    return float(2 / np.pi * (angle + series) if odd else series)


def t_quantile(share: float, df: int) -> float:
    """Find the t for which a share of Student's t lies between -t and t.

    Args:
        share: A number between 0 and 1.
        df: Degrees of freedom, a whole number, at least 1.

    Returns:
        t, so that `t_share(t, df)` is the share.
    """
    low, high = 0.0, np.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        if t_share(np.sqrt(df) * np.tan(middle), df) < share:
            low = middle
        else:
            high = middle
    return float(np.sqrt(df) * np.tan(low))


def _spread(fit: Fit, n: int) -> float:
    """Estimate the standard deviation of the noise from n points."""
    return float(np.sqrt(fit.loss * n / (n - 2)))


def _exact(fit: Fit, x: np.ndarray, y: np.ndarray) -> bool:
    """Tell whether no more than rounding lies between points and line."""
    sizes = np.abs(y).max() + abs(fit.w) * np.abs(x).max()
    return bool(np.sqrt(fit.loss) <= 8 * np.finfo(float).eps * sizes)


def _leverage(x: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Give the variance of the line's height at these places, in variances of the noise."""
    return 1 / len(x) + (at - x.mean()) ** 2 / np.sum((x - x.mean()) ** 2)


def _lever(x: np.ndarray) -> int | None:
    """Find the row that nearly alone decides the slope: its leverage is above 0.9.

    From 0.5, P. J. Huber, Robust Statistics, Wiley 1981, section 7.2, warns. Few rows often
    have such a one by chance, so the warning comes later.
    """
    leverage = _leverage(x, x)
    return int(leverage.argmax()) if leverage.max() > 0.9 else None


def _outlier(x: np.ndarray, y: np.ndarray) -> int | None:
    """Find the row with the largest externally studentized residual, if it is too large.

    That is, by Student's t at the level ALARM / n (Bonferroni). Source: S. Weisberg, Applied
    Linear Regression, 3rd ed., Wiley 2005, section 9.1.
    """
    fit, n = least_squares(x, y), len(x)
    e = y - fit.w * x - fit.b
    own = 1 - _leverage(x, x)
    others = n * fit.loss * own - e**2  # the squared residuals without this row, times own
    t = np.abs(e) * np.sqrt((n - 3) / np.maximum(others, 1e-30))
    return int(t.argmax()) if t_share(t.max(), n - 3) > 1 - ALARM / n else None


def _bend(x: np.ndarray, y: np.ndarray) -> tuple[bool, np.ndarray]:
    """Test an added square of x by Student's t; give what the better curve leaves of y.

    Source: S. Weisberg, Applied Linear Regression, 3rd ed., Wiley 2005, section 8.2.
    """
    df, left = len(x) - 3, []
    for degree in 1, 2:
        powers = np.vander(x, degree + 1)
        left.append(y - powers @ np.linalg.lstsq(powers, y)[0])
    line, curve = (e @ e for e in left)
    t = np.sqrt(max(line - curve, 0) * df / max(curve, 1e-30))
    bent = t_share(t, df) > 1 - ALARM
    return bent, left[bent]


def _fan(x: np.ndarray, e: np.ndarray) -> bool:
    """Test by Student's t whether the squared residuals go with x.

    Source: J. M. Wooldridge, Introductory Econometrics, 5th ed., South-Western 2013,
    section 8.3: the Breusch-Pagan test, whose F is the square of this t.
    """
    df, r = len(x) - 2, np.corrcoef(x, e**2)[0, 1]
    return t_share(abs(r) * np.sqrt(df / max(1 - r**2, 1e-30)), df) > 1 - ALARM


def warn(x: np.ndarray, y: np.ndarray, names: list[str], lines: list[int]) -> list[str]:
    """Say what speaks against the line, or against its intervals.

    With fewer than 10 rows for a slope, a common rule of thumb, no other rule is tried. Source:
    F. E. Harrell, Regression Modeling Strategies, 2nd ed., Springer 2015, section 4.4.

    Args:
        x: n numbers, of shape (n,), at least two of them different.
        y: n numbers, of shape (n,).
        names: What x and y are called.
        lines: The line of the file on which each point stands.

    Returns:
        One sentence for each warning.
    """
    fit, n, (x_name, y_name) = least_squares(x, y), len(x), names
    if n < 10:
        return [f"{n} rows are too few to see an outlier or a curve: measure 10 or more"]
    if _exact(fit, x, y):
        return []
    found = []
    z, v, y_scale = (x - x.mean()) / x.std(), (y - y.mean()) / y.std(), y.std()
    lever, outlier = _lever(z), _outlier(z, v)
    odd = outlier if lever is None else lever
    if odd is not None:  # it would make all else look wrong
        row = f"row {lines[odd]} ({x_name} {x[odd]:.4g}, {y_name} {y[odd]:.4g})"
        x, y, z, v = (np.delete(a, odd) for a in (x, y, z, v))
        if np.ptp(z) < 1e-9:
            return [f"{row} alone decides the slope: measure more rows near it"]
        rest = least_squares(x, y)
        slopes = f"without it, the slope is {rest.w:.3g} in place of {fit.w:.3g}"
        if lever is None:
            found.append(f"{row} is an outlier ({slopes}): look for a mistake in it")
        else:
            found.append(f"{row} decides the slope ({slopes}): measure more rows near it")
        if _exact(rest, x, y):
            return found
    bent, e = _bend(z, v)
    if bent:
        found.append(f"the points bend: fit a curve, or a shorter range of {x_name}")
    if e.std() > 1e-12 and _fan(z, e):
        low, high = (e[side].std() * y_scale for side in (z <= z.mean(), z > z.mean()))
        remedy = f", and try the logarithm of {y_name}" if y.min() > 0 else ""
        found.append(
            f"the scatter changes with {x_name}, from {low:.2g} below its mean to {high:.2g} "
            f"above: mistrust the intervals{remedy}"
        )
    return found


def _rounded(number: float, error: float) -> str:
    """Write a number down to the second digit of its error, or to its units."""
    digits = 1 - int(np.floor(np.log10(max(error, 1e-300))))
    if abs(digits) > 9 or abs(number) >= 1e9:
        return f"{number:.4g}"
    return f"{number:z.{max(digits, 0)}f}"


def describe(x: np.ndarray, y: np.ndarray, names: list[str]) -> list[str]:
    """Write the line, its intervals and its scatter in the reader's units.

    Args:
        x: n numbers, of shape (n,), at least two of them different.
        y: n numbers, of shape (n,).
        names: What x and y are called.

    Returns:
        The lines to print.
    """
    fit, n = least_squares(x, y), len(x)
    if n == 2 or _exact(fit, x, y):
        b = fit.b if abs(fit.b) > 1e-12 * np.abs(y).max() else 0
        told = [f"{names[1]} = {fit.w:.6g} * {names[0]} {'-' if b < 0 else '+'} {abs(b):.6g}"]
        return [*told, "", f"{n} rows, all on the line: they leave no error to judge it by"]
    sign = "-" if fit.b < 0 else "+"
    w, b = _rounded(fit.w, fit.w_se), _rounded(abs(fit.b), fit.b_se)
    told = [f"{names[1]} = {w} * {names[0]} {sign} {b}", ""]
    t = t_quantile(0.95, n - 2)
    for name, value, error in ("slope", fit.w, fit.w_se), ("intercept", fit.b, fit.b_se):
        best, low, high = (_rounded(value + side * t * error, error) for side in (0, -1, 1))
        told.append(f"{name + ':':10} {best}, 95% interval from {low} to {high}")
    s = _spread(fit, n)
    return [
        *told,
        f"{'scatter:':10} {_rounded(s, s)} (standard deviation of the residuals)",
        f"{'rows:':10} {n}",
    ]


def _draw(x: np.ndarray, y: np.ndarray, names: list[str], path: Path) -> None:
    """Draw points, line and confidence band into a file, all of it or nothing."""
    fit, n = least_squares(x, y), len(x)
    grid = np.linspace(x.min(), x.max(), 101)
    line = fit.w * grid + fit.b
    ax = Figure(layout="constrained").add_subplot()
    ax.plot(x, y, "o", color="C0", label="data")
    ax.plot(grid, line, color="C1", label="line of least squares")
    if n > 2:
        band = t_quantile(0.95, n - 2) * _spread(fit, n) * np.sqrt(_leverage(x, grid))
        ax.plot(grid, line - band, "--", color="C2", label="95% confidence band")
        ax.plot(grid, line + band, "--", color="C2")
    ax.set_xlabel(names[0], parse_math=False)
    ax.set_ylabel(names[1], parse_math=False)
    ax.legend()
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        ax.figure.savefig(aside, format=path.suffix[1:].lower(), metadata={"Title": MARK})
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def _check_picture(path: Path) -> None:
    """Refuse a picture that cannot be written, or would take the place of another file."""
    if path.suffix.lower() not in (".png", ".svg", ".pdf"):
        raise ValueError(f"{path} is no picture: let its name end in .png, .svg or .pdf")
    if not path.parent.is_dir():
        raise ValueError(f"{path.parent} is no folder: make it, or put the picture elsewhere")
    if path.exists() and not (path.is_file() and MARK.encode() in path.read_bytes()):
        raise ValueError(f"{path} exists, and is not by this command: choose another --picture")


class _Once(argparse.Action):
    """Takes an option once, since the last of two would win silently."""

    given = False

    def __call__(self, parser, chosen, value, option=None):
        if self.given:
            parser.error(f"{option} is given twice: give it once")
        self.given = True
        setattr(chosen, self.dest, value)


def main(arguments: list[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: What stands behind `python -m linreg`; by default what stands there.

    Returns:
        The exit code: 0, or 2 if the file or the arguments are wrong.
    """
    parser = argparse.ArgumentParser(
        prog="python -m linreg",
        description="Fit a line to two columns of a file, and draw it.",
        epilog="Example: python -m linreg data.csv --x area --y price",
        allow_abbrev=False,
    )
    parser.add_argument("file", type=Path, help="a table in UTF-8 whose first row names columns")
    parser.register("action", None, _Once)
    parser.add_argument("--x", metavar="NAME", help="the column to predict from")
    parser.add_argument("--y", metavar="NAME", help="the column to predict")
    parser.add_argument(
        "--separator",
        metavar="SIGN",
        default=",",
        choices=[",", ";", "|", "tab"],
        help='what stands between cells: "," (default), ";", "|" or tab',
    )
    parser.add_argument(
        "--decimal",
        metavar="SIGN",
        default=".",
        choices=[".", ","],
        help='the decimal mark: "." (default) or ","',
    )
    parser.add_argument(
        "--picture",
        metavar="FILE",
        type=Path,
        help="a .png, .svg or .pdf; by default the name of the table with .png, here",
    )
    given = parser.parse_args(arguments)
    file, names, picture = given.file, [given.x, given.y], given.picture
    picture = picture or Path(file.stem + ".png")
    separator = given.separator.replace("tab", "\t")
    try:
        with warnings.catch_warnings():  # of overflow, and of letters that the font lacks
            warnings.simplefilter("ignore")
            x, y, lines = _columns(file, names, separator, given.decimal)
            _check_picture(picture)
            told, found = describe(x, y, names), warn(x, y, names, lines)
            _draw(x, y, names, picture)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        where = f"{picture} cannot be written"
        if str(error.filename) == str(file):
            where = f"{file} cannot be opened"
        print(f"{where} ({error.strerror}): try another folder", file=sys.stderr)
        return 2
    print(*told, *(f"Warning: {sentence}." for sentence in found), sep="\n")
    print(f"{'picture:':10} {picture}")
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main())
