"""The claims of docs/deeper/slow-bias.md."""

import numpy as np
import pytest

from linreg import hessian, least_squares
from tests.claims.reference_run import FIT, x, y
from tests.claims.runs import figure

CENTRED = x - x.mean()
STANDARDISED = CENTRED / x.std()
CHANGES = {"raw": (0, 1), "centred": (x.mean(), 1), "standardised": (x.mean(), x.std())}


def epochs_of(change, rate=None):
    """Count the epochs from w = b = 0 at a rate, or the best one."""
    shift, scale = CHANGES[change]
    z = (x - shift) / scale
    table, fit = hessian(z), np.array(list(least_squares(z, y)))
    back = np.array([[1 / scale, 0], [-shift / scale, 1]])
    rate = rate or 2 / np.linalg.eigvalsh(table).sum()
    off, epochs = -fit, 0
    while (np.abs(back @ off) > 0.001).any():
        off = off - rate * table @ off
        epochs += 1
    return epochs


def test_the_bowl_is_90_8_times_as_curved_across_as_along_where_mainly_b_moves():
    """Across the valley the bowl is 90.8 times as curved as along it. A step leaves little of the
    distance across, and nearly all the distance along. Along the valley, mainly $b$ moves.
    """
    curvatures, directions = np.linalg.eigh(hessian(x))
    assert curvatures[1] / curvatures[0] == pytest.approx(90.8, abs=0.05)
    assert abs(1 - 0.01 * curvatures[1]) < 0.1
    assert 1 - 0.01 * curvatures[0] > 0.95
    assert abs(directions[1, 0]) > 5 * abs(directions[0, 0])


def test_most_x_are_well_above_1():
    """Most $x$ here are well above 1, so the loss answers more to $w$."""
    assert (x > 2).mean() > 0.5
    assert hessian(x)[0, 0] > 40 * hessian(x)[1, 1]


def test_centring_lays_the_valley_straight_and_standardising_makes_it_round():
    """The mixed derivative is then zero, and the valley lies straight. Standardising also divides
    by the standard deviation. Then $w$ and $b$ count alike, and the valley is a round bowl
    """
    assert hessian(CENTRED)[0, 1] == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(hessian(STANDARDISED), 2 * np.eye(2), atol=1e-9)


def test_the_rings_are_long_and_thin_or_circles():
    """Each path takes 40 steps at [its best rate](#each-at-its-best-rate) … With the raw x, the
    rings are long and thin and lean to the left, and the path jumps from side to side. With the
    centred x they are upright, and the path comes to the star. With the standardised x they are
    circles, and one step goes to the star. … The same three losses above the smallest one, and
    paths from w = b = 0.
    """
    panels = figure("deeper/slow-bias.md", "bowls").axes
    for ax, values in zip(panels, [x, CENTRED, STANDARDISED], strict=True):
        fit = least_squares(values, y)
        (rings,) = ax.collections
        np.testing.assert_allclose(rings.levels, fit.loss + np.array([0.1, 0.5, 1]))
        for level, ring in zip(rings.levels, rings.get_paths(), strict=True):
            off = ring.vertices - (fit.w, fit.b)
            height = np.einsum("ij,jk,ik->i", off, hessian(values), off) / 2
            np.testing.assert_allclose(height, level - fit.loss, rtol=0.1)
            width, length = np.ptp(off, axis=0)
            round_ring = values is STANDARDISED
            assert width == pytest.approx(length, rel=0.02) if round_ring else width < length / 4
            assert (np.corrcoef(off.T)[0, 1] < -0.3) == (values is x)
        path = ax.lines[1].get_xydata()
        assert ax.lines[1].get_label() == "path"
        assert path.shape == (41, 2)
        assert path[0].tolist() == [0, 0]
        curvatures, directions = np.linalg.eigh(hessian(values))
        gaps = (path - (fit.w, fit.b)) @ directions
        factors = 1 - 2 / curvatures.sum() * curvatures
        np.testing.assert_allclose(gaps, gaps[0] * factors ** np.arange(41)[:, None], atol=1e-9)
        far = np.abs(gaps).max(axis=1)
        assert (far[40] > 0.1) == (values is x)
        assert (far[1] < 1e-9) == round_ring
        assert (gaps[1:, 1] * gaps[:-1, 1] < 0).all() == (not round_ring)


@pytest.mark.parametrize("change", ["raw", "centred"])
def test_at_the_best_rate_both_factors_have_the_same_size(change):
    r"""The best rate is $2/(\lambda_{\min} + \lambda_{\max})$: there both factors $1 -
    \eta\lambda$ have the same size.
    """
    shift, scale = CHANGES[change]
    curvatures = np.linalg.eigvalsh(hessian((x - shift) / scale))
    low, high = np.abs(1 - 2 / curvatures.sum() * curvatures)
    assert low == pytest.approx(high)
    for factor in (0.9, 1.1):
        assert (np.abs(1 - factor * 2 / curvatures.sum() * curvatures)).max() > low


def test_centring_saves_epochs_and_standardising_needs_one():
    """Start from $w = b = 0$, and count the epochs … how many epochs does a change of $x$ save?"""
    raw, centred, standardised = map(epochs_of, CHANGES)
    assert raw > 3 * centred > 10
    assert standardised == 1


def test_the_rate_of_0_01_needs_about_twice_the_epochs():
    """A little more than twice as many as at the best rate, which is a little more than twice as
    large.
    """
    assert 2 < epochs_of("raw", rate=0.01) / epochs_of("raw") < 2.15
    assert 2 < 2 / np.linalg.eigvalsh(hessian(x)).sum() / 0.01 < 2.15


def test_years_have_a_condition_number_far_above_a_million_and_centring_takes_it_away():
    """It is far above a million: training on raw years would take millions of epochs. After
    centring it is that of the centred $x$ above, since the mean is gone.
    """
    years = x + 2000
    # At the best rate, an epoch leaves 1 - 2 / (1 + this) of the distance.
    assert np.linalg.cond(hessian(years)) > 1e7
    ratio = np.linalg.cond(hessian(CENTRED))
    assert np.linalg.cond(hessian(years - years.mean())) == pytest.approx(ratio)


def test_new_points_need_the_mean_of_the_training_data():
    """With their own, the model takes them for other points"""
    fit, new = least_squares(CENTRED / CENTRED.std(), y), np.array([10, 12, 14])
    right = fit.w * (new - x.mean()) / x.std() + fit.b
    assert right == pytest.approx(FIT.w * new + FIT.b)
    assert np.abs(fit.w * (new - new.mean()) / new.std() + fit.b - right).max() > 1
