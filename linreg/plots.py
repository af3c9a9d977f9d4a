"""The tutorial's pictures, drawn on the axes that are given, else on the current ones."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike


def plot_data(x: ArrayLike, y: ArrayLike, label: str = "data", ax: Axes | None = None) -> Axes:
    """Draw the points.

    Args:
        x: n numbers, of shape (n,).
        y: n numbers, of shape (n,).
        label: Name in the legend.
        ax: Where to draw.

    Returns:
        The axes, with labels and legend.

    Examples:
        >>> x, y = make_data()
        >>> plot_data(x, y, label="20 points")
        <Axes: xlabel='x (no unit)', ylabel='y (no unit)'>
    """
    ax = ax or plt.gca()
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
    ax: Axes | None = None,
) -> Axes:
    """Draw the line y = w x + b from one end of the axes to the other.

    Draw the points first: they set the range.

    Args:
        w: Slope, in units of y per unit of x.
        b: Intercept, in units of y.
        label: Name in the legend.
        color: Colour as Matplotlib names it.
        linestyle: Dashes as Matplotlib names them.
        ax: Where to draw.

    Returns:
        The axes, with labels and legend.

    Examples:
        >>> ax = plot_data([0, 2], [1, 4])
        >>> plot_line(1.5, 1, ax=ax)
        <Axes: xlabel='x (no unit)', ylabel='y (no unit)'>
    """
    ax = ax or plt.gca()
    x = np.array(ax.get_xlim())
    ax.plot(x, w * x + b, color=color, linestyle=linestyle, label=label, scalex=False)
    ax.set(xlabel="x (no unit)", ylabel="y (no unit)")
    ax.legend()
    return ax


def plot_losses(
    losses: Sequence[float], label: str = "loss", linestyle: str = "-", ax: Axes | None = None
) -> Axes:
    """Draw the loss over the epochs.

    Args:
        losses: One loss an epoch, the first at epoch 0.
        label: Name in the legend.
        linestyle: Dashes as Matplotlib names them.
        ax: Where to draw.

    Returns:
        The axes, with labels and legend.

    Examples:
        >>> plot_losses([4.0, 2.0, 1.0])
        <Axes: xlabel='epoch (number)', ylabel='mean squared error (no unit)'>
    """
    ax = ax or plt.gca()
    ax.plot(losses, linestyle=linestyle, label=label)
    ax.set(xlabel="epoch (number)", ylabel="mean squared error (no unit)")
    ax.legend()
    return ax
