"""Fit the line with several processes, each with its share of the points:

    torchrun --standalone --nproc-per-node 2 examples/distributed.py

Each process computes the gradient of its own points, and DistributedDataParallel averages the
gradients. Now and then the first process writes a checkpoint. If a process dies, torchrun ends
the others; the same command goes on from the checkpoint. To begin anew, delete checkpoint.pt.
"""

import os
from pathlib import Path

import torch
from torch import distributed, nn
from torch.distributed.elastic.multiprocessing.errors import record
from torch.nn.parallel import DistributedDataParallel

from linreg import make_data, make_model, to_tensor

N, EPOCHS, EVERY = 20, 1000, 50
CHECKPOINT = Path("checkpoint.pt")  # in the current folder


def share(rank: int, world: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Give this process its points: as many as every other, so that each point weighs as much."""
    if N % world:
        raise ValueError(
            f"{N} points are no equal shares for {world} processes: start a divisor of {N}"
        )
    inputs, targets = map(to_tensor, make_data(N))
    return inputs[rank::world], targets[rank::world]


def save(model: nn.Module, epoch: int) -> None:
    """Write the checkpoint aside and move it to its place, so that it is never half of one."""
    part = CHECKPOINT.with_suffix(".part")
    torch.save({"model": model.state_dict(), "epoch": epoch}, part)
    part.replace(CHECKPOINT)


@record  # tells torchrun which error ended this process
def main() -> None:
    enough = torch.cuda.device_count() >= int(os.environ["LOCAL_WORLD_SIZE"])
    device = f"cuda:{os.environ['LOCAL_RANK']}" if enough else "cpu"
    distributed.init_process_group("nccl" if enough else "gloo")
    rank, world = distributed.get_rank(), distributed.get_world_size()

    inputs, targets = (t.to(device) for t in share(rank, world))
    model, first = make_model().to(device), 0
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
