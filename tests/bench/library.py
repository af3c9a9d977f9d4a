"""`least_squares` beside its peers: time, memory, errors; `train` beside a plain loop."""

import multiprocessing
import resource
import time
from collections.abc import Callable
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

SIZES = 20, 10**3, 10**5, 10**7
# For the quickest alone, where there is memory for it.
LARGEST, QUICKEST, NEEDED = 5 * 10**7, ("least_squares", "scipy.stats.linregress"), 8 * 2**30


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


def error(name: str, x: np.ndarray, y: np.ndarray) -> float:
    """Give the larger relative error of w and b, against rational numbers."""
    n, u, v = len(x), [Fraction(a) for a in x], [Fraction(a) for a in y]
    dots = [sum(a * c for a, c in zip(*pair, strict=True)) for pair in ((u, u), (u, v))]
    w = (n * dots[1] - sum(u) * sum(v)) / (n * dots[0] - sum(u) ** 2)
    exact = w, (sum(v) - w * sum(u)) / n
    found = zip(PEERS[name](x, y), exact, strict=True)
    return max(abs(float((Fraction(float(have)) - want) / want)) for have, want in found)


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
    found, sizes = {}, [*SIZES]
    if psutil.virtual_memory().total > NEEDED:
        sizes.append(LARGEST)
    for n in sizes:
        x, y = make_data(n)
        ways = FLOOR | {name: PEERS[name] for name in (PEERS if n < LARGEST else QUICKEST)}
        act = partial(clock, repeats=max(1, 20_000 // n))
        rows = medians({name: partial(act, way, x, y) for name, way in ways.items()}, rounds)
        found[n] = {name: row["s"] for name, row in rows.items()}
    return found


def measure(rounds: int) -> Table:
    """Give times in floors, memory in data, errors, and `train` as part of the plain loop."""
    # Memory first: a process forked beside PyTorch's threads may wait for them for ever.
    most = SIZES[-1]
    table = {name: {f"memory, n = {most:,}": memory(name, most)} for name in PEERS}
    for n, times in seconds(rounds).items():
        floor = times.pop("floor")
        for name, took in times.items():
            table[name][f"floors, n = {n:,}"] = took / floor
    for name, row in table.items():
        errors = {f"error, {kind}": error(name, *xy) for kind, xy in HARD.items()}
        row |= {kind: float(f"{value:.0e}") for kind, value in errors.items()}
    loops = {"train": lambda: train(make_model(), *map(to_tensor, make_data())), "plain": plain}
    rows = medians({name: partial(clock, loop) for name, loop in loops.items()}, rounds)
    return table | {"train": {"plain loops": rows["train"]["s"] / rows["plain"]["s"]}}
