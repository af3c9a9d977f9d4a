"""The claims of docs/deeper/right-line.md."""

import numpy as np
import pytest
import torch
from torch import nn

from linreg import coefficients, least_squares, make_data, make_model, to_tensor
from tests.claims.reference_run import FIT, X, descend, x, y
from tests.claims.runs import drawn, figure

PAGE = "deeper/right-line.md"
ORDER = np.argsort(x)
MIDDLE, FAR = np.argmin(np.abs(x - x.mean())), np.argmax(x)
LEVERAGES = 1 / 20 + (x - x.mean()) ** 2 / np.sum((x - x.mean()) ** 2)


def anscombe():
    """Give the four sets as the page draws them."""
    return [ax.lines[0].get_xydata().T for ax in figure(PAGE, "anscombe").axes]


def test_four_sets_have_the_same_line_and_loss():
    """All four have the same line of least squares, $y = 0.50\\,x + 3.00$, and the same loss,
    1.25 … Four panels with the same rising line. … Four sets of data with the same line and the
    same loss.
    """
    for ax, points in zip(figure(PAGE, "anscombe").axes, anscombe(), strict=True):
        fit = least_squares(*points)
        assert len(points[0]) == 11
        assert (*fit, fit.loss) == pytest.approx((0.50, 3.00, 1.25), abs=0.005)
        across, up = ax.lines[1].get_xydata().T
        assert up == pytest.approx(fit.w * across + fit.b)


def test_the_four_sets_differ():
    """In the second, they lie on an arch. In the third, all but one lie on a flatter line, and one
    is far above. In the fourth, all but one stand at the same x, and the line goes through the
    other one, far to the right. … In the third, one point turns the line away from the others. In
    the fourth, one point alone decides the slope.
    """
    first, second, third, fourth = anscombe()
    assert np.polyfit(*second, 2)[0] < -0.1
    for points, arch in [(first, False), (second, True)]:
        left = np.polyval(np.polyfit(*points, 2), points[0]) - points[1]
        assert (np.abs(left) < 0.01).all() == arch
    others = third[:, third[1] < 12]
    rest = least_squares(*others)
    assert others.shape == (2, 10)
    assert rest.loss < 1e-4
    assert rest.w < 0.4
    assert (third[1] - rest.w * third[0] - rest.b).max() > 4
    assert sorted(fourth[0]) == [8] * 10 + [19]
    fit = least_squares(*fourth)
    assert fit.w * 19 + fit.b == pytest.approx(fourth[1].max())


def residuals():
    """Give the residuals of each panel, from left to right."""
    panels = figure(PAGE, "residuals").axes
    return {ax.get_title(): ax.lines[0].get_xydata()[ORDER, 1] for ax in panels}


def test_the_residuals_mean_is_0():
    """Their mean shows nothing: after least squares it is always 0."""
    for left in residuals().values():
        assert left.mean() == pytest.approx(0, abs=1e-9)


def test_the_residuals_show_a_level_band_a_curve_a_fan_and_an_outlier():
    """Four panels of residuals around zero. As it is: a level band. Curve: above zero at both
    ends, below in the middle. Growing scatter: a fan that opens to the right. Outlier: one point
    far above zero at the right end, the others sinking towards it. … The residuals are above zero
    at both ends and below in the middle. … The residuals open like a fan. … The other residuals
    sink towards it: it has turned the line. … Residuals at the same x, after four fits.
    """
    band, curve, fan, outlier = residuals().values()
    assert len(band) == 20
    assert (np.abs(band) < 2).all()
    assert (curve[:4] > 0).all()
    assert (curve[-3:] > 0).all()
    assert (curve[5:-5] < 0).all()
    thirds = [np.abs(part).mean() for part in np.array_split(fan, 3)]
    assert thirds == sorted(thirds)
    assert thirds[2] > 2 * thirds[0]
    assert outlier[-1] > 6 > 2.7 > np.abs(outlier[:-1]).max()
    assert least_squares(x[ORDER][:-1], outlier[:-1]).w < -0.1
    assert abs(least_squares(x[ORDER][:-1], band[:-1]).w) < 0.03


def test_under_growing_scatter_the_slope_is_right_on_average_and_its_standard_error_too_small():
    """The slope is still right on average, but its … comes out too small."""
    scatter = (x + 5) / 5
    noise = np.random.default_rng(0).normal(0, scatter, (4000, 20))
    fits = [least_squares(x, 0.5 * x - 1 + row) for row in noise]
    slopes = np.array([fit.w for fit in fits])
    assert slopes.mean() == pytest.approx(0.5, abs=3 * slopes.std() / 4000**0.5)
    assert np.mean([fit.w_se for fit in fits]) < 0.95 * slopes.std()


def pushed(point, by=10):
    """Push one point up."""
    return y + by * (np.arange(20) == point)


@pytest.mark.parametrize("point", range(20))
@pytest.mark.parametrize("by", [-3, 10])
def test_the_leverage_is_the_part_of_a_push_that_the_line_follows(point, by):
    r"""Push a point up, and the line at its $x$ follows by a part of the push. That part is the
    **leverage** of the point. … Push $y_i$ up by $d$, and leave $x$ alone. … With $S = \sum_j
    (x_j - \bar x)^2$, the best slope is $\sum_j (x_j - \bar x)\,y_j / S$, so it grows by
    $d\,(x_i - \bar x)/S$. The line goes through the means, and the mean of $y$ grows by
    $d/n$. … $$d\,\left(\frac{1}{n} + \frac{(x_i - \bar x)^2}{S}\right)$$ … The bracket is the
    leverage. The rest of $d$ stays in the residual.
    """
    off, fit = x - x.mean(), least_squares(x, pushed(point, by))
    assert pytest.approx(FIT.w) == off @ y / (off @ off)
    assert fit.w - FIT.w == pytest.approx(by * off[point] / (off @ off))
    assert fit.w * x.mean() + fit.b - y.mean() == pytest.approx(by / 20)
    rise = (fit.w - FIT.w) * x[point] + fit.b - FIT.b
    assert rise == pytest.approx(by * LEVERAGES[point])


def test_in_the_middle_the_push_lifts_the_line_and_at_the_far_end_it_turns_it():
    """It is 0.05 in the middle and 0.21 at the far end … In the middle, a push of 10 lifts the
    whole line by a twentieth of it. At the far end, it turns the line. All leverages add up to 2,
    so on average they are 0.1 here.
    """
    middle, far = least_squares(x, pushed(MIDDLE)), least_squares(x, pushed(FAR))
    assert tuple(middle) == pytest.approx((FIT.w, FIT.b + 0.5), abs=0.001)
    assert far.w > FIT.w + 0.15
    assert (LEVERAGES.sum(), LEVERAGES.mean()) == pytest.approx((2, 0.1))
    assert LEVERAGES[[MIDDLE, FAR]] == pytest.approx([0.05, 0.21], abs=0.005)


def test_the_picture_shows_a_line_in_parallel_and_a_steeper_one():
    """A square is far above the middle, and its dashed line runs a little above the solid one, in
    parallel. A triangle is far above the right end, and its dotted line is much steeper. … The
    same push in the middle and at the far end.
    """
    (ax,) = figure(PAGE, "levers").axes
    _, plain, square, dashed, triangle, dotted = ax.lines
    assert (square.get_marker(), triangle.get_marker()) == ("s", "^")
    assert [one.get_linestyle() for one in (plain, dashed, dotted)] == ["-", "--", ":"]
    slopes, heights = zip(
        *(np.polyfit(*one.get_xydata().T, 1) for one in (plain, dashed, dotted)), strict=True
    )
    assert slopes[1] == pytest.approx(slopes[0], abs=0.001)
    assert 0.3 < heights[1] - heights[0] < 1
    assert slopes[2] > slopes[0] + 0.15
    for mark, point in [(square, MIDDLE), (triangle, FAR)]:
        assert mark.get_xydata() == pytest.approx(np.array([[x[point], y[point] + 10]]))
    assert drawn(PAGE, "levers")["data"] == pytest.approx(np.stack([x, y], axis=1))


PUSHED = pushed(FAR)


def fall(loss_fn, rates=(0.1, 0.01, 0.001), targets=PUSHED):
    """Train on standardised x with a point at the far end pushed up, as the page does.

    Give the slope, and how far the height of the line moves in 20 more steps.
    """
    rows = (X - X.mean()) / X.std(correction=0), to_tensor(targets)
    model, heights = None, []
    for lr in rates:
        model, _ = descend(200, model, loss_fn, rows=rows, lr=lr)
    for _ in range(20):
        descend(1, model, loss_fn, rows=rows, lr=rates[-1])
        heights.append(coefficients(model)[1])
    return coefficients(model)[0] / x.std(), np.ptp(heights)


def test_absolute_error_and_huber_loss_come_closer_to_the_true_slope():
    """The square makes a large error count most. … does not. … With the push at the far end, the
    squares give the slope 0.66, the absolute error 0.59, and the Huber loss 0.55. Both come closer
    to the true slope, 0.5
    """
    loss_fns = nn.MSELoss(), nn.L1Loss(), nn.HuberLoss(delta=1)
    squared, absolute, huber = (fall(loss_fn)[0] for loss_fn in loss_fns)
    assert squared == pytest.approx(least_squares(x, pushed(FAR)).w, abs=1e-3)
    assert abs(absolute - 0.5) < abs(squared - 0.5) - 0.05
    assert abs(huber - 0.5) < abs(squared - 0.5) - 0.05
    # The best line of the absolute error goes through two of the points.
    targets, best = pushed(FAR), (np.inf, 0)
    for i in range(20):
        for j in range(i):
            w = (targets[i] - targets[j]) / (x[i] - x[j])
            best = min(best, (np.abs(w * (x - x[i]) + targets[i] - targets).mean(), w))
    assert absolute == pytest.approx(best[1], abs=2e-3)


@pytest.mark.parametrize(("error", "loss"), [(0.5, 0.125), (1, 0.5), (3, 2.5), (-13, 12.5)])
def test_the_huber_loss_is_half_the_square_up_to_delta_and_then_grows_like_the_absolute_error(
    error, loss
):
    """The **Huber loss** takes half the square of errors up to its `delta`, and grows like the
    absolute error beyond. Here, `delta` is 1, the size of the noise, in the unit of $y$.
    """
    found = nn.HuberLoss(delta=1)(torch.tensor(float(error)), torch.tensor(0.0))
    assert found.item() == pytest.approx(loss)


def test_at_a_fixed_rate_the_absolute_error_steps_back_and_forth():
    """The absolute error is steep right up to its lowest point, so a fixed rate steps back and
    forth across it. The rate falls twice, so that the line settles.
    """
    one_rate, falling = fall(nn.L1Loss(), rates=[0.1])[1], fall(nn.L1Loss())[1]
    assert one_rate > 50 * falling
    assert one_rate > 50 * fall(nn.MSELoss(), rates=[0.1])[1]


@pytest.mark.parametrize("loss_fn", [nn.L1Loss(), nn.HuberLoss(delta=1)], ids=str)
def test_a_step_of_these_losses_is_at_most_the_rate_so_that_large_y_are_out_of_reach(loss_fn):
    """With these two losses, a step moves $w$ and $b$ by at most the rate, however large the
    errors are. If your $y$ are in the hundreds or more, train on `(y - y.mean()) / y.std()`, and
    divide `delta` by `y.std()` too. Then multiply the slope by `y.std()`.
    """
    z = to_tensor((x - x.mean()) / x.std())
    for size in 1, 1000:
        model = make_model()
        loss_fn(model(z), to_tensor(size * PUSHED)).backward()
        assert max(p.grad.abs().item() for p in model.parameters()) <= 1 + 1e-6
    assert fall(loss_fn, targets=1000 * PUSHED)[0] < 0.01 * 1000 * fall(loss_fn)[0]


@pytest.mark.parametrize("size", [100, 1e6])
def test_standardised_y_and_delta_give_the_same_line(size):
    """train on `(y - y.mean()) / y.std()`, and divide `delta` by `y.std()` too. Then multiply the
    slope by `y.std()`.
    """
    y = size * PUSHED
    slope, _ = fall(nn.HuberLoss(delta=size / y.std()), targets=(y - y.mean()) / y.std())
    assert slope * y.std() == pytest.approx(size * fall(nn.HuberLoss(delta=1))[0], rel=0.02)


def losses(degree, own, new):
    """Fit a polynomial; give the training loss, and the test loss everywhere and inside."""
    (x, y), (new_x, new_y) = own, new
    curve = np.polyfit((x - x.mean()) / x.std(), y, degree)
    training = np.mean((np.polyval(curve, (x - x.mean()) / x.std()) - y) ** 2)
    errors = (np.polyval(curve, (new_x - x.mean()) / x.std()) - new_y) ** 2
    return training, errors.mean(), errors[(new_x > x.min()) & (new_x < x.max())].mean()


def test_the_training_loss_falls_and_the_test_loss_rises_with_the_degree():
    """Each degree contains the smaller ones, so the training loss can only fall. The test loss
    rises, and most of all beyond the outermost points. … The training loss always votes for the
    bendiest curve.
    """
    rises = []
    for seed in [38, *range(30)]:
        new = make_data(n=200, seed=2 if seed == 38 else seed + 1000)
        training, test, inside = np.transpose(
            [losses(degree, make_data(seed=seed), new) for degree in (1, 3, 9)]
        )
        assert (np.diff(training) < 0).all()
        rises.append(np.diff(test) > 0)
        if seed == 38:
            assert rises[0].all()
            assert test[2] > 5 * inside[2] > 5 * inside[0]
    assert (np.mean(rises, axis=0) > 0.75).all()


def test_degree_9_follows_the_noise_and_leaves_the_picture():
    """The curve winds around the line to come closer to the points, and to the right of the last
    one it shoots up out of the picture. … Degree 9 follows the noise. … The curve has fitted the
    noise of its own points, which other points do not share.
    """
    (ax,) = figure(PAGE, "wiggles").axes
    line, curve = (one.get_xydata().T for one in ax.lines)
    low, high = ax.get_ylim()
    assert (curve[1] > low).all()
    assert (curve[1] > high)[curve[0] > 14.5].all()
    assert (curve[1] < high)[curve[0] <= x.max()].all()
    gap = curve[1] - np.interp(curve[0], *line)
    assert (np.diff(np.sign(gap)) != 0).sum() >= 5
    noise = y - (0.5 * x - 1)
    assert np.mean(noise * np.interp(x, curve[0], gap)) > 0.05


def test_points_held_back_judge_otherwise():
    """The training loss always votes for the bendiest curve. So hold some points back before you
    fit, and let them judge
    """
    x, y = make_data(n=40)
    votes = [losses(d, (x[:20], y[:20]), (x[20:], y[20:]))[:2] for d in range(1, 10)]
    assert np.argmin(votes, axis=0).tolist() == [8, 0]


def test_the_fourth_set_has_a_leverage_of_1():
    """On the right, the leverage is 1: the line follows each push in full, and goes through that
    point whatever its $y$.
    """
    x, y = anscombe()[3]
    for by in (-30, 0, 5):
        above = y + by * (x == 19)
        fit = least_squares(x, above)
        assert fit.w * 19 + fit.b == pytest.approx(above[x == 19][0])


def test_the_other_losses_do_not_move_when_the_push_grows():
    """Least squares follows. The other two do not move: in their gradients, a large error counts
    by its sign alone, so it does not matter how large it is.
    """
    far = pushed(FAR, 100)
    assert fall(nn.MSELoss(), targets=far)[0] > fall(nn.MSELoss())[0] + 1
    for loss_fn in nn.L1Loss(), nn.HuberLoss(delta=1):
        assert fall(loss_fn, targets=far)[0] == pytest.approx(fall(loss_fn)[0], abs=1e-6)
