"""Fit the line with several processes, each with its share of the points:

    torchrun --standalone --nproc-per-node 2 examples/distributed.py

Each process computes the gradient of its own points, and DistributedDataParallel averages the
gradients. Now and then the first process writes a checkpoint. If a process dies, torchrun ends
the others; the same command goes on from the checkpoint. To begin anew, delete checkpoint.pt.
"""

import os
from pathlib import Path

import numpy as np
import torch
from torch import distributed, nn
from torch.distributed.elastic.multiprocessing.errors import record
from torch.nn.parallel import DistributedDataParallel

N, EPOCHS, EVERY = 20, 1000, 50
CHECKPOINT = Path("checkpoint.pt")  # in the current folder


def share(rank: int, world: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Give this process its points: as many as every other, so that each point weighs as much."""
    if N % world:
        raise ValueError(
            f"{N} points are no equal shares for {world} processes: start 1, 2, 4, 5, 10 or 20"
        )
    rng = np.random.default_rng(38)
    x = rng.uniform(-5, 15, N)
    y = 0.5 * x - 1 + rng.normal(0, 1, N)
    inputs, targets = (torch.tensor(a, dtype=torch.float32).reshape(-1, 1) for a in (x, y))
    return inputs[rank::world], targets[rank::world]


def save(model: nn.Module, epoch: int) -> None:
    """Write the checkpoint aside and move it to its place, so that it is never half of one."""
    part = CHECKPOINT.with_suffix(".part")
    torch.save({"model": model.state_dict(), "epoch": epoch}, part)
    part.replace(CHECKPOINT)


@record  # tells torchrun which error ended this process
def main() -> None:
    distributed.init_process_group()  # gloo for CPUs, NCCL for GPUs
    rank, world = distributed.get_rank(), distributed.get_world_size()
    enough = torch.cuda.device_count() >= int(os.environ["LOCAL_WORLD_SIZE"])
    device = f"cuda:{os.environ['LOCAL_RANK']}" if enough else "cpu"

    inputs, targets = (t.to(device) for t in share(rank, world))
    torch.manual_seed(2)
    model, first = nn.Linear(1, 1).to(device), 0
    if CHECKPOINT.exists():
        found = torch.load(CHECKPOINT, map_location=device)
        model.load_state_dict(found["model"])
        first = found["epoch"]
    print(f"rank {rank} of {world}, process {os.getpid()}, from epoch {first}", flush=True)

    parallel, loss_fn = DistributedDataParallel(model), nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for epoch in range(first + 1, EPOCHS + 1):
        optimizer.zero_grad()
        loss_fn(parallel(inputs), targets).backward()
        optimizer.step()
        if rank == 0 and epoch % EVERY == 0:
            save(model, epoch)
    if rank == 0:
        print(f"w = {model.weight.item():.7f}, b = {model.bias.item():.7f}", flush=True)
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
