from fractions import Fraction

import numpy as np
import pytest

from linreg import hessian, largest_stable_lr, least_squares, make_data

X, Y = make_data()


def test_fit_agrees_with_numpy():
    fit = least_squares(X, Y)
    (w, b), covariance = np.polyfit(X, Y, 1, cov=True)
    assert (fit.w, fit.b) == pytest.approx((w, b))
    assert (fit.w_se, fit.b_se) == pytest.approx(np.sqrt(np.diag(covariance)))
    assert fit.loss == pytest.approx(np.mean((w * X + b - Y) ** 2))


def test_fit_is_the_reference_run():
    fit = least_squares(X, Y)
    assert (fit.w, fit.b) == pytest.approx((0.478354, -0.916668), abs=1e-6)
    assert repr(fit) == "y = 0.4784 x -0.9167  (standard errors 0.042, 0.29; loss 0.8175)"


def exact_line(x, y):
    """Compute the line and its loss in rational numbers, by the sums of a textbook."""
    x, y = [Fraction(v) for v in x], [Fraction(v) for v in y]
    x_mean, y_mean = sum(x) / len(x), sum(y) / len(y)
    dx, dy = [v - x_mean for v in x], [v - y_mean for v in y]
    w = sum(a * b for a, b in zip(dx, dy, strict=True)) / sum(a * a for a in dx)
    loss = sum((b - w * a) ** 2 for a, b in zip(dx, dy, strict=True)) / len(x)
    return w, y_mean - w * x_mean, loss


@pytest.mark.parametrize("x_mean", [0, 1e3, -1e7, 1e8, 2e9])
@pytest.mark.parametrize("y_mean", [0, 1e8, -2e9])
@pytest.mark.parametrize("sigma", [1, 1e-9])
def test_fit_agrees_with_exact_rationals(x_mean, y_mean, sigma):
    x, y = make_data(n=50, sigma=sigma)
    x, y = x + x_mean, y + y_mean
    fit, (w, b, loss) = least_squares(x, y), exact_line(x, y)
    assert fit.w == pytest.approx(float(w), rel=1e-12)
    assert abs(fit.b - b) <= 1e-12 * (abs(y.mean()) + abs(w * x.mean()))
    assert abs(fit.loss - loss) <= 1e-12 * y.var()


def test_a_fit_unpacks_to_slope_and_intercept():
    fit = least_squares(X, Y)
    w, b = fit
    assert (w, b) == (fit.w, fit.b)


def test_what_is_masked_is_not_fitted():
    with pytest.raises(ValueError, match="y is masked: drop the masked rows"):
        least_squares(X, np.ma.masked_greater(Y, 2))


def test_two_points_leave_no_residual():
    fit = least_squares([0, 2], [1, 5])
    assert (fit.w, fit.b, fit.loss) == pytest.approx((2, 1, 0))
    assert np.isnan([fit.w_se, fit.b_se]).all()


def test_hessian_agrees_with_finite_differences():
    def loss(p):
        return np.mean((p[0] * X + p[1] - Y) ** 2)

    e, p = np.eye(2) * 1e-3, np.array([0.3, -0.2])
    numeric = [
        [(loss(p + u + v) - loss(p + u - v) - loss(p - u + v) + loss(p - u - v)) / 4e-6 for v in e]
        for u in e
    ]
    np.testing.assert_allclose(hessian(X), numeric, rtol=1e-6)


def test_largest_stable_lr_separates_shrinking_from_growing():
    H, limit = hessian(X), largest_stable_lr(X)
    for lr, grows in [(0.999 * limit, False), (1.001 * limit, True)]:
        step = np.eye(2) - lr * H
        assert (np.abs(np.linalg.eigvalsh(step)).max() > 1) == grows


@pytest.mark.parametrize("function", [hessian, largest_stable_lr, lambda x: least_squares(x, Y)])
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([3.0, 3.0, 3.0], "x holds only 3"),
        ([1.0], "x holds only 1"),
        ([0.1 + 0.2, 0.3, 0.3], "x holds only 0.3"),
        ([1e-200, 2e-200], "x holds only 1e-200"),
        ([1e200, 2e200], "x goes up to 2e[+]200: rescale"),
        ([1.0, float("nan")], r"x\[1\] is nan"),
        ([[1.0, 2.0]], r"x has shape \(1, 2\)"),
    ],
)
def test_bad_x_is_named(function, bad, message):
    with pytest.raises(ValueError, match=message):
        function(bad)


def test_the_fit_is_computed_in_float64():
    x, y = X.astype(np.float32), Y.astype(np.float32)
    assert least_squares(x, y) == least_squares(x.astype(float), y.astype(float))
    assert hessian(x).dtype == np.float64


def test_bad_y_is_named():
    with pytest.raises(ValueError, match="x has 20 numbers, y has 19"):
        least_squares(X, Y[:-1])
    with pytest.raises(ValueError, match=r"y has shape \(20, 1\)"):
        least_squares(X, Y[:, None])
    with pytest.raises(ValueError, match=r"y\[0\] is inf"):
        least_squares([0, 1], [np.inf, 1])
