"""examples/distributed.py; what its page says of processes that die stands with the claims."""

import sys

import pytest
import torch

from examples.distributed import N, share
from tests.claims.reference_run import X, Y, after
from tests.examples.runs import finished, line


@pytest.mark.skipif(sys.platform == "win32", reason="ends processes by signals")
def test_two_processes_give_the_line_of_one(tmp_path):
    assert line(finished(tmp_path)) == pytest.approx(after(1000), abs=1e-6)


@pytest.mark.parametrize("world", [1, 2, 4, 20])
def test_the_shares_hold_each_point_once(world):
    shares = [share(rank, world) for rank in range(world)]
    assert {len(inputs) for inputs, _ in shares} == {N // world}
    for k, whole in enumerate([X, Y]):
        assert torch.equal(torch.cat([one[k] for one in shares]).sort(0)[0], whole.sort(0)[0])


def test_points_that_no_equal_shares_hold_are_refused():
    with pytest.raises(ValueError, match="20 points are no equal shares for 3 processes"):
        share(0, 3)
