"""The claims of docs/deeper/many-inputs.md."""

import numpy as np
import pytest
import torch
from torch import nn

from tests.claims.reference_run import descend
from tests.claims.runs import drawn, figure

PAGE = "deeper/many-inputs.md"
ONES = np.ones(60)


def flats(seed=0):
    """Give area, rooms and rent of the flats, drawn as the page does."""
    rng = np.random.default_rng(seed)
    rooms = rng.integers(1, 5, 60)
    area = 20 + 20 * rooms + rng.normal(0, 10, 60)
    return area, rooms, 150 + 8 * area + 90 * rooms + rng.normal(0, 40, 60)


def fit(*columns, y):
    """Give the weights of least squares, the bias last."""
    return np.linalg.lstsq(np.column_stack([*columns, ONES]), y)[0]


def column(values):
    """Give numbers as PyTorch's column, or columns."""
    return torch.tensor(np.reshape(values, (60, -1)), dtype=torch.float32)


area, rooms, rent = flats()
x = np.stack([area, rooms], axis=1)
W_AREA, W_ROOMS, B = fit(area, rooms, y=rent)


@pytest.mark.parametrize("seed", range(5))
def test_larger_flats_have_more_rooms_and_the_rent_is_about_the_true_sum(seed):
    """Sixty made-up flats have an area in square metres, and one to four rooms. Larger flats have
    more rooms. The true rent, in euros, is 150, plus 8 for each square metre, plus 90 for each
    room, plus noise. … a row for each flat, a column for each input.
    """
    area, rooms, rent = flats(seed)
    assert set(rooms) == {1, 2, 3, 4}
    assert np.corrcoef(area, rooms)[0, 1] > 0.8
    assert area.min() > 10
    left = rent - 150 - 8 * area - 90 * rooms
    assert (abs(left.mean()), left.std()) == pytest.approx((0, 40), abs=15)
    assert x.shape == (60, 2)


@pytest.mark.parametrize("inputs", [1, 2, 5])
def test_the_layer_sums_products_and_adds_the_bias(inputs):
    """takes any number of inputs. … Each row of $x$ is multiplied by the weights, number by
    number. The products are summed, and the bias is added. That makes one number for each row …
    Every row of x meets the same weights (dashed), and gives a row of the output.
    """
    model, rows = nn.Linear(inputs, 1), torch.randn(60, inputs)
    assert (model.weight.shape, model.bias.shape) == ((1, inputs), (1,))
    output = model(rows)
    assert output.shape == (60, 1)
    for row, out in zip(rows, output, strict=True):
        products = [w * v for w, v in zip(model.weight[0], row, strict=True)]
        assert out.item() == pytest.approx((sum(products) + model.bias).item(), abs=1e-5)


def test_the_picture_shows_four_tables_and_a_sum():
    """Four tables in a row: x with two columns, times weight with one row of two cells, plus bias
    with one cell, equals output with one column. The first row of x, 50 and 2, becomes the first
    output, 730, by the sum written below.
    """
    shown = figure(PAGE, "boxes")
    cells = {}
    for cell in shown.artists:
        row = cells.setdefault((round(cell.get_y(), 3), cell.get_linestyle()), [])
        row.append(cell.get_x())
    assert [len(row) for row in cells.values()] == [3, 3, 3, 3]
    texts = [text.get_text() for text in shown.texts]
    assert [t.split("\n")[0] for t in texts if "\n" in t] == ["x", "weight", "bias", "output"]
    times = "\N{MULTIPLICATION SIGN}"
    assert f"50 {times} 8 + 2 {times} 90 + 150 = 730" in texts
    assert {"50", "2", "8", "90", "150", "730"} <= {*texts}
    assert 50 * 8 + 2 * 90 + 150 == 730
    assert str(80 * 8 + 3 * 90 + 150) in texts


@pytest.mark.parametrize("seed", range(3))
def test_the_loop_as_it_is_reaches_least_squares(seed):
    """The loop of [step 5](../tutorial/training.md#the-loop-line-by-line) stays as it is. …
    Then turn the weights back into euros for a square metre and for a room … Only `nn.Linear(2,
    1)` and the shape of the inputs are new. `axis=0` computes down each column, and `@` sums
    the products of a row. Least squares without training, by `np.linalg.lstsq`, gives the same
    three numbers. … These are the weights that [the loop](#the-same-loop) learned on `z`.
    """
    area, rooms, rent = flats(seed)
    x = np.stack([area, rooms], axis=1)
    assert x.mean(axis=0) == pytest.approx([area.mean(), rooms.mean()])
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    rows = column(z), column(rent)
    model, _ = descend(1000, nn.Linear(2, 1), batch=60, rows=rows, lr=0.1)
    learned = model.weight.detach().numpy()[0]
    best = fit(area, rooms, y=rent)
    weights = learned / x.std(axis=0)
    bias = model.bias.item() - np.sum(weights * x.mean(axis=0))
    assert [*weights, bias] == pytest.approx(best, rel=0.001)
    assert learned == pytest.approx(best[:2] * x.std(axis=0), rel=0.001)


def test_the_plane_is_cut_into_parallel_lines():
    """With two, they lie on a flat surface, a **plane**. Keep the rooms, and let only the area
    grow: you walk on the plane along a line. Each number of rooms has its own line, and all are
    parallel … Four parallel rising lines,
    one above the other, for one to four rooms. Four groups of points lie around them: flats with
    more rooms stand further right and higher. … The plane, cut at one, two, three and four rooms.
    … The weight of the rooms is the step from one line to the next: what one more room adds at the
    same area. The weight of the area is the steepness of every line: what one more square metre
    adds with the same rooms.
    """
    shown = drawn(PAGE, "plane")
    middles = []
    for k in range(1, 5):
        ends, group = shown[f"plane, rooms: {k}"], shown[f"flats, rooms: {k}"]
        assert ends[:, 1] == pytest.approx(W_AREA * ends[:, 0] + W_ROOMS * k + B)
        np.testing.assert_allclose(group, np.stack([area, rent], axis=1)[rooms == k])
        left = group[:, 1] - np.interp(group[:, 0], *ends.T)
        assert left.min() < 0 < left.max()
        assert np.abs(left).max() < 150
        middles.append(group.mean(axis=0))
    assert (np.diff(middles, axis=0) > 0).all()
    assert min(W_AREA, W_ROOMS) > 0


@pytest.mark.parametrize("seed", range(5))
def test_without_rooms_the_weight_of_the_area_pays_for_both(seed):
    """Two columns are **correlated** if they change together: here larger flats have more rooms.
    Leave the rooms out, and the weight of the area changes from 7.51 to 11.87. Neither
    is wrong. The first compares flats with the same rooms. The second compares small flats with
    large ones: each square metre comes with 0.0432 rooms, and its weight pays for itself
    and for them.
    """
    area, rooms, rent = flats(seed)
    w_area, w_rooms, _ = fit(area, rooms, y=rent)
    alone, more_rooms = (np.polyfit(area, values, 1)[0] for values in (rent, rooms))
    assert alone > w_area + 2
    assert alone == pytest.approx(w_area + more_rooms * w_rooms)


@pytest.mark.parametrize("seed", range(3))
def test_twin_columns_have_weights_that_spread_and_predictions_that_do_not(seed):
    """Each weight is often far off, even in sign. But their sum stays near 12, so the prediction
    for a flat hardly moves: its spread is a few euros, around 990. If you only predict for such
    flats, that does no harm. If you read the weights, leave one of the two columns out.
    """
    rng = np.random.default_rng(seed)
    first = rng.uniform(30, 110, 60)
    second = first + rng.normal(0, 0.5, 60)
    noise = rng.normal(0, 40, (200, 60))
    fits = np.array([fit(first, second, y=150 + 12 * first + row) for row in noise])
    assert (fits[:, :2].std(axis=0) > 5).all()
    assert (np.abs(fits[:, 0] - 12) > 5).mean() > 0.3
    assert (fits[:, 0] < 0).sum() > 5
    assert np.abs(fits[:, 0] + fits[:, 1] - 12).max() < 1.5
    predictions = fits @ [70, 70, 1]
    assert 150 + 12 * 70 == 990
    assert (predictions.mean(), predictions.std()) == pytest.approx((990, 5), abs=3)
    alone = np.array([fit(first, y=150 + 12 * first + row)[0] for row in noise])
    assert alone.std() < 0.5


def test_the_fits_lie_along_a_falling_line_around_the_star():
    """Two hundred dots along a thin line that falls from the upper left to the lower right. A star
    is in the middle of it. … The two weights of 200 fits: what one has too much, the other has too
    little.
    """
    shown = drawn(PAGE, "twins")
    dots, star = shown["one fit"], shown["true"][0]
    assert len(dots) == 200
    slope, _ = np.polyfit(*dots.T, 1)
    assert slope == pytest.approx(-1, abs=0.05)
    assert dots.sum(axis=1).std() < dots[:, 0].std() / 20
    assert star == pytest.approx([12, 0])
    assert 0.3 < (dots[:, 0] < star[0]).mean() < 0.7


@pytest.mark.parametrize("size", [0.01, 1, 10000])
def test_a_raw_weight_depends_on_the_unit_and_its_step_does_not(size):
    """The weight of the rooms is larger. … A raw weight depends on the unit. Times the standard
    deviation of its column, it tells what a typical step of that column adds, in euros. By that,
    the area counts more here.
    """
    w_area, w_rooms, _ = fit(area * size, rooms, y=rent)
    assert w_area * size == pytest.approx(W_AREA)
    assert w_rooms == pytest.approx(W_ROOMS)
    assert W_ROOMS > 10 * W_AREA
    assert w_area * (area * size).std() > 1.3 * w_rooms * rooms.std()


def test_a_third_input_is_fitted_by_the_same_loop():
    """`x` has one more column, and the model is `nn.Linear(3, 1)`. The loop and the way back do
    not change. The noise keeps the last two weights from being 90 and 200.
    """
    balcony = np.random.default_rng(9).integers(0, 2, 60)
    x3 = np.stack([area, rooms, balcony], axis=1)
    z = (x3 - x3.mean(axis=0)) / x3.std(axis=0)
    for y in rent + 200 * balcony, 150 + 8 * area + 90 * rooms + 200 * balcony:
        rows = column(z), column(y)
        model, _ = descend(1000, nn.Linear(3, 1), batch=60, rows=rows, lr=0.1)
        weights = model.weight.detach().numpy()[0] / x3.std(axis=0)
        assert weights == pytest.approx(fit(*x3.T, y=y)[:3], rel=0.001)
    assert weights == pytest.approx([8, 90, 200], rel=0.001)


def test_doors_say_nothing_new():
    """the doors say nothing new. Many triples of weights are equally good, so no weight means
    anything alone. All of them give the same predictions for such flats.
    """
    columns = np.column_stack([area, rooms, rooms + 1, ONES])
    weights, _, rank, _ = np.linalg.lstsq(columns, rent)
    assert rank == columns.shape[1] - 1
    for more in -500, 3, 200:
        other = weights + more * np.array([0, 1, -1, 1])
        assert columns @ other == pytest.approx(columns @ weights)
    assert columns @ weights == pytest.approx(W_AREA * area + W_ROOMS * rooms + B)
