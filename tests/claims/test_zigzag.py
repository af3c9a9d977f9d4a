"""The claims of docs/deeper/zigzag.md."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from linreg import coefficients, hessian, largest_stable_lr, least_squares, make_model, train
from tests.claims.reference_run import FIT, X, Y, descend, rises, x, y
from tests.claims.runs import figure

LOOPS = {
    "momentum 0.9": {"lr": 0.001, "momentum": 0.9},
    "batches of 5": {"lr": 0.005, "batch": 5},
    "no zero_grad()": {"lr": 0.01, "clear": False},
}


def test_with_momentum_the_loss_rises_18_times_between_epochs_5_and_47_then_never():
    """The loss rises 18 times, between epochs 5 and 47. After that it is smooth."""
    up = rises(descend(1000, **LOOPS["momentum 0.9"])[1])
    assert (len(up), up[0], up[-1]) == (18, 5, 47)


@pytest.mark.parametrize("loop", ["batches of 5", "no zero_grad()"])
def test_with_batches_of_5_or_without_zero_grad_the_loss_never_settles(loop):
    """The gradient of 5 points is a guess at the gradient of all 20. The loss never settles. … the
    gradients of all epochs add up. The loss never settles.
    """
    up = rises(descend(1000, **LOOPS[loop])[1], tolerance=1e-5)
    assert len([k for k in up if k >= 900]) > 20


@pytest.mark.parametrize("lr", [loop["lr"] for loop in LOOPS.values()])
def test_the_plain_loop_has_no_rise_at_the_same_rates(lr):
    """A rise below 0.00001 is rounding and does not count. … The plain loop has no rise at any of
    the three rates.
    """
    assert rises(descend(300, lr=lr)[1]) == []


def test_the_picture_shows_three_loops_whose_loss_rises():
    """Three panels, each with two loss curves over 80 epochs. In each, the dashed one of the plain
    loop only falls. With momentum, the loss waves a few times and becomes smooth. With batches of
    5, it trembles close to the bottom. Without zero_grad(), it swings up and down and does not
    settle. … Three loops whose loss rises, and the plain loop at the same rates.
    """
    late = {}
    panels = figure("deeper/zigzag.md", "rising").axes
    for ax, (name, settings) in zip(panels, LOOPS.items(), strict=True):
        loop, plain = ax.lines
        assert (loop.get_label(), plain.get_label()) == (name, "plain")
        assert (loop.get_linestyle(), plain.get_linestyle()) == ("-", "--")
        assert len(loop.get_ydata()) == len(plain.get_ydata()) == 80
        assert rises(loop.get_ydata())
        assert rises(plain.get_ydata()) == []
        np.testing.assert_allclose(plain.get_ydata(), descend(80, lr=settings["lr"])[1], rtol=1e-4)
        late[name] = np.ptp(loop.get_ydata()[60:])
    assert late["momentum 0.9"] < 0.1
    assert late["batches of 5"] < 0.5
    assert late["no zero_grad()"] > 1.5


@pytest.mark.parametrize("line", [(0.229, -0.238), (50, -30), (-8, 900)])
def test_the_loss_is_the_smallest_and_a_part_for_each_direction_that_shrinks(line):
    r"""In each, the derivative is the curvature times the distance. That is the derivative of
    half the curvature times the distance squared, which is the loss above the smallest. The
    loss is the sum of the two parts and the smallest: … A plain step multiplies each distance
    by $1 - \eta\lambda$. Below the limit, the size of this factor is below 1. So each distance
    shrinks, even where the step jumps to the other side, as it does here at a rate of 0.02.
    """
    curvatures, directions = np.linalg.eigh(hessian(x))
    distances = (np.array(line) - (FIT.w, FIT.b)) @ directions
    parts = curvatures / 2 * distances**2
    errors = line[0] * x + line[1] - y
    gradient = np.array([np.mean(2 * errors * x), np.mean(2 * errors)])
    assert gradient @ directions == pytest.approx(curvatures * distances)
    assert FIT.loss + parts.sum() == pytest.approx(np.mean((line[0] * x + line[1] - y) ** 2))
    for share in (0.01, 0.5, 0.99):
        assert (np.abs(1 - share * largest_stable_lr(x) * curvatures) < 1).all()
    model = make_model().double()
    model.weight.data.fill_(line[0])
    model.bias.data.fill_(line[1])
    train(model, X.double(), Y.double(), epochs=1, lr=0.02)
    then = (np.array(coefficients(model)) - (FIT.w, FIT.b)) @ directions
    assert then == pytest.approx((1 - 0.02 * curvatures) * distances, rel=1e-3)
    assert then[1] * distances[1] < 0
    assert (np.abs(then) < np.abs(distances)).all()


@pytest.mark.parametrize("momentum", [0.5, 0.9])
def test_the_step_is_a_part_of_the_last_step_plus_the_usual_step(momentum):
    """With momentum, the step is 0.9 of the last step, plus the usual step against the
    gradient.
    """
    model = make_model().double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001, momentum=momentum)
    last = 0
    for _ in range(5):
        before = np.array(coefficients(model))
        optimizer.zero_grad()
        nn.MSELoss()(model(X.double()), Y.double()).backward()
        usual = -0.001 * np.array([p.grad.item() for p in model.parameters()])
        optimizer.step()
        step = coefficients(model) - before
        assert step == pytest.approx(momentum * last + usual)
        last = step


def test_momentum_at_a_tenth_of_the_rate_is_equally_fast_on_the_floor():
    """Where the gradient hardly changes, the two loops are about equally fast. … Each swing is
    smaller than the one before
    """
    waves, plain = descend(400, **LOOPS["momentum 0.9"])[1], descend(400)[1]
    arrivals = [sum(loss > FIT.loss + 0.001 for loss in losses) for losses in (waves, plain)]
    assert arrivals[0] == pytest.approx(arrivals[1], rel=0.1)
    peaks = [waves[k] for k in range(1, 60) if waves[k - 1] < waves[k] > waves[k + 1]]
    assert len(peaks) >= 3
    assert (np.diff(peaks) < 0).all()


def test_without_zero_grad_the_loop_is_one_with_a_momentum_of_1():
    """Without `zero_grad()`, nothing is lost. Each step is the whole last step, plus the usual
    one. That is a momentum of 1, a ball without friction, and it swings for ever.
    """
    _, missing = descend(1000, clear=False)
    _, momentum = descend(1000, momentum=1.0)
    np.testing.assert_allclose(missing[:100], momentum[:100], rtol=1e-3)
    tops = [max(momentum[k : k + 100]) for k in range(0, 1000, 100)]
    assert min(tops) > 3


@pytest.mark.parametrize("start", [0, 5, 10, 15])
def test_each_batch_pulls_the_best_line_away(start):
    """At the bottom, the gradient of all 20 points is 0. That of 5 of them is not"""
    pull = 2 * (FIT.w * x + FIT.b - y) * x
    assert pull.mean() == pytest.approx(0, abs=1e-9)
    assert abs(pull[start : start + 5].mean()) > 0.1


def test_a_smaller_rate_trembles_less():
    """A smaller rate makes it tremble less."""
    wide, narrow = (np.ptp(descend(1500, lr=lr, batch=5)[1][-100:]) for lr in (0.005, 0.001))
    assert narrow < 0.1 * wide


def test_no_five_points_make_the_line_diverge_at_0_005():
    """Five points may also have a steeper bowl than all 20. The steepest has the limit 0.0077. The
    rate of 0.005 is below it, so no batch makes the line diverge.
    """
    groups = np.array(list(itertools.combinations(x, 5)))
    a, c = 2 * np.mean(groups**2, axis=1), 2 * groups.mean(axis=1)
    # The larger eigenvalue of each Hessian [[a, c], [c, 2]].
    limits = 2 / ((a + 2) / 2 + np.sqrt(((a - 2) / 2) ** 2 + c**2))
    assert limits.min() == pytest.approx(0.0077, abs=5e-5)
    assert limits.min() < largest_stable_lr(x)


def test_the_losses_of_the_batches_go_up_and_down_though_the_line_stays():
    """the line is the best one and stays. Still the losses of the batches go up and down."""
    errors = (FIT.w * x + FIT.b - y) ** 2
    torch.manual_seed(0)
    losses = [errors[rows.numpy()].mean() for rows in torch.randperm(20).split(5)]
    assert np.ptp(losses) > 0.2
    assert np.mean(losses) == pytest.approx(FIT.loss)


def test_the_order_of_the_rows_does_not_matter_to_a_batch_of_all():
    """The gradient is a mean over all rows, and their order does not matter."""
    grads = []
    for rows in [torch.arange(20), torch.randperm(20)]:
        model = make_model().double()
        nn.MSELoss()(model(X.double()[rows]), Y.double()[rows]).backward()
        grads.append(model.weight.grad.item())
    assert grads[0] == pytest.approx(grads[1])


def gradients(model, times=1):
    """Give the gradient by w and by b, of so many times the loss, and keep it for a step."""
    model.zero_grad()
    (times * nn.MSELoss()(model(X.double()), Y.double())).backward()
    return [p.grad.item() for p in model.parameters()]


@pytest.mark.parametrize("lr", [0.001, 0.01, 0.1])
def test_adam_divides_a_running_mean_by_the_root_of_that_of_the_squares(lr):
    """It keeps two **running means**, in which old values count less and less: one of the
    gradient, where momentum keeps a sum, and one of its square. The step is the learning rate
    times the first, divided by the root of the second. So the size of the gradient cancels, and
    no step is much longer than the learning rate.
    """
    model = make_model().double()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    past = []
    for epoch in range(300):
        before = np.array(coefficients(model))
        past.append(gradients(model))
        optimizer.step()
        grads, age = np.array(past), np.arange(epoch, -1, -1)
        first = np.average(grads, axis=0, weights=0.9**age)
        second = np.average(grads**2, axis=0, weights=0.999**age)
        step = coefficients(model) - before
        assert step == pytest.approx(-lr * first / np.sqrt(second), rel=1e-4)
        assert (np.abs(step) < 1.2 * lr).all()


def test_adams_steps_stay_the_same_with_the_sum_where_the_plain_loop_diverges():
    """the size of the gradients does not matter. Take the sum of the squared errors as the loss,
    not their mean. The plain loop at 0.01 diverges. Adam's steps stay the same.
    """
    lines = []
    for times in (1, 20):
        model = make_model().double()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(300):
            gradients(model, times)
            optimizer.step()
            lines.append(coefficients(model))
    np.testing.assert_allclose(lines[:300], lines[300:], rtol=1e-5)
    assert descend(20, loss_fn=nn.MSELoss(reduction="sum"))[1][-1] > 1e6


def test_all_six_go_to_the_same_line():
    """All six go to the same line. … At 0.001, PyTorch's default, Adam's steps are short for
    how far $b$ has to go, and it needs the most epochs. At 0.01 it is about as fast as the plain
    loop at 0.02. … at 0.1 it overshoots.
    """
    default = torch.optim.Adam(make_model().parameters()).defaults["lr"]
    assert default == 0.001
    assert abs(FIT.b - coefficients(make_model())[1]) > 600 * default
    adam, sgd = torch.optim.Adam, torch.optim.SGD
    loops = [(sgd, 0.01), (sgd, 0.02), (sgd, 0.001), (adam, default), (adam, 0.01), (adam, 0.1)]
    epochs = {}
    for kind, lr in loops:
        model = make_model().double()
        momentum = {"momentum": 0.9} if (kind, lr) == (sgd, 0.001) else {}
        optimizer = kind(model.parameters(), lr=lr, **momentum)
        way = []
        for _ in range(2200 if (kind, lr) == (adam, default) else 700):
            gradients(model)
            optimizer.step()
            way.append(coefficients(model))
        assert way[-1] == pytest.approx((FIT.w, FIT.b), abs=0.001)
        epochs[kind, lr] = np.argmax(np.abs(np.array(way) - (FIT.w, FIT.b)).max(axis=1) <= 0.01)
    assert max(w for w, _ in way) > FIT.w + 0.02
    assert max(epochs, key=epochs.get) == (adam, default)
    assert epochs[adam, 0.01] == pytest.approx(epochs[sgd, 0.02], rel=0.1)


def test_adam_waves_settles_and_rises_again_thousands_of_epochs_later():
    """The loss waves, as with momentum, and settles. Thousands of epochs later, it rises again.
    By then the mean of the squares has forgotten the large gradients of the start. Steps are
    divided by less and less, until they jump over the bottom ever farther.
    """
    model = make_model()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    losses, steepest = [], {}
    for epoch in range(8000):
        optimizer.zero_grad()
        loss = nn.MSELoss()(model(X), Y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        squares = [optimizer.state[p]["exp_avg_sq"].item() for p in model.parameters()]
        scale = np.array(squares) ** -0.25
        steepest[epoch] = 0.1 * np.linalg.eigvalsh(scale[:, None] * hessian(x) * scale)[1]
        if epoch > 200 and losses[-1] > losses[-2] + 0.0001:
            break
    up = rises(losses, 1e-5)
    assert len([k for k in up if k < 200]) > 20
    assert not [k for k in up if 200 <= k < 1500]
    assert 1500 < epoch < 7999
    # A running mean of 0.9 converges below the momentum's limit, times 1 / (1 - 0.9).
    assert steepest[200] < 2 * (1 + 0.9) / (1 - 0.9) < steepest[epoch]


def test_ten_times_the_x_makes_all_but_adam_diverge():
    """Only Adam does. The larger x make the bowl steeper, so that the limit is lower and the other
    two diverge. Adam needs more epochs than before, but no other rate.
    """
    assert largest_stable_lr(10 * x) < 0.01 < largest_stable_lr(x)
    for momentum in (0, 0.9):
        losses = descend(20, rows=(10 * X, Y), momentum=momentum)[1]
        assert losses[-1] > 1e6 * losses[0]
    fit = least_squares(10 * x, y)
    model = make_model().double()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(1500):
        if epoch == 500:
            assert coefficients(model) != pytest.approx((fit.w, fit.b), abs=0.001)
        optimizer.zero_grad()
        nn.MSELoss()(model(10 * X.double()), Y.double()).backward()
        optimizer.step()
    assert coefficients(model) == pytest.approx((fit.w, fit.b), abs=0.001)
