"""How long each way to the line takes for n points: writes linreg/scaling.csv, with its date."""

import csv
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from linreg import make_data, make_model, to_tensor

TABLE = Path("linreg/scaling.csv")
SIZES = [20, *(10**k for k in range(2, 9))]
LIMIT = 4  # seconds; a way that would need more for a size skips it and the larger ones
BATCH, CHUNK = 1000, 30_000


def steps(batches, device: str = "cpu") -> Callable[[], None]:
    """Prepare an epoch with one step for each of the batches."""
    model, loss_fn = make_model().to(device), nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)

    def epoch() -> None:
        for inputs, targets in batches():
            optimizer.zero_grad()
            loss_fn(model(inputs), targets).backward()
            optimizer.step()
        if device == "cuda":
            torch.cuda.synchronize()

    return epoch


def sliced(inputs: torch.Tensor, targets: torch.Tensor) -> Iterator[tuple]:
    order = torch.randperm(len(inputs))
    inputs, targets = inputs[order], targets[order]
    for start in range(0, len(inputs), BATCH):
        yield inputs[start : start + BATCH], targets[start : start + BATCH]


def one_pass(points: np.ndarray) -> tuple[float, float]:
    """Find the line of least squares as docs/deeper/many-points.md does."""
    n, x_mean, y_mean, squares, products = 0, 0, 0, 0, 0
    for start in range(0, points.shape[1], CHUNK):
        x, y = np.array(points[:, start : start + CHUNK])
        dx, dy = x - x.mean(), y - y.mean()
        x_gap, y_gap = x.mean() - x_mean, y.mean() - y_mean
        both = n + len(x)
        squares += dx @ dx + n * len(x) / both * x_gap * x_gap
        products += dx @ dy + n * len(x) / both * x_gap * y_gap
        x_mean += len(x) / both * x_gap
        y_mean += len(x) / both * y_gap
        n = both
    w = products / squares
    return w, y_mean - w * x_mean


def reading(points: np.ndarray) -> None:
    for start in range(0, points.shape[1], CHUNK):
        points[:, start : start + CHUNK].sum()


def ways(n: int, folder: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """Give what is measured for n points; each is prepared when it is asked for."""
    x, y = make_data(n)
    rows = to_tensor(x), to_tensor(y)
    yield "all rows in one step", steps(lambda: [rows])
    yield "batches by slicing", steps(lambda: sliced(*rows))
    loader = DataLoader(TensorDataset(*rows), batch_size=BATCH, shuffle=True)
    yield "batches by DataLoader", steps(lambda: loader)
    points = np.stack([x, y])
    yield "exact, from memory", lambda: one_pass(points)
    np.save(folder / "points.npy", points)
    del x, y
    yield "exact, from a file", lambda: one_pass(np.load(folder / "points.npy", mmap_mode="r"))
    yield "reading the file", lambda: reading(np.load(folder / "points.npy", mmap_mode="r"))
    if torch.cuda.is_available():
        on_gpu = [t.to("cuda") for t in rows]
        yield "all rows in one step, GPU", steps(lambda: [on_gpu], "cuda")


def seconds(act: Callable[[], object]) -> float:
    """Give the shortest time of some runs, after one that warms up."""
    times, end = [], time.perf_counter() + 1
    while len(times) < 2 or (len(times) < 20 and time.perf_counter() < end):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return min(times[1:])


def machine() -> str:
    """Name processor, cores and PyTorch, and the GPU."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    processor = [*names, platform.processor() or platform.machine()][0]
    gpu = [torch.cuda.get_device_name()] if torch.cuda.is_available() else []
    parts = [processor, f"{os.cpu_count()} cores", *gpu, f"PyTorch {torch.__version__}"]
    return ", ".join(parts)


def main() -> None:
    today, here, last, rows = date.today().isoformat(), machine(), {}, []
    with tempfile.TemporaryDirectory() as folder:
        for n in SIZES:
            for way, act in ways(n, Path(folder)):
                before, took = last.get(way, (n, 0))
                if took * n / before > LIMIT:
                    continue
                last[way] = n, seconds(act)
                rows.append((today, here, n, way, f"{last[way][1]:.3g}"))
                print(f"{n:11,} points  {way:26} {last[way][1]:10.3g} s", flush=True)
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("date", "machine", "n", "way", "seconds"))
        writer.writerows(rows)


if __name__ == "__main__":
    main()
