"""The reference run, computed anew: what the claims of the pages are about."""

import itertools

import torch
from torch import nn

from linreg import coefficients, least_squares, make_data, make_model, to_tensor

x, y = make_data()
X, Y = to_tensor(x), to_tensor(y)
FIT = least_squares(x, y)
LR = 0.01


def descend(epochs, model=None, loss_fn=None, batch=20, clear=True, rows=(X, Y), **settings):
    """Train by PyTorch's own means; give the model and the losses before each epoch."""
    model = model or make_model()
    loss_fn = loss_fn or nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), **({"lr": LR} | settings))
    inputs, targets = rows
    losses = []
    for _ in range(epochs):
        losses.append(loss_fn(model(inputs), targets).item())
        for part in torch.randperm(len(inputs)).split(batch):
            if clear:
                optimizer.zero_grad()
            loss_fn(model(inputs[part]), targets[part]).backward()
            optimizer.step()
    return model, losses


def after(epochs):
    """Give w and b after so many epochs of the reference run."""
    return coefficients(descend(epochs)[0])


def rises(losses, tolerance=1e-6):
    """Give the epochs after which the loss is higher than before."""
    return [k for k, (a, b) in enumerate(itertools.pairwise(losses)) if b > a + tolerance]
