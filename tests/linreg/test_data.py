import numpy as np
import pytest

from linreg import make_data, to_tensor


def test_defaults_are_the_reference_data():
    rng = np.random.default_rng(38)
    x = rng.uniform(-5, 15, 20)
    y = 0.5 * x - 1 + rng.normal(0, 1, 20)
    np.testing.assert_array_equal(make_data(), (x, y))


def test_x_fills_its_range_and_noise_has_its_width():
    x, y = make_data(n=100_000, sigma=2)
    assert -5 <= x.min() < -4.99
    assert 14.99 < x.max() < 15
    assert x.mean() == pytest.approx(5, abs=0.1)
    assert (y - (0.5 * x - 1)).std() == pytest.approx(2, rel=0.01)


def test_numbers_longer_than_float64_are_rounded():
    assert to_tensor(np.array([1, 2], np.longdouble)).flatten().tolist() == [1, 2]
