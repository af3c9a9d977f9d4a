"""`least_squares` beside its peers: time, memory, errors; `train` beside a plain loop."""

import multiprocessing
import resource
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import partial

import numpy as np
import psutil
import torch
from scipy import stats
from sklearn.linear_model import LinearRegression
from torch import nn

from linreg import least_squares, make_data, make_model, to_tensor, train
from tests.bench.rounds import Row, Table, medians

SIZES = [20, 10**3, 10**5, 10**7, 5 * 10**7]
if psutil.virtual_memory().total < 8 * 2**30:
    SIZES.pop()
LARGE = SIZES[3:]


def design(x: np.ndarray) -> np.ndarray:
    return np.column_stack([x, np.ones(len(x))])


def by_sklearn(x: np.ndarray, y: np.ndarray) -> tuple:
    model = LinearRegression().fit(x[:, None], y)
    return model.coef_[0], model.intercept_


# Each gives w and b.
PEERS = {
    "least_squares": lambda x, y: tuple(least_squares(x, y)),
    "numpy.polyfit": lambda x, y: np.polyfit(x, y, 1),
    "numpy.linalg.lstsq": lambda x, y: np.linalg.lstsq(design(x), y)[0],
    "scipy.stats.linregress": lambda x, y: stats.linregress(x, y)[:2],
    "scikit-learn": by_sklearn,
    "torch.linalg.lstsq": lambda x, y: torch.linalg.lstsq(
        torch.tensor(design(x)), torch.tensor(y)[:, None]
    ).solution.flatten().tolist(),
}  # fmt: skip
# One reading of x and y: nothing that uses all points is faster.
FLOOR = {"floor": lambda x, y: x.sum() + y.sum()}
X, Y = make_data(1000)
HARD = {
    "easy": (X, Y),
    "means of 1e8": (X + 1e8, Y + 1e8),
    "noise of 1e-9": (X, make_data(1000, sigma=1e-9)[1]),
}


def clock(way: Callable, *arguments, repeats: int = 1) -> Row:
    start = time.perf_counter()
    for _ in range(repeats):
        way(*arguments)
    return {"s": (time.perf_counter() - start) / repeats}


def memory(name: str, n: int) -> float:
    """Give what a way needs beside its data, as part of them; each in a process of its own."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(_peak, (name, n))


def _peak(name: str, n: int) -> float:
    # Not by make_data, whose own peak would hide that of the way.
    x, y = np.random.default_rng(0).random((2, n))
    PEERS[name](x[:100], y[:100])  # imports what it needs
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    PEERS[name](x, y)
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return 1024 * more / (x.nbytes + y.nbytes)


def memory_of_file(n: int) -> float:
    """Give what `least_squares` needs beside data that stay in a file, as part of them."""
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/data.npy", np.random.default_rng(0).random((2, n)))
        data = np.load(f"{folder}/data.npy", mmap_mode="r")
        tracemalloc.start()
        least_squares(*data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak / data.nbytes


def exact(x: np.ndarray, y: np.ndarray) -> tuple[Fraction, ...]:
    """Give w, b and the loss in rational numbers."""
    n, u, v = len(x), [Fraction(a) for a in x], [Fraction(a) for a in y]
    dots = [sum(a * c for a, c in zip(*pair, strict=True)) for pair in ((u, u), (u, v))]
    w = (n * dots[1] - sum(u) * sum(v)) / (n * dots[0] - sum(u) ** 2)
    b = (sum(v) - w * sum(u)) / n
    return w, b, sum((w * a + b - c) ** 2 for a, c in zip(u, v, strict=True)) / n


def error(found: Iterable[float], wanted: Iterable[Fraction]) -> float:
    """Give the largest relative error, to one digit."""
    pairs = zip(found, wanted, strict=True)
    worst = max(abs(float((Fraction(float(have)) - want) / want)) for have, want in pairs)
    return float(f"{worst:.0e}")


def plain() -> None:
    """The loop of docs/tutorial/training.md."""
    inputs, targets = map(to_tensor, make_data())
    model, loss_fn, losses = make_model(), nn.MSELoss(), []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(1000):
        optimizer.zero_grad()
        loss = loss_fn(model(inputs), targets)
        losses.append(loss.item())
        loss.backward()
        optimizer.step()


def seconds(rounds: int) -> dict[int, dict[str, float]]:
    """Give for each size how long the floor and the peers take."""
    found = {}
    for n in SIZES:
        x, y = make_data(n)
        act = partial(clock, repeats=max(1, 20_000 // n))
        ways = {name: partial(act, way, x, y) for name, way in (FLOOR | PEERS).items()}
        rows = medians(ways, rounds)
        found[n] = {name: row["s"] for name, row in rows.items()}
    return found


def measure(rounds: int) -> Table:
    """Give times in floors, memory in data, errors, and `train` as part of the plain loop."""
    # Memory first: a process forked beside PyTorch's threads may wait for them for ever.
    table = {name: {f"memory, n = {n:,}": memory(name, n) for n in LARGE} for name in PEERS}
    table["least_squares"][f"memory, n = {LARGE[0]:,} in a file"] = memory_of_file(LARGE[0])
    for n, times in seconds(rounds).items():
        floor = times.pop("floor")
        for name, took in times.items():
            table[name][f"floors, n = {n:,}"] = took / floor
    for kind, xy in HARD.items():
        *line, loss = exact(*xy)
        for name, way in PEERS.items():
            table[name][f"error, {kind}"] = error(way(*xy), line)
        table["least_squares"][f"error of the loss, {kind}"] = error(
            [least_squares(*xy).loss], [loss]
        )
    loops = {"train": lambda: train(make_model(), *map(to_tensor, make_data())), "plain": plain}
    rows = medians({name: partial(clock, loop) for name, loop in loops.items()}, rounds)
    return table | {"train": {"plain loops": rows["train"]["s"] / rows["plain"]["s"]}}
