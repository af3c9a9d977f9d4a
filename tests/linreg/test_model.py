import pytest
import torch
from torch import nn

from linreg import coefficients, make_model, predict


@pytest.mark.parametrize("seed", [{"seed": 1}, {}])
def test_seed_decides_the_start_and_the_default_is_the_reference(seed):
    torch.manual_seed(seed.get("seed", 2))
    reference = nn.Linear(1, 1)
    assert coefficients(make_model(**seed)) == (reference.weight.item(), reference.bias.item())


def test_a_line_that_has_diverged_predicts_nothing():
    model = make_model()
    model.bias.data.fill_(torch.nan)
    with pytest.raises(ValueError, match=r"^the line holds nan or inf: train a new one"):
        predict(model, [1.0])
