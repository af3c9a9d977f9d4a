"""The claims of docs/deeper/how-wrong.md."""

import numpy as np
import pytest

from linreg import least_squares, make_data
from tests.claims.reference_run import FIT, after, x, y
from tests.claims.runs import drawn

T = 2.101
PLACES = np.random.default_rng(11).uniform(-5, 15, (20_000, 20))
NEW = np.random.default_rng(12).uniform(-5, 15, 20_000)


def fits(places, heights):
    """Fit many data sets, one a row: w, b, s, the mean of x, the spread of x."""
    mean = places.mean(axis=-1, keepdims=True)
    away = places - mean
    spread = np.sum(away**2, axis=-1)
    w = np.sum(away * heights, axis=-1) / spread
    b = heights.mean(axis=-1) - w * mean[..., 0]
    errors = w[..., None] * places + b[..., None] - heights
    s = np.sqrt(np.sum(errors**2, axis=-1) / (places.shape[-1] - 2))
    return w, b, s, mean[..., 0], spread


def noisy(places, sigma=1.0, seed=13, sets=20_000):
    """Draw new noise around the true line."""
    noise = np.random.default_rng(seed).normal(0, sigma, (sets, places.shape[-1]))
    return 0.5 * places - 1 + noise


def ratios(places):
    """How far off slopes are, in standard errors of their own."""
    w, _, s, _, spread = fits(places, noisy(places))
    return (w - 0.5) / (s / np.sqrt(spread))


def off_and_bands():
    """How far off the true line and a new point are, and the bands' half widths, without t."""
    w, b, s, mean, spread = fits(PLACES, noisy(PLACES))
    part = 1 / 20 + (NEW - mean) ** 2 / spread
    line = np.abs((w - 0.5) * NEW + b + 1)
    noise = np.random.default_rng(14).normal(0, 1, 20_000)
    point = np.abs((w - 0.5) * NEW + b + 1 - noise)
    return line, point, s * np.sqrt(part), s * np.sqrt(1 + part)


def test_dividing_by_n_less_2_mends_the_mean_square():
    r"""Their mean square is [a little too
    small](../tutorial/prediction.md#the-line-does-not-fit-perfectly), since the line follows
    its own points. Dividing the sum by $n - 2$ mends that: … $$s = \sqrt{\frac{\sum (w x_i + b
    - y_i)^2}{n - 2}}$$
    """
    s = fits(x, noisy(x))[2]
    assert np.mean(s**2) == pytest.approx(1, abs=0.01)
    assert np.mean(s**2) * 18 / 20 == pytest.approx(0.9, abs=0.01)


def test_the_formulas_are_those_of_least_squares():
    r"""With $s$ in place of $\sigma$, and $\bar x$ for the mean of $x$, the standard errors are
    … $$\text{of } w\text{: } \frac{s}{\sqrt{\sum (x_i - \bar x)^2}}$$ … $$\text{of } b\text{: }
    s \sqrt{\frac{1}{n} + \frac{\bar x^2}{\sum (x_i - \bar x)^2}}$$ … The best slope is $w =
    \sum (x_i - \bar x)\, y_i / \sum (x_i - \bar x)^2$. … The best line goes through the mean of
    the points, so $b = \bar y - w \bar x$.
    """
    w, b, s, mean, spread = fits(x, y)
    assert (w, b) == pytest.approx((FIT.w, FIT.b))
    assert s / np.sqrt(spread) == pytest.approx(FIT.w_se)
    assert s * np.sqrt(1 / 20 + mean**2 / spread) == pytest.approx(FIT.b_se)


def test_the_slope_is_the_true_one_plus_weighted_noise_whose_variances_add_up():
    r"""The slope is then the true one plus $$\frac{\sum (x_i - \bar x)\, e_i}{\sum (x_i - \bar
    x)^2}$$ … A factor counts squared in a variance, and variances of independent numbers add
    up: $$\frac{\sum (x_i - \bar x)^2\, \sigma^2}{\left(\sum (x_i - \bar x)^2\right)^2} =
    \frac{\sigma^2}{\sum (x_i - \bar x)^2}$$
    """
    heights, away = noisy(x, sigma=3), x - x.mean()
    noise, w = heights - (0.5 * x - 1), fits(x, heights)[0]
    np.testing.assert_allclose(w, 0.5 + noise @ away / np.sum(away**2))
    variance = np.sum(away**2 * 3**2) / np.sum(away**2) ** 2
    assert variance == pytest.approx(3**2 / np.sum(away**2))
    assert w.var() == pytest.approx(variance, rel=0.05)


def test_the_mean_noise_and_the_error_of_the_slope_have_a_mean_product_of_0():
    r"""Both come from the same noise, but the mean of their product is zero, since $\sum (x_i -
    \bar x)$ is.
    """
    noise = noisy(x) - (0.5 * x - 1)
    away = x - x.mean()
    assert np.sum(away) == pytest.approx(0, abs=1e-9)
    assert np.corrcoef(noise.mean(axis=1), noise @ away)[0, 1] == pytest.approx(0, abs=0.03)


def test_stopped_early_training_moves_b_by_more_than_the_noise_usually_does():
    """Standard errors tell of the noise alone. [Unfinished
    training](../tutorial/prediction.md#the-gap-has-two-causes) comes on top: stop early, and
    it moves $b$ by more than the noise usually does.
    """
    assert abs(after(30)[1] - FIT.b) > 1.5 * FIT.b_se
    assert abs(after(1000)[1] - FIT.b) < 0.01 * FIT.b_se


@pytest.mark.parametrize(("copies", "sigma", "factor"), [(1, 1, 1), (1, 2, 2), (4, 1, 0.5)])
def test_the_spread_is_what_the_formulas_say(copies, sigma, factor):
    """The standard deviations of the repeats, `seen`, are about what the formulas say. Twice
    the noise makes both standard errors twice as large. Four times the points halve them.
    """
    places = np.tile(x, copies)
    w, b, *_ = fits(places, noisy(places, sigma))
    known = 1 / np.sqrt(FIT.loss * 20 / 18)  # sigma is 1; the standard errors estimate it
    assert w.std() == pytest.approx(factor * FIT.w_se * known, rel=0.02)
    assert b.std() == pytest.approx(factor * FIT.b_se * known, rel=0.02)


def test_the_cloud_lies_in_a_tilted_ellipse():
    """Slopes and intercepts make a tilted cloud: … inside an ellipse that falls from the upper
    left to the lower right. A few dots lie outside. … The ellipse holds 95 percent of them.
    """
    curves = drawn("deeper/how-wrong.md", "cloud")
    edge, dots = (curves[k] - (0.5, -1) for k in ("ellipse of theory", "200 fitted lines"))
    table = np.linalg.inv([[np.sum(x**2), np.sum(x)], [np.sum(x), 20]])
    w, b, *_ = fits(x, noisy(x))
    np.testing.assert_allclose(np.cov(w, b), table, rtol=0.05)

    def height(off):
        return np.einsum("ij,jk,ik->i", off, np.linalg.inv(table), off)

    radius = height(edge)
    np.testing.assert_allclose(radius, radius[0], rtol=1e-6)
    assert np.mean(height(np.stack([w - 0.5, b + 1], 1)) < radius[0]) == pytest.approx(
        0.95, abs=0.01
    )
    assert 3 <= np.sum(height(dots) > radius[0]) <= 30
    assert len(dots) == 200
    assert np.corrcoef(dots.T)[0, 1] < -0.5
    assert edge[np.argmin(edge[:, 0]), 1] > 0 > edge[np.argmax(edge[:, 0]), 1]


def test_at_the_mean_of_x_every_line_is_close_and_a_steep_one_is_low_at_0():
    """At the mean of $x$, which is above 0, every line is close to the true one. So a line that
    is too steep mostly meets $x = 0$ too low.
    """
    w, b, *_ = fits(x, noisy(x))
    assert x.mean() > 0
    at = [np.std((w - 0.5) * place + b + 1) for place in (0, x.mean(), 12)]
    assert at[1] < 0.75 * min(at[0], at[2])
    assert (w - 0.5)[b < -1].mean() > 0.01 > -0.01 > (w - 0.5)[b > -1].mean()


@pytest.mark.parametrize(("n", "t"), [(20, T), (5, 3.182)])
def test_the_quantile_of_students_t(n, t):
    """Then 95 percent of the ratios are below 2.10 in size. … Too few. With 3 degrees of freedom,
    $s$ is a poor estimate, and Student's t is far wider: it takes 3.18 standard errors.
    """
    ratio = np.concatenate([ratios(PLACES[:, k : k + n]) for k in range(0, 20, n)])
    assert np.quantile(np.abs(ratio), 0.95) == pytest.approx(t, rel=0.02)
    assert np.mean(np.abs(ratio) < t) == pytest.approx(0.95, abs=0.005)
    if n == 5:
        assert np.mean(np.abs(ratio) < T) < 0.9


def test_students_t_is_a_little_wider_because_s_is_estimated():
    """this ratio follows **Student's t**, a bell a little wider than the Gaussian one, because $s$
    is itself only estimated.
    """
    w, _, s, _, spread = fits(PLACES, noisy(PLACES))
    known = (w - 0.5) * np.sqrt(spread)  # over sigma, 1, in place of s
    assert np.quantile(np.abs(known), 0.95) == pytest.approx(1.96, abs=0.04)
    assert np.quantile(np.abs(known / s), 0.95) > 2.05


def test_the_interval_covers_the_true_slope_in_95_percent_of_data_sets():
    r"""So $w \pm 2.10$ standard errors is a 95 percent **confidence interval** … The true slope
    stays; the interval changes with the data set.
    """
    sets = [least_squares(*make_data(seed=seed)) for seed in range(2000)]
    holds = [abs(fit.w - 0.5) < T * fit.w_se for fit in sets]
    assert np.mean(holds) == pytest.approx(0.95, abs=0.02)
    assert len({fit.w for fit in sets[:100]}) == 100


def test_each_band_holds_what_it_is_for():
    r"""$$r = \frac{1}{n} + \frac{(x_0 - \bar x)^2}{\sum (x_i - \bar x)^2}$$ … A new point has
    its own noise as well, which makes it $s \sqrt{1 + r}$. Times 2.10, the first gives the
    **confidence band**, for the line, and the second the **prediction band**, for a new point.
    Each holds at one place by itself. The whole line is inside its band less often. … Over 2000
    data sets, 94 percent of the true heights lie in the first band, and 94 percent of the new
    points in the second.
    """
    line, point, narrow, wide = off_and_bands()
    assert np.mean(line < T * narrow) == pytest.approx(0.95, abs=0.01)
    assert np.mean(point < T * wide) == pytest.approx(0.95, abs=0.01)
    w, b, s, mean, spread = fits(x, noisy(x))
    grid = np.linspace(-5, 15, 41)
    off = np.abs(np.outer(w - 0.5, grid) + (b + 1)[:, None])
    widths = T * np.outer(s, np.sqrt(1 / 20 + (grid - mean) ** 2 / spread))
    assert 0.8 < np.mean((off < widths).all(axis=1)) < 0.9


def test_the_bands_as_they_are_drawn():
    """The dashed pair is close to the line, closest in the middle. The dotted pair is far out, and
    every point lies between its curves. The true line runs inside the dashed pair. … The narrow
    band is for the line, the wide one for new points.
    """
    curves = drawn("deeper/how-wrong.md", "bands")
    grid, line = curves["fitted line"].T
    narrow, wide = (curves[k][:, 1] - line for k in ("confidence band", "prediction band"))
    assert abs(grid[np.argmin(narrow)] - x.mean()) < 0.5
    assert (wide > 2 * narrow)[5:-5].all()
    assert (wide > 1.5 * narrow).all()
    assert (np.abs(y - FIT.w * x - FIT.b) < np.interp(x, grid, wide) - 0.01).all()
    assert (np.abs(curves["true line"][:, 1] - line) < narrow).all()


def test_the_bootstrap_spreads_as_much_and_gives_about_the_interval():
    """The 2000 slopes spread about as much as those of new data: … This is about the interval
    above
    """
    rows = np.random.default_rng(15).integers(0, 20, (20_000, 20))
    w = fits(x[rows], y[rows])[0]
    assert w.std() == pytest.approx(FIT.w_se, rel=0.2)
    ends = [FIT.w - T * FIT.w_se, FIT.w + T * FIT.w_se]
    assert np.quantile(w, [0.025, 0.975]) == pytest.approx(ends, abs=0.015)


def test_bootstrap_intervals_are_a_little_narrower_on_average():
    """With so few points, such intervals are a little narrower on average."""
    draws, parts = np.random.default_rng(16), []
    heights = noisy(PLACES)
    for row in range(400):
        rows = draws.integers(0, 20, (500, 20))
        w = fits(PLACES[row][rows], heights[row][rows])[0]
        _, _, s, _, spread = fits(PLACES[row], heights[row])
        parts.append([np.ptp(np.quantile(w, [0.025, 0.975])), 2 * T * s / np.sqrt(spread)])
    bootstrap, student = np.mean(parts, axis=0)
    assert 0.88 < bootstrap / student < 0.98


def test_the_narrow_band_misses_new_points_and_more_of_them_with_more_points():
    """Here about half of the new points lie outside. The more points you fit, the narrower it
    gets, and the more it misses
    """
    new_x, new_y = make_data(n=10_000, seed=2)
    shares, widths = [], []
    for n, t in [(20, T), (200, 1.972), (2000, 1.961)]:
        places, heights = make_data(n=n)
        w, b, s, mean, spread = fits(places, heights)
        width = t * s * np.sqrt(1 / n + (new_x - mean) ** 2 / spread)
        shares.append(np.mean(np.abs(new_y - w * new_x - b) < width))
        widths.append(width.mean())
    assert shares[0] == pytest.approx(0.5, abs=0.05)
    assert shares[0] > 2 * shares[1] > 4 * shares[2]
    assert widths[0] > 2 * widths[1] > 4 * widths[2]


def test_x_five_times_as_wide_apart():
    r"""That of the slope falls to a fifth. That of the intercept stays, since $\bar x$ grows with
    the distances.
    """
    wide = least_squares(5 * x, 0.5 * 5 * x - 1 + y - (0.5 * x - 1))
    assert (5 * wide.w_se, wide.b_se) == pytest.approx((FIT.w_se, FIT.b_se))
