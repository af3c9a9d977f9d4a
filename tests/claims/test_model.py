"""The claims of docs/tutorial/model.md."""

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from torch import nn

from linreg import coefficients, make_model
from tests.claims.reference_run import FIT, X, x, y
from tests.claims.runs import drawn, figure, variables


def test_make_model_is_the_code_of_this_page():
    """`make_model()` is `torch.manual_seed(2)` and `nn.Linear(1, 1)` in one function."""
    model = variables("tutorial/model.md", "print(model)")["model"]
    assert coefficients(model) == coefficients(make_model())


def test_the_model_computes_w_x_plus_b_and_nothing_else():
    r"""$$\hat y = wx + b$$ … with one **input**, $x$, and two parameters, $w$ and $b$. … The
    model computes $wx + b$ and nothing else.
    """
    w, b = coefficients(make_model())
    np.testing.assert_allclose(make_model()(X).detach().flatten(), w * x + b, rtol=1e-5)
    assert len(list(make_model().parameters())) == 2


def test_the_picture_shows_the_untrained_line():
    """The data points and the untrained line."""
    lines = drawn("tutorial/model.md", "untrained")
    w, b = coefficients(make_model())
    ends = [(-5, b - 5 * w), (15, b + 15 * w)]
    np.testing.assert_allclose(lines["untrained line"], ends, rtol=1e-6)
    np.testing.assert_allclose(lines["data"], np.column_stack([x, y]))


def test_the_untrained_line_rises_less_steeply_starts_above_and_ends_far_below():
    """The line rises less steeply than the points: it starts above those on the left and ends far
    below those on the right.
    """
    w, b = coefficients(make_model())
    assert 0 < w < FIT.w
    assert w * -5 + b > FIT.w * -5 + FIT.b + 1
    assert w * 15 + b < FIT.w * 15 + FIT.b - 2


def test_both_parameters_start_uniformly_between_minus_1_and_1():
    """For one input, PyTorch draws both parameters uniformly between -1 and 1: each value in
    between is equally likely. … No start value of 4000 models lies outside -1 and 1
    """
    torch.manual_seed(1)
    starts = np.array([coefficients(nn.Linear(1, 1)) for _ in range(4000)])
    assert (np.abs(starts) < 1).all()
    for values in starts.T:
        share, _ = np.histogram(values, bins=4, range=(-1, 1))
        np.testing.assert_allclose(share / 4000, 0.25, atol=0.03)


def test_thirty_lines_fan_out_from_near_x_0_and_some_rise():
    """A fan of thirty thin lines. They pass close to each other at x = 0 and spread to both sides:
    some rise, some fall. The true line, thick and dashed, lies among them. … Thirty untrained
    lines.
    """
    (ax,) = figure("tutorial/model.md", "starts").axes
    *starts, true = [line.get_ydata() for line in ax.lines]
    left, right = np.array(starts).T
    middle = 0.75 * left + 0.25 * right
    assert len(starts) == 30
    assert np.ptp(middle) < 2 < 5 < np.ptp(left) < np.ptp(right)
    assert 5 < (right > left).sum() < 25
    np.testing.assert_allclose(true.flatten(), [-3.5, 6.5])
    assert left.min() < true[0] < left.max()
    assert right.min() < true[1] < right.max()


def test_detach_gives_the_same_numbers_and_drawing_refuses_them_with_their_record():
    """For training, PyTorch records how an answer is computed. `.detach()` gives the same numbers
    without that record, since Matplotlib does not draw numbers that have one.
    """
    answers = make_model()(X)
    assert answers.grad_fn is not None
    assert answers.detach().grad_fn is None
    assert torch.equal(answers, answers.detach())
    with pytest.raises(RuntimeError, match="requires grad"):
        Figure().subplots().plot(X, answers)


def test_the_range_is_narrower_for_more_inputs():
    r"""For more inputs the range is narrower … PyTorch divides the range by the square root of the
    number of inputs: $1/\sqrt{4}$ is 0.5. … one weight for each of the 4 inputs, and one bias.
    """
    torch.manual_seed(0)
    layers = [nn.Linear(4, 1) for _ in range(500)]
    values = torch.cat([torch.cat([m.weight.flatten(), m.bias]) for m in layers])
    assert len(values) == 500 * (4 + 1)
    assert 0.49 < values.abs().max() < 0.5


def test_a_flat_array_is_taken_for_one_row():
    """PyTorch takes it for one row with 20 inputs, and the model has one input. … Here "mat1"
    is your data, 1 row with 20 columns, and "mat2" the weight, 1 row with 1 column. … in
    `reshape(-1, 1)`, the 1 asks for one column, and -1 lets PyTorch count the rows.
    """
    with pytest.raises(RuntimeError, match=r"\(1x20 and 1x1\)"):
        make_model()(X.flatten())
    torch.manual_seed(0)
    assert nn.Linear(20, 1)(X.flatten()).shape == (1,)
    assert X.flatten().reshape(-1, 1).shape == (20, 1)


def test_tables_multiply_only_if_columns_of_the_first_equal_rows_of_the_second():
    """PyTorch multiplies two tables only if the first has as many columns as the second has
    rows.
    """
    for columns, rows in np.ndindex(4, 4):
        first, second = torch.ones(2, columns + 1), torch.ones(rows + 1, 3)
        if columns == rows:
            assert (first @ second).shape == (2, 3)
        else:
            with pytest.raises(RuntimeError, match="cannot be multiplied"):
                first @ second


def test_each_call_of_linear_draws_new_parameters():
    """Each call of `nn.Linear(1, 1)` draws new parameters."""
    torch.manual_seed(2)
    assert coefficients(nn.Linear(1, 1)) != coefficients(nn.Linear(1, 1))


def test_the_line_of_seed_0_falls_slightly():
    """Its weight is a little below zero, so its line falls, if only slightly."""
    assert -0.05 < coefficients(make_model(seed=0))[0] < 0
