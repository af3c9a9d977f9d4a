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


def test_the_picture_shows_two_lines_that_cross_in_the_cloud_and_part_towards_the_ends():
    """The data with two lines that nearly coincide: the fitted line, solid, and the true line,
    dashed. They cross within the cloud and part a little towards both ends.
    """
    shown = drawn("tutorial/prediction.md", "lines")
    fitted, true = shown["fitted line"], shown["true line"]
    np.testing.assert_allclose(true[:, 0], axes("lines").get_xlim())
    np.testing.assert_allclose(true[:, 1], 0.5 * true[:, 0] - 1)
    np.testing.assert_allclose(fitted[:, 1], FIT.w * fitted[:, 0] + FIT.b, atol=1e-3)
    styles = {line.get_label(): line.get_linestyle() for line in axes("lines").lines}
    assert (styles["fitted line"], styles["true line"]) == ("-", "--")
    left, right = fitted[:, 1] - true[:, 1]
    assert 0 < left < 0.5
    assert -0.5 < right < 0
    assert x.min() < (FIT.b + 1) / (0.5 - FIT.w) < x.max()


def test_training_finds_the_exact_fit_to_three_digits(model):
    """Training finds the least-squares line, the exact answer, to three digits."""
    assert coefficients(model) == pytest.approx((FIT.w, FIT.b), abs=5e-4)


def test_the_fit_is_not_the_true_line_and_other_noise_gives_another_one():
    """It is not the true line, because of the noise: other noise would give another line."""
    fits = {least_squares(*make_data(seed=seed)).w for seed in range(10)}
    assert len(fits) == 10
    assert 0.5 not in fits


def test_the_standard_error_tells_how_far_off_a_fit_usually_is():
    """The **standard error** tells how far off such a fit usually is"""
    noise = np.random.default_rng(3).normal(0, 1, (3000, 20))
    fits = [least_squares(x, 0.5 * x - 1 + e) for e in noise]
    spread = np.std([(fit.w, fit.b) for fit in fits], axis=0)
    known = 1 / np.sqrt(FIT.loss * 20 / 18)  # sigma is 1; the standard errors estimate it
    assert spread == pytest.approx((FIT.w_se * known, FIT.b_se * known), rel=0.05)


def test_the_slope_is_half_and_the_intercept_a_third_of_a_standard_error_off():
    """The slope is 0.5 standard errors from the truth, the intercept 0.3. Both are less than one
    standard error away
    """
    assert abs(FIT.w - 0.5) / FIT.w_se == pytest.approx(0.5, abs=0.05)
    assert max(abs(FIT.w - 0.5) / FIT.w_se, abs(FIT.b + 1) / FIT.b_se) < 1
    assert abs(FIT.b + 1) / FIT.b_se == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize(("epochs", "least"), [(30, 0.8), (100, 0.7)])
def test_stop_early_and_most_of_the_gap_is_unfinished_work(epochs, least):
    """Stop early, and most of the gap is unfinished work."""
    _, b = after(epochs)
    assert (b - FIT.b) / (b + 1) > least


def test_once_converged_the_gap_is_the_noise():
    """ "The gap to the truth comes from the noise" holds only once training has converged, which
    means that more steps change nothing.
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


@pytest.mark.parametrize(("n", "sigma"), [(20, 1), (5, 1), (20, 3)])
def test_the_mean_loss_is_sigma_squared_times_n_minus_2_over_n(n, sigma):
    r"""The mean over many data sets is known too: $\sigma^2 (n - 2) / n$, which is 0.9 here."""
    losses = [least_squares(*make_data(n=n, sigma=sigma, seed=s)).loss for s in range(4000)]
    assert np.mean(losses) == pytest.approx(sigma**2 * (n - 2) / n, rel=0.03)


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
    last entry of `losses`. … After 10 epochs it is up to 0.0095 off, after 100 still 0.0037.
    After 1000 you see no difference.
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
    """It is 2.1 off, more than anywhere in the data. A small error of the slope grows with the
    distance.
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
