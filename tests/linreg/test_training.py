import pytest

from linreg import coefficients, least_squares, make_data, make_model, to_tensor, train

X, Y = map(to_tensor, make_data())


def test_defaults_are_the_reference_run():
    model = make_model()
    losses = train(model, X, Y)
    assert len(losses) == 1000
    assert losses[0] == pytest.approx(2.624, abs=5e-4)
    assert losses[1] == pytest.approx(1.073, abs=5e-4)
    assert coefficients(model) == pytest.approx((0.47835, -0.91665), abs=1e-5)


def test_training_arrives_at_least_squares():
    model = make_model().double()
    fit = least_squares(X.flatten().double(), Y.flatten().double())
    losses = train(model, X.double(), Y.double(), epochs=3000)
    assert coefficients(model) == pytest.approx((fit.w, fit.b), abs=1e-6)
    assert losses[-1] == pytest.approx(fit.loss, abs=1e-9)
