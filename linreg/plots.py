"""The tutorial's pictures, drawn on the current axes of Matplotlib."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike


def plot_data(x: ArrayLike, y: ArrayLike, label: str = "data") -> Axes:
    """Draw the points.

    Args:
        x: n numbers, of shape (n,).
        y: n numbers, of shape (n,).
        label: Name in the legend.

    Returns:
        The axes, with labels and legend.
    """
    ax = plt.gca()
    ax.scatter(x, y, label=label)
    ax.set(xlabel="x (no unit)", ylabel="y (no unit)")
    ax.legend()
    return ax


def plot_line(
    w: float,
    b: float,
    label: str = "fitted line",
    color: str = "C1",
    linestyle: str = "-",
) -> Axes:
    """Draw the line y = w x + b for x from -5 to 15.

    Args:
        w: Slope, in units of y per unit of x.
        b: Intercept, in units of y.
        label: Name in the legend.
        color: Colour as Matplotlib names it.
        linestyle: Dashes as Matplotlib names them, so that colour is not all.

    Returns:
        The axes, with labels and legend.
    """
    ax = plt.gca()
    x = np.array([-5, 15])
    ax.plot(x, w * x + b, color=color, linestyle=linestyle, label=label)
    ax.set(xlabel="x (no unit)", ylabel="y (no unit)")
    ax.legend()
    return ax


def plot_losses(losses: Sequence[float], label: str = "loss", linestyle: str = "-") -> Axes:
    """Draw the loss over the epochs.

    Args:
        losses: One loss an epoch, the first at epoch 0.
        label: Name in the legend.
        linestyle: Dashes as Matplotlib names them.

    Returns:
        The axes, with labels and legend.
    """
    ax = plt.gca()
    ax.plot(losses, linestyle=linestyle, label=label)
    ax.set(xlabel="epoch (number)", ylabel="mean squared error (no unit)")
    ax.legend()
    return ax
