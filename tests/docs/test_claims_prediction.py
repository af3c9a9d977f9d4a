"""The claims of docs/tutorial/prediction.md."""

import numpy as np
import pytest
import torch

from linreg import coefficients, least_squares, make_data, make_model, predict, train
from tests.docs.figures import drawn
from tests.docs.reference import FIT, X, Y, after, descend, x, y


@pytest.fixture(scope="module")
def model():
    model = make_model()
    train(model, X, Y)
    return model


def true_loss(x, y):
    return np.mean((0.5 * x - 1 - y) ** 2)


def test_predict_is_the_code_of_this_page(model):
    np.testing.assert_array_equal(predict(model, x), model(X).detach().numpy().flatten())


def test_the_picture_shows_the_fitted_line_through_the_middle_of_the_points(model):
    shown = drawn("tutorial/prediction.md", "fit")
    np.testing.assert_allclose(shown["data"], np.column_stack([x, y]))
    np.testing.assert_allclose(shown["fitted line"], np.column_stack([x, predict(model, x)]))
    above = y > FIT.w * x + FIT.b
    for half in (x < np.median(x), x >= np.median(x)):
        assert 0.2 < above[half].mean() < 0.8


def test_the_picture_shows_two_lines_that_cross_in_the_cloud_and_part_towards_the_ends():
    shown = drawn("tutorial/prediction.md", "lines")
    fitted, true = shown["fitted line"], shown["true line"]
    np.testing.assert_allclose(true, [(-5, -3.5), (15, 6.5)])
    np.testing.assert_allclose(fitted[:, 1], FIT.w * fitted[:, 0] + FIT.b, atol=1e-3)
    left, right = fitted[:, 1] - true[:, 1]
    assert 0 < left < 0.5
    assert -0.5 < right < 0
    assert x.min() < (FIT.b + 1) / (0.5 - FIT.w) < x.max()


def test_training_finds_the_exact_fit_to_three_digits(model):
    assert coefficients(model) == pytest.approx((FIT.w, FIT.b), abs=5e-4)


def test_the_fit_is_not_the_true_line_and_other_noise_gives_another_one():
    fits = {least_squares(*make_data(seed=seed)).w for seed in range(10)}
    assert len(fits) == 10
    assert 0.5 not in fits


def test_the_standard_error_tells_how_far_off_a_fit_usually_is():
    noise = np.random.default_rng(3).normal(0, 1, (3000, 20))
    fits = [least_squares(x, 0.5 * x - 1 + e) for e in noise]
    spread = np.std([(fit.w, fit.b) for fit in fits], axis=0)
    known = 1 / np.sqrt(FIT.loss * 20 / 18)  # sigma is 1; the standard errors estimate it
    assert spread == pytest.approx((FIT.w_se * known, FIT.b_se * known), rel=0.05)


def test_the_slope_is_half_and_the_intercept_a_third_of_a_standard_error_off():
    assert abs(FIT.w - 0.5) / FIT.w_se == pytest.approx(0.5, abs=0.05)
    assert abs(FIT.b + 1) / FIT.b_se == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize(("epochs", "least"), [(30, 0.8), (100, 0.7)])
def test_stop_early_and_most_of_the_gap_is_unfinished_work(epochs, least):
    _, b = after(epochs)
    assert (b - FIT.b) / (b + 1) > least


def test_once_converged_the_gap_is_the_noise():
    _, b = after(1000)
    assert b - FIT.b == pytest.approx(0, abs=1e-3)
    assert FIT.b + 1 > 0.05


@pytest.mark.parametrize("seed", range(50))
def test_the_fitted_line_never_has_a_higher_loss_than_the_true_one(seed):
    x, y = make_data(seed=seed)
    assert least_squares(x, y).loss <= true_loss(x, y)


@pytest.mark.parametrize(("n", "sigma"), [(20, 1), (5, 1), (20, 3)])
def test_the_mean_loss_is_sigma_squared_times_n_minus_2_over_n(n, sigma):
    losses = [least_squares(*make_data(n=n, sigma=sigma, seed=s)).loss for s in range(4000)]
    assert np.mean(losses) == pytest.approx(sigma**2 * (n - 2) / n, rel=0.03)


def test_numpy_refuses_what_requires_grad():
    with pytest.raises(RuntimeError, match=r"Use tensor\.detach\(\)\.numpy\(\) instead"):
        make_model()(X).numpy()


@pytest.mark.parametrize(("epochs", "off"), [(10, 0.0095), (100, 0.0037), (1000, 0)])
def test_output_outlives_the_loop_and_is_one_step_old(epochs, off):
    before, _ = descend(epochs - 1)
    now, losses = descend(epochs)
    output = before(X)
    assert (now(X) - output).abs().max().item() == pytest.approx(off, abs=5e-5)
    assert losses[-1] == torch.nn.MSELoss()(output, Y).item()


def test_the_picture_joins_the_same_points_in_two_orders():
    shown = drawn("tutorial/prediction.md", "unsorted")
    drawn_order, by_x = shown["in the order of the data"], shown["sorted by x"]
    np.testing.assert_allclose(drawn_order, np.column_stack([x, y]))
    np.testing.assert_allclose(by_x, drawn_order[drawn_order[:, 0].argsort()])
    assert (np.diff(by_x[:, 0]) > 0).all()
    turns = np.diff(np.sign(np.diff(drawn_order[:, 0])))
    assert np.count_nonzero(turns) > 5


def test_a_small_error_of_the_slope_grows_with_the_distance(model):
    off = [abs(predict(model, [v])[0] - (0.5 * v - 1)) for v in (10.0, 100.0, 1000.0)]
    assert off[0] < off[1] < off[2]
    assert off[1] == pytest.approx(2.1, abs=0.05)
    assert off[1] > np.abs(predict(model, x) - (0.5 * x - 1)).max()


def test_a_hundred_times_the_points_make_standard_errors_a_tenth_and_a_closer_line():
    few, many = (least_squares(*make_data(n=n)) for n in (20, 2000))
    assert few.w_se / many.w_se == pytest.approx(10, rel=0.25)
    assert few.b_se / many.b_se == pytest.approx(10, rel=0.25)
    assert abs(many.w - 0.5) < abs(few.w - 0.5)
    assert abs(many.b + 1) < abs(few.b + 1)
    assert many.loss == pytest.approx(1, abs=0.1)
