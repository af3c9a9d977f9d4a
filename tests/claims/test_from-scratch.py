"""The claims of docs/deeper/from-scratch.md."""

import numpy as np
import pytest
import torch
from torch import nn

from linreg import coefficients, make_model
from tests.claims.reference_run import FIT, LR, X, Y, descend, rises, x, y
from tests.claims.runs import figure, program

PAGE = "deeper/from-scratch.md"
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


def test_the_gradients_by_hand_are_those_of_torch_in_each_epoch():
    """The formulas of step 3 are enough for the whole training loop."""
    model, inputs, targets = make_model().double(), torch.tensor(x), torch.tensor(y)
    for _ in range(1000):
        model.zero_grad()
        nn.MSELoss()(model(inputs[:, None]), targets[:, None]).backward()
        w, b = coefficients(model)
        errors = w * x + b - y
        by_hand = [np.mean(2 * errors * x), np.mean(2 * errors)]
        by_torch = [parameter.grad.item() for parameter in model.parameters()]
        np.testing.assert_allclose(by_hand, by_torch, rtol=0, atol=1e-5)
        with torch.no_grad():
            for parameter, step in zip(model.parameters(), by_torch, strict=True):
                parameter -= LR * step


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


def own_value(right="", wrong=""):
    """Give the class that the page builds, as its program has it or with something wrong."""
    code = program(PAGE, "for epoch in range(1000)").code
    code = code[code.index("class Value") : code.index("model = ")]
    assert right in code
    names = {}
    exec(code.replace(right or code, wrong or code), names)
    return names["Value"]


Value = own_value()


def both(compute, numbers):
    """Compute with the page's class and with PyTorch; give both results and both gradients."""
    ours, theirs = [], []
    for kind, given in [(Value, ours), (torch.tensor, theirs)]:
        leaves = [kind(float(number)) for number in numbers]
        if kind is torch.tensor:
            leaves = [leaf.double().requires_grad_() for leaf in leaves]
        result = compute(*leaves)
        result.backward()
        given += [float(result.data), *(float(leaf.grad) for leaf in leaves)]
    return ours, theirs


@pytest.mark.parametrize(
    "compute",
    [
        lambda w, x, b, y: (w * x + b - y) ** 2,
        lambda w, x, b, y: (w * x + b - y) ** 2 + (w * y + b - x) ** 2,
        lambda w, x, b, y: w * w * w * x - y**3 * b + (w + b) * (w - b),
        lambda w, x, b, y: ((w * x) ** 2 + w) * ((w * x) ** 2 - b * y),
    ],
)
@pytest.mark.parametrize("numbers", [(2, 3, 1, 5), (-1.5, 0.25, 4, -2)])
def test_the_class_gives_the_gradients_of_pytorch(compute, numbers):
    """The operators `+`, `-`, `*` and `**` write down the sources while they compute.
    `backward()` does the rest … the changes add up. So the gradients add as well.
    """
    ours, theirs = both(compute, numbers)
    assert ours == pytest.approx(theirs, rel=1e-9)


def test_a_gradient_is_the_sum_over_the_values_that_are_computed_directly():
    r"""Each of these changes the loss by $\frac{\partial L}{\partial u_j}$ times as much:
    $$\frac{\partial L}{\partial v} = \sum_{j=1}^{k} \frac{\partial L}{\partial
    u_j}\,\frac{\partial u_j}{\partial v}$$
    """
    v = torch.tensor(3.0, requires_grad=True)
    u = [2 * v, v**2, v.exp()]
    local = [torch.autograd.grad(one, v, retain_graph=True)[0] for one in u]
    loss = u[0] * u[1] - u[2] ** 2
    above = torch.autograd.grad(loss, u, retain_graph=True)
    (whole,) = torch.autograd.grad(loss, v)
    assert whole == pytest.approx(sum(a * b for a, b in zip(above, local, strict=True)))


def test_the_class_trains_the_line_of_pytorch():
    """The gradients are those of [step 3](../tutorial/loss.md#walking-downhill), and the line is
    PyTorch's.
    """
    w, b, losses = W, B, []
    model, by_torch = descend(100)
    for _ in by_torch:
        w, b, total = Value(float(w)), Value(float(b)), Value(0)
        for x_i, y_i in zip(x.tolist(), y.tolist(), strict=True):
            total = total + (w * Value(x_i) + b - Value(y_i)) ** 2
        loss = total * Value(1 / 20)
        loss.backward()
        losses.append(loss.data)
        if len(losses) == 1:
            assert (w.grad, b.grad) == pytest.approx((slope(), -0.987), abs=1e-3)
        w, b = w.data - LR * w.grad, b.data - LR * b.grad
    np.testing.assert_allclose(losses, by_torch, rtol=0, atol=1e-5)
    np.testing.assert_allclose([w, b], coefficients(model), rtol=0, atol=1e-5)


def test_a_value_stands_after_all_of_its_sources():
    """`list_into` puts every value into a list, after all of its sources. … `backward()` walks
    through it from the end, so a gradient is complete before it is passed on. The gradient of the
    loss itself is 1.
    """
    w, b = Value(2), Value(3)
    shared = w * b
    loss = (shared + w) * (shared - b) + shared**2
    order = []
    loss.list_into(order)
    assert len(order) == len(set(order)) == 8
    for place, value in enumerate(order):
        assert all(order.index(source) < place for source, _ in value.sources)
    loss.backward()
    assert loss.grad == 1


def test_the_picture_is_the_graph_of_one_point():
    r"""with $w = 2$, $x = 3$, $b = 1$ and $y = 5$ … Each arrow bears a local derivative. … So the
    square grows $3 \times 1 \times 1 \times 4 = 12$ times as fast as $w$. … The gradient of the
    error, 4, is computed once, and every box above it uses it. … Eight boxes joined by arrows that
    lead downwards. … Each box tells its value and its gradient. … Parameters have thick boxes,
    data dashed ones.
    """
    drawing = figure(PAGE, "graph")
    boxes = {t.get_text().split("\n")[0]: t for t in drawing.texts if t.get_bbox_patch()}
    w, x_1, b, y_1 = (torch.tensor(v, requires_grad=True) for v in (2.0, 3.0, 1.0, 5.0))
    product = w * x_1
    line = product + b
    error = line - y_1
    square = error**2
    names = ["w", "x", "b", "y", "w * x", "w * x + b", "error", "square"]
    values = [w, x_1, b, y_1, product, line, error, square]
    for value in values:
        value.retain_grad()
    square.backward()
    assert set(boxes) == set(names)
    for name, value in zip(names, values, strict=True):
        said = f"{name}\nvalue {value.item():.0f}\ngradient {value.grad.item():.0f}"
        assert boxes[name].get_text() == said
        frame = boxes[name].get_bbox_patch()
        assert (frame.get_linewidth() > 1.5) == (name in ("w", "b"))
        assert (frame.get_linestyle() == "--") == (name in ("x", "y"))
    times = [t.get_text() for t in drawing.texts if not t.get_bbox_patch()]
    assert sorted(times) == ["times -1", *["times 1"] * 3, "times 2", "times 3", "times 4"]
    assert w.grad == 12 == 3 * error.grad
    arrows = [a._posA_posB for a in drawing.artists]
    assert len(arrows) == 7
    assert all(end[1] < start[1] for start, end in arrows)


def test_if_a_gradient_replaces_the_one_that_is_there_one_use_counts():
    """If a gradient replaces the one that is there, only one use counts … On the line, $w$ and
    $b$ are used once for each point, and all uses but one are lost.
    """
    Replacing = own_value("source.grad = source.grad + local", "source.grad = local")
    w = Replacing(3.0)
    (w * w).backward()
    assert w.grad == 3
    w, total, terms = Replacing(W), Replacing(0), []
    for x_i, y_i in zip(x.tolist(), y.tolist(), strict=True):
        total = total + (w * Replacing(x_i) + Replacing(B) - Replacing(y_i)) ** 2
        terms.append(2 * (W * x_i + B - y_i) * x_i)
    total.backward()
    assert any(w.grad == pytest.approx(term) for term in terms)


def test_pytorch_needs_zero_grad_and_gives_no_gradient_to_the_data():
    """gives no gradient to the data. … Because gradients add, PyTorch's loop needs `zero_grad()`.
    The loop above needs none: each epoch makes a new `w` and a new `b`.
    """
    _, losses = descend(50, clear=False)
    assert rises(losses)
    torch.nn.MSELoss()(make_model()(X), Y).backward()
    assert X.grad is None


@pytest.mark.parametrize(("number", "expected"), [(-2.0, -1), (0.0, 0), (3.0, 1)])
def test_the_absolute_value_has_the_derivative_1_or_minus_1_and_0_at_zero(number, expected):
    """It is 1 above zero and -1 below. At zero there is a kink and no derivative. PyTorch takes 0
    there.
    """
    tensor = torch.tensor(number, requires_grad=True)
    abs(tensor).backward()
    assert tensor.grad == expected
    sides = [(abs(number + h) - abs(number)) / h for h in (0.01, -0.01)]
    assert (sides[0] == pytest.approx(sides[1])) == (number != 0)


@pytest.mark.parametrize("nudge", [0.1, 1, 10])
def test_both_ways_the_quotient_is_as_good_as_exact(nudge):
    """It is as good as exact. The loss over $w$ is a parabola. Up and down, its curve adds the
    same to the loss, and the difference takes that away.
    """
    both_ways = (loss(W + nudge, B) - loss(W - nudge, B)) / (2 * nudge)
    assert both_ways == pytest.approx(slope(), rel=1e-9)
    up, down = (loss(W + h, B) - loss(W, B) - h * slope() for h in (nudge, -nudge))
    assert up == pytest.approx(down, rel=1e-9)
    assert up > 0.1 * nudge**2
