"""Numbers are read as people write them, and compared as they round."""

from decimal import Decimal
from pathlib import Path

import pytest

from weaver.checks.numbers import numbers_of, numbers_of_program
from weaver.page import Program, Text


def read(text, kind="paragraph"):
    return [float(n.value) for n in numbers_of(Text(Path("page.md"), 1, kind, text))]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("slope \u22120.915, then -.5.", [-0.915, -0.5]),
        ("x - 1 and 5\u201347", [1, 5, 47]),
        ("249,802 points", [249802]),
        ("1e-13, 5 \u00d7 10⁻⁷", [1e-13, 5e-7]),
        ("float32, C1, x2, R²", []),
        ("shapes (1x20 and 1x1), 20-point", [1, 20, 1, 1, 20]),
        ("y = 0.4783 x -0.9167", [0.4783, -0.9167]),
    ],
)
def test_numbers_in_words(text, values):
    assert read(text) == values


@pytest.mark.parametrize(
    ("formula", "values"),
    [
        (r"\frac{1}{n} \sum_{i=1}^{n} (y_i - \hat y_i)^2 + 2/n", []),
        (r"y = 0.5 x - 1", [0.5, 1]),
        (r"5 \times 10^{-7} < 249{,}802", [5e-7, 249802]),
        (r"\frac{3}{n} + x_{12}^{10}", [3]),
    ],
)
def test_numbers_in_formulas(formula, values):
    assert read(formula, "formula") == values


@pytest.mark.parametrize(
    ("shown", "source", "true"),
    [
        ("0.478", "0.47835", True),
        ("0.479", "0.47835", False),
        ("0.47835", "0.478", False),
        ("-0.92", "-0.91665", True),
        ("0.92", "-0.91665", False),
        ("x - 0.92", "-0.91665", True),
        ("21", "20.9", False),
        ("20", "20.0", True),
        ("249,802", "249802.35", True),
        ("249,803", "249802.35", False),
        ("1e-13", "9.8e-14", True),
        ("2e-13", "9.8e-14", False),
        ("86 percent", "0.8596", True),
        ("86%", "85.96", True),
        ("85 percent", "0.8596", False),
        ("86", "0.8596", False),
    ],
)
def test_rounding(shown, source, true):
    (number,) = numbers_of(Text(Path("page.md"), 1, "paragraph", shown))
    (other,) = numbers_of(Text(Path("page.md"), 1, "output", source))
    assert number.rounds(other) is true


def test_listed_percentages():
    found = numbers_of(Text(Path("page.md"), 1, "paragraph", "68, 95 and\n99.7 percent in 3"))
    assert [n.percent for n in found] == [True, True, True, False]
    assert [n.line for n in found] == [1, 1, 2, 2]


def test_numbers_of_program():
    code = "f(-5, 1e-3, True, x - 2)\nprint(f'{x:.3f} after 7')"
    program = Program(Path("page.md"), 1, 4, 8, 8, code, "y = 0.5, -2.25e-01\n", ())
    assert {n.value for n in numbers_of_program(program)} == {
        Decimal(v) for v in ("-5", "0.001", "2", "0.5", "-0.225")
    }
