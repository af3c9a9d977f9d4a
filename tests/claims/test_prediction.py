"""The claims of docs/tutorial/prediction.md."""

import numpy as np
import pytest
import torch

from linreg import coefficients, least_squares, make_data, make_model, predict, train
from tests.claims.reference_run import FIT, X, Y, after, descend, x, y
from tests.claims.runs import drawn, figure


@pytest.fixture(scope="module")
def model():
    model = make_model()
    train(model, X, Y)
    return model


def axes(name):
    return figure("tutorial/prediction.md", name).axes[0]


def true_loss(x, y):
    return np.mean((0.5 * x - 1 - y) ** 2)


def test_predict_is_the_code_of_this_page(model):
    """The function `predict` of `linreg` does all three. It works for new inputs too"""
    np.testing.assert_array_equal(predict(model, x), model(X).detach().numpy().flatten())


def test_the_picture_shows_the_fitted_line_through_the_middle_of_the_points(model):
    """The 20 data points and the fitted line. The line runs through the middle of the cloud, with
    points above and below it all along.
    """
    shown = drawn("tutorial/prediction.md", "fit")
    np.testing.assert_allclose(shown["data"], np.column_stack([x, y]))
    np.testing.assert_allclose(shown["fitted line"], np.column_stack([x, predict(model, x)]))
    above = y > FIT.w * x + FIT.b
    for half in (x < np.median(x), x >= np.median(x)):
        assert 0.2 < above[half].mean() < 0.8


def test_the_picture_shows_100_lines_around_the_true_one():
    """A bundle of 100 thin lines around the dashed true line. It is narrow in the middle and wider
    at both ends. … Each thin line is the fit to 20 other points.
    """
    *lines, true = axes("refits").lines
    assert (len(lines), true.get_linestyle(), lines[0].get_linestyle()) == (100, "--", "-")
    np.testing.assert_allclose(true.get_ydata(), [-3.5, 6.5])
    left, right = np.array([line.get_ydata() - true.get_ydata() for line in lines]).T
    for side in (left, right):
        assert 0.3 < (side > 0).mean() < 0.7
        assert side.std() > 1.5 * ((left + right) / 2).std()
    w, b = least_squares(*make_data(seed=7))
    np.testing.assert_allclose(lines[7].get_ydata(), [-5 * w + b, 15 * w + b])


def test_training_finds_the_exact_fit_to_three_digits(model):
    """Training finds the least-squares line, the exact answer, to three digits."""
    assert coefficients(model) == pytest.approx((FIT.w, FIT.b), abs=5e-4)


def test_the_fit_is_not_the_true_line_and_other_noise_gives_another_one():
    """It is not the true line, because of the noise: other noise would give another line."""
    fits = {least_squares(*make_data(seed=seed)).w for seed in range(10)}
    assert len(fits) == 10
    assert 0.5 not in fits


def test_the_standard_error_tells_how_far_off_a_fit_usually_is():
    """The **standard error** tells [how far off](../deeper/how-wrong.md) such a line usually
    is, here 0.042 for the slope and 0.292 for the intercept.
    """
    noise = np.random.default_rng(3).normal(0, 1, (3000, 20))
    fits = [least_squares(x, 0.5 * x - 1 + e) for e in noise]
    spread = np.std([(fit.w, fit.b) for fit in fits], axis=0)
    known = 1 / np.sqrt(FIT.loss * 20 / 18)  # sigma is 1; the standard errors estimate it
    assert spread == pytest.approx((FIT.w_se * known, FIT.b_se * known), rel=0.05)


def test_the_slope_is_half_and_the_intercept_a_third_of_a_standard_error_off():
    """Your slope is 0.5 standard errors off, your intercept 0.3."""
    assert abs(FIT.w - 0.5) / FIT.w_se == pytest.approx(0.5, abs=0.05)
    assert abs(FIT.b + 1) / FIT.b_se == pytest.approx(0.3, abs=0.05)


def test_the_standard_error_of_the_slope_is_made_of_the_errors_n_and_the_spread_of_x():
    r"""(For the slope, it is $\sigma$, as the errors show it, divided by $\sqrt n$ and by the
    standard deviation of $x$.) Fit 2000 data sets to see how often a line is farther off:
    """
    sigma = np.sqrt(np.sum((FIT.w * x + FIT.b - y) ** 2) / (20 - 2))
    assert FIT.w_se == pytest.approx(sigma / np.sqrt(20) / x.std())


def test_how_often_a_slope_is_farther_off_and_what_changes_the_standard_error():
    """About two of three slopes are less than one standard error off, 93 to 96 percent less
    than two. Twice the noise makes the standard error twice as large. A hundred times the
    points make it a tenth:
    """
    errors = []
    for settings in ({}, {"sigma": 2}, {"n": 2000}):
        fits = [least_squares(*make_data(seed=seed, **settings)) for seed in range(2000)]
        off = np.array([abs(fit.w - 0.5) / fit.w_se for fit in fits])
        assert np.mean(off < 1) == pytest.approx(2 / 3, abs=0.02)
        assert 0.93 < np.mean(off < 2) < 0.965
        errors.append(np.mean([fit.w_se for fit in fits]))
    assert errors[1] / errors[0] == pytest.approx(2, abs=1e-6)
    assert errors[0] / errors[2] == pytest.approx(10, rel=0.05)


def test_the_bars_are_unfinished_training_and_noise():
    """Two bar charts, for slope and intercept. After 30 and 100 epochs the unfinished bar is the
    higher one, after 1000 it is gone. The noise bar never changes. … After 30 epochs the
    intercept is 0.590 off, after 1000 only the 0.083 of the noise.
    """
    for k, ax in enumerate(figure("tutorial/prediction.md", "gap").axes):
        unfinished, noise = np.reshape([bar.get_height() for bar in ax.patches], (2, 3))
        exact, truth = (FIT.w, FIT.b)[k], (0.5, -1)[k]
        np.testing.assert_allclose(noise, abs(exact - truth))
        want = [abs(after(epochs)[k] - exact) for epochs in (30, 100, 1000)]
        np.testing.assert_allclose(unfinished, want, atol=1e-5)
        assert (unfinished[:2] > noise[:2]).all()
        assert unfinished[2] < 0.01 * noise[2]
    assert after(30)[1] + 1 == pytest.approx(0.590, abs=5e-4)
    assert after(1000)[1] + 1 == pytest.approx(0.083, abs=5e-4)


@pytest.mark.parametrize(("epochs", "least"), [(30, 0.8), (100, 0.7)])
def test_stop_early_and_most_of_the_gap_is_unfinished_work(epochs, least):
    """Stop early, and most of the gap is unfinished work."""
    _, b = after(epochs)
    assert (b - FIT.b) / (b + 1) > least


def test_once_converged_the_gap_is_the_noise():
    """The rest is unfinished training, until it has **converged**, which means that more steps
    change nothing.
    """
    _, b = after(1000)
    assert b - FIT.b == pytest.approx(0, abs=1e-3)
    assert FIT.b + 1 > 0.05


@pytest.mark.parametrize("seed", range(50))
def test_the_fitted_line_never_has_a_higher_loss_than_the_true_one(seed):
    """And the fitted line beats the true one on these points … The fitted line is by definition
    the one with the lowest loss on its points, so the true line can at best tie.
    """
    x, y = make_data(seed=seed)
    assert least_squares(x, y).loss <= true_loss(x, y)


@pytest.mark.parametrize(("n", "sigma"), [(20, 1), (5, 1), (20, 3), (2, 1)])
def test_the_mean_loss_is_sigma_squared_times_n_minus_2_over_n(n, sigma):
    r"""The mean over many data sets is known too: $\sigma^2 (n - 2) / n$, which is 0.9 here. … A
    line goes exactly through any 2 points: they leave no error, whatever the noise. With
    more, the fit makes two sums zero: that of the errors, and that of the errors times $x$. … On
    average, the squares of all $n$ sum to as much as those of $n - 2$ noises, and the loss
    divides by $n$.
    """
    x, y = make_data(n=n, sigma=sigma)
    fit = least_squares(x, y)
    errors = fit.w * x + fit.b - y
    assert (errors.sum(), errors @ x) == pytest.approx((0, 0), abs=1e-9)
    losses = [least_squares(*make_data(n=n, sigma=sigma, seed=s)).loss for s in range(4000)]
    assert np.mean(losses) == pytest.approx(sigma**2 * (n - 2) / n, rel=0.03, abs=1e-9)


def test_detach_gives_the_same_numbers_without_the_record(model):
    """`.detach()` gives the same numbers without the record of how they were computed."""
    output = model(X)
    assert torch.equal(output.detach(), output)
    assert output.grad_fn is not None
    assert output.detach().grad_fn is None


def test_numpy_refuses_what_requires_grad():
    """NumPy cannot, so PyTorch asks you to cut it first."""
    with pytest.raises(RuntimeError, match=r"Use tensor\.detach\(\)\.numpy\(\) instead"):
        make_model()(X).numpy()


@pytest.mark.parametrize(("epochs", "off"), [(10, 0.0095), (100, 0.0037), (1000, 0)])
def test_output_outlives_the_loop_and_is_one_step_old(epochs, off):
    """But it was computed before the last `step()`, so it is one step old. The same holds for the
    last entry of `losses`.
    """
    before, _ = descend(epochs - 1)
    now, losses = descend(epochs)
    output = before(X)
    assert (now(X) - output).abs().max().item() == pytest.approx(off, abs=5e-5)
    assert losses[-1] == torch.nn.MSELoss()(output, Y).item()


def test_the_picture_joins_the_same_points_in_two_orders():
    """The same 20 points joined twice. Joined in the order of the data, the dotted line
    criss-crosses the picture. Sorted by x, the solid line goes from left to right, up and down
    with the noise.
    """
    shown = drawn("tutorial/prediction.md", "unsorted")
    drawn_order, by_x = shown["in the order of the data"], shown["sorted by x"]
    np.testing.assert_allclose(drawn_order, np.column_stack([x, y]))
    np.testing.assert_allclose(by_x, drawn_order[drawn_order[:, 0].argsort()])
    assert (np.diff(by_x[:, 0]) > 0).all()
    styles = [line.get_linestyle() for line in axes("unsorted").lines]
    assert styles == [":", "-"]
    turns = np.diff(np.sign(np.diff(drawn_order[:, 0])))
    assert np.count_nonzero(turns) > 5


def test_a_small_error_of_the_slope_grows_with_the_distance(model):
    """Predict $y$ for $x = 100$. … It is 2.1 off, more than anywhere in the data. A small error
    of the slope grows with the distance.
    """
    off = [abs(predict(model, [v])[0] - (0.5 * v - 1)) for v in (10.0, 100.0, 1000.0)]
    assert off[0] < off[1] < off[2]
    assert off[1] == pytest.approx(2.1, abs=0.05)
    assert off[1] > np.abs(predict(model, x) - (0.5 * x - 1)).max()


def test_a_hundred_times_the_points_make_standard_errors_a_tenth_and_a_closer_line():
    """A hundred times the points make the standard errors about ten times as small, and the line
    comes closer to the true one. The loss does not shrink: it nears the variance of the noise,
    which is 1.
    """
    few, many = (least_squares(*make_data(n=n)) for n in (20, 2000))
    assert few.w_se / many.w_se == pytest.approx(10, rel=0.25)
    assert few.b_se / many.b_se == pytest.approx(10, rel=0.25)
    assert abs(many.w - 0.5) < abs(few.w - 0.5)
    assert abs(many.b + 1) < abs(few.b + 1)
    assert many.loss == pytest.approx(1, abs=0.1)
