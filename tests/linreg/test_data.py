import numpy as np
import pytest
import torch

from linreg import make_data, to_tensor


def test_points_without_noise_lie_on_the_line():
    x, y = make_data(n=7, w=-3, b=2, sigma=0)
    assert x.shape == y.shape == (7,)
    assert x.dtype == y.dtype == np.float64
    np.testing.assert_allclose(y, -3 * x + 2)


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


def test_seed_decides_the_data():
    np.testing.assert_array_equal(make_data(seed=1), make_data(seed=1))
    assert not np.array_equal(make_data(seed=1), make_data(seed=2))


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"n": 1}, "n=1"),
        ({"n": 0}, "n=0"),
        ({"n": -3}, "n=-3"),
        ({"sigma": -0.1}, "sigma=-0.1"),
        ({"sigma": float("nan")}, "sigma=nan"),
        ({"w": float("inf")}, "w=inf"),
        ({"b": float("nan")}, "b=nan"),
        ({"w": 1e308}, r"w=1e\+308.* y overflows"),
        ({"w": 1e307, "b": -1.7e308, "sigma": 1e308}, "y overflows"),
    ],
)
def test_bad_settings_are_named(bad, message):
    with pytest.raises(ValueError, match=message):
        make_data(**bad)


def test_two_points_are_enough():
    assert len(make_data(n=2)[0]) == 2


def test_tensor_is_a_float32_column_of_its_own():
    a = np.array([1.5, -2.0, 3.25])
    t = to_tensor(a)
    assert t.shape == (3, 1)
    assert t.dtype == torch.float32
    a[0] = 99
    assert t.flatten().tolist() == [1.5, -2.0, 3.25]


@pytest.mark.parametrize("kind", [list, tuple, np.array, np.float32, np.int64, np.bool_])
def test_every_kind_of_real_numbers_becomes_a_tensor(kind):
    assert to_tensor(kind([1, 0, 1])).flatten().tolist() == [1, 0, 1]


def test_a_view_from_back_to_front_becomes_a_tensor():
    assert to_tensor(np.arange(3.0)[::-1]).flatten().tolist() == [2, 1, 0]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([], r"shape \(0,\)"),
        (3.0, r"shape \(\)"),
        ([[1.0], [2.0]], r"shape \(2, 1\)"),
        ([1.0, float("nan")], r"values\[1\] is nan"),
        ([float("-inf")], r"values\[0\] is -inf"),
        ([1e39], "1e[+]39 is too large for float32"),
        (np.ma.masked_equal([1.0, 2.0], 2.0), "values is masked"),
        ([1 + 2j], "values holds complex128"),
        (["1", "2"], "values holds <U1"),
        (np.array(["2020-01-01"], dtype="M8[D]"), r"values holds datetime64\[D\]"),
        ([None, 1.0], "values holds object"),
    ],
)
def test_bad_values_are_named(bad, message):
    with pytest.raises(ValueError, match=message):
        to_tensor(bad)
