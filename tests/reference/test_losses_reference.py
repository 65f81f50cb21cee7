"""The losses of regressors: scikit-learn's values, and whole fits by the formulas."""

import numpy as np
import pytest
from sklearn._loss.loss import (
    AbsoluteError,
    HalfGammaLoss,
    HalfPoissonLoss,
    HuberLoss,
    PinballLoss,
)

from sparsekit import DenseMLPRegressor
from sparsekit.kernels.outputs import note_outputs
from sparsekit.network import LOSSES, SampleRecorder, loss_of_outputs, value_targets
from sparsekit.network._gradients import output_gradient
from tests.reference.cases import ALL_LOSSES, random_target
from tests.reference.naive_network import LEVELS, NaiveNetwork, forward
from tests.reference.naive_training import NaiveOptimizer, train_epoch

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

NUMBERS = LOSSES.keys() - {"softmax", "logistic"}


THEIRS = {
    "absolute_error": AbsoluteError(),
    "huber": HuberLoss(delta=LEVELS["huber"]),
    "quantile": PinballLoss(quantile=LEVELS["quantile"]),
    "poisson": HalfPoissonLoss(),
    "gamma": HalfGammaLoss(),
}


@pytest.mark.parametrize("loss", THEIRS)
def test_values_and_gradients_are_those_of_scikit_learn(loss):
    rng = np.random.default_rng(0)
    y = random_target(rng, loss, 200, 1)
    z = rng.normal(scale=2.0, size=(200, 1))
    expected = THEIRS[loss].loss(y[:, 0], z[:, 0])
    # Ours is zero where nothing is wrong.
    expected = expected + THEIRS[loss].constant_to_optimal_zero(y[:, 0])
    slopes = THEIRS[loss].gradient(y[:, 0], z[:, 0])
    targets = value_targets(y, None, "float64")
    recorder = SampleRecorder(200, keep_all=True)
    note_outputs(ALL_LOSSES[loss], targets, z, recorder.record)
    np.testing.assert_allclose(recorder.record.means[:, 2], expected, 1e-5, 1e-6)
    ours = output_gradient(ALL_LOSSES[loss], z, targets, np.arange(200))
    np.testing.assert_allclose(ours[:, 0], slopes, rtol=1e-12, atol=1e-15)
    mean = loss_of_outputs(ALL_LOSSES[loss], z, targets)
    assert mean == pytest.approx(expected.mean(), rel=1e-12)


@pytest.mark.parametrize("loss", sorted(NUMBERS))
def test_a_loss_is_zero_and_flat_where_nothing_is_wrong(loss):
    y = np.array([[0.25], [1.0], [7.0]])
    z = np.log(y) if loss in ("poisson", "gamma") else y
    targets = value_targets(y, None, "float64")
    assert loss_of_outputs(ALL_LOSSES[loss], z, targets) == pytest.approx(0, abs=1e-15)
    slopes = output_gradient(ALL_LOSSES[loss], z, targets, np.arange(3))
    np.testing.assert_allclose(slopes, 0, atol=1e-15)


@pytest.mark.parametrize("loss", sorted(NUMBERS))
@pytest.mark.parametrize("n_outputs", [1, 2])
def test_a_whole_fit_is_that_of_the_formulas(loss, n_outputs):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(37, 4))
    y = 5.0 * random_target(rng, loss, 37, n_outputs)
    weight = rng.uniform(0.5, 2.0, size=37)
    net = DenseMLPRegressor(
        (6, 5), loss=loss, quantile=LEVELS["quantile"], dtype="float64", batch_size=10,
        shuffle=False, solver="sgd", alpha=1e-4, momentum=0.5, learning_rate="constant",
        activation="tanh", random_state=0,
    )  # fmt: skip
    # A rate too small to move anything shows where training starts.
    net.set_params(learning_rate_init=1e-300, max_iter=1)
    net.fit(X, y, sample_weight=weight)
    naive = NaiveNetwork(
        [matrix.toarray().T for matrix in net.coefs_],
        [np.ones(matrix.shape[::-1], bool) for matrix in net.coefs_],
        [np.zeros(bias.size) for bias in net.intercepts_],
        "tanh",
    )
    net.set_params(learning_rate_init=0.05, max_iter=4).fit(X, y, sample_weight=weight)
    mean = np.average(X, axis=0, weights=weight)
    Z = (X - mean) / np.sqrt(np.average((X - mean) ** 2, axis=0, weights=weight))
    shift = np.average(y, axis=0, weights=weight)
    scale = np.sqrt(np.average((y - shift) ** 2, axis=0, weights=weight))
    if loss in ("poisson", "gamma"):
        shift, scale = 0.0, shift
    optimizer = NaiveOptimizer("sgd", alpha=1e-4, momentum=0.5)
    curve = [
        train_epoch(
            naive, optimizer, Z, loss, (y - shift) / scale,
            order=range(37), batch_size=10, rate=0.05, weight=weight,
        )
        for _ in range(4)
    ]  # fmt: skip
    np.testing.assert_allclose(net.loss_curve_, curve, rtol=1e-9)
    outputs = forward(naive, Z)[0][-1]
    if loss in ("poisson", "gamma"):
        outputs = np.exp(outputs)
    predicted = net.predict(X).reshape(37, n_outputs)
    np.testing.assert_allclose(predicted, outputs * scale + shift, rtol=1e-9)
