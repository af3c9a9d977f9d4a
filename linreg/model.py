"""The line y = w x + b as a PyTorch model."""

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from linreg.data import to_tensor


def make_model(seed: int = 2) -> nn.Linear:
    """Make an untrained line: one input, one output, random w and b.

    Args:
        seed: Seed of PyTorch's global generator. Equal seeds give equal lines.

    Returns:
        `nn.Linear(1, 1)`; w and b are float32, each uniform in (-1, 1).
    """
    torch.manual_seed(seed)
    return nn.Linear(1, 1)


def coefficients(model: nn.Linear) -> tuple[float, float]:
    """Read the line out of a model.

    Args:
        model: `nn.Linear(1, 1)`.

    Returns:
        Slope w, in units of y per unit of x, and intercept b, in units of y.
    """
    return model.weight.item(), model.bias.item()


def predict(model: nn.Linear, x: ArrayLike) -> np.ndarray:
    """Put numbers through the line.

    Args:
        model: `nn.Linear(1, 1)`, float32.
        x: n finite numbers, of shape (n,).

    Returns:
        w x + b, a float32 array of shape (n,).

    Raises:
        ValueError: If x is not n finite numbers of shape (n,), or the model gives
            more than one number for each.
    """
    return model(to_tensor(x)).detach().numpy().reshape(len(x))
