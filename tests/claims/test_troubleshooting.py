"""The claims of docs/troubleshooting.md."""

import math
from pathlib import Path

import pytest
import torch
from torch import nn

from linreg import largest_stable_lr, make_model
from tests.claims.reference_run import FIT, X, Y, after, descend, rises, x, y
from weaver.page import read

PAGE = Path("docs/troubleshooting.md")
FLAT = Y.flatten()


def test_each_section_begins_with_its_fix():
    """Each section begins with its fix."""
    sections = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
    failures = [section for section in sections if "```python" in section]
    assert len(failures) > 10
    for section in failures:
        assert section.split("\n\n")[1].startswith("**Fix:** ")


def test_each_failure_stands_in_the_output_and_what_is_mended_after_it():
    """Unfold its program to see the failure, then the mended result."""
    page = read(PAGE)
    for program in page.programs[:6]:
        *_, title = (h.text.replace("`", "") for h in page.headings if h.line < program.line)
        parts = title.split(" that is ")  # the warning names both shapes in between
        assert all(part in program.output for part in parts)
    assert all(len(program.output.splitlines()) > 1 for program in page.programs)


def test_flat_inputs_count_as_one_row():
    """Inputs of shape (20,) count as one row of 20 numbers."""
    assert nn.Linear(20, 1)(X.flatten()).shape == (1,)


def test_the_warning_stops_nothing_and_each_target_meets_each_output():
    """This is a warning, so training goes on and fits a wrong line. … Each target of shape (20,)
    is subtracted from each output. The best answer to such a mix is a flat line.
    """
    outputs = make_model()(X)
    assert torch.equal(outputs - FLAT, outputs.repeat(1, 20) - FLAT.repeat(20, 1))
    with pytest.warns(UserWarning, match="Using a target size"):
        model, _ = descend(2000, rows=(X, FLAT))
    assert model.weight.item() == pytest.approx(0, abs=1e-3)
    assert model.bias.item() == pytest.approx(y.mean(), abs=1e-3)


def test_a_mean_written_by_hand_does_not_warn(recwarn):
    """A mean written by hand does not warn."""
    ((make_model()(X) - FLAT) ** 2).mean()
    assert not recwarn


def test_detach_and_no_grad_cut_the_way_to_the_parameters():
    """`.detach()` cuts that way, and so does `torch.no_grad()`:"""
    model = make_model()
    with torch.no_grad():
        silent = nn.MSELoss()(model(X), Y)
    for loss in [silent, nn.MSELoss()(model(X).detach(), Y)]:
        with pytest.raises(RuntimeError, match="element 0 of tensors does not require grad"):
            loss.backward()


def test_above_the_limit_the_loss_grows_until_it_is_too_large():
    """Above that limit each step lands farther from the minimum than the one before. Soon the loss
    is `inf`.
    """
    limit = largest_stable_lr(x)
    _, losses = descend(200, lr=1.5 * limit)
    assert torch.inf in losses
    assert len(rises(losses[1:50])) == 48
    assert rises(descend(200, lr=0.95 * limit)[1]) == []


def test_a_nan_in_the_data_makes_the_first_loss_nan():
    """If the first loss is `nan`, the data holds one:"""
    spoilt = Y.clone()
    spoilt[3] = torch.nan
    assert math.isnan(descend(1, rows=(X, spoilt))[1][0])
    assert math.isfinite(descend(1)[1][0])


def test_the_optimizer_of_another_model_leaves_this_one_as_it_is():
    """The loss stays the same to the last digit."""
    model, other = make_model(), make_model()
    optimizer = torch.optim.SGD(other.parameters(), lr=0.01)
    losses = set()
    for _ in range(20):
        optimizer.zero_grad()
        loss = nn.MSELoss()(model(X), Y)
        losses.add(loss.item())
        loss.backward()
        optimizer.step()
    assert len(losses) == 1


def test_without_zero_grad_the_steps_do_not_stop():
    """The steps swing to and fro and do not stop."""
    _, losses = descend(3000, clear=False)
    assert len(rises(losses[-300:], 0.01)) > 30
    assert min(losses[-300:]) < 1.1 * FIT.loss
    assert max(losses[-300:]) > 2


def test_after_a_few_epochs_the_slope_is_near_and_the_intercept_is_not():
    """The slope looks right after a few epochs. The intercept is slow"""
    w, b = after(30)
    start = make_model()
    assert abs(w - FIT.w) < 0.06
    assert abs(b - FIT.b) > 0.7 * abs(start.bias.item() - FIT.b)
