import pytest

from linreg import least_squares, make_data


def test_fit_is_the_reference_run():
    fit = least_squares(*make_data())
    w, b = fit
    assert (w, b) == (fit.w, fit.b) == pytest.approx((0.478354, -0.916668), abs=1e-6)
    assert repr(fit) == "y = 0.4784 x -0.9167  (standard errors 0.042, 0.29; loss 0.8175)"
