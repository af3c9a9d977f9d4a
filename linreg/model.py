"""The line y = w x + b as a PyTorch model."""

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from linreg.data import vector


def make_model(seed: int = 2) -> nn.Linear:
    """Make an untrained line: one input, one output, random w and b.

    Args:
        seed: Seed of PyTorch's global generator. Equal seeds give equal lines.

    Returns:
        `nn.Linear(1, 1)`; w and b are float32, each uniform in (-1, 1).

    Examples:
        >>> make_model()
        Linear(in_features=1, out_features=1, bias=True)
    """
    torch.manual_seed(seed)
    return nn.Linear(1, 1)


def weight_and_bias(model: nn.Linear) -> tuple[torch.Tensor, torch.Tensor]:
    """Check that a model is a line.

    Args:
        model: `nn.Linear(1, 1)`, with its bias.

    Returns:
        Its weight, shape (1, 1), and its bias, shape (1,).

    Raises:
        ValueError: If the model is anything else.
    """
    if not isinstance(model, nn.Linear) or model.weight.shape != (1, 1) or model.bias is None:
        raise ValueError(f"{model} is no line: make it with make_model() or nn.Linear(1, 1)")
    return model.weight, model.bias


def coefficients(model: nn.Linear) -> tuple[float, float]:
    """Read the line out of a model.

    Args:
        model: `nn.Linear(1, 1)`.

    Returns:
        Slope w, in units of y per unit of x, and intercept b, in units of y.

    Raises:
        ValueError: If the model is anything else.

    Examples:
        >>> w, b = coefficients(make_model())
        >>> print(f"w = {w:.3f}, b = {b:.3f}")
        w = 0.229, b = -0.238
    """
    weight, bias = weight_and_bias(model)
    return weight.item(), bias.item()


def predict(model: nn.Linear, x: ArrayLike) -> np.ndarray:
    """Put numbers through the line.

    Args:
        model: `nn.Linear(1, 1)`.
        x: n finite numbers, of shape (n,).

    Returns:
        w x + b, an array of shape (n,) and of the model's dtype.

    Raises:
        ValueError: If the model is anything else or holds nan or inf, if x is not n
            finite numbers of shape (n,), or if one is too large for the model's dtype.

    Examples:
        >>> predict(make_model(), [0, 10]).round(2)
        array([-0.24,  2.06], dtype=float32)
    """
    weight, bias = weight_and_bias(model)
    if not (weight.isfinite().all() and bias.isfinite().all()):
        raise ValueError("the line holds nan or inf: train a new one, at a smaller learning rate")
    x = vector("x", x)
    y = model(torch.tensor(x.copy()).to(weight).reshape(-1, 1)).detach().cpu().numpy().flatten()
    if not np.isfinite(y).all():
        i = int(np.flatnonzero(~np.isfinite(y))[0])
        raise ValueError(f"x[{i}] is {x[i]:g}, too large for a model of {weight.dtype}")
    return y
