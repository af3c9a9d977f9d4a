"""The playground's arithmetic is that of PyTorch and of linreg."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from linreg import coefficients, hessian, largest_stable_lr, least_squares, make_data, make_model
from tests.site.conftest import output_of

SCRIPT = Path("docs/javascripts/descent.js")
PLAIN = {
    "lr": 0.01, "momentum": 0, "batch": 0, "clear": True, "flat": False, "standardise": False,
}  # fmt: skip
RUNS = {
    "plain": {},
    "momentum": {"lr": 0.001, "momentum": 0.9},
    "diverging": {"lr": 0.022},
    "batches": {"lr": 0.005, "batch": 7},
    "accumulated": {"clear": False},
    "accumulated batches with momentum": {
        "lr": 0.0001, "clear": False, "batch": 5, "momentum": 0.5,
    },
    "standardised": {"lr": 0.1, "standardise": True},
    "flat targets": {"flat": True},
    "flat targets in batches": {"lr": 0.005, "batch": 5, "flat": True},
}  # fmt: skip


@pytest.fixture(scope="module")
def ask(browser):
    """Evaluate JavaScript where `descent` and the tutorial's `points` are."""
    page = browser.new_page()
    page.add_script_tag(path=SCRIPT)
    page.evaluate("window.points = descent.draw(20, 1, 0)")
    yield page.evaluate
    page.close()


def equal(a, b):
    return a == pytest.approx(b, rel=1e-9)


def torch_run(x, y, start, orders, *, lr, momentum, clear, flat, **_):
    """Give w, b and the loss after each epoch, whose rows come in the order given."""
    x, y = (torch.tensor(a).reshape(-1, 1) for a in (x, y))
    y = y.flatten() if flat else y
    model = torch.nn.Linear(1, 1).double()
    with torch.no_grad():
        model.weight.fill_(start[0])
        model.bias.fill_(start[1])
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    loss_fn = torch.nn.MSELoss()
    for batches in orders:
        for rows in batches:
            if clear:
                optimizer.zero_grad()
            loss_fn(model(x[rows]), y[rows]).backward()
            optimizer.step()
        yield [*coefficients(model), loss_fn(model(x), y).item()]


def test_it_begins_with_the_points_and_the_line_of_the_pages(ask):
    assert [ask("points.x"), ask("points.y")] == [list(a) for a in make_data()]
    assert ask("Object.values(descent.START)") == list(coefficients(make_model()))


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("name", RUNS)
def test_a_run_is_that_of_torch(name, ask):
    settings = PLAIN | RUNS[name]
    found = ask(
        """(settings) => {
          const used = settings.standardise ? descent.standardise(points).points : points;
          let state = descent.begin(descent.START);
          return Array.from({length: 60}, () => {
            state = descent.epoch(state, used, settings);
            return [state.w, state.b, descent.loss(used, state, settings.flat)];
          });
        }""",
        settings,
    )
    x, y = make_data()
    if settings["standardise"]:
        x = (x - x.mean()) / x.std()
    seed, orders = 12345678, []
    for _ in range(60):
        keys = [seed := 48271 * seed % 2147483647 for _ in x]
        order = torch.tensor(keys).argsort() if settings["batch"] else torch.arange(20)
        orders.append(order.split(settings["batch"] or 20))
    for ours, theirs in zip(
        found, torch_run(x, y, coefficients(make_model()), orders, **settings), strict=True
    ):
        assert equal(ours, theirs)
    assert (found[-1][2] > 100) == (name == "diverging")


def test_batches_come_in_the_order_given(ask):
    orders = [[[3, 1, 4], [15, 9], [2, 6, 5, 19]], [[0], [7, 8]]]
    settings = PLAIN | {"lr": 0.003, "momentum": 0.3}
    found = ask(
        """([orders, settings]) => {
          let state = descent.begin(descent.START);
          return orders.map((batches) => {
            for (const rows of batches) state = descent.step(state, points, settings, rows);
            return [state.w, state.b, descent.loss(points, state)];
          });
        }""",
        [orders, settings],
    )
    theirs = torch_run(*make_data(), coefficients(make_model()), orders, **settings)
    for ours, expected in zip(found, theirs, strict=True):
        assert equal(ours, expected)


def test_loss_gradient_and_least_squares_are_those_of_torch_and_linreg(ask):
    x, y = make_data()
    line = torch.tensor(coefficients(make_model()), dtype=torch.float64, requires_grad=True)
    loss = ((line[0] * torch.tensor(x) + line[1] - torch.tensor(y)) ** 2).mean()
    loss.backward()
    assert equal(ask("descent.loss(points, descent.START)"), loss.item())
    gradient = ask("Object.values(descent.gradient(points, descent.START))")
    assert equal(gradient, line.grad.tolist())
    fit = least_squares(x, y)
    assert equal(ask("Object.values(descent.leastSquares(points))"), [fit.w, fit.b, fit.loss])


@pytest.mark.parametrize("change", ["v", "10 * v", "v - 4.7", "-v"])
def test_curvatures_and_limit_are_those_of_numpy(change, ask):
    x = make_data()[0]
    x = eval(change, {"v": x})
    table, found, limit = ask(
        f"""() => {{
          const x = points.x.map((v) => {change});
          const table = descent.hessian(x);
          return [table, descent.curvatures(table), descent.limit(x)];
        }}"""
    )
    assert equal([table["ww"], table["wb"], table["bb"]], list(hessian(x)[[0, 0, 1], [0, 1, 1]]))
    values, vectors = np.linalg.eigh(hessian(x))
    assert equal([found["small"], found["large"]], list(values))
    assert abs(
        np.array([np.cos(found["angle"]), np.sin(found["angle"])]) @ vectors[:, 1]
    ) == pytest.approx(1)
    assert equal(limit, largest_stable_lr(x))


@pytest.mark.parametrize("momentum", [0, 0.5, 0.9])
def test_a_rate_below_the_limit_converges_and_one_above_does_not(momentum, ask):
    ends = ask(
        """(momentum) => [0.99, 1.01].map((part) => {
          const lr = part * descent.limit(points.x, momentum);
          let state = descent.begin(descent.START);
          const settings = {lr, momentum, batch: 0, clear: true, standardise: false};
          for (let k = 0; k < 5000; k++) state = descent.epoch(state, points, settings);
          return descent.loss(points, state);
        })""",
        momentum,
    )
    assert ends[0] == pytest.approx(least_squares(*make_data()).loss)
    assert not ends[1] < 1e6


def test_on_a_ring_the_loss_is_everywhere_the_same(ask):
    losses = ask(
        """() => {
          const curved = descent.curvatures(descent.hessian(points.x));
          const {across, along} = descent.ring(curved, 0.3);
          const fit = descent.leastSquares(points);
          const c = Math.cos(curved.angle), s = Math.sin(curved.angle);
          return [0, 1, 2, 3, 4, 5].map((t) => {
            const [u, v] = [across * Math.cos(t), along * Math.sin(t)];
            return descent.loss(points, {w: fit.w + c * u - s * v, b: fit.b + s * u + c * v});
          });
        }"""
    )
    assert losses == pytest.approx([least_squares(*make_data()).loss + 0.3] * 6)


def test_standardising_is_turned_back(ask):
    fit = ask(
        """() => {
          const {points: used, centre, width} = descent.standardise(points);
          const {w, b} = descent.leastSquares(used);
          return [w / width, b - w / width * centre];
        }"""
    )
    assert fit == pytest.approx(list(least_squares(*make_data())))


def test_new_noise_is_normal_and_other_noise_each_time(ask):
    first, second = ask(
        """() => [descent.later(0), descent.later(descent.later(0))].map(
          (seed) => descent.normals(seed, 2000))"""
    )
    for noise in (first, second):
        assert abs(np.mean(noise)) < 0.07
        assert np.std(noise) == pytest.approx(1, abs=0.05)
        assert np.mean(np.abs(noise) < 2) == pytest.approx(0.954, abs=0.015)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.07


def test_points_follow_their_number_and_their_noise(ask):
    x, y = (np.array(a) for a in ask("Object.values(descent.draw(300, 0, 5))"))
    assert y == pytest.approx(0.5 * x - 1)
    assert -5 <= min(x) < -4 < 14 < max(x) < 15
    few = ask("descent.draw(7, 2, 0)")
    assert few["x"] == ask("points.x.slice(0, 7)")
    x, y = (a[:7] for a in make_data(sigma=2))
    assert few["y"] == pytest.approx(list(y))


@pytest.mark.parametrize("name", RUNS)
def test_the_program_to_copy_comes_to_the_same_line(name, ask):
    settings = PLAIN | RUNS[name]
    program, numbers = ask(
        """(settings) => {
          const {points: z, centre, width} = descent.standardise(points);
          const used = settings.standardise ? z : points;
          let state = descent.begin(descent.START);
          for (let k = 0; k < 12; k++) state = descent.epoch(state, used, settings);
          let {w, b} = state;
          if (settings.standardise) { w /= width; b -= w * centre; }
          const loss = (line) => descent.loss(used, line, settings.flat);
          const numbers = [w, b, loss(descent.START), loss(state)];
          return [descent.program(points, descent.START, settings, 12), numbers];
        }""",
        settings,
    )
    w, b, first, last = numbers
    ends = f"loss {first:#.4g} -> {last:#.4g}"
    assert output_of(program) == f"epoch 12: y = {w:.3f} x {b:+.3f}, {ends}\n"
    assert json.dumps(make_data()[0].tolist()[:4])[1:-1] in program
