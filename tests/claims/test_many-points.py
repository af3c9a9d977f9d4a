"""The claims of docs/deeper/many-points.md."""

import os
import re
import signal
import sys
import time
import tracemalloc
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.data import DataLoader, TensorDataset

from examples.distributed import share
from linreg import coefficients, least_squares, make_data, make_model, to_tensor
from tests.bench.scaling import CHUNK, TABLE, one_pass
from tests.claims.reference_run import X, Y, after
from tests.claims.runs import drawn, figure, left, program
from tests.examples.runs import LIMIT, finished, line, started

PAGE = "deeper/many-points.md"
ROWS = pd.read_csv(TABLE)
TIMES = ROWS.pivot(index="n", columns="way", values="seconds")
MANY = TIMES[TIMES.index >= 1_000_000]
STEP, FILE = "all rows in one step", "exact, from a file"


def test_the_figure_draws_the_table_and_names_the_machine():
    """One epoch, one exact line, or one reading, on the machine above the plot."""
    for way, points in drawn(PAGE, "scaling").items():
        np.testing.assert_allclose(points, ROWS[ROWS["way"] == way][["n", "seconds"]])
    assert set(drawn(PAGE, "scaling")) == set(ROWS["way"])
    assert ROWS[["date", "machine"]].drop_duplicates().shape == (1, 2)
    title = figure(PAGE, "scaling").axes[0].get_title().replace("\n", " ")
    assert title == f"{ROWS['date'][0]}, {ROWS['machine'][0]}"


def test_all_ways_stay_level_at_first_and_batches_rise_sooner():
    """All rows in one step, and the exact ways, stay level at first and rise for many points. The
    two ways with batches rise sooner, and DataLoader lies above slicing.
    """
    level = TIMES.loc[1000] / TIMES.loc[20]
    assert (level[[STEP, FILE, "exact, from memory"]] < 4).all()
    rise = TIMES.loc[100_000] / TIMES.loc[20]
    batches = rise[["batches by slicing", "batches by DataLoader"]].min()
    assert batches > 2 * rise[[STEP, FILE, "exact, from memory"]].max()
    assert (MANY.iloc[-1] > 20 * TIMES.loc[20])[[STEP, FILE, "exact, from memory"]].all()
    both = TIMES.dropna()
    assert (both["batches by DataLoader"] > both["batches by slicing"]).all()


def trained(batches, lr, epochs=1):
    """Train by steps over batches; give w and b."""
    model = make_model()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        for batch, goal in batches:
            optimizer.zero_grad()
            nn.MSELoss()(model(batch), goal).backward()
            optimizer.step()
    return coefficients(model)


class Operations(TorchDispatchMode):
    """Counts what PyTorch is asked for."""

    count = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        self.count += 1
        return operation(*args, **(kwargs or {}))


def test_a_gpu_is_slower_for_20_points_and_pays_for_many():
    """For 20 points, you need no GPU. … For 20 points, stay on the CPU. … So in [the
    figure](#time-against-the-number-of-points), a step for 20 points takes more than twice as long
    on the GPU. A GPU pays once arithmetic fills the time. There, a hundred thousand points are
    enough, and with a hundred million, a step on the GPU takes less than a hundredth of the time.
    … The step on the GPU stays level up to ten million points.
    """
    ratio = TIMES[f"{STEP}, GPU"] / TIMES[STEP]
    assert ratio[20] > 2
    assert (ratio[TIMES.index >= 100_000] < 1).all()
    assert ratio[100_000_000] < 0.01
    on_gpu = TIMES[f"{STEP}, GPU"]
    assert on_gpu[TIMES.index <= 10_000_000].max() < 2 * on_gpu[20] < on_gpu[100_000_000]


def test_a_step_starts_the_same_operations_for_20_points_as_for_a_million():
    """a thousand points take about as long as twenty. The time goes into starting each operation,
    not into arithmetic. … A step starts the same operations for 20 points as for a million.
    """
    counts = []
    for n in (20, 1_000_000):
        model, inputs = make_model(), torch.ones(n, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        with Operations() as operations:
            optimizer.zero_grad()
            nn.MSELoss()(model(inputs), inputs).backward()
            optimizer.step()
        counts.append(operations.count)
    assert counts[0] == counts[1] < 100
    assert TIMES[STEP][1000] < 3 * TIMES[STEP][20]


class Counted(TensorDataset):
    """Counts the points that are fetched."""

    fetched = 0

    def __getitem__(self, row):
        self.fetched += 1
        return super().__getitem__(row)


def test_a_loader_fetches_point_by_point_and_takes_ten_times_as_long():
    """`DataLoader` fetches point by point. On this machine, from a thousand points on, it takes
    more than ten times as long as slicing. … With `shuffle=True`, it shuffles by itself.
    """
    points = Counted(X, Y)
    inputs = torch.cat([batch for batch, _ in DataLoader(points, batch_size=5, shuffle=True)])
    assert points.fetched == 20
    assert not torch.equal(inputs, X)
    assert torch.equal(inputs.sort(0)[0], X.sort(0)[0])
    both = TIMES[TIMES.index >= 1000].dropna()
    assert len(both) >= 2
    assert (both["batches by DataLoader"] > 10 * both["batches by slicing"]).all()


def test_the_exact_line_costs_a_few_readings_or_about_one_step():
    """For many points, it takes a few times as long as reading them, and on a CPU about as long as
    one step with all rows. Training needs many steps. … So ten million points are no reason to
    train.
    """
    assert (MANY[FILE] < 10 * MANY["reading the file"]).all()
    assert (MANY[FILE] < 5 * MANY[STEP]).all()
    assert (MANY[FILE] > MANY[STEP] / 5).all()
    assert MANY[FILE][10_000_000] < 1
    model, fit = make_model(), least_squares(*make_data())
    nn.MSELoss()(model(X), Y).backward()
    assert abs(coefficients(model)[0] - fit.w) > 0.1  # one step with all rows does not get there
    assert abs(after(1)[1] - fit.b) > 0.1


def test_a_loader_with_the_same_order_gives_the_same_batches_and_line():
    """A `DataLoader` with the same order gives the same batches, and so training gives the same
    line.
    """
    order = torch.randperm(20)
    slices = [(X[rows], Y[rows]) for rows in order.split(6)]
    loader = DataLoader(TensorDataset(X, Y), batch_size=6, sampler=order.tolist())
    for ours, theirs in zip(slices, loader, strict=True):
        assert all(map(torch.equal, ours, theirs))
    assert trained(slices, 0.001) == pytest.approx(trained(loader, 0.001))


def test_one_part_at_a_time_is_enough(tmp_path):
    """With `mmap_mode="r"`, the numbers stay in the file until a slice asks for them: the file
    is **memory-mapped**. One part at a time is enough
    """
    x, y = make_data(n=1_000_000)
    np.save(tmp_path / "points.npy", [x, y])
    tracemalloc.start()
    try:
        points = np.load(tmp_path / "points.npy", mmap_mode="r")
        found = one_pass(points)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10 * 2 * 8 * CHUNK < points.nbytes / 3
    assert found == pytest.approx(tuple(least_squares(x, y)), abs=1e-9)


@pytest.mark.parametrize("size", [1, 7, 19])
def test_joined_sums_are_the_sums_of_all(size):
    r"""the sums need a term for the gap between the means. Its first factor is `weight` … $$S =
    S_1 + S_2 + \frac{n_1 n_2}{n_1 + n_2}\,(\bar x_2 - \bar x_1)^2$$ … Let $d = \bar x_2 - \bar
    x_1$ and $n = n_1 + n_2$. The mean of all is $\bar x = \bar x_1 + d\, n_2 / n$. … Around
    $\bar x$, the squares of the first part sum to $S_1 + n_1 (d\, n_2 / n)^2$: the mixed term is
    zero, since the distances from $\bar x_1$ add up to zero. The same holds for the second part.
    … $$n_1 \left(\frac{d\, n_2}{n}\right)^2 + n_2 \left(\frac{d\, n_1}{n}\right)^2 = \frac{n_1
    n_2\,(n_1 + n_2)}{n^2}\, d^2 = \frac{n_1 n_2}{n}\, d^2$$ … For the products, $d^2$ becomes
    the gap in $x$ times the gap in $y$.
    """
    x, y = make_data()

    def products(a, b):
        return np.sum((a - a.mean()) * (b - b.mean()))

    weight = size * (20 - size) / 20
    for a, b in [(x, x), (x, y)]:
        gap = (a[size:].mean() - a[:size].mean()) * (b[size:].mean() - b[:size].mean())
        parts = products(a[:size], b[:size]) + products(a[size:], b[size:])
        assert parts + weight * gap == pytest.approx(products(a, b))
    assert np.sum(x[:size] - x[:size].mean()) == pytest.approx(0, abs=1e-9)
    d, n_2 = x[size:].mean() - x[:size].mean(), 20 - size
    assert x.mean() == pytest.approx(x[:size].mean() + d * n_2 / 20)
    for part, ours, others in [(x[:size], size, n_2), (x[size:], n_2, size)]:
        around = np.sum((part - x.mean()) ** 2)
        assert around == pytest.approx(products(part, part) + ours * (d * others / 20) ** 2)
    gaps = size * (d * n_2 / 20) ** 2 + n_2 * (d * size / 20) ** 2
    assert gaps == pytest.approx(size * n_2 * (size + n_2) / 20**2 * d**2)
    assert gaps == pytest.approx(weight * d**2)


def test_ten_million_points_fit_in_memory_at_once():
    """Ten million points in `float64` are 160 megabytes. They fit in memory, so
    `least_squares(x, y)` is all that they need.
    """
    x, y = make_data(n=10_000_000)
    assert x.nbytes + y.nbytes == 160e6
    assert tuple(least_squares(x, y))[:2] == pytest.approx((0.5, -1), abs=0.001)


def test_a_csv_file_comes_in_parts_and_a_gap_would_spoil_the_sums():
    """A CSV file comes in parts too, by the `read_csv` of pandas. Leave out the rows with gaps: a
    single one makes the sums `nan`.
    """
    block = program(PAGE, "chunksize")
    rows = ".mask(np.arange(100_000)[:, None] == [9, 70_000]).to_csv("
    gaps = block.code.replace(".to_csv(", rows)
    for code, n in (block.code, 100_000), (gaps, 99_998), (gaps.replace(".dropna()", ""), None):
        values = left(replace(block, code=code)).variables
        assert np.isfinite(values["w"]) == (n is not None)
        if n:
            assert values["n_1"] == n
            assert values["w"] == pytest.approx(values["fit"].w, abs=1e-3)


def test_in_float32_the_raw_form_misses_the_variance():
    """The spread of $x$, its variance, is also the mean of $x^2$ less the square of the mean. Far
    from zero, this raw form subtracts two large numbers. For $x$ near 10,000, squares in `float32`
    go in steps of 8, too coarse for a variance of 33. The raw form misses it by more than a
    hundredth, and the centred one does not.
    """
    x, _ = make_data(n=1000)
    assert np.mean(x**2) - x.mean() ** 2 == pytest.approx(x.var())
    for n in (1000, 100_000):
        x, _ = make_data(n=n)
        far = (x + 10_000).astype(np.float32)
        assert (np.spacing(far * far) == 8).all()
        raw = np.mean(far * far) - far.mean() * far.mean()
        centred = np.mean((far - far.mean()) ** 2)
        assert abs(raw / x.var() - 1) > 0.01 > abs(centred / x.var() - 1)


def test_a_running_total_of_ones_stops():
    """A running total of ones in `float32` stops at 16,777,216: one more changes nothing.
    `float64` loses digits
    """
    stop = 16_777_216
    assert np.float32(stop) + np.float32(1) == np.float32(stop)
    assert np.float32(stop - 1) + np.float32(1) == np.float32(stop)
    assert np.cumsum(np.ones(stop + 9, np.float32))[-1] == stop
    assert float(stop) + 1 > stop


def test_the_mean_of_two_gradients_is_the_gradient_of_all():
    """The mean of the two gradients is the gradient of all points."""

    def gradient(inputs, targets):
        model = make_model()
        nn.MSELoss()(model(inputs), targets).backward()
        return model.weight.grad.item(), model.bias.grad.item()

    halves = [gradient(*share(rank, 2)) for rank in range(2)]
    assert np.mean(halves, axis=0) == pytest.approx(gradient(X, Y), rel=1e-5)


@pytest.mark.skipif(sys.platform == "win32", reason="ends processes by signals")
def test_a_process_that_dies_ends_the_run_and_the_checkpoint_resumes_it(tmp_path, request):
    """This script finds the same line as one process, to a millionth. It refuses
    shares of unequal size. Every so often, it writes a **checkpoint**: a file with the parameters
    and the epoch. If a process dies, the command ends the others and tells which one died. Give it
    again, and it goes on from the checkpoint. To train anew, delete the checkpoint first: else the
    new run goes on from the old one.
    """
    if request.config.getoption("salt"):
        pytest.skip("no salt reaches other processes")
    checkpoint, end = tmp_path / "checkpoint.pt", time.monotonic() + LIMIT
    with started(tmp_path) as run:
        both = run.stdout.readline() + run.stdout.readline()
        while not checkpoint.exists():
            assert time.monotonic() < end
            time.sleep(0.001)
        os.kill(int(re.search(r"rank 1 of 2, process (\d+)", both)[1]), signal.SIGKILL)
        printed, errors = run.communicate(timeout=LIMIT)
    assert both.count("from epoch 0") == 2
    assert run.returncode == 1
    assert "w =" not in printed
    assert re.search(r"rank +: 1 .*\n *exitcode +: -9 .*\n.*\n.*Signal 9 \(SIGKILL\)", errors)
    for process in re.findall(r"process (\d+)", both):
        with pytest.raises(ProcessLookupError):
            os.kill(int(process), 0)
    with pytest.raises(ValueError, match="no equal shares for 3 processes"):
        share(0, 3)
    left = torch.load(checkpoint)
    assert set(left["model"]) == {"weight", "bias"}
    assert 0 < left["epoch"] < 1000

    again = finished(tmp_path)
    assert set(re.findall(r"from epoch (\d+)", again)) == {str(left["epoch"])}
    assert line(again) == pytest.approx(after(1000), abs=1e-6)


@pytest.mark.parametrize(("size", "last"), [(64, 40), (900, 100)])
def test_points_of_a_small_part_count_more(size, last):
    """In a mean of means, a small part counts as much as a large one. … This holds for gradients
    too. In … , the last one is smaller, so each of its points counts more.
    """
    parts = torch.arange(1000).split(size)
    assert len(parts[-1]) == last
    outputs = torch.zeros(1000, requires_grad=True)
    losses = [nn.MSELoss()(outputs[part], torch.ones(len(part))) for part in parts]
    torch.stack(losses).mean().backward()
    assert outputs.grad[-1] / outputs.grad[0] == pytest.approx(size / last)


def test_sorted_batches_pull_the_line_up():
    """The last batches hold only large $y$. They pull the line up to themselves, and each epoch
    ends with them.
    """
    x, y = make_data(n=1000)
    rows = np.argsort(y)
    assert y[rows[-200:]].min() > np.quantile(y, 0.79)
    points = TensorDataset(to_tensor(x[rows]), to_tensor(y[rows]))
    w, b = trained(DataLoader(points, batch_size=20), 0.002, epochs=20)
    fit = least_squares(x, y)
    assert w * x.mean() + b > fit.w * x.mean() + fit.b + 0.2
