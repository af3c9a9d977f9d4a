import numpy as np
import pytest
import torch
from torch import nn

from linreg import coefficients, make_model, predict
from linreg.model import weight_and_bias


@pytest.mark.parametrize("seed", [{"seed": 1}, {}])
def test_seed_decides_the_start_and_the_default_is_the_reference(seed):
    """Make an untrained line: one input, one output, random w and b. … Seed of PyTorch's global
    generator. Equal seeds give equal lines.
    """
    torch.manual_seed(seed.get("seed", 2))
    reference = nn.Linear(1, 1)
    assert coefficients(make_model(**seed)) == (reference.weight.item(), reference.bias.item())


def test_lines_start_anywhere_between_minus_1_and_1():
    """`nn.Linear(1, 1)`; w and b are float32, each uniform in (-1, 1). … Its weight, shape (1, 1),
    and its bias, shape (1,).
    """
    weight, bias = weight_and_bias(make_model())
    assert (weight.dtype, bias.dtype) == (torch.float32, torch.float32)
    assert (weight.shape, bias.shape) == ((1, 1), (1,))
    starts = np.array([coefficients(make_model(seed)) for seed in range(2000)])
    for parameter in starts.T:
        assert np.abs(parameter).max() < 1
        quarters = np.quantile(parameter, [0, 0.25, 0.5, 0.75, 1])
        assert quarters == pytest.approx([-1, -0.5, 0, 0.5, 1], abs=0.05)


def test_a_line_that_has_diverged_predicts_nothing():
    """or holds nan or inf,"""
    model = make_model()
    model.bias.data.fill_(torch.nan)
    with pytest.raises(ValueError, match=r"^the line holds nan or inf: train a new one"):
        predict(model, [1.0])
