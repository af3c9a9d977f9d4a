"""What rounding decides is moved, and what it cannot decide stays."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import weaver.run
from linreg import least_squares, make_data
from tests.topic import program
from weaver.rounding import move
from weaver.run import CAPABILITY, run

ROOT = Path(__file__).parents[2]
HEAD = """
import math
import numpy as np
import torch
from torch import nn
from linreg import least_squares, make_data, make_model, to_tensor

x, y = make_data()
X, Y = to_tensor(x), to_tensor(y)

def gradient():
    model = make_model()
    nn.MSELoss()(model(X), Y).backward()
    return model.weight.grad

def adam():
    model = make_model()
    optimizer = torch.optim.Adam(model.parameters())
    nn.MSELoss()(model(X), Y).backward()
    optimizer.step()
    return model.weight.item()

"""
OPEN = """
x.mean()
np.mean(x)
x.var()
x @ y
x.dot(y)
np.add.reduce(x)
np.exp(x).tolist()
x[0] ** 0.3
math.log(3)
sum(x.tolist())
sum(v for v in x.tolist())
sum(map(abs, x.tolist()))
pow(0.3, 0.7)
np.logspace(0.1, 0.3, 3).tolist()
__import__("random").Random(0).gauss()
np.sum(x, out=np.empty(())).item()
np.linalg.norm(x)
np.linalg.eigvalsh([[2, 1], [1, 3]]).tolist()
np.polyfit(x, y, 1).tolist()
least_squares(x, y).w
np.random.default_rng(0).normal(size=3).tolist()
(100 * (x - x.mean()) + y.mean() - y).mean()
X.mean().item()
(X * Y).sum().item()
torch.exp(X).tolist()
torch.linalg.norm(X).item()
make_model()(X).tolist()
nn.MSELoss()(X, Y).item()
gradient().item()
X.add(Y, alpha=0.3).tolist()
adam()
""".split("\n")[1:-1]
FIXED = """
np.array([1.0, 2.0, 4.0]).mean()
np.array([1.0, 2.0]) @ np.array([3.0, 4.0])
(X > 0).float().mean().item()
(np.float64(0.1) + 0.2) * 0.3 / 7 - math.sqrt(3)
np.sqrt(np.array([0.1, 0.2])).tolist()
(torch.tensor([0.1, 0.2]) * 3 + 0.7).tolist()
torch.tensor(0.1).item()
torch.equal(X.clone(), X)
x.mean() == np.mean(x)
torch.equal(gradient(), gradient())
make_model(3).weight.item() == make_model(3).weight.item()
np.random.default_rng(0).permutation(9).tolist()
np.linspace(0.1, 0.7, 5).tolist()
(np.array([0.1, 0.3]) ** 2).tolist()
(torch.tensor([0.1, 0.3]) ** 2).tolist()
torch.stack([X, Y]).sort(0).values.flip(0).clamp(0.1).tolist()
np.maximum.reduce(x) == x.max()
x.tolist()[3] == x[3], x.max() in x, sorted(x) == np.sort(x).tolist()
""".split("\n")[1:-1]


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setattr(weaver.run, "CACHE", tmp_path / "cache")


def printed(expressions: list[str], salt: int) -> list[str]:
    code = HEAD + "".join(f"print({expression})\n" for expression in expressions)
    (result,) = run([program(code)], salt)
    assert result.error is None
    return result.output.splitlines()


def test_what_one_processor_may_round_otherwise_is_moved():
    plain = printed(OPEN, 0)
    assert len(plain) == len(OPEN)
    runs = [printed(OPEN, salt) for salt in range(1, 6)]
    stay = [e for k, e in enumerate(OPEN) if all(run[k] == plain[k] for run in runs)]
    assert not stay
    for run_ in runs:
        for one, other in zip(plain, run_, strict=True):
            np.testing.assert_allclose(eval(other), eval(one), rtol=1e-5, atol=1e-12)


def test_what_every_processor_computes_alike_stays():
    plain = printed(FIXED, 0)
    for salt in range(1, 4):
        assert dict(zip(FIXED, printed(FIXED, salt), strict=True)) == dict(
            zip(FIXED, plain, strict=True)
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_move_is_of_a_few_units_in_the_last_place(dtype):
    a = np.random.default_rng(0).normal(0, 1e3, (40, 50)).astype(dtype)
    units = (move(a, 1) - a) / np.spacing(np.abs(a))
    assert set(np.unique(units)) <= {-2, -1, 0, 1, 2}
    assert len(np.unique(units)) >= 3
    np.testing.assert_array_equal(move(a, 1), move(a, 1))
    assert not np.array_equal(move(a, 1), move(a, 2))
    least = np.finfo(dtype).smallest_subnormal
    still = np.array([0, 1, -3, 1000, least, -least, np.inf, -np.inf, np.nan], dtype)
    for salt in range(20):
        np.testing.assert_array_equal(move(still, salt), still)


PAGE = """# A page

```python
import numpy as np
print(np.array([0.1, 0.2, 0.4]).mean().round({digits}))
```

<!--pytest-codeblocks:expected-output-->

```text
{mean}
```

```python
import os
print(os.environ.get("{capability}") {test})
```

<!--pytest-codeblocks:expected-output-->

```text
{answer}
```
"""


def portable(page: Path, **parts) -> tuple[int, str]:
    page.write_text(PAGE.format(capability=CAPABILITY, **parts), encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if k != CAPABILITY}
    command = [sys.executable, "-m", "weaver", "portable", page]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    return ran.returncode, ran.stdout + ran.stderr


def test_what_rounding_decides_is_told_with_place_and_both_outputs(tmp_path):
    page = tmp_path / "page.md"
    status, said = portable(page, digits=17, mean="0.23333333333333336", test="", answer="None")
    assert status == 1
    assert "page.md:3: the output on the page: the block prints something else" in said
    assert "\n-0.2333333333333333" in said
    assert "\n+0.2333333333333333" in said
    assert f"next: {CAPABILITY}=default with salt 1 shows that rounding decides it" in said
    assert "page.md:14: the output on the page" in said
    assert "\n-None\n+default" in said
    assert portable(page, digits=3, mean="0.233", test="== 0", answer="False")[0] == 0


def test_pytest_moves_results_too(tmp_path):
    file = tmp_path / "test_it.py"
    file.write_text(
        "from linreg import least_squares, make_data\n\n\ndef test_it():\n"
        f"    assert least_squares(*make_data()).w == {least_squares(*make_data()).w!r}\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "conftest", file, "--salt"]
    codes = [subprocess.run([*command, str(k)], cwd=ROOT, capture_output=True).returncode
             for k in range(2)]  # fmt: skip
    assert codes == [0, 1]
    file.write_text(
        "import torch\n\n\ndef test_it():\n"
        "    assert torch.backends.cpu.get_cpu_capability() == 'DEFAULT'\n"
    )
    assert subprocess.run([*command, "1"], cwd=ROOT, capture_output=True).returncode == 0
