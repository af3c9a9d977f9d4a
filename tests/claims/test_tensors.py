"""The claims of docs/tutorial/tensors.md."""

import warnings

import numpy as np
import pytest
import torch
from torch import nn

from linreg import coefficients, make_model, to_tensor, train
from tests.claims.reference_run import X, Y, descend, x, y
from tests.claims.runs import drawn, variables


def test_to_tensor_is_the_code_of_this_page():
    """The function `to_tensor` of `linreg` does the same. … one row for each point, one column for
    each input. The -1 means "as many rows as it takes".
    """
    block = variables("tutorial/tensors.md", 'print("before"')
    assert torch.equal(block["inputs"], to_tensor(x))
    assert torch.equal(block["targets"], to_tensor(y))
    assert torch.ones(6).reshape(-1, 1).shape == (6, 1)


def test_float32_is_the_default_of_parameters_and_float64_that_of_numpy():
    """`float32` is the default of a model's parameters, and `float64` is NumPy's default."""
    assert make_model().weight.dtype == torch.float32
    assert x.dtype == np.float64


def test_inputs_and_parameters_have_to_agree_in_dtype():
    """Inputs and parameters have to agree … A model that is converted to `float64` takes the
    inputs as they are.
    """
    for model, inputs in [(make_model(), X.double()), (make_model().double(), X)]:
        with pytest.raises(RuntimeError, match="mat1 and mat2 must have the same dtype"):
            model(inputs)
    assert make_model().double()(X.double()).dtype == torch.float64


def test_a_float32_takes_half_the_memory_of_a_float64():
    """a decimal number that takes half the memory of a `float64`."""
    assert 2 * X.nbytes == X.double().nbytes


def test_flat_targets_count_as_one_row_and_both_are_repeated():
    """A flat array counts as one row: (3,) becomes (1, 3). … The column of outputs is repeated to
    3 columns. … The row of targets is repeated to 3 rows. … Both are now (3, 3), and are
    subtracted number by number. … The three errors of the points stand on the diagonal: 9, 18
    and 27. The other six mix the output of one point with the target of another.
    """
    block = variables("tutorial/tensors.md", "outputs.expand")
    outputs, targets = block["outputs"].flatten().tolist(), block["targets"].tolist()
    every = torch.tensor([[output - target for target in targets] for output in outputs])
    assert torch.equal(block["outputs"] - block["targets"], every)
    assert torch.equal(block["outputs"].expand(3, 3) - block["row"].expand(3, 3), every)
    assert every.diagonal().tolist() == [9, 18, 27]
    assert every.numel() - 3 == 6


def test_flat_targets_make_400_errors_of_20():
    """The model's output is a column, (20, 1). … it repeats both until the shapes agree. … There
    should be 20 errors, and there are 400. … A table of 20 rows with 20 dots each. On the
    diagonal, from the upper left to the lower right, stand squares. … Each output minus each
    target. Only the 20 errors on the diagonal are errors of points.
    """
    block = variables("tutorial/tensors.md", "np.indices")
    errors = (make_model()(X) - Y.flatten()).detach().numpy()
    assert block["errors"] == pytest.approx(errors, abs=1e-6)
    dots = drawn("tutorial/tensors.md", "broadcast")
    assert dots["of a point"].tolist() == [[k, k] for k in range(20)]
    assert len(dots["of two points"]) == 380
    assert (make_model()(X) - Y.flatten()).numel() == 400
    assert (make_model()(X) - Y).numel() == 20
    assert make_model()(X).shape == (20, 1)


def test_flat_targets_teach_slope_0_and_the_mean_of_y():
    """The model learns to ignore $x$: each output meets every target, so the best answer is slope
    0 and the mean of $y$. … `train` of `linreg` refuses flat targets.
    """
    model = make_model()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(2000):
        optimizer.zero_grad()
        ((model(X) - Y.flatten()) ** 2).mean().backward()
        optimizer.step()
    assert coefficients(model) == pytest.approx((0, y.mean()), abs=1e-3)
    with pytest.raises(ValueError, match="both need"):
        train(model, X, Y.flatten())


def test_the_loss_class_warns_of_flat_targets_and_a_mean_by_hand_says_nothing():
    """The loss class warns. A mean written by hand says nothing"""
    outputs = make_model()(X)
    with pytest.warns(UserWarning, match="target size"):
        nn.MSELoss()(outputs, Y.flatten())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ((outputs - Y.flatten()) ** 2).mean()


def test_a_float64_target_alone_raises_no_error():
    """Targets of `float64` raise no error"""
    model, _ = descend(1000, rows=(X, Y.double()))
    assert coefficients(model) == pytest.approx(coefficients(descend(1000)[0]), abs=1e-4)


def test_a_float32_is_within_one_part_in_ten_million():
    """The largest difference, relative to the number itself, is below one part in ten million."""
    assert (np.abs(x.astype(np.float32) - x) <= 1e-7 * np.abs(x)).all()
