"""The training loop: gradient descent on the mean squared error."""

from math import isfinite

import torch
from torch import nn

from linreg.exact import largest_stable_lr
from linreg.model import weight_and_bias


def train(
    model: nn.Linear,
    x: torch.Tensor,
    y: torch.Tensor,
    epochs: int = 1000,
    lr: float = 0.01,
) -> list[float]:
    """Fit a line to data in place, every row in every step.

    Args:
        model: `nn.Linear(1, 1)`; its w and b change.
        x: Inputs, shape (n, 1), the model's dtype and device; not all equal.
        y: Targets, shape (n, 1), the model's dtype and device.
        epochs: Number of steps, at least 1.
        lr: Learning rate, above 0 and below `largest_stable_lr`.

    Returns:
        One loss an epoch, in squared units of y, each measured before its step.

    Raises:
        ValueError: If the model is not a line, x and y are not tensors of the shapes,
            dtypes and device above, a number is not finite, all x are equal, epochs is
            below 1, lr would diverge, or the loss leaves the dtype's range.

    Examples:
        >>> x, y = make_data()
        >>> losses = train(make_model(), to_tensor(x), to_tensor(y))
        >>> print(f"{losses[0]:.2f} at first, {losses[-1]:.2f} at last")
        2.62 at first, 0.82 at last
    """
    weight, _ = weight_and_bias(model)
    for name, t in {"x": x, "y": y}.items():
        if not isinstance(t, torch.Tensor):
            raise ValueError(f"{name} is a {type(t).__name__}: to_tensor makes it a tensor")
        if t.requires_grad:
            raise ValueError(f"{name} requires grad: give {name}.detach()")
    if x.shape != y.shape or x.ndim != 2 or x.shape[1] != 1:
        raise ValueError(
            f"x has shape {tuple(x.shape)}, y has shape {tuple(y.shape)}: "
            "both need (n, 1); to_tensor makes it"
        )
    if not x.dtype == y.dtype == weight.dtype:
        raise ValueError(
            f"x is {x.dtype}, y is {y.dtype}, the model is {weight.dtype}: "
            "use one dtype for all three"
        )
    if not x.device == y.device == weight.device:
        raise ValueError(
            f"x is on {x.device}, y is on {y.device}, the model is on {weight.device}: "
            "move all three to one device, as in x.to(device)"
        )
    if not y.isfinite().all():
        raise ValueError("y holds nan or inf: remove those rows first")
    if epochs < 1:
        raise ValueError(f"epochs={epochs}: train for at least 1")
    limit = largest_stable_lr(x.flatten().cpu())
    if not 0 < lr < limit:
        raise ValueError(f"lr={lr}: on these x it needs to lie between 0 and {limit:.3g}")

    loss_fn = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        losses.append(loss.item())
        if not isfinite(losses[-1]):
            raise ValueError(f"epoch {epoch}: the loss is {losses[-1]}: rescale x and y")
        loss.backward()
        optimizer.step()
    return losses
