"""Dummy data around a straight line, and their way into PyTorch."""

import numpy as np
import torch
from numpy.typing import ArrayLike


def make_data(
    n: int = 20, w: float = 0.5, b: float = -1.0, sigma: float = 1.0, seed: int = 38
) -> tuple[np.ndarray, np.ndarray]:
    """Draw points around the line y = w x + b.

    Args:
        n: Number of points, at least 2.
        w: Slope, in units of y per unit of x.
        b: Intercept, in units of y.
        sigma: Standard deviation of the Gaussian noise, in units of y; 0 for none.
        seed: Seed of NumPy's generator. Equal seeds give equal data.

    Returns:
        x, uniform in [-5, 15), and y = w x + b + noise: float64 arrays of shape (n,).

    Raises:
        ValueError: If n is below 2, sigma is negative, or w, b or sigma is not a real
            number, not finite or beyond 1e100.

    Examples:
        >>> x, y = make_data(n=2, sigma=0)
        >>> print(x.round(2), y.round(2))
        [ 4.72 -0.01] [ 1.36 -1.  ]
    """
    if n < 2:
        raise ValueError(f"n={n}: a line needs at least 2 points")
    vector("(w, b, sigma)", [w, b, sigma])
    if sigma < 0:
        raise ValueError(f"sigma={sigma}: a standard deviation is 0 or more")
    rng = np.random.default_rng(seed)
    x = rng.uniform(-5, 15, n)
    return x, w * x + b + rng.normal(0, sigma, n)


def vector(name: str, a: ArrayLike) -> np.ndarray:
    """Check one variable and return it as a flat array.

    Args:
        name: What error messages call it.
        a: n numbers, of shape (n,).

    Returns:
        The same numbers, float64, shape (n,).

    Raises:
        ValueError: If the numbers are masked, not real or require grad, the shape is not
            (n,), n is 0, or a number is not finite or beyond 1e100.
    """
    if np.ma.isMaskedArray(a):
        raise ValueError(f"{name} is masked: drop the masked rows of x and y first")
    if isinstance(a, torch.Tensor) and a.requires_grad:
        raise ValueError(f"{name} requires grad: pass {name}.detach()")
    a = np.asarray(a)
    if not np.can_cast(a.dtype, np.float64, "same_kind"):
        raise ValueError(f"{name} holds {a.dtype}: give real numbers")
    a = np.asarray(a, np.float64)
    if a.ndim != 1 or a.size == 0:
        raise ValueError(f"{name} has shape {a.shape}: give n numbers of shape (n,)")
    low, high = a.min(), a.max()
    if not np.isfinite([low, high]).all():
        i = int(np.flatnonzero(~np.isfinite(a))[0])
        raise ValueError(f"{name}[{i}] is {a[i]}: remove or replace it first")
    if max(-low, high) > 1e100:
        raise ValueError(f"{name} goes up to {max(-low, high):g}: rescale it")
    return a


def to_tensor(values: ArrayLike) -> torch.Tensor:
    """Turn n numbers into the column that a model takes.

    Args:
        values: n finite numbers, of shape (n,).

    Returns:
        A float32 tensor of shape (n, 1) that shares no memory with `values`.

    Raises:
        ValueError: If the values are not real numbers of shape (n,), n is 0, or a
            number is not finite or too large for float32.

    Examples:
        >>> to_tensor([1, 2, 3]).shape
        torch.Size([3, 1])
    """
    values = vector("values", values)
    t = torch.tensor(values.copy(), dtype=torch.float32)  # PyTorch takes no reversed views
    if not t.isfinite().all():
        raise ValueError(f"{np.abs(values).max():g} is too large for float32: rescale it")
    return t.reshape(-1, 1)
