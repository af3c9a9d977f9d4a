"""The claims of docs/tutorial/data.md."""

import numpy as np
import pytest

from linreg import least_squares, make_data
from tests.claims.reference_run import FIT, x, y
from tests.claims.runs import drawn, figure, variables


def test_make_data_is_the_code_of_this_page():
    """`make_data` is this page's code as a function of the package `linreg`; `sigma` is the
    standard deviation of its noise. … A call without arguments gives the very points of this
    page.
    """
    block = variables("tutorial/data.md", "for k in range(3)")
    np.testing.assert_array_equal((block["x"], block["y"]), make_data())


def test_the_picture_shows_the_20_points():
    """Scatter plot of 20 points."""
    points = drawn("tutorial/data.md", "data")["data"]
    np.testing.assert_allclose(points, np.column_stack([x, y]))
    assert len(points) == 20


def test_the_points_rise_together_with_x():
    """They rise from the lower left to the upper right … the points rise together with x"""
    assert np.corrcoef(x, y)[0, 1] > 0.9


def test_the_points_are_close_to_a_straight_line_but_no_line_meets_them_all():
    """close to a straight line but not on one. … It pushes each point off the line, up or down. …
    no straight line meets them all.
    """
    # Even the best line leaves a loss, so every line does.
    assert 0.5 < FIT.loss < 0.15 * y.var()


def test_slope_is_how_much_y_changes_when_x_grows_by_1_and_intercept_is_y_at_0():
    """A straight line is $y = wx + b$. … its **slope**: how much $y$ changes when $x$ grows by
    1. The number $b$ is its **intercept**: the $y$ at $x = 0$. Here the true line has slope 0.5
    and intercept -1.
    """
    x, y = make_data(sigma=0)
    np.testing.assert_allclose(np.diff(y), 0.5 * np.diff(x))
    np.testing.assert_allclose(y - 0.5 * x, -1)


def test_each_x_between_is_equally_likely():
    """Each value between -5 and 15 is equally likely."""
    x, _ = make_data(n=100_000)
    share, _ = np.histogram(x, bins=4, range=(-5, 15))
    np.testing.assert_allclose(share / len(x), 0.25, atol=0.01)


def test_without_noise_two_points_give_the_line_away_and_with_noise_they_do_not():
    """Without noise, two points give back 0.5 and -1. With noise, they move up or down, and the
    line through them is wrong.
    """
    for seed in range(20):
        exact = least_squares(*make_data(n=2, sigma=0, seed=seed))
        noisy = least_squares(*make_data(n=2, seed=seed))
        assert (exact.w, exact.b) == pytest.approx((0.5, -1))
        assert (noisy.w, noisy.b) != pytest.approx((0.5, -1), abs=1e-3)


def test_68_95_and_99_point_7_percent_of_gaussian_noise_lie_within_1_2_and_3_sigma():
    """About 68 percent of all pushes stay within 1 sigma, about 95 percent within 2, and about
    99.7 percent within 3.
    """
    noise = np.random.default_rng(1).normal(0, 2, 1_000_000)
    for sigmas, percent in [(1, 68.27), (2, 95.45), (3, 99.73)]:
        assert 100 * np.mean(np.abs(noise) < 2 * sigmas) == pytest.approx(percent, abs=0.2)


def test_small_pushes_are_common_and_large_ones_are_rare():
    r"""small pushes are common, large ones are rare. … For Gaussian noise it is a bell, as wide as
    $\sigma$ says.
    """
    for sigma in [1, 3]:
        pushes = make_data(n=100_000, w=0, b=0, sigma=sigma)[1]
        share, _ = np.histogram(np.abs(pushes), bins=4, range=(0, 4 * sigma))
        assert (np.diff(share) < 0).all()
        assert share[0] / 100_000 == pytest.approx(0.68, abs=0.01)


def test_sigma_is_the_root_of_the_mean_squared_distance_and_scales_each_push():
    r"""The 1 in `rng.normal` is the **standard deviation** $\sigma$ (say "sigma"): the typical
    distance of the pushes from their mean, 0. To compute it, square the distances, take the mean,
    then the square root. Twice the $\sigma$ makes each push twice as large. … `sigma` is the
    standard deviation of its noise.
    """
    pushes = make_data(n=100_000, w=0, b=0)[1]
    assert pushes.mean() == pytest.approx(0, abs=0.02)
    assert np.sqrt(np.mean(pushes**2)) == pytest.approx(1, abs=0.02)
    np.testing.assert_allclose(make_data(n=100_000, w=0, b=0, sigma=2)[1], 2 * pushes)


def test_two_noisy_points_give_a_line_that_is_too_steep():
    """Two points above the dashed true line, and a solid line through both. It is too steep: below
    the true line at the left end, far above it at the right end. … Two noisy points give the wrong
    line.
    """
    lines = drawn("tutorial/data.md", "twopoints")
    points, true, through = (
        lines["two noisy points"],
        lines["true line"],
        lines["line through both"],
    )
    np.testing.assert_allclose(points, np.column_stack(make_data(n=2)))
    assert (points[:, 1] > 0.5 * points[:, 0] - 1).all()
    np.testing.assert_allclose(true[:, 1], 0.5 * true[:, 0] - 1)
    np.testing.assert_allclose(np.interp(points[:, 0], *through.T), points[:, 1])
    left, right = through[:, 1] - true[:, 1]
    assert left < -0.3
    assert right > 1


def test_the_bell_lies_between_the_marks_of_its_sigmas():
    """A bell with its top at 0. Pairs of upright lines stand left and right at 1, 2 and 3 sigma.
    Most of the bell is between the first pair, and nearly nothing outside the last. … A million
    pushes with sigma 1.
    """
    (ax,) = figure("tutorial/data.md", "bell").axes
    assert sorted(line.get_xdata()[0] for line in ax.lines) == [-3, -2, -1, 1, 2, 3]
    (push, pushes), width = ax.patches[0].get_xy().T, 0.2
    assert push[np.argmax(pushes)] == pytest.approx(0, abs=0.3)
    assert np.trapezoid(pushes, push) / width == pytest.approx(1_000_000)
    for sigmas, share in [(1, 0.68), (3, 0.997)]:
        inside = np.abs(push) <= sigmas + 1e-9
        area = np.trapezoid(pushes[inside], push[inside])
        assert area / width == pytest.approx(1_000_000 * share, rel=0.02)


def test_the_same_seed_gives_the_same_numbers_and_no_seed_gives_others():
    """the same seed gives the same numbers every time. … Without a seed, every run draws
    other points.
    """
    np.testing.assert_array_equal(make_data(seed=5), make_data(seed=5))
    first, second = (np.random.default_rng().normal(size=20) for _ in range(2))
    assert not np.array_equal(first, second)


def test_the_variance_as_standard_deviation_makes_noise_twice_as_wide_as_meant():
    """the noise comes out twice as wide as you meant, and nothing complains."""
    wrong = np.random.default_rng(0).normal(0, 4, 100_000).std()
    right = np.random.default_rng(0).normal(0, np.sqrt(4), 100_000).std()
    assert wrong == pytest.approx(2 * right)


def test_what_is_left_is_the_noise_whose_standard_deviation_is_close_to_3_but_not_3():
    """What is left is the noise, so its standard deviation is close to 3. It is not exactly 3"""
    x, y = make_data(n=1000, sigma=3)
    width = (y - (0.5 * x - 1)).std()
    assert width == pytest.approx(3, abs=0.2)
    assert width != 3
