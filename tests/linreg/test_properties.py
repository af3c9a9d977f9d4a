"""What holds for all data: Hypothesis searches for data for which it does not."""

import re
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import Phase, assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torch import nn

import linreg

X, Y = map(linreg.to_tensor, linreg.make_data())
LIMIT = linreg.largest_stable_lr(X.flatten())
DTYPES = st.sampled_from([torch.float32, torch.float64])
KINDS = st.sampled_from([np.asarray, list, tuple, lambda a: a[::-1], torch.tensor])
MODELS = st.builds(nn.Linear, *[st.integers(1, 3)] * 2, bias=st.booleans())
FACTORS = st.tuples(*[st.integers(-100, 100).filter(bool)] * 2)
SHIFTS = st.tuples(*[st.integers(-(10**9), 10**9)] * 2)
SMALL = st.lists(st.floats(-100, 100), min_size=1, max_size=5)
TINY = st.lists(st.floats(-5e-101, 5e-101), min_size=1)
HUGE = st.floats(-1e99, 1e99)
SINGLE = st.floats(-(2.0**50), 2.0**50, width=32)
STEPS = st.integers(-1000, 1000)
ROWS = st.lists(st.tuples(STEPS, STEPS), min_size=2, max_size=8)


@st.composite
def points(draw, scale=70, offset=10**14):
    """Draw x and y: whole steps from an offset, times a power of ten."""
    return [
        10.0 ** draw(st.integers(-scale, scale)) * (draw(st.integers(-offset, offset)) + steps)
        for steps in np.array(draw(ROWS.filter(lambda rows: len(dict(rows)) > 1)), float).T
    ]


def exact_line(x, y):
    """Solve the normal equations in rational numbers: w, b, loss, variances of w and b."""
    n, x, y = len(x), [Fraction(v) for v in x], [Fraction(v) for v in y]
    sx, sy, sxx = sum(x), sum(y), sum(v * v for v in x)
    det, sxy = n * sxx - sx * sx, sum(u * v for u, v in zip(x, y, strict=True))
    w, b = (n * sxy - sx * sy) / det, (sxx * sy - sx * sxy) / det
    loss = sum((w * u + b - v) ** 2 for u, v in zip(x, y, strict=True)) / n
    return w, b, loss, *(loss * n / (n - 2) * s / det for s in (n, sxx) if n > 2)


def check_line(fit, expected, x, y):
    """Compare a fit with what is expected, as exactly as data of this size allow."""
    far_x, far_y, width = np.abs(x).max(), np.abs(y).max(), np.ptp(x)
    height = max(np.ptp(y), np.finfo(float).eps * far_y)
    slope = height / width
    sizes = slope, far_y + slope * far_x, height**2, slope**2, (height + slope * far_x) ** 2
    found = fit.w, fit.b, fit.loss, fit.w_se**2, fit.b_se**2
    for have, want, size in zip(found, expected, sizes, strict=False):
        assert abs(Fraction(have) - Fraction(want)) <= 1e-12 * size
    assert np.isnan([fit.w_se, fit.b_se]).all() == (len(x) == 2)


# Means that are rounded; more points than are taken at once.
@example([1e14 + np.array([0.0, 1, 3]), 1e14 + np.array([0.0, 2, 3])])
@example(np.random.default_rng(0).integers(-1000, 1000, (2, 20_001)).astype(float))
@given(points())
def test_the_fit_is_the_exact_one(data):
    """Find the line with the smallest mean squared error. … The line of least squares. … n
    numbers, of shape (n,), at least two of them different. … The line, its standard errors and
    its loss, computed in float64. … Standard error of w; nan for 2 points, which leave no
    residual. … Standard error of b; nan for 2 points.
    """
    check_line(linreg.least_squares(*data), exact_line(*data), *data)


@given(points(scale=3, offset=100))
def test_the_fit_is_numpys_also_for_float32(data):
    w, b = linreg.least_squares(*np.array(data, np.float32))
    x, y = np.array(data, np.float32).astype(float)
    line = np.polyval(np.polyfit(x, y, 1), x)
    np.testing.assert_allclose(w * x + b, line, rtol=0, atol=1e-9 * np.abs(y).max())


@given(points(scale=0, offset=0), FACTORS, SHIFTS, st.randoms())
def test_the_line_moves_with_its_points(data, factors, shifts, random):
    """Slope, in units of y per unit of x. … Intercept, in units of y. … Mean squared error, in
    squared units of y.
    """
    (p, q), (r, s), fit = factors, shifts, linreg.least_squares(*data)
    order = random.sample(range(len(data[0])), len(data[0]))
    x, y = p * data[0][order] + r, q * data[1][order] + s
    w = q / p * fit.w
    check_line(linreg.least_squares(x, y), [w, q * fit.b + s - w * r, q**2 * fit.loss], x, y)


@given(points())
def test_the_hessian_and_the_largest_rate_are_those_of_the_loss(data):
    """Second derivatives of the mean squared error with respect to w and b. … [[2 mean(x^2), 2
    mean(x)], [2 mean(x), 2]], a float64 array of shape (2, 2). … 2 divided by the Hessian's
    largest eigenvalue. … They do not depend on y, w or b: the loss is a quadratic bowl.
    """
    x, y = ([Fraction(v) for v in a] for a in data)

    def loss(w, b):
        return sum((w * u + b - v) ** 2 for u, v in zip(x, y, strict=True)) / len(x)

    def bend(p, q):
        return loss(p[0] + q[0], p[1] + q[1]) - loss(*p) - loss(*q) + loss(0, 0)

    H, far, axes = linreg.hessian(data[0]), np.abs(data[0]).max(), [(1, 0), (0, 1)]
    exact = np.array([[float(bend(p, q)) for p in axes] for q in axes])
    assert (H.dtype, H.shape) == (np.float64, (2, 2))
    assert (np.abs(H - exact) <= 1e-12 * np.outer([far, 1], [far, 1])).all()
    largest = H.trace() / 2 + np.hypot((H[0, 0] - H[1, 1]) / 2, H[1, 0])
    assert linreg.largest_stable_lr(data[0]) == pytest.approx(2 / largest, rel=1e-12)


# To make a failing example simpler would take minutes here.
@settings(phases=[Phase.generate], max_examples=50)
@given(points(scale=1, offset=10), DTYPES, st.floats(0.01, 0.99), st.integers(1, 20))
def test_training_is_gradient_descent_and_descends(data, dtype, share, epochs):
    """Fit a line to data in place, every row in every step. … `nn.Linear(1, 1)`; its w and b
    change. … Inputs, shape (n, 1), the model's dtype and device; not all equal. … Targets, shape
    (n, 1), the model's dtype and device. … One loss an epoch, in squared units of y, each
    measured before its step.
    """
    x, y = (linreg.to_tensor(v).to(dtype) for v in data)
    model, lr = linreg.make_model().to(dtype), share * linreg.largest_stable_lr(data[0])
    w, b = (p.detach().clone().requires_grad_() for p in model.parameters())
    losses, expected = linreg.train(model, x, y, epochs, lr), []
    for _ in range(epochs):
        loss = ((x * w + b - y) ** 2).mean()
        expected.append(loss.item())
        steps = torch.autograd.grad(loss, (w, b))
        w, b = w - lr * steps[0], b - lr * steps[1]
    rounding = 1000 * torch.finfo(dtype).eps
    assert losses == pytest.approx(expected, rel=rounding, abs=rounding * expected[0])
    found = linreg.coefficients(model)
    assert found == pytest.approx((w.item(), b.item()), rel=rounding, abs=rounding)
    assert (np.diff(losses) <= rounding * losses[0]).all()


@given(SINGLE, SINGLE, st.lists(SINGLE, min_size=1), DTYPES)
def test_a_prediction_is_the_line(w, b, x, dtype):
    """Read the line out of a model. … Slope w, in units of y per unit of x, and intercept b, in
    units of y. … Put numbers through the line. … n finite numbers, of shape (n,). … w x + b, an
    array of shape (n,) and of the model's dtype.
    """
    model = nn.Linear(1, 1).to(dtype)
    model.load_state_dict({"weight": torch.tensor([[w]]), "bias": torch.tensor([b])})
    assert linreg.coefficients(model) == (w, b)
    y, limits = linreg.predict(model, np.array(x)[::-1]), torch.finfo(dtype)
    assert (y.shape, str(y.dtype)) == ((len(x),), limits.dtype)
    for have, v in zip(y.tolist(), x[::-1], strict=True):
        exact = Fraction(w) * Fraction(v) + Fraction(b)
        size = abs(w * v) + abs(b) + limits.tiny
        assert abs(Fraction(have) - exact) <= 2 * limits.eps * size


@given(SMALL, st.sampled_from("? i1 i8 f2 f4 f8".split()), KINDS)
def test_a_tensor_is_a_float32_column_of_its_own(values, dtype, kind):
    """Turn n numbers into the column that a model takes. … A float32 tensor of shape (n, 1)
    that shares no memory with `values`.
    """
    values = kind(np.array(values).astype(dtype))
    t, before = linreg.to_tensor(values), np.array(list(values), np.float32)
    assert (t.dtype, t.shape) == (torch.float32, (len(values), 1))
    np.testing.assert_array_equal(t.flatten(), before)
    t.fill_(-7)
    np.testing.assert_array_equal(np.array(list(values), np.float32), before)


@st.composite
def bad_variables(draw):
    """Draw what is no variable, and what the messages say of it."""
    a, huge = draw(SMALL), draw(st.floats(1.1e100, 1e300))
    i = draw(st.integers(0, len(a) - 1))
    return [
        *(([*a[:i], bad, *a[i:]], f"[{i}] is {bad}") for bad in (np.nan, np.inf, -np.inf)),
        ([*a, -huge], f" goes up to {huge:g}"),
        (np.ma.masked_equal(a, a[i]), " is masked"),
        (torch.tensor(a, requires_grad=True), " requires grad: pass "),
        (np.array(a) + 1j, " holds complex128"),
        (np.array(a).astype("M8[s]"), " holds datetime64[s]"),
        ([str(v) for v in a], " holds <U"),
        ([*a, None], " holds object"),
        ([], " has shape (0,)"),
        (a[i], " has shape ()"),
        ([a], f" has shape (1, {len(a)})"),
        (np.array(a)[:, None], f" has shape ({len(a)}, 1)"),
    ]


def refused(message):
    return pytest.raises(ValueError, match=f"^{re.escape(message)}")


ON_X = [linreg.hessian, linreg.largest_stable_lr, lambda x: linreg.least_squares(x, [1, 2])]


@settings(max_examples=25)
@given(bad_variables())
def test_a_bad_variable_is_named(cases):
    """What error messages call it. … Check one variable … If the numbers are masked, not real
    or require grad, the shape is not (n,), n is 0, or a number is not finite or beyond 1e100. …
    If the values are not real numbers of shape (n,), n is 0, or a number is not finite … If the
    shape is wrong, a number is not finite, … If a shape is wrong, … a number is not finite, …
    if x is not n finite numbers of shape (n,),
    """
    for bad, message in cases:
        for use in [*ON_X, lambda x: linreg.predict(linreg.make_model(), x)]:
            with refused("x" + message):
                use(bad)
        with refused("y" + message):
            linreg.least_squares([1, 2], bad)
        with refused("values" + message):
            linreg.to_tensor(bad)


@example(0.0, 0, [0.0, 1e-100])
@given(HUGE, st.integers(0, 8), TINY)
def test_equal_x_make_no_line(v, n, tiny):
    """or all x are equal."""
    for x in [v] * n + [np.nextafter(v, 1)], tiny:
        for use in ON_X:
            with refused(f"x holds only {x[0]:g}: "):
                use(x)


@given(st.integers(2, 9), st.integers(1, 9))
def test_x_and_y_are_pairs(n, m):
    """the lengths differ,"""
    m += m >= n
    with refused(f"x has {n} numbers, y has {m}"):
        linreg.least_squares(range(n), range(m))


@given(st.floats(3.5e38, 1e99) | st.floats(-1e99, -3.5e38), st.integers(0, 5))
def test_what_float32_cannot_hold_is_named(huge, i):
    """or too large for float32. … or if one is too large for the model's dtype."""
    with refused(f"x[{i}] is {huge:g}, too large for a model of torch.float32"):
        linreg.predict(linreg.make_model(), [*range(i), huge])
    with refused(f"{abs(huge):g} is too large for float32"):
        linreg.to_tensor([*range(i), huge])


@given(st.integers(2, 50), HUGE, HUGE, st.floats(0, 1e99), st.integers(0, 2**63))
def test_data_are_points_that_the_seed_decides(n, w, b, sigma, seed):
    """Number of points, at least 2. … Seed of NumPy's generator. Equal seeds give equal data."""
    x, y = linreg.make_data(n, w, b, sigma, seed)
    assert x.shape == y.shape == (n,)
    assert x.dtype == y.dtype == np.float64
    assert -5 <= x.min() < x.max() < 15
    np.testing.assert_array_equal(linreg.make_data(n, w, b, sigma, seed), (x, y))
    assert not np.array_equal(linreg.make_data(n, w, b, sigma, seed + 1)[0], x)
    np.testing.assert_array_equal(linreg.make_data(n, w, b, 0, seed), (x, w * x + b))


@given(st.integers(max_value=1), st.floats(-1e100, -5e-324))
def test_bad_settings_are_named(n, sigma):
    """If n is below 2, sigma is negative, or w, b or sigma is not a real number, not finite or
    beyond 1e100.
    """
    for name, bad in {"n": n, "sigma": sigma}.items():
        with refused(f"{name}={bad}: "):
            linreg.make_data(**{name: bad})
    for name in "w", "b", "sigma":
        for bad in np.nan, np.inf, 1e101, -1e308, 1j, "1", None:
            with refused("(w, b, sigma)"):
                linreg.make_data(**{name: bad})


@given(MODELS | st.sampled_from([None, nn.Sequential(nn.Linear(1, 1)), nn.Bilinear(1, 1, 1)]))
def test_another_model_is_no_line(model):
    """Check that a model is a line. … `nn.Linear(1, 1)`. … `nn.Linear(1, 1)`, with its bias. …
    If the model is anything else … If the model is not a line,
    """
    assume(str(model) != str(nn.Linear(1, 1)))
    for use, *rest in (linreg.coefficients,), (linreg.predict, [1.0]), (linreg.train, X, Y):
        with refused(f"{model} is no line: make it with make_model()"):
            use(model, *rest)


F32, F64, ONE = torch.float32, torch.float64, ": use one dtype for all three"
DEVICE = ": move all three to one device, as in x.to(device)"
BOTH = ": both need (n, 1); to_tensor makes it"


@st.composite
def bad_training(draw):
    """Draw arguments that cannot be trained with, and what the messages say."""
    i, bad = draw(st.integers(0, 19)), draw(st.sampled_from([np.nan, np.inf, -np.inf]))
    shape = draw(arrays.array_shapes(min_dims=0, max_side=30).filter(lambda s: s != (20, 1)))
    rates = draw(st.floats(max_value=0)), draw(st.floats(LIMIT)), 0.0, LIMIT, np.nan
    epochs, huge = draw(st.integers(max_value=0)), draw(st.floats(1e20, 1e30))
    cases = [
        ({"x": X.index_fill(0, torch.tensor(i), bad)}, f"x[{i}] is {bad}"),
        (
            {"y": Y.index_fill(0, torch.tensor(i), bad)},
            "y holds nan or inf: remove those rows first",
        ),
        ({"y": Y * huge}, "epoch 0: the loss is inf"),
        ({"x": torch.ones(20, 1)}, "x holds only 1"),
        (dict.fromkeys("xy", torch.ones(20)), f"x has shape (20,), y has shape (20,){BOTH}"),
        (dict.fromkeys("xy", torch.ones(20, 2)), "x has shape (20, 2)"),
        ({"x": torch.ones(shape)}, f"x has shape {shape}, y has shape (20, 1){BOTH}"),
        ({"y": torch.ones(shape)}, f"x has shape (20, 1), y has shape {shape}{BOTH}"),
        ({"model": nn.Linear(1, 1).double()}, f"x is {F32}, y is {F32}, the model is {F64}{ONE}"),
        ({"x": X.double()}, f"x is {F64}, y is {F32}, the model is {F32}{ONE}"),
        ({"y": Y.double()}, f"x is {F32}, y is {F64}, the model is {F32}{ONE}"),
        (
            {"model": nn.Linear(1, 1, device="meta")},
            f"x is on cpu, y is on cpu, the model is on meta{DEVICE}",
        ),
        ({"x": X.to("meta")}, f"x is on meta, y is on cpu, the model is on cpu{DEVICE}"),
        ({"y": Y.to("meta")}, f"x is on cpu, y is on meta, the model is on cpu{DEVICE}"),
        ({"epochs": epochs}, f"epochs={epochs}: "),
        *(({"lr": lr}, f"lr={lr}: on these x it needs to lie between 0 and") for lr in rates),
    ]
    for name, good in {"x": X, "y": Y}.items():
        cases += [
            ({name: good.numpy()}, f"{name} is a ndarray: to_tensor"),
            ({name: good.clone().requires_grad_()}, f"{name} requires grad: give {name}.detach()"),
        ]
    return cases


@settings(max_examples=25)
@given(bad_training())
def test_bad_training_is_named_and_nothing_is_trained(cases):
    """Number of steps, at least 1. … Learning rate, above 0 and below `largest_stable_lr`. … x
    and y are not tensors of the shapes, dtypes and device above, a number is not finite, all x are
    equal, epochs is below 1, lr would diverge, or the loss leaves the dtype's range.
    """
    model = linreg.make_model()
    before = linreg.coefficients(model)
    for bad, message in cases:
        with refused(message):
            linreg.train(**{"model": model, "x": X, "y": Y} | bad)
        assert linreg.coefficients(model) == before
