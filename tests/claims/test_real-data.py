"""The claims of docs/deeper/real-data.md."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import constants

from linreg import coefficients, largest_stable_lr, least_squares, make_model, to_tensor, train
from linreg.__main__ import main
from tests.claims.runs import drawn, program, variables

PAGE = "deeper/real-data.md"
TABLE = pd.read_csv("linreg/hubble1929.csv")
x, y = (TABLE[name].to_numpy() for name in ("distance_mpc", "velocity_km_s"))
FIT = least_squares(x, y)


def scaled(values):
    return (values - values.mean()) / values.std()


def test_the_line_of_hubbles_nebulae():
    """A megaparsec is a bit more than three million light-years. … On the line, one megaparsec
    more of distance goes with 454 kilometres per second more of velocity: the slope has the unit
    `km/s per Mpc`. The scatter around it is wide: five nebulae, none of them beyond 0.9
    megaparsecs, even come closer.
    """
    assert 3e6 < 1e6 * constants.parsec / constants.light_year < 3.3e6
    assert (FIT.w, FIT.b) == pytest.approx((454.16, -40.78), abs=0.005)
    assert FIT.loss > 0.3 * y.var()
    assert np.sum(y < 0) == 5
    assert x[y < 0].max() == 0.9


def test_the_picture_shows_the_nebulae_around_the_line():
    """Points that rise from the lower left to the upper right, scattered widely around a line. A
    few near the left edge lie below zero. … Farther nebulae move away faster.
    """
    shown = drawn(PAGE, "hubble")
    np.testing.assert_allclose(shown["24 nebulae"], np.column_stack([x, y]))
    left, right = shown["fitted line"]
    assert np.polyfit(*np.transpose([left, right]), 1) == pytest.approx((FIT.w, FIT.b))
    assert np.corrcoef(x, y)[0, 1] > 0.7
    assert (x[y < 0] < left[0] + (right[0] - left[0]) / 2).all()


def test_training_crawls_at_0_01_and_the_limit_allows_far_more():
    """The loop of the tutorial finds this line too, if its learning rate suits these $x$. At 0.01,
    training crawls: after 200 epochs, the slope is 354.6. [The limit](learning-rate.md) of 0.49
    allows far larger steps.
    """
    assert largest_stable_lr(x) == pytest.approx(0.49, abs=0.005)
    slopes = []
    for lr in (0.01, 0.9 * largest_stable_lr(x)):
        model = make_model()
        train(model, to_tensor(x), to_tensor(y), epochs=200, lr=lr)
        slopes.append(coefficients(model)[0])
    assert slopes[0] == pytest.approx(354.6, abs=0.1)
    assert slopes[1] == pytest.approx(FIT.w, abs=0.01)


def test_divided_by_the_standard_deviation_the_slope_is_hubbles():
    """Divide the trained slope by the standard deviation of $x$, and it is back in the old units:
    0.454 per `kpc`, 454.2 per `Mpc`.
    """
    left = variables(PAGE, "kpc.mean")
    assert left["w"] / np.std(1000 * x) == pytest.approx(FIT.w / 1000, rel=1e-4)
    assert left["slope"] == pytest.approx(0.454, abs=0.0005)
    assert left["slope"] == pytest.approx(least_squares(1000 * x, y).w, rel=1e-4)


@pytest.mark.parametrize("unit", [1, 1e3, 1e-6])
def test_in_kiloparsecs_0_01_is_refused_and_scaling_makes_the_limit_1(unit):
    """The limit is then less than 0.000001, and 0.01 is refused. … Then the limit is 1,
    whatever the unit was.
    """
    assert largest_stable_lr(scaled(unit * x)) == pytest.approx(1)
    assert largest_stable_lr(1000 * x) < 1e-6
    with pytest.raises(ValueError, match="needs to lie between"):
        train(make_model(), to_tensor(1000 * x), to_tensor(y), lr=0.01)


@pytest.mark.parametrize("today", [67.4, 73.0])
def test_todays_value_is_six_to_seven_times_smaller_and_five_standard_errors_away(today):
    """Hubble's slope is six to seven times as large. That is more than five of its [standard
    errors](how-wrong.md) away, so noise does not explain it.
    """
    assert 6 < FIT.w / today < 7
    assert (FIT.w - today) / FIT.w_se > 5


@pytest.mark.parametrize("factor", [2, 6.5])
def test_distances_that_are_too_short_make_the_slope_too_large_and_no_residual_shows_it(factor):
    """If all distances are too short by the same factor, the points still lie on a line, with a
    slope that is too large by that factor. No residual shows it.
    """
    true = least_squares(factor * x, y)
    assert pytest.approx(factor * true.w) == FIT.w
    residuals = [y - fit.w * at - fit.b for fit, at in ((FIT, x), (true, factor * x))]
    np.testing.assert_allclose(*residuals, atol=1e-9)


def test_a_row_with_a_gap_goes_and_without_the_dearest_the_line_is_too_flat():
    """`dropna()` leaves out each row with a gap. … if it is the dearest houses whose price is
    missing, the line of the others may be too flat.
    """
    left = variables(PAGE, "state_dict")
    assert (len(left["gaps"]), len(left["table"]), len(left["x"])) == (2, 58, 58)
    assert left["gaps"]["price"].isna().all()
    assert not left["table"].isna().any(axis=None)
    area = np.linspace(40, 200, 1000)  # as many houses as it takes to see it each time
    for seed in range(5):
        price = 3 * area + 50 + np.random.default_rng(seed).normal(0, 30, 1000)
        cheap = price < np.quantile(price, 0.8)
        assert least_squares(area[cheap], price[cheap]).w < least_squares(area, price).w - 0.05


def test_y_needs_no_scale():
    """For the mean squared error, $y$ needs no scale: the limit of the rate depends on $x$
    alone.
    """
    z, lr = scaled(x), 0.4 * largest_stable_lr(scaled(x))
    for factor in (1, 1e-3, 1e6):
        model = make_model()
        train(model, to_tensor(z), to_tensor(factor * y), epochs=100, lr=lr)
        fit = least_squares(z, factor * y)
        assert coefficients(model) == pytest.approx((fit.w, fit.b), rel=1e-4)


def test_the_loaded_line_predicts_as_the_trained_one():
    """`state_dict()` gives the parameters by name, without the code of the model. … PyTorch keeps
    no record for gradients, as a prediction needs none.
    """
    left = variables(PAGE, "state_dict")
    assert set(left["saved"]["line"]) == {"weight", "bias"}
    assert not left["output"].requires_grad
    fit, heights = left["fit"], left["output"].flatten().numpy()
    assert heights == pytest.approx([fit.w * 80 + fit.b, fit.w * 120 + fit.b], abs=0.05)
    assert left["saved"]["scale"] == pytest.approx([left["x"].mean(), left["x"].std()])


@pytest.mark.parametrize("asked", [{}, {"weights_only": True}])
def test_loading_runs_nothing(tmp_path, asked):
    """with `weights_only=True`, `torch.load` takes numbers from it and runs nothing."""
    torch.save(print, tmp_path / "code.pt")
    with pytest.raises(Exception, match="Weights only load failed"):
        torch.load(tmp_path / "code.pt", **asked)


def test_the_program_is_the_readers_own_once_file_and_columns_are_his(tmp_path, monkeypatch):
    """For a file of your own, write `file = Path("houses.csv")`, with its name, in place of the
    lines from `folder` to `to_csv`. Leave out the last line, and put your two columns where
    `area` and `price` stand
    """
    lines = program(PAGE, "state_dict").code.strip().split("\n")
    first = next(k for k, line in enumerate(lines) if line.startswith("folder = "))
    last = next(k for k, line in enumerate(lines) if "to_csv" in line)
    lines[first : last + 1] = ['file = Path("mine.csv")']
    code = "\n".join(lines[:-1])
    for old, new in {"area": "distance_mpc", "price": "velocity_km_s"}.items():
        code = code.replace(f'"{old}"', f'"{new}"')
    monkeypatch.chdir(tmp_path)
    TABLE.to_csv("mine.csv", index=False)
    left = {}
    exec(code, left)
    assert (left["slope"], left["intercept"]) == pytest.approx((FIT.w, FIT.b), abs=0.01)
    assert (tmp_path / "line.pt").exists()


def test_the_command_draws_and_warns(tmp_path, capsys):
    """It warns of an outlier, a curve, scatter that changes, and too few rows. It draws a
    picture, and says in one sentence what is wrong with a file, such as a gap.
    """
    n = np.arange(40)
    noise = np.random.default_rng(0).normal(0, 1, 40)
    cases = {
        "outlier": n + noise + 20 * (n == 20),
        "bend": n**2 + noise,
        "scatter changes": n + noise * n / 4,
        "too few": n[:4] + noise[:4],
    }
    for words, heights in cases.items():
        file = tmp_path / "data.csv"
        pd.DataFrame({"a": n[: len(heights)], "b": heights}).to_csv(file, index=False)
        command = [str(file), "--x", "a", "--y", "b", "--picture", str(tmp_path / "line.png")]
        assert main(command) == 0
        assert words in capsys.readouterr().out
        (tmp_path / "line.png").unlink()
    file.write_text("a,b\n1,\n", encoding="utf-8")
    assert main(command) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)


def test_an_input_that_is_not_scaled_is_taken_for_a_scaled_one():
    """A model that was trained on scaled $x$ takes a distance in megaparsecs for a scaled one. …
    Both look like answers, and only the second is one.
    """
    left = variables(PAGE, "as it is")
    w, b = coefficients(left["model"])
    assert w * (1 - x.mean()) / x.std() + b == pytest.approx(FIT.w + FIT.b, abs=0.1)
    assert w + b == pytest.approx(FIT.w * (x.mean() + x.std()) + FIT.b, abs=0.1)


def test_the_intercept_is_less_than_half_a_standard_error_from_zero():
    """A law $v = H d$ has no intercept. … it is less than half a standard error from zero. The
    slope of the line through the origin is the sum of $xy$ divided by the sum of $x^2$.
    """
    assert abs(FIT.b) < FIT.b_se / 2
    slope = np.sum(x * y) / np.sum(x**2)
    assert slope == pytest.approx(np.linalg.lstsq(x[:, None], y)[0][0])


def test_without_the_farthest_nebulae_the_standard_error_grows_by_more_than_half():
    """It grows by more than half: the farthest points have the most
    [leverage](right-line.md#one-point-that-turns-the-line).
    """
    near = x < 2
    assert np.sum(~near) == 4
    assert least_squares(x[near], y[near]).w_se > 1.5 * FIT.w_se
    leverages = np.abs(x - x.mean())
    assert leverages[~near].min() > leverages[near].max()
