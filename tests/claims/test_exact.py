"""The claims of docs/deeper/exact.md."""

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.linear_model import LinearRegression
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from linreg import coefficients, hessian, least_squares, make_data, make_model, train
from tests.claims.reference_run import FIT, LR, X, Y, x, y
from tests.claims.runs import drawn, figure

FAR = 1_000_000_000


def solve(*columns, y=y):
    """Solve the normal equations; give inf where they are singular."""
    table = np.stack(columns, axis=1)
    try:
        return np.linalg.solve(table.T @ table, table.T @ y)
    except np.linalg.LinAlgError:
        return np.full(len(columns), np.inf)


def loss(w, b, x=x, y=y):
    """Give the mean squared error of a line."""
    return np.mean((w * x + b - y) ** 2)


def test_where_the_normal_equations_hold_both_derivatives_are_zero():
    r"""At the bottom of the bowl, both derivatives of the loss are zero. These are two
    equations for $w$ and $b$ … $$\begin{aligned} w \sum x_i^2 + b \sum x_i &= \sum x_i y_i \\ w
    \sum x_i + b\, n &= \sum y_i \end{aligned}$$ … A mean is zero where its sum is, and the
    factor before it changes nothing … $$\sum (wx_i + b - y_i)\,x_i = 0, \qquad \sum (wx_i + b -
    y_i) = 0$$
    """
    line = torch.tensor(solve(x, np.ones(20)), requires_grad=True)
    ((line[0] * torch.tensor(x) + line[1] - torch.tensor(y)) ** 2).mean().backward()
    assert line.grad.numpy() == pytest.approx([0, 0], abs=1e-9)
    w, b = line.detach().numpy()
    assert w * np.sum(x**2) + b * np.sum(x) == pytest.approx(np.sum(x * y))
    assert w * np.sum(x) + b * 20 == pytest.approx(np.sum(y))
    assert loss(w, b) < min(loss(w + 0.01, b), loss(w - 0.01, b), loss(w, b + 0.01))


def test_the_table_holds_the_four_sums():
    """`X.T` swaps rows and columns, and `@` multiplies each row by each column and sums. So
    `X.T @ X` is the table of the four sums on the left, and `X.T @ y` holds the two on the right
    """
    columns = np.stack([x, np.ones(20)], axis=1)
    sums = [[np.sum(x**2), np.sum(x)], [np.sum(x), 20]]
    np.testing.assert_allclose(columns.T @ columns, sums)
    np.testing.assert_allclose(columns.T @ y, [np.sum(x * y), np.sum(y)])


@pytest.mark.parametrize("seed", [38, 0, 1, 2])
def test_all_ways_give_one_line(seed):
    """All of them give one line. … Training has the same line too, to fewer digits"""
    x, y = make_data(seed=seed)
    line = solve(x, np.ones(20), y=y)
    assert list(least_squares(x, y)) == pytest.approx(line, abs=1e-8)
    assert np.linalg.lstsq(np.stack([x, np.ones(20)], axis=1), y)[0] == pytest.approx(
        line, abs=1e-8
    )
    assert np.polyfit(x, y, 1) == pytest.approx(line, abs=1e-8)
    assert stats.linregress(x, y)[:2] == pytest.approx(line, abs=1e-8)
    model = LinearRegression().fit(x[:, None], y)
    assert [*model.coef_, model.intercept_] == pytest.approx(line, abs=1e-8)
    if seed == 38:
        model = make_model()
        train(model, X, Y)
        assert coefficients(model) == pytest.approx(line, abs=1e-3)
        assert coefficients(model) != pytest.approx(line, abs=1e-8)


def test_the_picture_shows_steps_and_one_jump():
    """A narrow tilted valley of equal-loss rings around a star. A path of dots jumps into the
    valley from its left and creeps down its floor to the star. A straight line leads from the
    first dot to the star at once. … 300 steps from w = b = 0, every tenth
    drawn, and the one jump of solve.
    """
    shown = drawn("deeper/exact.md", "jump")
    best = np.array([FIT.w, FIT.b])
    np.testing.assert_allclose(shown["least squares"], [best], atol=1e-8)
    np.testing.assert_allclose(shown["solve"], [[0, 0], best], atol=1e-8)
    path = shown["steps"]
    line, steps = np.zeros(2), [np.zeros(2)]
    for _ in range(300):
        line = line - LR * hessian(x) @ (line - best)
        steps.append(line)
    np.testing.assert_allclose(path, [steps[0], *steps[1::10]], atol=1e-6)
    lengths = np.hypot(*np.diff(path, axis=0).T)
    assert lengths[0] > 3 * lengths[1:].max()
    assert (np.diff(path[1:, 1]) < 0).all()
    assert (path[:, 0] < FIT.w).all()
    assert path[-1] == pytest.approx(best, abs=0.05)
    (ax,) = figure("deeper/exact.md", "jump").axes
    assert ax.get_aspect() == 1
    curvatures, directions = np.linalg.eigh(hessian(x))
    assert curvatures[1] > 50 * curvatures[0]
    assert directions[0, 0] * directions[1, 0] < 0


def test_with_equal_x_all_lines_through_the_mean_point_share_the_smallest_loss():
    """All lines through their mean point, here $x = 2$ and $y = 3$, share the smallest loss. The
    first equation is a multiple of the second, and `solve` refuses here. Where $x$ is a rounded
    decimal, it may give one of these lines as if there were no other … it gives one of these
    lines, the one with the smallest $w^2 + b^2$. But it tells the **rank**, which counts the
    equations that say something new. A line needs a rank of 2.
    """
    x, y = np.full(4, 2), np.array([1, 2, 4, 5])
    lines = [(w, 3 - 2 * w) for w in np.linspace(-5, 5, 101)]
    losses = [loss(w, b, x, y) for w, b in lines]
    assert losses == pytest.approx([np.var(y)] * 101)
    assert all(loss(w, b + off, x, y) > np.var(y) for w, b in lines for off in (-0.1, 0.1))
    columns = np.stack([x, np.ones(4)], axis=1)
    table, right = columns.T @ columns, columns.T @ y
    np.testing.assert_allclose([*table[0], right[0]], 2 * np.array([*table[1], right[1]]))
    with pytest.raises(np.linalg.LinAlgError, match="Singular"):
        np.linalg.solve(table, right)
    decimals = [np.full(4, k / 10) for k in range(1, 100)]
    solved = [(*solve(same, np.ones(4), y=y), same) for same in decimals]
    losses = [loss(w, b, same, y) for w, b, same in solved if np.isfinite(w)]
    assert losses == pytest.approx([np.var(y)] * len(losses))
    assert 0 < len(losses) < len(decimals)
    with pytest.raises(ValueError, match="2 different x"):
        least_squares(x, y)
    line, _, rank, _ = np.linalg.lstsq(columns, y)
    assert rank == 1
    assert loss(*line, x, y) == pytest.approx(np.var(y))
    assert line @ line <= min(w**2 + b**2 for w, b in lines) + 1e-9
    assert np.linalg.matrix_rank(np.stack([[2, 3], np.ones(2)], axis=1)) == 2


def gradient_of(model, values):
    vector_to_parameters(values, model.parameters())
    parts = torch.autograd.grad(nn.MSELoss()(model(X.double()), Y.double()), model.parameters())
    return parameters_to_vector(parts)


@pytest.mark.parametrize("seed", range(5))
def test_halfway_the_gradient_of_a_line_is_the_mean_and_that_of_the_network_is_not(seed):
    """So halfway between two lines, the gradient is the mean of the two gradients. For the
    [network](../tutorial/conclusion.md#what-carries-over) of the conclusion it is not … So the
    network's equations are not of the kind that `solve` solves.
    """
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Linear(8, 1))
    for model, straight in [(nn.Linear(1, 1), True), (network, False)]:
        model = model.double()
        count = sum(p.numel() for p in model.parameters())
        start, end = torch.randn(2, count, dtype=torch.float64)
        mean = (gradient_of(model, start) + gradient_of(model, end)) / 2
        halfway = gradient_of(model, (start + end) / 2)
        assert torch.allclose(halfway, mean, rtol=1e-6, atol=1e-6) == straight
        if not straight:
            assert (halfway - mean).abs().max() > 0.1


@pytest.mark.parametrize("k", [1, 2, 7])
def test_k_parameters_have_a_table_of_k_squared_numbers(k):
    """A model with $k$ parameters has a table of $k^2$ numbers. The gradient has $k$ numbers."""
    columns = np.random.default_rng(0).normal(size=(50, k))
    assert (columns.T @ columns).size == k**2
    assert (columns.T @ (columns @ np.zeros(k) - 1)).size == k


def test_the_table_of_many_points_is_summed_in_parts():
    """Add up the tables of the parts. The table of a line has four sums, however many points there
    are, and a sum can be taken in parts.
    """
    x, y = make_data(n=3000)
    columns = np.stack([x, np.ones(3000)], axis=1)
    table = sum(part.T @ part for part in np.split(columns, 3))
    right = sum(p.T @ q for p, q in zip(np.split(columns, 3), np.split(y, 3), strict=True))
    assert table.size == 4
    assert np.linalg.solve(table, right) == pytest.approx(list(least_squares(x, y)))


def test_without_ones_the_line_is_forced_through_the_origin():
    """Without the ones, there is no $b$. The line is forced through the origin"""
    (w,) = solve(x)
    assert w == pytest.approx(np.sum(x * y) / np.sum(x**2))
    assert loss(w, 0) < min(loss(w + 0.01, 0), loss(w - 0.01, 0))
    assert loss(w, 0) > FIT.loss + 0.4


def test_the_sum_of_squares_is_that_of_the_mean_plus_the_spread():
    """The sum of $x^2$ is $n$ times the square of the mean, plus the spread of the $x$ around it.
    That spread is now too small for `float64`
    """
    spread = np.sum((x - x.mean()) ** 2)
    assert np.sum(x**2) == pytest.approx(20 * x.mean() ** 2 + spread)
    assert spread < np.spacing(np.sum((x + FAR) ** 2)) / 4


@pytest.mark.parametrize("far", [FAR, 3 * FAR, 10 * FAR])
def test_far_from_zero_solve_is_wrong_and_centring_brings_the_digits_back(far):
    """brings the digits back. The function `least_squares` centres by itself."""
    times = x + far
    assert abs(solve(times, np.ones(20))[0] - FIT.w) > 0.01
    assert solve(times - times.mean(), np.ones(20))[0] == pytest.approx(FIT.w, abs=1e-5)
    assert least_squares(times, y).w == pytest.approx(FIT.w, abs=1e-5)


def test_a_parabola_is_solved_with_one_more_column():
    """Can `solve` fit a parabola, $y = ax^2 + wx + b$? … The curve bends, but the unknowns $a$,
    $w$ and $b$ are still only multiplied by known numbers, and added.
    """
    noisy = y + x**2
    parts = solve(x**2, x, np.ones(20), y=noisy)
    assert parts == pytest.approx(np.polyfit(x, noisy, 2), abs=1e-8)
