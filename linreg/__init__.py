"""Linear regression from scratch: the tutorial's steps as functions.

`hubble1929.csv` holds distances in Mpc and velocities in km/s of 24 nebulae. Source: E. Hubble,
Proceedings of the National Academy of Sciences 15, 1929, pages 168-173, table 1.
"""

from linreg.data import make_data, to_tensor
from linreg.exact import Fit, hessian, largest_stable_lr, least_squares
from linreg.model import coefficients, make_model, predict
from linreg.plots import plot_data, plot_line, plot_losses
from linreg.training import train

__all__ = [
    "Fit",
    "coefficients",
    "hessian",
    "largest_stable_lr",
    "least_squares",
    "make_data",
    "make_model",
    "plot_data",
    "plot_line",
    "plot_losses",
    "predict",
    "to_tensor",
    "train",
]
