import pytest
import torch
from torch import nn

from linreg import (
    coefficients,
    largest_stable_lr,
    least_squares,
    make_data,
    make_model,
    to_tensor,
    train,
)

x, y = make_data()
X, Y = to_tensor(x), to_tensor(y)


def test_one_step_is_gradient_descent():
    model = make_model()
    w, b = coefficients(model)
    losses = train(model, X, Y, epochs=1, lr=0.01)
    errors = w * x + b - y
    assert losses == pytest.approx([(errors**2).mean()], rel=1e-6)
    expected = w - 0.01 * 2 * (errors * x).mean(), b - 0.01 * 2 * errors.mean()
    assert coefficients(model) == pytest.approx(expected, rel=1e-5)


def test_defaults_are_the_reference_run():
    model = make_model()
    losses = train(model, X, Y)
    assert len(losses) == 1000
    assert losses[0] == pytest.approx(2.624, abs=5e-4)
    assert losses[1] == pytest.approx(1.073, abs=5e-4)
    assert coefficients(model) == pytest.approx((0.47835, -0.91665), abs=1e-5)


def test_training_arrives_at_least_squares():
    model = make_model().double()
    fit = least_squares(X.flatten().double(), Y.flatten().double())
    losses = train(model, X.double(), Y.double(), epochs=3000)
    assert coefficients(model) == pytest.approx((fit.w, fit.b), abs=1e-6)
    assert losses[-1] == pytest.approx(fit.loss, abs=1e-9)


def test_a_rate_just_below_the_limit_converges_and_one_above_is_refused():
    limit = largest_stable_lr(X.flatten())
    losses = train(make_model(), X, Y, epochs=2000, lr=0.999 * limit)
    assert losses[-1] < losses[0]
    with pytest.raises(ValueError, match=r"between 0 and 0\.0209"):
        train(make_model(), X, Y, lr=1.001 * limit)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"y": Y.flatten()}, r"y has shape \(20,\)"),
        ({"x": X.flatten()}, r"x has shape \(20,\)"),
        ({"x": X.flatten(), "y": Y.flatten()}, r"x has shape \(20,\)"),
        ({"model": nn.Linear(1, 2)}, "out_features=2, bias=True[)] is no line"),
        ({"model": nn.Linear(1, 1, bias=False)}, "bias=False[)] is no line"),
        ({"model": nn.Sequential(nn.Linear(1, 1))}, "is no line"),
        ({"x": x.tolist()}, "x is a list: to_tensor"),
        ({"y": y}, "y is a ndarray: to_tensor"),
        ({"x": X.clone().requires_grad_()}, r"x requires grad: give x\.detach\(\)"),
        ({"y": Y * 1e30}, "epoch 0: the loss is inf"),
        ({"lr": largest_stable_lr(X.flatten())}, "between 0 and"),
        ({"y": Y[:-1]}, r"y has shape \(19, 1\)"),
        ({"x": X.repeat(1, 2), "y": Y.repeat(1, 2)}, r"x has shape \(20, 2\)"),
        ({"y": Y.double()}, "y is torch.float64"),
        ({"x": X.double()}, "x is torch.float64"),
        ({"model": nn.Linear(1, 1).double()}, "the model is torch.float64"),
        ({"y": Y * torch.nan}, "y holds nan or inf"),
        ({"x": X * torch.nan}, r"x\[0\] is nan"),
        ({"x": torch.ones(20, 1)}, "x holds only 1"),
        ({"epochs": 0}, "epochs=0"),
        ({"lr": 0.0}, "lr=0"),
        ({"lr": -0.01}, "lr=-0.01"),
        ({"lr": float("nan")}, "lr=nan"),
    ],
)
def test_bad_input_is_named_and_nothing_is_trained(bad, message):
    settings = {"model": make_model(), "x": X, "y": Y} | bad
    before = [p.clone() for p in settings["model"].parameters()]
    with pytest.raises(ValueError, match=message):
        train(**settings)
    after = settings["model"].parameters()
    assert all(torch.equal(p, q) for p, q in zip(before, after, strict=True))
