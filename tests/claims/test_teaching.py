"""The claims of docs/teaching.md."""

import re
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from linreg import hessian, largest_stable_lr, least_squares, make_data, make_model, to_tensor
from tests.claims.reference_run import FIT, LR, X, Y, descend, x, y
from tests.claims.runs import figure, variables
from weaver.notebook import install_block
from weaver.page import read
from weaver.site import Site

PAGE = read(Path("docs/teaching.md"))


def test_each_lesson_adds_up_to_45_minutes():
    """Teach how a line is fitted in three lessons of 45 minutes"""
    sections = re.split("^## ", PAGE.source, flags=re.MULTILINE)
    told = {
        name: [
            int(minutes) for minutes in re.findall(r"^\| (\d+) minutes \|", section, re.MULTILINE)
        ]
        for section in sections
        if (name := section.partition(":")[0]).endswith(" lesson")
    }
    assert told == variables("teaching.md", "datetime")["lessons"]
    assert [sum(minutes) for minutes in told.values()] == [45] * 3


def test_other_points_have_another_best_loss():
    """Then the best loss is another one, and not 0.8175."""
    assert pytest.approx(0.8175, abs=5e-5) == FIT.loss
    moved = y.copy()
    moved[4] += 1
    others = [least_squares(x, moved), *(least_squares(*make_data(seed=k)) for k in range(5))]
    assert all(abs(fit.loss - FIT.loss) > 0.001 for fit in others)


def test_the_true_line_is_not_the_best_one():
    """The true line has the larger loss, 0.8297. … The best line is the best for these points
    alone. … Each is the best one for its points.
    """
    assert ((0.5 * x - 1 - y) ** 2).mean() == pytest.approx(0.8297, abs=5e-5)
    assert FIT.loss < 0.8297
    for seed in range(5):
        others = make_data(seed=seed)
        fit = least_squares(*others)
        assert fit.loss < ((FIT.w * others[0] + FIT.b - others[1]) ** 2).mean() - 1e-3


def test_a_square_grows_with_the_square_of_the_error():
    """An error twice as long has a square four times as large"""
    loss_fn = nn.MSELoss()
    assert loss_fn(2 * Y, 0 * Y) == pytest.approx(4 * loss_fn(Y, 0 * Y))


def test_the_valley_has_one_bottom_and_one_steep_direction():
    """The valley has one bottom. … The first step is 86 percent of the whole fall, and then the
    bias creeps.
    """
    assert np.linalg.eigvalsh(hessian(x)).min() > 0
    losses = descend(30)[1]
    assert (losses[0] - losses[1]) / (losses[0] - FIT.loss) == pytest.approx(0.86, abs=0.005)
    model = make_model()
    start = model.bias.item()
    assert (descend(30)[0].bias.item() - start) / (FIT.b - start) < 0.3


@pytest.mark.parametrize("without", ["zero_grad", "backward", "step", None])
def test_what_each_line_of_the_loop_is_for(without):
    """`optimizer.step()` alone. … Without `optimizer.step()`, and without `loss.backward()`: there
    is then no gradient to follow. … Without `optimizer.zero_grad()`.
    """
    model, losses = make_model(), []
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)
    for _ in range(1000):
        loss = nn.MSELoss()(model(X), Y)
        losses.append(loss.item())
        for name, call in {
            "zero_grad": optimizer.zero_grad,
            "backward": loss.backward,
            "step": optimizer.step,
        }.items():
            before = model.weight.item()
            if name != without:
                call()
            moves = name == "step" and without in ("zero_grad", None)
            assert moves or model.weight.item() == before
    assert (losses[0] == losses[-1]) == (without in ("backward", "step"))
    assert (np.ptp(losses[-100:]) > 1) == (without == "zero_grad")


def test_a_loop_that_runs_again_goes_on():
    """The loop runs a second time, and its first loss is small. … The model is the trained one:
    run the lines that make model and optimizer too.
    """
    model, losses = descend(100)
    assert descend(1, model)[1][0] == pytest.approx(losses[-1], abs=0.01)
    assert descend(1)[1][0] == losses[0] > 2


def test_the_limit_depends_on_the_inputs_alone():
    """The rate is above the limit of 0.0209. … Other inputs; the targets do not matter."""
    assert largest_stable_lr(x) == pytest.approx(0.0209, abs=5e-5)
    assert largest_stable_lr(2 * x) < largest_stable_lr(x) / 2
    # Towards other targets, a rate below the limit ends, and one above it does not.
    for rate, ends in [(0.0208, True), (0.022, False)]:
        loss = descend(3000, lr=rate, rows=(X, 5 * Y + 3))[1][-1]
        assert (loss < 100) == ends


def test_large_numbers_need_a_smaller_rate():
    """Years as inputs are large numbers, for which the rate is above the limit."""
    years = np.arange(2000, 2020)
    assert largest_stable_lr(years) < LR < largest_stable_lr((years - years.mean()) / years.std())
    assert np.isnan(descend(1000, rows=(to_tensor(years), Y))[1][-1])


@pytest.mark.parametrize("commit", ["v1.2.3", "0123abc"])
def test_the_line_that_installs_names_what_the_pages_were_made_of(monkeypatch, commit):
    """Its package is that of the pages on which it stands; in a release's zip, it is the package
    of the release
    """
    monkeypatch.setenv("REPO_URL", "https://example.org/tutorial")
    monkeypatch.setenv("COMMIT", commit)
    (line,) = re.findall("pip install.*", install_block(Site.load()))
    assert line == f"pip install https://example.org/tutorial/archive/{commit}.zip"
    workflow = Path(".github/workflows/release.yml").read_text(encoding="utf-8")
    assert "COMMIT: ${{ github.ref_name }}" in workflow


def test_lists_of_two_lengths_do_not_fit():
    """One list is longer than the other.** PyTorch says that a size must match another"""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(RuntimeError, match=r"The size of tensor a \(.*\) must match"):
            nn.MSELoss()(X, Y[1:])


def test_the_four_sets_have_the_same_loss():
    """All [four sets](deeper/right-line.md#four-sets-one-line) have the same loss."""
    fits = [
        least_squares(*ax.lines[0].get_xydata().T)
        for ax in figure("deeper/right-line.md", "anscombe").axes
    ]
    assert len(fits) == 4
    assert [fit.loss for fit in fits] == pytest.approx([fits[0].loss] * 4, abs=0.005)
