import numpy as np
import pytest

from linreg import hessian, largest_stable_lr, least_squares, make_data


def test_fit_is_the_reference_run():
    fit = least_squares(*make_data())
    w, b = fit
    assert (w, b) == (fit.w, fit.b) == pytest.approx((0.478354, -0.916668), abs=1e-6)
    assert repr(fit) == "y = 0.4784 x -0.9167  (standard errors 0.042, 0.29; loss 0.8175)"


@pytest.mark.parametrize("seed", [1, 38])
def test_the_largest_rate_is_the_limit(seed):
    """Learning rate from which gradient descent on these x no longer converges."""
    x, _ = make_data(seed=seed)
    for share, converges in [(0.999, True), (1.001, False)]:
        step = np.eye(2) - share * largest_stable_lr(x) * hessian(x)
        off = np.linalg.matrix_power(step, 20_000) @ [1, 1]
        assert (np.abs(off).max() < 1e-3) == converges
