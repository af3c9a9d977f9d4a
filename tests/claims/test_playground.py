"""The claims of docs/playground.md; tests/site/test_playground.py tries the pictures."""

import numpy as np
import pytest
import torch

from linreg import coefficients, hessian, largest_stable_lr, make_model, to_tensor, train
from tests.claims.reference_run import FIT, after, descend, rises, x, y
from tests.claims.runs import drawn


def test_the_best_line_is_below_1():
    """Can you get the loss below 1.00? … The best line has 0.8175."""
    assert pytest.approx(0.8175, abs=5e-5) == FIT.loss


def test_the_first_step_is_most_of_the_fall():
    """step once: 86 percent of the whole fall"""
    losses = descend(2)[1]
    assert (losses[0] - losses[1]) / (losses[0] - FIT.loss) == pytest.approx(0.86, abs=0.005)


def test_b_creeps():
    """After 30 epochs, w has gone most of its way, and b a quarter of it. … b creeps"""
    start, now, end = np.array([coefficients(make_model()), after(30), (FIT.w, FIT.b)])
    assert (now - start) / (end - start) == pytest.approx([0.79, 0.25], abs=0.02)


@pytest.mark.parametrize(("lr", "escapes"), [(0.0208, False), (0.022, True)])
def test_a_rate_above_the_limit_escapes(lr, escapes):
    """type the learning rate 0.0208, then 0.022, and play: it escapes. … The rate is above the
    limit: each step lands farther away.
    """
    losses = descend(300, lr=lr)[1]
    assert (np.diff(losses) > 0).all() == escapes
    assert (losses[-1] > 1000 * losses[0]) == escapes == (lr > largest_stable_lr(x))


def test_standardised_the_valley_is_round():
    """standardise x: the valley is a round bowl … w now counts standard deviations of x. All
    directions are as steep. … A round bowl: one step reaches the star.
    """
    z = (x - x.mean()) / x.std()
    values = np.linalg.eigvalsh(hessian(z))
    assert values[0] == pytest.approx(values[1])
    model = make_model()
    train(model, to_tensor(z), to_tensor(y), epochs=1, lr=0.5)
    assert coefficients(model) == pytest.approx((FIT.w * x.std(), y.mean()), abs=1e-5)


def test_the_square_of_a_far_point_rules():
    """drag one point at an end far out: its square rules. … One point far out turns the whole
    line. … its square is larger than all others together.
    """
    far = y.copy()
    far[4] = -5
    w, b = np.polyfit(x, far, 1)
    squares = (w * x + b - far) ** 2
    assert squares.argmax() == 4
    assert squares[4] > squares.sum() / 2
    assert w < FIT.w - 3 * FIT.w_se


def test_momentum_and_batches_do_what_their_tasks_say():
    """Part of each step goes on into the next: the loss rises and falls. … Each batch of 5 points
    has a gradient of its own: the loss trembles. … The loss rises and falls like a ball in the
    valley. … Each batch guesses the gradient, so
    the loss never settles.
    """
    assert len(rises(descend(80, lr=0.001, momentum=0.9)[1])) > 5
    torch.manual_seed(0)
    late = descend(600, lr=0.005, batch=5)[1][-100:]
    assert max(late) - min(late) > 0.01


def test_the_still_picture_shows_the_untrained_and_the_best_line():
    """The points are those of [step 1](tutorial/data.md), and the line is the untrained one of
    [step 2](tutorial/model.md). … The untrained line is flatter than they are, and the dashed
    best line runs through their middle.
    """
    marks = drawn("playground.md", "start-still")
    assert marks["data"] == pytest.approx(np.stack([x, y], axis=1))
    ends = {name: np.polyfit(*marks[name].T, 1) for name in ("untrained line", "best line")}
    assert ends["untrained line"] == pytest.approx(coefficients(make_model()), abs=1e-6)
    assert ends["best line"] == pytest.approx([FIT.w, FIT.b])
    assert ends["untrained line"][0] < FIT.w / 2
