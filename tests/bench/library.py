"""`least_squares` beside its peers: time, memory, errors; `train` beside a plain loop."""

import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import torch
from scipy import stats
from sklearn.linear_model import LinearRegression
from torch import nn

from linreg import least_squares, make_data, make_model, to_tensor, train

SIZES = 20, 10**3, 10**5, 10**7
ROUNDS = 5


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


def medians(ways: dict[str, Callable], *arguments) -> dict[str, float]:
    """Time ways in turn, so that what slows the machine slows all; the first round warms up."""
    times = {name: [] for name in ways}
    for _ in range(ROUNDS + 1):
        for name, way in ways.items():
            start = time.perf_counter()
            way(*arguments)
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(each[1:]) for name, each in times.items()}


def memory(name: str, n: int) -> float:
    """Give what a way needs beside its data, as part of them; each in a process of its own."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(_peak, (name, n))


def _peak(name: str, n: int) -> float:
    x, y = make_data(n)
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


def measure() -> dict:
    """Give times in floors, memory in data, errors, and `train` as part of the plain loop."""
    found = {name: {} for name in PEERS}
    for n in SIZES:
        times = medians(FLOOR | PEERS, *make_data(n))
        for name in PEERS:
            found[name][f"floors, n = {n:,}"] = round(times[name] / times["floor"], 1)
    for name, row in found.items():
        row[f"memory, n = {SIZES[-1]:,}"] = round(memory(name, SIZES[-1]), 2)
        row |= {f"error, {kind}": float(f"{error(name, *xy):.0e}") for kind, xy in HARD.items()}
    loops = {"train": lambda: train(make_model(), *map(to_tensor, make_data())), "plain": plain}
    times = medians(loops)
    return found | {"train": {"of the plain loop": round(times["train"] / times["plain"], 3)}}


if __name__ == "__main__":
    for name, row in measure().items():
        print(name, *(f"    {what:25} {value}" for what, value in row.items()), sep="\n")
