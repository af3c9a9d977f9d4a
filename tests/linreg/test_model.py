import numpy as np
import pytest
import torch
from torch import nn

from linreg import coefficients, make_model, predict


def test_default_is_the_reference_start():
    torch.manual_seed(2)
    reference = nn.Linear(1, 1)
    assert coefficients(make_model()) == (reference.weight.item(), reference.bias.item())


def test_seed_decides_the_start():
    assert coefficients(make_model(seed=1)) == coefficients(make_model(seed=1))
    assert coefficients(make_model(seed=1)) != coefficients(make_model(seed=2))


def test_prediction_is_the_line():
    model = make_model()
    w, b = coefficients(model)
    x = np.array([-1.0, 0.0, 4.0])
    y = predict(model, x)
    assert y.shape == (3,)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, w * x + b, rtol=1e-6)


def test_a_prediction_has_the_dtype_of_its_model_and_takes_any_view():
    model = make_model().double()
    y = predict(model, np.linspace(0, 1, 5)[::-1])
    w, b = coefficients(model)
    assert y.dtype == np.float64
    np.testing.assert_allclose(y, w * np.linspace(1, 0, 5) + b, rtol=1e-14)


@pytest.mark.parametrize(
    "model", [nn.Linear(1, 2), nn.Linear(2, 1), nn.Linear(1, 1, bias=False), nn.Sequential()]
)
@pytest.mark.parametrize("use", [coefficients, lambda model: predict(model, [1.0])])
def test_another_model_is_no_line(model, use):
    with pytest.raises(ValueError, match=r"is no line: make it with make_model\(\)"):
        use(model)


def test_a_line_that_has_diverged_predicts_nothing():
    model = make_model()
    model.bias.data.fill_(torch.nan)
    with pytest.raises(ValueError, match="the line holds nan or inf"):
        predict(model, [1.0])


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([float("nan")], r"x\[0\] is nan"),
        ([[1.0]], r"x has shape \(1, 1\)"),
        ([0, 1e39], r"x\[1\] is 1e\+39, too large for a model of torch.float32"),
    ],
)
def test_what_cannot_be_predicted_is_named(bad, message):
    with pytest.raises(ValueError, match=message):
        predict(make_model(), bad)
