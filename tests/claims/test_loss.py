"""The claims of docs/tutorial/loss.md."""

import numpy as np
import pytest
import torch
from torch import nn

from linreg import coefficients, hessian, largest_stable_lr, make_model, train
from tests.claims.reference_run import FIT, X, Y, descend, rises, x, y
from tests.claims.runs import drawn, figure


def mean_error(output, target):
    return (output - target).mean()


def test_the_squares_join_points_and_line_and_their_mean_area_is_the_loss():
    r"""The right side of each square joins a point and the line. … One square for each point. …
    The **mean squared error** (MSE) is the mean area of the $n$ squares … $$L =
    \frac{1}{n}\sum_{i=1}^{n} (\hat y_i - y_i)^2$$
    """
    (ax,) = figure("tutorial/loss.md", "squares").axes
    squares = [line.get_xydata() for line in ax.lines if line.get_linestyle() == "--"]
    w, b = coefficients(make_model())
    areas = []
    for square, x_i, y_i in zip(squares, x, y, strict=True):
        width, height = np.ptp(square, axis=0)
        assert width == pytest.approx(height)
        right = square[square[:, 0] > square[:, 0].min()]
        assert right[:, 0] == pytest.approx(x_i)
        assert sorted(right[:, 1]) == pytest.approx(sorted([y_i, w * x_i + b]))
        areas.append(width * height)
    assert ax.get_aspect() == 1
    assert np.mean(areas) == pytest.approx(nn.MSELoss()(make_model()(X), Y).item(), rel=1e-5)


def test_errors_above_and_below_the_absurd_line_cancel_without_the_square():
    """Without the square, errors above and below the line cancel. This line falls while the points
    rise, but the mean error calls it perfect: … The points rise and the dashed line falls across
    them. On the left the errors go up from the points to the line, on the right down. … An absurd
    line: its mean error is 0, its mean squared error 155.7.
    """
    (ax,) = figure("tutorial/loss.md", "absurd").axes
    *bars, data, ends = (artist.get_xydata() for artist in ax.lines)
    np.testing.assert_allclose(data, np.column_stack([x, y]))
    assert ends[1, 1] < ends[0, 1]
    assert np.corrcoef(x, y)[0, 1] > 0.9
    line = np.interp(x, *ends.T)
    np.testing.assert_allclose(bars, np.stack([data, np.column_stack([x, line])], axis=1))
    errors = line - y
    assert (errors[x < 4] > 0).all()
    assert (errors[x > 5] < 0).all()
    assert errors.mean() == pytest.approx(0, abs=1e-9)
    assert (errors**2).mean() == pytest.approx(155.7, abs=0.05)


def test_the_mean_absolute_error_is_as_steep_for_a_tiny_error_as_for_a_large_one():
    """that is the **mean absolute error**. But it is as steep for a tiny error as for a large one
    … Squares get flat there. They also make one large error count more than several small ones
    """
    for distance in [1.0, 1e-6, -1e-6]:
        output = torch.tensor([distance], requires_grad=True)
        nn.L1Loss()(output, torch.zeros(1)).backward()
        assert output.grad.item() == np.sign(distance)
        squared = torch.tensor([distance], requires_grad=True)
        nn.MSELoss()(squared, torch.zeros(1)).backward()
        assert squared.grad.item() == pytest.approx(2 * distance)
    one, three = torch.tensor([3.0, 0, 0]), torch.ones(3)
    assert nn.L1Loss()(one, torch.zeros(3)) == nn.L1Loss()(three, torch.zeros(3))
    assert nn.MSELoss()(one, torch.zeros(3)) > nn.MSELoss()(three, torch.zeros(3))


def test_the_mean_error_falls_for_ever():
    """a walk downhill never ends."""
    model, losses = descend(1000, loss_fn=mean_error)
    assert (np.diff(losses) < 0).all()
    assert np.diff(losses)[-1] == pytest.approx(np.diff(losses)[0], rel=1e-3)
    assert losses[-1] < -200
    assert coefficients(model)[0] == pytest.approx(-46.8, abs=0.1)


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_of_the_mean_error_is_the_mean_of_x_and_1_whatever_the_line(seed):
    """The gradient is always the same: the mean of $x$ and 1, whatever the line."""
    model = make_model(seed)
    mean_error(model(X), Y).backward()
    gradient = model.weight.grad.item(), model.bias.grad.item()
    assert gradient == pytest.approx((x.mean(), 1), rel=1e-5)


def test_a_lower_line_always_has_a_lower_mean_error():
    """A lower line always has a lower mean error, so a walk downhill never ends."""
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


@pytest.mark.parametrize("seed", range(3))
def test_backward_stores_the_means_of_twice_the_error_with_and_without_x(seed):
    r"""$$w \leftarrow w - \eta\,\frac{\partial L}{\partial w},\qquad b \leftarrow b -
    \eta\,\frac{\partial L}{\partial b}$$ … The derivative of a squared error is twice the
    error, times how fast the error itself grows: by $x$ with $w$, by 1 with $b$. The gradient
    is the mean over all points … $$\frac{\partial L}{\partial w} = \frac{1}{n}\sum_{i=1}^{n}
    2\,(\hat y_i - y_i)\,x_i$$ … $$\frac{\partial L}{\partial b} = \frac{1}{n}\sum_{i=1}^{n}
    2\,(\hat y_i - y_i)$$ … [`backward()` follows it](../deeper/from-scratch.md) and stores each
    derivative in `.grad` of its parameter. The optimizer is given the parameters and the
    learning rate `lr`. Its `step()` reads each `.grad`:
    """
    model = make_model(seed)
    errors = model(X).detach() - Y
    nn.MSELoss()(model(X), Y).backward()
    by_hand = (2 * errors * X).mean().item(), (2 * errors).mean().item()
    assert (model.weight.grad.item(), model.bias.grad.item()) == pytest.approx(by_hand, rel=1e-4)
    w, b = coefficients(model)
    for p in model.parameters():
        p.grad.fill_(3)
    torch.optim.SGD(model.parameters(), lr=0.01).step()
    assert coefficients(model) == pytest.approx((w - 0.03, b - 0.03), abs=1e-6)


def test_the_loss_keeps_the_record_of_how_it_was_computed_from_the_parameters():
    """A loss keeps the record of how it was computed from the parameters (`grad_fn`)."""
    model = make_model()
    loss = nn.MSELoss()(model(X), Y)
    found, ahead = [], [loss.grad_fn]
    while ahead:
        node = ahead.pop()
        found.append(getattr(node, "variable", None))
        ahead += [following for following, _ in node.next_functions if following]
    assert all(any(p is f for f in found) for p in model.parameters())
    # The numbers alone have no such record.
    assert nn.MSELoss()(model(X).detach(), Y).grad_fn is None


def test_the_gradient_by_w_is_larger_since_errors_are_weighted_with_x_up_to_14():
    """The gradient by $w$, -17.2, is much larger in size than by $b$, -0.99. For $w$, each
    error is weighted with its $x$, up to 14, and nearly all points at large $x$ lie above the
    line. For $b$, errors above and below zero partly cancel.
    """
    model = make_model()
    errors = (model(X) - Y).detach()
    assert (errors[X > 7] < 0).float().mean() > 0.8
    assert abs(errors.sum()) < 0.4 * errors.abs().sum() < abs((errors * X).sum()) / 5
    nn.MSELoss()(model(X), Y).backward()
    assert model.weight.grad.item() == pytest.approx(-17.2, abs=0.05)
    assert model.bias.grad.item() == pytest.approx(-0.99, abs=0.005)
    assert x.max() == pytest.approx(14, abs=0.5)


def test_with_b_held_still_the_bottom_is_not_at_the_best_w():
    """So the bottom lies at $w = 0.411$. Once $b$ moves too, the best $w$ is 0.478."""
    bowl = drawn("tutorial/loss.md", "downhill")["loss"]
    (a, half, _), b = np.polyfit(*bowl.T, 2), coefficients(make_model())[1]
    assert -half / (2 * a) == pytest.approx(0.411, abs=5e-4)
    assert FIT.w == pytest.approx(0.478, abs=5e-4)
    assert np.mean(x * (y - FIT.b)) / np.mean(x**2) == pytest.approx(FIT.w)
    assert abs(b - FIT.b) > 0.5


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
    assert (bowl[0, 0], bowl[-1, 0], len(bowl)) == (0.2, 0.65, 20)
    # A bowl with the dots on its left side.
    assert (np.diff(bowl[:, 1], 2) > 0).all()
    assert path[-1, 0] < bowl[bowl[:, 1].argmin(), 0]


def test_the_loss_is_convex_so_that_its_minimum_is_the_global_one():
    """This loss is **convex**, a bowl with one bottom, so the only minimum is the global one."""
    assert (np.linalg.eigvalsh(hessian(x)) > 0).all()


@pytest.mark.parametrize(("lr", "factor"), [(0.005, 0.53), (0.02, -0.90), (0.022, -1.08)])
def test_a_step_multiplies_the_distance_to_the_bottom_of_the_parabola(lr, factor):
    r"""At a distance $d$ from the bottom, the derivative is $\lambda d$. A step takes
    $\eta\lambda d$ away, so it multiplies the distance by $1 - \eta\lambda$ … One climbs to
    zero and stays. One swings around zero, ever less. One swings ever more. … A positive factor
    stays on one side. A negative one jumps across. Below -1, each jump is larger.
    """
    path = drawn("tutorial/loss.md", "rates")[f"rate {lr}, factor {factor:.2f}"][:, 1]
    np.testing.assert_allclose(path[1:] / path[:-1], 1 - lr * np.mean(2 * x**2), rtol=1e-5)
    assert 1 - lr * np.mean(2 * x**2) == pytest.approx(factor, abs=0.006)
    assert path[0] == pytest.approx(-0.18, abs=0.005)
    assert (abs(path[-1]) > abs(path[0])) == (factor < -1)
    assert ((path < 0).all()) == (factor > 0)


def test_the_limit_of_both_parameters_is_a_little_lower_than_that_of_w_alone():
    r"""the limit is $2/\lambda$. With $b$ moving too, it is [a little
    lower](../deeper/learning-rate.md), 0.0209.
    """
    alone = np.mean(2 * x**2)
    steepest = np.linalg.eigvalsh(hessian(x)).max()
    assert alone < steepest < 1.02 * alone
    assert largest_stable_lr(x) == pytest.approx(2 / steepest) == pytest.approx(0.0209, abs=5e-5)


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


def test_below_the_limit_training_converges():
    """Below it, training **converges**: the steps get smaller and smaller, and the line
    settles.
    """
    limit = largest_stable_lr(x)
    assert limit == pytest.approx(0.0209, abs=5e-5)
    model, losses = descend(5000, lr=0.99 * limit)
    assert rises(losses) == []
    assert coefficients(model) == pytest.approx((FIT.w, FIT.b), abs=1e-3)


def test_with_0_1_the_loss_grows_until_it_is_inf_at_20_and_nan_at_42():
    """With 0.1 the loss grows at every step, until it is too large for the type `float32` … the
    `nan` stays in the old one … `train` of `linreg` refuses a rate above it.
    """
    losses = np.array(descend(50, lr=0.1)[1])
    assert (np.diff(losses[:20]) > 0).all()
    assert np.isfinite(losses[:20]).all()
    assert np.isinf(losses[20:42]).all()
    assert np.isnan(losses[42:]).all()
    with pytest.raises(ValueError, match=f"between 0 and {largest_stable_lr(x):.4f}"):
        train(make_model(), X, Y, lr=0.1)


def test_an_optimizer_that_holds_another_model_changes_nothing():
    """Make the model anew, keep the old optimizer, and nothing is learned."""
    optimizer = torch.optim.SGD(make_model().parameters(), lr=0.01)
    model = make_model()
    before = coefficients(model)
    nn.MSELoss()(model(X), Y).backward()
    optimizer.step()
    assert coefficients(model) == before


def test_the_loss_of_the_true_line_is_the_mean_of_the_squared_noise():
    """What is the loss of the true line, $w = 0.5$ and $b = -1$? … The points do not lie on the
    true line: the noise pushes them off. What is left is the mean of the squared noise.
    """
    noise = np.random.default_rng(38)
    noise.uniform(-5, 15, 20)
    assert np.mean(noise.normal(0, 1, 20) ** 2) == pytest.approx(np.mean((0.5 * x - 1 - y) ** 2))


def test_a_step_takes_the_gradient_of_all_points():
    """Here it looks at all: plain **gradient descent**."""
    model = make_model()
    w, b = coefficients(model)
    errors = w * x + b - y
    train(model, X, Y, epochs=1)
    step = w - 0.01 * np.mean(2 * errors * x), b - 0.01 * np.mean(2 * errors)
    assert coefficients(model) == pytest.approx(step, rel=1e-5)
