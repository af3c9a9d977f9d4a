import numpy as np
import pytest

from linreg import make_data, to_tensor
from linreg.data import vector


def test_defaults_are_the_reference_data():
    rng = np.random.default_rng(38)
    x = rng.uniform(-5, 15, 20)
    y = 0.5 * x - 1 + rng.normal(0, 1, 20)
    np.testing.assert_array_equal(make_data(), (x, y))


def test_x_fills_its_range_and_noise_has_its_width():
    """Draw points around the line y = w x + b. … Standard deviation of the Gaussian noise, in
    units of y; 0 for none. … x, uniform in [-5, 15), and y = w x + b + noise: float64 arrays of
    shape (n,).
    """
    x, y = make_data(n=100_000, sigma=2)
    assert -5 <= x.min() < -4.99
    assert 14.99 < x.max() < 15
    assert np.quantile(x, [0.25, 0.5, 0.75]) == pytest.approx([0, 5, 10], abs=0.1)
    noise = y - (0.5 * x - 1)
    assert noise.std() == pytest.approx(2, rel=0.01)
    assert (np.abs(noise) < 2).mean() == pytest.approx(0.683, abs=0.01)
    x, y = make_data(sigma=0)
    assert (y == 0.5 * x - 1).all()
    assert (x.dtype, y.dtype, x.shape, y.shape) == (np.float64, np.float64, (20,), (20,))


def test_a_variable_is_float64_and_flat():
    """and return it as a flat array. … The same numbers, float64, shape (n,)."""
    a = vector("a", [1, 2])
    assert (a.dtype, a.shape, a.tolist()) == (np.float64, (2,), [1, 2])


def test_numbers_longer_than_float64_are_rounded():
    assert to_tensor(np.array([1, 2], np.longdouble)).flatten().tolist() == [1, 2]
