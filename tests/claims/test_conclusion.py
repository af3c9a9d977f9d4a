"""The claims of docs/tutorial/conclusion.md."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from linreg import coefficients, least_squares, make_data, make_model, to_tensor, train
from tests.claims import test_data as data
from tests.claims import test_loss as loss
from tests.claims import test_model as model
from tests.claims import test_prediction as prediction
from tests.claims import test_tensors as tensors
from tests.claims import test_training as training
from tests.claims import test_zigzag as zigzag
from tests.claims.reference_run import FIT, X, Y, after, x, y
from tests.claims.runs import drawn, variables
from weaver.page import read

PAGE = Path("docs/tutorial/conclusion.md")
ROWS = re.findall(
    r"^\| (.+?) \| (.+?) \| \[.+?\]\((\w+\.md)#(.+?)\) \|$", PAGE.read_text(encoding="utf-8"), re.M
)


def test_the_whole_way_in_one_program_finds_the_fitted_line():
    """You made data around a known line, and let a model find that line … The 20 data points with
    the fitted line through their middle.
    """
    model = variables("tutorial/conclusion.md", "default_rng(38)")["model"]
    assert coefficients(model) == pytest.approx((FIT.w, FIT.b), abs=1e-3)
    shown = drawn("tutorial/conclusion.md", "whole")
    np.testing.assert_allclose(shown["data"], np.column_stack([x, y]))
    np.testing.assert_allclose(shown["fitted line"][:, 1], FIT.w * x + FIT.b, atol=1e-3)


def test_each_row_of_the_table_of_claims_is_read():
    """| Claim often heard | What is true | Shown by |"""
    head, _, *rows = re.findall(r"^\| .*", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert head == "| Claim often heard | What is true | Shown by |"
    assert len(rows) == len(ROWS) > 10


@pytest.mark.parametrize(("claim", "truth", "page", "anchor"), ROWS, ids=[r[3] for r in ROWS])
def test_each_claim_of_the_table_leads_to_a_section_with_a_block(claim, truth, page, anchor):
    """| Claim often heard | What is true | Shown by |"""
    headings = {heading.anchor: heading.line for heading in read(PAGE.with_name(page)).headings}
    start = headings[anchor]
    end = min((line for line in headings.values() if line > start), default=10_000)
    assert any(start < program.line < end for program in read(PAGE.with_name(page)).programs)


DECIDED = {
    "Gaussian noise is random. Gaussian says how the chances are spread.": [
        data.test_the_same_seed_gives_the_same_numbers_and_no_seed_gives_others,
        data.test_68_95_and_99_point_7_percent_of_gaussian_noise_lie_within_1_2_and_3_sigma,
    ],
    "For one input, weight and bias are both uniform between -1 and 1.": [
        model.test_both_parameters_start_uniformly_between_minus_1_and_1,
    ],
    "It has no minimum: it falls for ever.": [
        loss.test_the_mean_error_falls_for_ever,
        loss.test_a_lower_line_always_has_a_lower_mean_error,
    ],
    "With all rows in every step, nothing is random.": [
        loss.test_a_step_takes_the_gradient_of_all_points,
    ],
    "This loss is convex: its one minimum is the global one.": [
        loss.test_the_loss_is_convex_so_that_its_minimum_is_the_global_one,
    ],
    "The two dtypes have to match. float32 is the default of parameters.": [
        tensors.test_inputs_and_parameters_have_to_agree_in_dtype,
        tensors.test_float32_is_the_default_of_parameters_and_float64_that_of_numpy,
    ],
    "Most of the fall is in the first step.": [
        training.test_the_first_step_makes_86_percent_of_the_whole_fall,
    ],
    "In this loop the loss never rises. "
    "Momentum, batches or a missing zero_grad() can make it rise.": [
        training.test_the_loss_never_rises_with_a_learning_rate_that_converges,
        zigzag.test_the_picture_shows_three_loops_whose_loss_rises,
    ],
    "It adds all of them: backward() adds to what is there.": [
        training.test_backward_adds_to_every_gradient_exactly,
    ],
    "It is still there, and one step old.": [
        prediction.test_output_outlives_the_loop_and_is_one_step_old,
    ],
    "The loss ends well above 0, and the fitted line beats even the true one on its points.": [
        data.test_the_points_are_close_to_a_straight_line_but_no_line_meets_them_all,
        prediction.test_the_fitted_line_never_has_a_higher_loss_than_the_true_one,
    ],
    "Only once training has converged.": [
        prediction.test_stop_early_and_most_of_the_gap_is_unfinished_work,
        prediction.test_once_converged_the_gap_is_the_noise,
    ],
}


def test_each_truth_of_the_table_is_decided_by_tests():
    """| Claim often heard | What is true | Shown by |"""
    assert [truth for _, truth, _, _ in ROWS] == list(DECIDED)
    assert all(map(callable, itertools.chain(*DECIDED.values())))


def test_the_gap_that_is_left_is_the_noise_and_more_steps_would_not_close_it():
    """The gap between 0.478 and 0.5, and between -0.917 and -1, comes from the noise: training
    has converged, and [more steps would not close it](prediction.md#the-gap-has-two-causes).
    """
    now = variables("tutorial/conclusion.md", "default_rng(38)")["model"]
    assert coefficients(now) == pytest.approx(after(3000), abs=1e-3)
    assert coefficients(now) == pytest.approx((0.478, -0.917), abs=5e-4)


def test_the_network_is_better_on_its_own_points_and_worse_on_new_ones():
    """On its own points, the network beats any straight line, because it may bend. On 1000 new
    ones, it is worse: it follows the noise of its own.
    """
    network = variables("tutorial/conclusion.md", "counts")["model"]
    for n, seed in [(20, 38), (1000, 1), (10_000, 2)]:
        x, y = make_data(n=n, seed=seed)
        bent = np.mean((network(to_tensor(x)).detach().numpy().flatten() - y) ** 2)
        more = bent - np.mean((FIT.w * x + FIT.b - y) ** 2)
        assert more < -0.05 if seed == 38 else more > 0.03


def test_the_picture_shows_where_the_network_leaves_the_line():
    """Own points and new points around a dashed straight line. The network's solid curve stays
    close to the line on the right. Left of the middle it bulges above the line, and at the left
    end it drops below it. … It follows its own points.
    """
    shown = drawn("tutorial/conclusion.md", "network")
    np.testing.assert_allclose(shown["own points"], np.column_stack([x, y]))
    np.testing.assert_allclose(
        shown["new points"], np.column_stack(make_data(n=1000, seed=1))[:100]
    )
    grid, curve = shown["network"].T
    above = curve - (FIT.w * grid + FIT.b)
    assert np.abs(above[grid > 2]).max() < 0.2
    assert -1.5 < grid[above.argmax()] < -0.5
    assert above.max() > 0.3
    assert above[0] < -0.6
    assert above.argmin() == 0


def test_each_layer_is_a_weighted_sum_plus_a_bias_with_8_8_8_and_1_parameters():
    """each output is a weighted sum of [the inputs](../deeper/many-inputs.md) plus a bias. …
    The first layer makes 8 numbers of each $x$, with 8 weights and 8 biases. … The last layer
    makes one number of the 8, with 8 weights and 1 bias.
    """
    first, _, last = variables("tutorial/conclusion.md", "counts")["model"]
    assert (first(X).shape, last(first(X)).shape) == ((20, 8), (20, 1))
    assert (first.weight.numel(), first.bias.numel()) == (8, 8)
    assert (last.weight.numel(), last.bias.numel()) == (8, 1)
    for layer, given in [(first, X), (last, first(X))]:
        torch.testing.assert_close(layer(given), given @ layer.weight.T + layer.bias)


def test_without_relu_the_chain_is_a_straight_line():
    """`nn.ReLU()` turns negative ones into 0. Without it, the chain would be a straight
    line.
    """
    assert nn.ReLU()(torch.tensor([-3.0, 2.0])).tolist() == [0, 2]
    torch.manual_seed(0)
    chain = nn.Sequential(nn.Linear(1, 8), nn.Linear(8, 1)).double()
    x = torch.linspace(-5, 15, 9, dtype=torch.float64)
    line = chain(x[:, None]).flatten().detach()
    np.testing.assert_allclose(np.diff(line, 2), 0, atol=1e-9)


def test_only_the_line_that_makes_the_model_is_new():
    """One line of code is new, the one that makes the model."""
    network, line = (
        next(p.code for p in read(PAGE).programs if part in p.code)
        for part in ["counts", "default_rng(38)"]
    )

    def loop(code):
        return re.search(r"    optimizer\.zero_grad\(\).*optimizer\.step\(\)\n", code, re.S)[0]

    assert loop(network) == loop(line)


def test_the_loop_fits_a_line_to_a_parabola_whose_low_points_stand_together():
    """the points below the line all stand together. Noise would scatter them. … The points in the
    middle lie below the line, those at both ends above it.
    """
    shown = drawn("tutorial/conclusion.md", "parabola")
    fit = least_squares(*shown["data"].T)
    (x0, x1), (y0, y1) = shown["fitted line"].T
    assert (y1 - y0) / (x1 - x0) == pytest.approx(fit.w)
    assert y0 == pytest.approx(fit.w * x0 + fit.b)
    np.testing.assert_allclose(shown["data"][:, 1], shown["data"][:, 0] ** 2)
    below = np.flatnonzero(shown["data"][:, 1] < fit.w * shown["data"][:, 0] + fit.b)
    assert np.ptp(below) + 1 == len(below)
    assert 0 < below[0] < 10 < below[-1] < 19
    below = np.flatnonzero((y < FIT.w * x + FIT.b)[x.argsort()])
    assert np.ptp(below) + 1 > len(below)


def test_new_points_have_a_higher_loss_on_average():
    """New points from the same source have a higher loss on average."""
    own, new = [], []
    for seed in range(5000, 6000):
        fit = least_squares(*make_data(seed=seed))
        x, y = make_data(seed=seed + 5000)
        own.append(fit.loss)
        new.append(np.mean((fit.w * x + fit.b - y) ** 2))
    assert np.mean(new) > np.mean(own) + 0.1


def test_the_loop_never_knew_the_true_line():
    """No. The loop never knew the true line."""
    x, y = make_data(w=-2, b=7)
    model = make_model()
    train(model, to_tensor(x), to_tensor(y), epochs=3000)
    fit = least_squares(x, y)
    assert coefficients(model) == pytest.approx((fit.w, fit.b), abs=1e-3)
    assert coefficients(model) == pytest.approx((-2, 7), abs=0.3)


def test_formula_and_loop_give_the_same_line():
    """Both give the same line."""
    model = make_model()
    train(model, X, Y, epochs=3000)
    assert coefficients(model) == pytest.approx((FIT.w, FIT.b), abs=1e-4)
