"""What training aims at: the line of least squares, in closed form."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linreg.data import vector


@dataclass(frozen=True, repr=False)
class Fit:
    """The line of least squares.

    Attributes:
        w: Slope, in units of y per unit of x.
        b: Intercept, in units of y.
        w_se: Standard error of w; nan for 2 points, which leave no residual.
        b_se: Standard error of b; nan for 2 points.
        loss: Mean squared error, in squared units of y.

    Examples:
        >>> least_squares([0, 1, 2], [1, 2, 4])
        y = 1.5 x +0.8333  (standard errors 0.29, 0.37; loss 0.05556)
    """

    w: float
    b: float
    w_se: float
    b_se: float
    loss: float

    def __iter__(self) -> Iterator[float]:
        """Give w and b, so that `w, b = fit` works as with `coefficients`."""
        return iter((self.w, self.b))

    def __repr__(self) -> str:
        return (
            f"y = {self.w:.4g} x {self.b:+.4g}  "
            f"(standard errors {self.w_se:.2g}, {self.b_se:.2g}; loss {self.loss:.4g})"
        )


def _points(x: ArrayLike) -> np.ndarray:
    x = vector("x", x)
    # Numbers that differ by no more than rounding, or too little to square, count as equal.
    low, high = x.min(), x.max()
    if high - low <= max(1e-100, len(x) * np.finfo(float).eps * max(-low, high)):
        raise ValueError(f"x holds only {x[0]:g}: a line needs 2 different x")
    return x


def least_squares(x: ArrayLike, y: ArrayLike) -> Fit:
    """Find the line with the smallest mean squared error.

    Source: G. A. F. Seber, A. J. Lee, Linear Regression Analysis, 2nd ed.,
    Wiley 2003, section 6.1.

    Args:
        x: n numbers, of shape (n,), at least two of them different.
        y: n numbers, of shape (n,).

    Returns:
        The line, its standard errors and its loss, computed in float64.

    Raises:
        ValueError: If a shape is wrong, the lengths differ, a number is not
            finite, or all x are equal.

    Examples:
        >>> w, b = least_squares([0, 1, 2], [1, 3, 5])
        >>> print(f"w = {w:.2f}, b = {b:.2f}")
        w = 2.00, b = 1.00
    """
    x, y = _points(x), vector("y", y)
    if x.shape != y.shape:
        raise ValueError(f"x has {len(x)} numbers, y has {len(y)}: give pairs")
    n, x_mean, y_mean = len(x), x.mean(), y.mean()

    # Far from 0, squares of x and y lose digits; squares of distances from the mean keep them.
    # In parts, since many points would need as much memory again.
    def distances():
        for part in (slice(k, k + 8192) for k in range(0, n, 8192)):
            yield x[part] - x_mean, y[part] - y_mean

    sums = [(dx.sum(), dy.sum(), dx @ dx, dx @ dy) for dx, dy in distances()]
    dx_sum, dy_sum, sxx, sxy = np.sum(sums, axis=0)
    # A rounded mean leaves a rest; subtract it too.
    sxx, sxy = sxx - dx_sum**2 / n, sxy - dx_sum * dy_sum / n
    w = sxy / sxx
    b = y_mean - w * x_mean
    rest = (dy_sum - w * dx_sum) / n
    residuals = (dy - w * dx - rest for dx, dy in distances())
    rss = sum(e @ e for e in residuals)
    s2 = rss / (n - 2) if n > 2 else np.nan
    w_se = np.sqrt(s2 / sxx)
    b_se = np.sqrt(s2 * (1 / n + x_mean**2 / sxx))
    return Fit(float(w), float(b), float(w_se), float(b_se), float(rss / n))


def hessian(x: ArrayLike) -> np.ndarray:
    """Second derivatives of the mean squared error with respect to w and b.

    They do not depend on y, w or b: the loss is a quadratic bowl.

    Args:
        x: n numbers, of shape (n,), at least two of them different.

    Returns:
        [[2 mean(x^2), 2 mean(x)], [2 mean(x), 2]], a float64 array of shape (2, 2).

    Raises:
        ValueError: If the shape is wrong, a number is not finite, or all x are equal.

    Examples:
        >>> hessian([1, 3]).tolist()
        [[10.0, 4.0], [4.0, 2.0]]
    """
    X = np.stack([_points(x), np.ones(len(x))], axis=1)
    return 2 * X.T @ X / len(X)


def largest_stable_lr(x: ArrayLike) -> float:
    """Learning rate from which gradient descent on these x no longer converges.

    Source: S. Boyd, L. Vandenberghe, Convex Optimization, Cambridge 2004,
    section 9.3: a step multiplies the error along an eigenvector of the
    Hessian by 1 - lr times its eigenvalue.

    Args:
        x: n numbers, of shape (n,), at least two of them different.

    Returns:
        2 divided by the Hessian's largest eigenvalue.

    Raises:
        ValueError: If the shape is wrong, a number is not finite, or all x are equal.

    Examples:
        >>> x, y = make_data()
        >>> round(largest_stable_lr(x), 4)
        0.0209
    """
    return float(2 / np.linalg.eigvalsh(hessian(x)).max())
