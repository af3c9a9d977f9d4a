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


def test_a_model_of_two_outputs_is_no_line():
    with pytest.raises(ValueError, match="shape"):
        predict(nn.Linear(1, 2), [1.0, 2.0])


def test_nan_is_not_predicted():
    with pytest.raises(ValueError, match=r"values\[0\] is nan"):
        predict(make_model(), [float("nan")])
