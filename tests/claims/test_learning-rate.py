"""The claims of docs/deeper/learning-rate.md."""

import numpy as np
import pytest
import torch

from linreg import coefficients, hessian, largest_stable_lr, least_squares, make_model, train
from tests.claims.reference_run import FIT, X, Y, descend, rises, x, y
from tests.claims.runs import drawn, variables

CENTRED = x - x.mean()


@pytest.mark.parametrize("line", [(0, 0), (50, -30), (-8, 900)])
def test_pytorch_finds_the_same_table_on_any_line(line):
    r"""$$H = \begin{pmatrix} \frac{\partial^2 L}{\partial w^2} & \frac{\partial^2 L}{\partial
    w\,\partial b} \\ \frac{\partial^2 L}{\partial b\,\partial w} & \frac{\partial^2 L}{\partial
    b^2} \end{pmatrix}$$ … only $2x^2$ is left. By $b$, it is $2x$. So $y$, $w$ and $b$ are
    gone, and `hessian(x)` needs only $x$. PyTorch finds the same table on any line
    """
    inputs = torch.tensor(x)
    for targets in [torch.tensor(y), torch.zeros(20).double()]:
        table = torch.autograd.functional.hessian(
            lambda w, b, targets=targets: ((w * inputs + b - targets) ** 2).mean(),
            tuple(torch.tensor(v).double() for v in line),
        )
        np.testing.assert_allclose(np.array(table, dtype=float), hessian(x), rtol=1e-9)
    assert hessian(x) == pytest.approx(
        np.array([[np.mean(2 * x**2), np.mean(2 * x)], [np.mean(2 * x), 2]])
    )


def test_between_the_two_directions_the_bowl_curves_more_and_less():
    """It curves most in one direction, and least in the direction across. These two curvatures
    are the **eigenvalues** of the Hessian, and the directions are its **eigenvectors**. … Both
    eigenvalues are above zero, so the bowl curves upwards in every direction.
    """
    angles = np.linspace(0, np.pi, 10_001)
    ways = np.stack([np.cos(angles), np.sin(angles)])
    along = np.sum(ways * (hessian(x) @ ways), axis=0)
    curvatures, directions = np.linalg.eigh(hessian(x))
    assert (along.min(), along.max()) == pytest.approx(tuple(curvatures), rel=1e-4)
    assert (along > 0).all()
    assert directions[:, 0] @ directions[:, 1] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("lr", "share"), [(0.005, 0), (0.01, 0), (0.0208, 0), (0.022, 1)])
def test_each_step_multiplies_the_distance_by_1_minus_lr_times_curvature(lr, share):
    r"""Along each of them, a step multiplies the distance to the bottom by $1 - \eta\lambda$, with
    the curvature $\lambda$ of that direction … The steep direction sets the limit: its factor is
    the first to fall below minus one.
    """
    curvatures, directions = np.linalg.eigh(hessian(x))
    model = make_model().double()
    before = (np.array(coefficients(model)) - (FIT.w, FIT.b)) @ directions
    descend(1, model, rows=(X.double(), Y.double()), lr=lr)
    after = (np.array(coefficients(model)) - (FIT.w, FIT.b)) @ directions
    np.testing.assert_allclose(after / before, 1 - lr * curvatures, rtol=1e-3)
    assert (after / before < -1).tolist() == [False, share == 1]
    assert largest_stable_lr(x) == pytest.approx(2 / curvatures.max())


@pytest.mark.parametrize("factor", [1.01, 1.1])
def test_above_the_limit_the_loss_rises_for_ever_once_it_has_risen(factor):
    """Above the limit, once the loss has risen, it rises for ever."""
    up = rises(descend(200, lr=factor * largest_stable_lr(x))[1])
    assert up == list(range(up[0], 199))


def test_the_best_rate_gives_both_factors_the_same_size():
    r"""The best rate gives both factors the same size. It is $2/(\lambda_{\min} +
    \lambda_{\max})$, here 0.0207: [close to the limit](slow-bias.md#each-at-its-best-rate).
    """
    curvatures = np.linalg.eigvalsh(hessian(x))
    best = 2 / curvatures.sum()
    flat, steep = 1 - best * curvatures
    assert flat == pytest.approx(-steep)
    assert best == pytest.approx(0.0207, abs=5e-5)
    for rate in np.linspace(0.001, 0.03):
        assert np.abs(1 - rate * curvatures).max() >= flat
    assert 0.98 < best / largest_stable_lr(x) < 1


def test_below_the_limit_the_loss_falls_and_above_it_rises_for_ever():
    """Four runs start from $w = b = 0$, each at a part of the limit … Four curves over 60 epochs,
    the loss on a scale of powers of ten. Three fall: the larger their part of the limit, the
    lower they end. The fourth, at 1.05 of the limit, rises on a straight line. … The loss at four
    parts of the limit. … Below the limit, the loss falls. The run at 0.9 of it first swings in
    the steep direction, and is still the lowest in the end. At 1.05, a little above the limit,
    the loss rises for ever.
    """
    curvatures, directions = np.linalg.eigh(hessian(x))
    start = -np.array(list(FIT)) @ directions
    ends = []
    curves = drawn("deeper/learning-rate.md", "runs")
    for part, (label, curve) in zip([0.1, 0.5, 0.9, 1.05], curves.items(), strict=True):
        assert label == f"{part} of the limit"
        factors = 1 - part * largest_stable_lr(x) * curvatures
        gaps = start * factors ** np.arange(60)[:, None]
        np.testing.assert_allclose(curve[:, 1], gaps**2 @ curvatures / 2, rtol=1e-6)
        assert (np.diff(curve[:, 1]) < 0).all() == (part < 1)
        ends.append(curve[-1, 1])
    assert ends[0] > ends[1] > ends[2]
    assert factors[1] < -1
    np.testing.assert_allclose(np.diff(np.log(curve[20:, 1])), 2 * np.log(-factors[1]), rtol=0.01)
    steep = 1 - 0.9 * largest_stable_lr(x) * curvatures[1]
    assert -1 < steep < -0.5


def test_bisection_finds_the_limit():
    """So you can find the limit by trying. Bisection halves an interval again and again, and keeps
    the half that holds the limit. It needs no second derivative, but 20 runs
    """
    left = variables("deeper/learning-rate.md", "def converges")
    assert left["high"] - left["low"] == pytest.approx(2**-20)
    assert left["low"] == pytest.approx(largest_stable_lr(x), rel=2e-3)


def test_the_steep_direction_swings_and_the_flat_one_creeps():
    """Two paths over thirty steps. One swings above and below zero, ever less. The other falls
    slowly and stays above zero. … With a rate of 0.02, the steep direction swings, the flat one
    creeps.
    """
    curves = drawn("deeper/learning-rate.md", "directions")
    flat, steep = curves["flat direction"][:, 1], curves["steep direction"][:, 1]
    assert len(flat) == len(steep) == 31
    np.testing.assert_allclose(flat[1:] / flat[:-1], 1 - 0.02 * 1.054, rtol=1e-3)
    np.testing.assert_allclose(steep[1:] / steep[:-1], 1 - 0.02 * 95.713, rtol=1e-3)
    assert (flat > 0.5).all()
    assert (steep[1:] * steep[:-1] < 0).all()


def test_x_times_10_lowers_the_limit_to_a_hundredth_and_centring_raises_it():
    """If each $x$ is ten times as large, that mean is a hundred times as large, and the limit
    falls to about a hundredth. … Centring makes the mean of $x^2$ smaller: it lets the limit
    grow and the ratio shrink.
    """
    assert np.mean(CENTRED**2) < np.mean(x**2)
    assert largest_stable_lr(10 * x) == pytest.approx(largest_stable_lr(x) / 100, rel=0.02)
    assert largest_stable_lr(CENTRED) > 1.5 * largest_stable_lr(x)
    assert np.linalg.cond(hessian(CENTRED)) < np.linalg.cond(hessian(x)) / 3


def test_after_standardising_one_step_with_0_5_goes_to_the_bottom():
    r"""After standardising, both curvatures are 2: the bowl is round, and every direction is as
    steep as any other. … Both curvatures are 2, so the factor $1 - \eta\lambda$ is 0 in every
    direction: one step goes all the way to the bottom.
    """
    scaled = CENTRED / CENTRED.std()
    np.testing.assert_allclose(hessian(scaled), 2 * np.eye(2), atol=1e-9)
    model = make_model().double()
    train(model, torch.tensor(scaled)[:, None], Y.double(), epochs=1, lr=0.5)
    assert coefficients(model) == pytest.approx(tuple(least_squares(scaled, y)), abs=1e-5)


def test_train_refuses_the_learning_rate_of_another_unit():
    """A learning rate that works in metres may fail in centimetres, since $x$ is then a hundred
    times as large. The function `train` refuses it.
    """
    train(make_model(), X, Y, epochs=1, lr=0.01)
    with pytest.raises(ValueError, match="needs to lie"):
        train(make_model(), 100 * X, Y, epochs=1, lr=0.01)
    _, losses = descend(10, rows=(100 * X, Y), lr=0.01)
    assert losses[-1] > losses[0]


def test_the_limit_stays_if_y_is_ten_times_as_large():
    """It stays. The second derivatives hold no $y$ … The loss is larger, but the bowl curves
    the same.
    """
    limit = largest_stable_lr(x)
    for factor, larger in [(0.99, False), (1.01, True)]:
        _, losses = descend(300, rows=(X, 10 * Y), lr=factor * limit)
        assert (losses[-1] > losses[0]) == larger
    assert losses[0] > descend(1)[1][0]


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
