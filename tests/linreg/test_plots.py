import matplotlib.pyplot as plt
import numpy as np

from linreg import plot_data, plot_line, plot_losses


def labels(ax):
    return ax.get_xlabel(), ax.get_ylabel(), [t.get_text() for t in ax.get_legend().get_texts()]


def test_data_are_points():
    """Draw the points. … n numbers, of shape (n,). … Name in the legend. … The axes, with
    labels and legend.
    """
    ax = plot_data([1, 2, 3], [4, 5, 7], label="points")
    np.testing.assert_array_equal(ax.collections[0].get_offsets(), [(1, 4), (2, 5), (3, 7)])
    assert labels(ax) == ("x (no unit)", "y (no unit)", ["points"])


def test_line_runs_from_end_to_end_and_leaves_the_range():
    """Draw the line y = w x + b from one end of the axes to the other. … Colour as Matplotlib
    names it. … Draw the points first: they set the range. … Dashes as Matplotlib names them.
    """
    ax = plot_data([-5, 15], [0, 1])
    ends = ax.get_xlim()
    plot_line(0.5, -1, label="true line", color="C2", linestyle="--")
    assert ax.get_xlim() == ends
    assert ends[0] < -5 < 15 < ends[1]
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [(x, 0.5 * x - 1) for x in ends])
    assert (ax.lines[0].get_color(), ax.lines[0].get_linestyle()) == ("C2", "--")
    assert labels(ax) == ("x (no unit)", "y (no unit)", ["data", "true line"])


def test_a_fitted_line_is_solid_and_of_another_colour_than_data():
    ax = plot_line(0.5, -1)
    assert labels(ax) == ("x (no unit)", "y (no unit)", ["fitted line"])
    line = ax.lines[0]
    assert (line.get_label(), line.get_color(), line.get_linestyle()) == ("fitted line", "C1", "-")


def test_losses_start_at_epoch_0():
    """Draw the loss over the epochs. … One loss an epoch, the first at epoch 0."""
    ax = plot_losses([3.0, 2.0, 1.5], linestyle=":")
    assert ax.lines[0].get_linestyle() == ":"
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [(0, 3), (1, 2), (2, 1.5)])
    assert labels(ax) == ("epoch (number)", "mean squared error (no unit)", ["loss"])


def test_pictures_share_the_current_axes_or_take_others():
    """Where to draw."""
    assert plot_data([1], [2]) is plot_line(1, 0) is plt.gca()
    _, (left, right) = plt.subplots(1, 2)
    for draw in (lambda: plot_data([1], [2], ax=left), lambda: plot_losses([1], ax=left),
                 lambda: plot_line(1, 0, ax=left)):  # fmt: skip
        assert draw() is left
        assert right is plt.gca()
        assert not right.has_data()
