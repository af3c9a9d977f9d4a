"""The claims of docs/deeper/from-scratch.md."""

import numpy as np

from linreg import coefficients, make_model
from tests.claims.reference_run import FIT, LR, descend, x, y

W, B = coefficients(make_model())


def loss(w, b):
    return np.mean((w * x + b - y) ** 2)


def quotient(nudge, w=W):
    return (loss(w + nudge, B) - loss(w, B)) / nudge


def slope(w=W):
    return np.mean(2 * (w * x + B - y) * x)


def test_the_formulas_are_enough_for_the_whole_training_loop():
    """The formulas of step 3 are enough for the whole training loop. NumPy computes them"""
    model, by_torch = descend(1000)
    w, b, losses = W, B, []
    for _ in by_torch:
        losses.append(loss(w, b))
        errors = w * x + b - y
        w, b = w - LR * np.mean(2 * errors * x), b - LR * np.mean(2 * errors)
    np.testing.assert_allclose(losses, by_torch, rtol=0, atol=1e-5)
    np.testing.assert_allclose([w, b], coefficients(model), rtol=0, atol=1e-5)
    np.testing.assert_allclose([w, b], list(FIT), rtol=0, atol=1e-4)


def test_a_smaller_nudge_comes_closer_until_digits_are_lost():
    """At first a smaller nudge comes closer: the loss is curved, and a long nudge runs far along
    the curve. … a nudge that is too small makes the quotient worse again. At 1e-20 even
    `w + nudge` is still `w`.
    """
    off = [abs(quotient(nudge) - slope()) for nudge in (0.1, 0.01, 0.001, 0.0001)]
    np.testing.assert_allclose(np.divide(off[1:], off[:-1]), 0.1, rtol=1e-3)
    starts = W + np.arange(20) / 100
    worst = [max(abs(quotient(n, w) - slope(w)) for w in starts) for n in (1e-6, 1e-11, 1e-15)]
    assert worst[1] < 0.01 < worst[2]
    assert worst[0] < 1e-3
    assert W + 1e-20 == W
    assert quotient(1e-20) == 0
