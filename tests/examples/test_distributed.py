"""Shares of examples/distributed.py; its runs stand with the claims of their page."""

import pytest
import torch

from examples.distributed import N, share
from tests.claims.reference_run import X, Y


@pytest.mark.parametrize("world", [1, 2, 4, 20])
def test_the_shares_hold_each_point_once(world):
    shares = [share(rank, world) for rank in range(world)]
    assert {len(inputs) for inputs, _ in shares} == {N // world}
    for k, whole in enumerate([X, Y]):
        assert torch.equal(torch.cat([one[k] for one in shares]).sort(0)[0], whole.sort(0)[0])


def test_points_that_no_equal_shares_hold_are_refused():
    with pytest.raises(ValueError, match="20 points are no equal shares for 3 processes"):
        share(0, 3)
