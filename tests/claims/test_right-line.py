"""The claims of docs/deeper/right-line.md."""

import numpy as np
import pytest

from linreg import least_squares
from tests.claims.reference_run import x
from tests.claims.runs import figure

PAGE = "deeper/right-line.md"
ORDER = np.argsort(x)


def anscombe():
    """Give the four sets as the page draws them."""
    return [ax.lines[0].get_xydata().T for ax in figure(PAGE, "anscombe").axes]


def test_four_sets_have_the_same_line_and_loss():
    """All four have the same line of least squares, $y = 0.50\\,x + 3.00$, and the same loss,
    1.25 … Four panels with the same rising line. … Four sets of data with the same line and the
    same loss.
    """
    for ax, points in zip(figure(PAGE, "anscombe").axes, anscombe(), strict=True):
        fit = least_squares(*points)
        assert len(points[0]) == 11
        assert (*fit, fit.loss) == pytest.approx((0.50, 3.00, 1.25), abs=0.005)
        across, up = ax.lines[1].get_xydata().T
        assert up == pytest.approx(fit.w * across + fit.b)


def test_the_four_sets_differ():
    """In the second, they lie on an arch. In the third, all but one lie on a flatter line, and one
    is far above. In the fourth, all but one stand at the same x, and the line goes through the
    other one, far to the right. … In the third, one point turns the line away from the others. In
    the fourth, one point alone decides the slope.
    """
    first, second, third, fourth = anscombe()
    assert np.polyfit(*second, 2)[0] < -0.1
    for points, arch in [(first, False), (second, True)]:
        left = np.polyval(np.polyfit(*points, 2), points[0]) - points[1]
        assert (np.abs(left) < 0.01).all() == arch
    others = third[:, third[1] < 12]
    rest = least_squares(*others)
    assert others.shape == (2, 10)
    assert rest.loss < 1e-4
    assert rest.w < 0.4
    assert (third[1] - rest.w * third[0] - rest.b).max() > 4
    assert sorted(fourth[0]) == [8] * 10 + [19]
    fit = least_squares(*fourth)
    assert fit.w * 19 + fit.b == pytest.approx(fourth[1].max())


def residuals():
    """Give the residuals of each panel, from left to right."""
    panels = figure(PAGE, "residuals").axes
    return {ax.get_title(): ax.lines[0].get_xydata()[ORDER, 1] for ax in panels}


def test_the_residuals_mean_is_0():
    """Their mean shows nothing: after least squares it is always 0."""
    for left in residuals().values():
        assert left.mean() == pytest.approx(0, abs=1e-9)


def test_the_residuals_show_a_level_band_a_curve_a_fan_and_an_outlier():
    """Four panels of residuals around zero. As it is: a level band. Curve: above zero at both
    ends, below in the middle. Growing scatter: a fan that opens to the right. Outlier: one point
    far above zero at the right end, the others sinking towards it. … The residuals are above zero
    at both ends and below in the middle. … The residuals open like a fan. … The other residuals
    sink towards it: it has turned the line. … Residuals at the same x, after four fits.
    """
    band, curve, fan, outlier = residuals().values()
    assert len(band) == 20
    assert (np.abs(band) < 2).all()
    assert (curve[:4] > 0).all()
    assert (curve[-3:] > 0).all()
    assert (curve[5:-5] < 0).all()
    thirds = [np.abs(part).mean() for part in np.array_split(fan, 3)]
    assert thirds == sorted(thirds)
    assert thirds[2] > 2 * thirds[0]
    assert outlier[-1] > 6 > 2.7 > np.abs(outlier[:-1]).max()
    assert least_squares(x[ORDER][:-1], outlier[:-1]).w < -0.1
    assert abs(least_squares(x[ORDER][:-1], band[:-1]).w) < 0.03


def test_under_growing_scatter_the_slope_is_right_on_average_and_its_standard_error_too_small():
    """The slope is still right on average, but its … comes out too small."""
    scatter = (x + 5) / 5
    noise = np.random.default_rng(0).normal(0, scatter, (4000, 20))
    fits = [least_squares(x, 0.5 * x - 1 + row) for row in noise]
    slopes = np.array([fit.w for fit in fits])
    assert slopes.mean() == pytest.approx(0.5, abs=3 * slopes.std() / 4000**0.5)
    assert np.mean([fit.w_se for fit in fits]) < 0.95 * slopes.std()
