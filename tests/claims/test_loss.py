"""The claims of docs/tutorial/loss.md."""

import numpy as np
import pytest
import torch
from torch import nn

from linreg import coefficients, hessian, largest_stable_lr, make_model, train
from tests.claims.reference_run import FIT, X, Y, descend, rises, x, y
from tests.claims.runs import drawn


def mean_error(output, target):
    return (output - target).mean()


def test_errors_above_and_below_the_line_cancel_without_the_square():
    """Without the square, the errors above and below the line cancel. … The mean error calls this
    line perfect.
    """
    errors = 100 * (x - x.mean()) + y.mean() - y
    assert errors.mean() == pytest.approx(0, abs=1e-9)
    assert (errors**2).mean() == pytest.approx(249_802, abs=1)


def test_the_mean_error_falls_for_ever():
    """so gradient descent walks down for ever."""
    model, losses = descend(1000, loss_fn=mean_error)
    assert (np.diff(losses) < 0).all()
    assert np.diff(losses)[-1] == pytest.approx(np.diff(losses)[0], rel=1e-3)
    assert losses[-1] < -200
    assert coefficients(model)[0] == pytest.approx(-46.8, abs=0.1)


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_of_the_mean_error_is_the_mean_of_x_and_1_whatever_the_line(seed):
    """The gradient is still what it was at the start: the mean of $x$ and 1, whatever the line."""
    model = make_model(seed)
    mean_error(model(X), Y).backward()
    gradient = model.weight.grad.item(), model.bias.grad.item()
    assert gradient == pytest.approx((x.mean(), 1), rel=1e-5)


def test_a_lower_line_always_has_a_lower_mean_error():
    """it has no smallest value. A lower line always has a lower mean error"""
    model = make_model()
    before = mean_error(model(X), Y)
    model.bias.data -= 7
    assert mean_error(model(X), Y).item() == pytest.approx(before.item() - 7, abs=1e-5)


def test_the_gradient_points_uphill():
    """It points uphill, so the step goes against it."""
    for sign, better in [(-1, True), (1, False)]:
        model = make_model()
        loss = nn.MSELoss()(model(X), Y)
        loss.backward()
        for p in model.parameters():
            p.data += sign * 1e-4 * p.grad
        assert (nn.MSELoss()(model(X), Y) < loss) == better


def test_the_first_step_takes_the_loss_from_2_624_to_1_073():
    """One step takes the loss from 2.624 to 1.073."""
    assert descend(2)[1] == pytest.approx([2.624, 1.073], abs=5e-4)


def test_the_picture_shows_five_steps_downhill_each_shorter_than_the_one_before():
    """The loss over w is a bowl. Six dots go down its left side, from the start towards the
    bottom, ever closer together. … Each step is shorter than the one before: near the bottom
    the ground is flatter.
    """
    curves = drawn("tutorial/loss.md", "downhill")
    path, bowl = curves["five steps downhill"], curves["loss"]
    assert len(path) == 6
    steps = np.diff(path[:, 0])
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()
    assert (np.diff(path[:, 1]) < 0).all()
    np.testing.assert_allclose(np.interp(path[:, 0], *bowl.T), path[:, 1], atol=0.01)
    assert (bowl[0, 0], bowl[-1, 0], len(bowl)) == (0.2, 0.65, 100)
    # A bowl with the dots on its left side.
    assert (np.diff(bowl[:, 1], 2) > 0).all()
    assert path[-1, 0] < bowl[bowl[:, 1].argmin(), 0]


def test_two_runs_from_the_same_start_agree_to_the_last_bit():
    """Here every step looks at all points, so nothing is random. … Two runs from the same start
    agree to the last bit
    """
    runs = [train(make_model(), X, Y, epochs=200) for _ in range(2)]
    assert runs[0] == runs[1]


def test_the_loss_is_convex_so_that_its_minimum_is_the_global_one():
    """This loss is **convex**, a bowl with one bottom, so the only minimum is the global one. …
    Both eigenvalues are above zero: the bowl curves upwards in every direction
    """
    assert (np.linalg.eigvalsh(hessian(x)) > 0).all()


@pytest.mark.parametrize(("lr", "share"), [(0.005, 0), (0.01, 0), (0.0208, 0), (0.022, 1)])
def test_each_step_multiplies_the_distance_by_1_minus_lr_times_curvature(lr, share):
    r"""In either direction, a step multiplies the distance to the bottom by
    $1 - \eta\lambda$, where $\lambda$ (say "lambda") is the curvature. If $\eta$ is
    above $2/\lambda$, each step lands farther away, on the other side. So the limit is
    2 divided by the largest eigenvalue
    """
    curvatures, directions = np.linalg.eigh(hessian(x))
    model = make_model().double()
    before = (np.array(coefficients(model)) - (FIT.w, FIT.b)) @ directions
    descend(1, model, rows=(X.double(), Y.double()), lr=lr)
    after = (np.array(coefficients(model)) - (FIT.w, FIT.b)) @ directions
    np.testing.assert_allclose(after / before, 1 - lr * curvatures, rtol=1e-3)
    assert (after / before < -1).sum() == share
    assert largest_stable_lr(x) == pytest.approx(2 / curvatures.max())


def test_a_larger_learning_rate_is_faster_up_to_a_point():
    """A larger learning rate brings you down faster, up to a point."""
    slow, fast, too_fast = (descend(50, lr=lr)[1][-1] for lr in (0.001, 0.01, 0.022))
    assert fast < slow < too_fast


@pytest.mark.parametrize("start", [(0, 0), (50, -30), (-8, 900), (1e4, 1e4)])
def test_very_different_starts_end_at_the_same_line(start):
    """Very different starts end at the same line"""
    model = make_model().double()
    model.weight.data.fill_(start[0])
    model.bias.data.fill_(start[1])
    train(model, X.double(), Y.double(), epochs=4000)
    assert coefficients(model) == pytest.approx((FIT.w, FIT.b), abs=1e-3)


def test_beyond_the_limit_the_loss_rises_and_once_it_rose_it_rises_for_ever():
    """Beyond a limit, the steps jump from side to side of the bowl, higher and higher: once the
    loss has risen, it rises for ever. … Below it, training **converges**: the steps get smaller
    and smaller, and the line settles.
    """
    limit = largest_stable_lr(x)
    assert limit == pytest.approx(0.0209, abs=5e-5)
    _, losses = descend(500, lr=0.99 * limit)
    assert rises(losses) == []
    for factor in [1.01, 1.1]:
        _, losses = descend(200, lr=factor * limit)
        up = rises(losses)
        assert up == list(range(up[0], 199))


def test_with_0_1_the_loss_grows_until_it_is_inf_at_20_and_nan_at_42():
    """With 0.1 the loss grows at every step, until it is too large for the type `float32` … The
    loss is `inf` from epoch 20 and `nan` from epoch 42.
    """
    losses = np.array(descend(50, lr=0.1)[1])
    assert (np.diff(losses[:20]) > 0).all()
    assert np.isfinite(losses[:20]).all()
    assert np.isinf(losses[20:42]).all()
    assert np.isnan(losses[42:]).all()


def test_an_optimizer_that_holds_another_model_changes_nothing():
    """Make the model anew and keep the old optimizer, and nothing is learned."""
    optimizer = torch.optim.SGD(make_model().parameters(), lr=0.01)
    model = make_model()
    before = coefficients(model)
    nn.MSELoss()(model(X), Y).backward()
    optimizer.step()
    assert coefficients(model) == before


def test_the_loss_of_the_true_line_is_the_mean_of_the_squared_noise():
    """The points do not lie on the true line: the noise pushes them off. What is left is the mean
    of the squared noise.
    """
    noise = np.random.default_rng(38)
    noise.uniform(-5, 15, 20)
    assert np.mean(noise.normal(0, 1, 20) ** 2) == pytest.approx(np.mean((0.5 * x - 1 - y) ** 2))


def test_the_longest_step_that_converges_is_not_the_fastest():
    """a learning rate just below the limit, 0.0208, and with 0.01. … The larger rate ends higher.
    … The largest rate that converges is not the fastest.
    """
    assert descend(200, lr=0.0208)[1][-1] > descend(200, lr=0.01)[1][-1] + 0.01


def test_near_the_limit_each_step_jumps_across_the_bowl():
    """This close to the limit, each step jumps across the bowl and lands almost as high on the
    other side.
    """
    steepest = np.linalg.eigh(hessian(x))[1][:, -1]
    sides = []
    model = make_model().double()
    for _ in range(6):
        sides.append(np.sign((np.array(coefficients(model)) - (FIT.w, FIT.b)) @ steepest))
        train(model, X.double(), Y.double(), epochs=1, lr=0.0208)
    assert (np.diff(sides) != 0).all()
