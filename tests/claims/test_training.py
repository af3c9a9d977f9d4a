"""The claims of docs/tutorial/training.md."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch import nn

from linreg import (
    coefficients,
    hessian,
    largest_stable_lr,
    make_data,
    make_model,
    to_tensor,
    train,
)
from tests.claims.reference_run import FIT, X, Y, after, descend, rises, x, y
from tests.claims.runs import drawn, figure, variables


def test_train_is_the_loop_of_this_page():
    """The function `train` of `linreg` is this loop"""
    block = variables("tutorial/training.md", "epochs = 1000")
    model = make_model()
    assert train(model, X, Y, epochs=1000) == block["losses"]
    assert coefficients(model) == coefficients(block["model"])


def test_the_picture_shows_the_losses_of_100_epochs_from_above_2_6_towards_the_smallest():
    """The loss over 100 epochs. It starts above 2.6, drops almost straight down in the first step,
    and then goes down gently towards a dashed line at 0.8175.
    """
    curves = drawn("tutorial/training.md", "losses")
    curve, floor = curves["loss"], curves["smallest 0.8175"]
    assert (floor[0, 1], floor[1, 1]) == pytest.approx((FIT.loss, FIT.loss))
    np.testing.assert_allclose(curve[:, 1], train(make_model(), X, Y, epochs=100))
    np.testing.assert_array_equal(curve[:, 0], range(100))
    assert curve[0, 1] > 2.6
    assert FIT.loss < curve[-1, 1] < FIT.loss + 0.05


def test_the_first_step_makes_86_percent_of_the_whole_fall():
    """No line reaches a smaller loss than 0.8175. The first step makes 86 percent of the fall to
    it. Only what comes after is slow.
    """
    (label,) = figure("tutorial/training.md", "losses").axes[0].texts
    assert label.get_text() == "first step: 86% of the fall"
    losses = descend(2)[1]
    assert (losses[0] - losses[1]) / (losses[0] - FIT.loss) == pytest.approx(0.86, abs=0.005)


def test_each_epoch_takes_the_same_share_of_what_is_left():
    """In size, yes: each fall is smaller than the one before. But after the first steps, each
    epoch takes the same share of what is left to the smallest loss. On a scale where each mark is
    ten times the one below, that is a straight line: … After a steep first step it is a straight
    line that falls from left to right. … Each epoch takes the same share.
    """
    (left,) = drawn("tutorial/training.md", "left").values()
    assert figure("tutorial/training.md", "left").axes[0].get_yscale() == "log"
    np.testing.assert_allclose(left[:, 1] + FIT.loss, train(make_model(), X, Y, epochs=400))
    shares = 1 - left[1:, 1] / left[:-1, 1]
    assert shares[0] > 0.8
    exact = train(make_model().double(), X.double(), Y.double(), epochs=400)
    assert (np.diff(exact, n=2) > 0).all()
    np.testing.assert_allclose(shares[3:300], 0.021, atol=0.001)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_the_loss_never_rises_with_a_learning_rate_that_converges(seed, share):
    """With all rows and a fresh gradient in every step, no momentum, and a learning rate below the
    limit, the loss of a linear model never rises.
    """
    x, y = (to_tensor(a).double() for a in make_data(seed=seed))
    lr = share * largest_stable_lr(x.flatten())
    model = make_model(seed).double()
    assert rises(train(model, x, y, epochs=500, lr=lr), tolerance=1e-12) == []


def test_each_step_multiplies_the_distance_to_the_bottom_by_1_minus_lr_times_curvature():
    """Each step multiplies the distance to the bottom by [a fixed
    factor](../deeper/learning-rate.md#two-directions) of a size below 1, in each of two
    directions. So the loss can only fall
    """
    curvatures, directions = np.linalg.eigh(hessian(x))
    model = make_model().double()
    distances = []
    for _ in range(3):
        distances.append((np.array(coefficients(model)) - (FIT.w, FIT.b)) @ directions)
        train(model, X.double(), Y.double(), epochs=1, lr=0.01)
    factors = np.array(distances[1:]) / np.array(distances[:-1])
    assert (np.abs(factors) < 1).all()
    np.testing.assert_allclose(factors, np.tile(1 - 0.01 * curvatures, (2, 1)), rtol=1e-3)


def test_the_formula_gives_the_line_of_least_squares():
    r"""**Least squares** is the exact answer, the line with the smallest mean squared error. … At
    the bottom both derivatives of the loss are zero. … $$w = \frac{\sum (x_i - \bar x)(y_i - \bar
    y)}{\sum (x_i - \bar x)^2},\qquad b = \bar y - w\bar x$$ … The slope is how $x$ and $y$ vary
    together, divided by how $x$ varies. The intercept makes the line go through the mean point
    $(\bar x, \bar y)$.
    """
    errors = FIT.w * x + FIT.b - y
    assert (np.mean(2 * errors * x), np.mean(2 * errors)) == pytest.approx((0, 0), abs=1e-9)
    by_numpy = np.polynomial.Polynomial.fit(x, y, 1).convert().coef
    assert (FIT.b, FIT.w) == pytest.approx(by_numpy)
    w = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    assert (w, y.mean() - w * x.mean()) == pytest.approx((FIT.w, FIT.b))


def test_without_zero_grad_the_loss_never_settles():
    """No error is raised. But the loss never settles, so the last line is not a fit."""
    losses = descend(1000, clear=False)[1]
    assert len([k for k in rises(losses) if k >= 900]) > 20
    assert max(losses[900:]) > 3
    assert min(losses[900:]) < 1


def test_backward_adds_to_every_gradient_exactly():
    """`backward()` does not replace the gradient that is there. It adds to it. … After the second
    call, every gradient is exactly twice as large.
    """
    model = make_model()
    nn.MSELoss()(model(X), Y).backward()
    once = [p.grad.clone() for p in model.parameters()]
    nn.MSELoss()(model(X), Y).backward()
    assert len(once) == 2
    for p, gradient in zip(model.parameters(), once, strict=True):
        assert torch.equal(p.grad, 2 * gradient)
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())


def test_the_gradient_of_a_sum_is_collected_part_by_part_and_zero_grad_begins_anew():
    """take the losses of its parts one by one, and the gradients add up to that of their sum. …
    it puts `None` there, and the next `backward()` begins anew.
    """
    model, loss_fn = make_model(), nn.MSELoss(reduction="sum")
    loss_fn(model(X), Y).backward()
    whole = model.weight.grad.item()
    model.zero_grad()
    assert model.weight.grad is None
    for part in (slice(0, 7), slice(7, 20)):
        loss_fn(model(X[part]), Y[part]).backward()
    assert model.weight.grad.item() == pytest.approx(whole, rel=1e-5)


@pytest.mark.parametrize("epochs", [30, 100, 300])
def test_the_intercept_is_slower_than_the_slope(epochs):
    """Stop after 30 epochs, and the slope has come most of its way, the intercept only a part of
    it … So it is mainly the bias that is slow.
    """
    w, b = after(epochs)
    w0, b0 = coefficients(make_model())
    slope, intercept = (w - w0) / (FIT.w - w0), (b - b0) / (FIT.b - b0)
    if epochs == 30:
        assert slope > 0.75 > 0.3 > intercept > 0.1
    assert abs(b - FIT.b) > 5 * abs(w - FIT.w)
    assert intercept < slope < 1


def test_training_comes_closer_and_closer_to_least_squares():
    """Training comes closer and closer to it."""
    gaps = [abs(np.subtract(after(epochs), (FIT.w, FIT.b))) for epochs in (30, 100, 300, 1000)]
    assert (np.diff(gaps, axis=0) < 0).all()
    assert gaps[-1] == pytest.approx([0, 0], abs=1e-4)


def test_the_picture_shows_the_way_to_the_bottom_of_the_valley():
    """A long narrow valley of equal-loss rings over w and b, tilted from the upper left to the
    lower right. A path of dots starts at its upper left, enters the valley, and creeps along
    its floor towards a star at the bottom, with ever shorter steps.
    """
    curves = drawn("tutorial/training.md", "valley")
    path, (bottom,) = curves["step 1, every 10th"], curves["least squares"]
    assert tuple(bottom) == pytest.approx((FIT.w, FIT.b))
    assert len(path) == 31
    assert tuple(path[0]) == pytest.approx(coefficients(make_model()))
    assert tuple(path[1]) == pytest.approx(after(1), abs=1e-5)
    assert tuple(path[-1]) == pytest.approx(after(291), abs=1e-5)
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert (np.diff(lengths[1:]) < 0).all()
    distances = np.linalg.norm(path - bottom, axis=1)
    assert (np.diff(distances) < 0).all()
    # Tilted: all the way b is above its end, and w below.
    assert (path[:-1, 0] < bottom[0]).all()
    assert (path[:-1, 1] > bottom[1]).all()


def test_the_first_step_jumps_down_the_steep_side():
    """The first step jumps down its steep side; the rest is a walk along its nearly flat floor"""
    steep = np.linalg.eigh(hessian(x))[1][:, -1]
    first, second = (np.array(after(epochs)) - (FIT.w, FIT.b) for epochs in (0, 1))
    assert abs(second @ steep) < 0.1 * abs(first @ steep)
    assert abs((second - first) @ steep) > 0.9 * np.linalg.norm(second - first)


def test_a_rate_that_is_safe_for_the_steep_direction_is_small_for_the_flat_one():
    """A learning rate that is safe for the steep direction is small for the flat one."""
    flat, steep = np.linalg.eigvalsh(hessian(x))
    assert largest_stable_lr(x) == pytest.approx(2 / steep)
    assert 2 / steep < 0.02 * (2 / flat)


def test_each_ring_joins_pairs_with_the_same_loss_and_inner_rings_are_lower():
    """Each ring joins the pairs $(w, b)$ with the same loss. … Inner rings are lower."""
    ax = figure("tutorial/training.md", "valley").axes[0]
    # Equal scales widen the axes beyond the grid, w more than b.
    assert ax.get_aspect() == 1
    assert ax.get_ylim() == pytest.approx((-1.5, 0.1), abs=0.01)
    assert sum(ax.get_xlim()) == pytest.approx(1.3 - 0.3)
    rings = ax.collections[0]
    widths = []
    for level, path in zip(rings.levels, rings.get_paths(), strict=True):
        w, b = path.vertices.T
        losses = np.mean((w[:, None] * x + b[:, None] - y) ** 2, axis=1)
        np.testing.assert_allclose(losses, level, rtol=0.02)
        widths.append(np.ptp(w))
    assert (np.diff(rings.levels) > 0).all()
    assert (np.diff(widths) > 0).all()


def test_along_the_floor_the_intercept_changes_more_than_the_slope():
    """Along the valley's floor, $b$ changes more than $w$."""
    along = np.linalg.eigh(hessian(x))[1][:, 0]
    assert abs(along[1]) > 5 * abs(along[0])


def test_a_loss_without_item_keeps_its_graph():
    """Without `.item()`, the list keeps tensors. Each holds the record of how it was computed,
    which PyTorch calls its **graph**. NumPy and Matplotlib refuse such a list.
    """
    loss = nn.MSELoss()(make_model()(X), Y)
    assert loss.grad_fn is not None
    assert isinstance(loss.item(), float)
    for refuse in (np.array, plt.plot):
        with pytest.raises(RuntimeError, match="requires grad"):
            refuse([loss, loss])


def test_a_second_backward_on_one_loss_fails():
    """To call it again, compute the loss again."""
    loss = nn.MSELoss()(make_model()(X), Y)
    loss.backward()
    with pytest.raises(RuntimeError, match="a second time"):
        loss.backward()


def test_standardised_x_makes_a_round_bowl_and_one_step_is_enough():
    """Then the valley is a round bowl, and one learning rate suits both directions … One step
    reaches least squares:
    """
    z = (x - x.mean()) / x.std()
    assert np.linalg.eigvalsh(hessian(z)) == pytest.approx([2, 2])
    for seed in range(3):
        model = make_model(seed)
        train(model, to_tensor(z), Y, epochs=1, lr=0.5)
        slope, height = coefficients(model)
        assert slope / x.std() == pytest.approx(FIT.w, abs=1e-5)
        assert height - slope / x.std() * x.mean() == pytest.approx(FIT.b, abs=1e-5)


def test_most_x_are_large_so_that_w_moves_the_line_far():
    """Most $x$ are large, so a small change of $w$ moves the line far, and the same change of $b$
    does not.
    """
    assert (abs(x) > 2).mean() > 0.7
