"""Losses of regressors: what is estimated, which targets fit, and what else knows."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import mean_poisson_deviance

from sparsekit import (
    DenseMLPRegressor,
    DSTMLPRegressor,
    SETMLPRegressor,
    StaticSparseMLPRegressor,
)
from sparsekit.deploy import SparsePredictor
from sparsekit.difficulty import grand_scores
from sparsekit.neural_network import (
    compact,
    export_onnx,
    load_checkpoint,
    save_checkpoint,
    to_predictor,
)
from tests.estimators import REGRESSORS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

LOSSES = ["squared_error", "absolute_error", "huber", "quantile", "poisson", "gamma"]
POSITIVE = ["poisson", "gamma"]


def amounts(n=120, n_outputs=None, seed=0):
    """Return features and positive targets."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 4))
    shape = (n,) if n_outputs is None else (n, n_outputs)
    return X, 40 * np.exp(0.5 * X[:, :1] + rng.normal(scale=0.2, size=(n, 1))).reshape(
        n
    ).repeat(n_outputs or 1).reshape(shape)


def net_of(loss, network=SETMLPRegressor, **settings):
    # At a constant rate a shorter training is the beginning of a longer one.
    settings = {"learning_rate": "constant", "max_iter": 20} | settings
    settings = {"alpha": 1e-4, "sparsity": 0.3, "batch_size": 20} | settings
    if network is DenseMLPRegressor:
        del settings["sparsity"]
    return network((12,), loss=loss, quantile=0.8, random_state=0, **settings)


@pytest.mark.parametrize("network", [*REGRESSORS, DSTMLPRegressor])
@pytest.mark.parametrize("loss", LOSSES)
def test_every_network_learns_with_every_loss(network, loss):
    X, y = amounts()
    net = net_of(loss, network, max_iter=60).fit(X, y)
    assert net.loss_curve_[-1] < net.loss_curve_[0]
    assert net.score(X, y) > 0.2
    assert net.out_activation_ == ("exp" if loss in POSITIVE else "identity")


def test_the_squared_error_is_the_default_and_trains_as_without_a_name():
    X, y = amounts()
    named = net_of("squared_error").fit(X, y)
    plain = SETMLPRegressor(
        (12,), alpha=1e-4, sparsity=0.3, batch_size=20, learning_rate="constant",
        max_iter=20, random_state=0,
    ).fit(X, y)  # fmt: skip
    assert_array_equal(named.predict(X), plain.predict(X))


@pytest.mark.parametrize("network", [*REGRESSORS, DSTMLPRegressor])
def test_a_loss_in_the_first_place_is_told_to_be_keyword_only(network):
    with pytest.raises(ValueError, match=r"'poisson'.*loss is keyword only.*loss='poi"):
        network("poisson").fit(*amounts(20))


@pytest.mark.parametrize("call", ["fit", "partial_fit"])
@pytest.mark.parametrize(
    ("loss", "value", "needed"),
    [("poisson", -2.5, "at least 0"), ("gamma", 0.0, "above 0"), ("gamma", -3.0, "ab")],
)
def test_targets_without_a_logarithmic_mean_are_refused_by_value(
    call, loss, value, needed
):
    X, y = amounts(20)
    y[7] = value
    message = rf"value {value:.6g} in row 7, output 0; with loss='{loss}'.*{needed}"
    with pytest.raises(ValueError, match=message):
        getattr(net_of(loss), call)(X, y)


@pytest.mark.parametrize("loss", POSITIVE)
def test_later_and_held_out_targets_are_refused_too(loss):
    X, y = amounts(40)
    net = net_of(loss).partial_fit(X, y)
    with pytest.raises(ValueError, match=r"value -1 in row 3"):
        net.partial_fit(X[:5], [1.0, 2.0, 3.0, -1.0, 2.0])
    with pytest.raises(ValueError, match=r"value -1 in row 1"):
        net_of(loss).fit(X, y, X_val=X[:2], y_val=[1.0, -1.0])


def test_counts_that_are_all_zero_have_no_mean():
    X, _ = amounts(20)
    with pytest.raises(ValueError, match=r"loss='poisson' needs .* positive sum"):
        net_of("poisson").fit(X, np.zeros(20))
    y = np.zeros(20)
    y[0] = 1
    with pytest.raises(ValueError, match="positive sum"):
        net_of("poisson").fit(X, y, sample_weight=1 - y)
    # A later call may bring zeros only.
    net_of("poisson").partial_fit(X, y).partial_fit(X, np.zeros(20))


def test_an_amount_that_single_precision_takes_for_zero_is_refused():
    X, y = amounts(20)
    y[4] = 1e-60
    with pytest.raises(ValueError, match="1e-60, which is 0 in dtype='float32'"):
        net_of("gamma").fit(X, y)
    net_of("gamma", dtype="float64").fit(X, y)


def test_a_quantile_needs_its_level():
    with pytest.raises(ValueError, match=r"needs the level.*quantile=None"):
        SETMLPRegressor(loss="quantile").fit(*amounts(20))


@pytest.mark.parametrize("loss", POSITIVE)
@pytest.mark.parametrize("factor", [1e-300, 1e-30, 1.0, 1e30, 1e300])
def test_amounts_of_any_size_are_learned_and_predictions_positive(loss, factor):
    X, y = amounts()
    net = net_of(loss).fit(X, y)
    plain = net.predict(X)
    scaled = net_of(loss).fit(X, y * factor).predict(X)
    assert (scaled > 0).all()
    assert_allclose(scaled / factor, plain, rtol=1e-3)


@pytest.mark.parametrize("loss", POSITIVE)
def test_a_mean_too_small_for_its_type_of_numbers_is_still_positive(loss):
    X, y = amounts()
    net = net_of(loss).fit(X, y)
    far = 1e3 * X[net._raw_outputs(1e3 * X)[:, 0] < -200]
    assert len(far) > 0
    assert (net.predict(far.astype(np.float32)) > 0).all()
    assert (to_predictor(net).predict(far.astype(np.float32)) > 0).all()


@pytest.mark.parametrize("loss", POSITIVE)
def test_a_network_of_logarithms_begins_near_the_mean(loss):
    X, y = amounts()
    net = net_of(loss, learning_rate_init=1e-300, max_iter=1).fit(X, y)
    # The inputs are standardised, so that their mean stands for zeros.
    at_mean = net.predict(X.mean(axis=0, keepdims=True))
    assert_allclose(at_mean, y.mean(), rtol=1e-5)
    as_it_is = net_of(loss, learning_rate_init=1e-300, max_iter=1, standardize=False)
    assert_allclose(as_it_is.fit(X, y).predict(np.zeros((1, 4))), 1.0, rtol=1e-5)


def test_a_prediction_beyond_all_numbers_is_refused_by_row():
    X, y = amounts()
    net = net_of("poisson", dtype="float64").fit(X, y)
    with pytest.raises(ValueError, match=r"prediction of row \d+ of X is beyond"):
        net.predict(np.concatenate([1e5 * X, -1e5 * X]))


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_quantiles_have_their_share_of_targets_below(level):
    rng = np.random.default_rng(1)
    X = rng.uniform(-1, 1, size=(3000, 2))
    # Exponential noise: the quantile is 2 x + scale * -log(1 - level).
    y = 2 * X[:, 0] + (1.5 + X[:, 1]) * rng.exponential(size=3000)
    net = StaticSparseMLPRegressor(
        (30,), loss="quantile", quantile=level, sparsity=0.3, batch_size=50,
        learning_rate="cosine", max_iter=30, random_state=0,
    ).fit(X[:2000], y[:2000])  # fmt: skip
    share = np.mean(y[2000:] < net.predict(X[2000:]))
    # Four standard errors of a share of 1000 rows, and as much for 2000 to learn from.
    assert abs(share - level) < 4 * np.sqrt(level * (1 - level) * (1 / 1000 + 1 / 2000))
    true = 2 * X[2000:, 0] - (1.5 + X[2000:, 1]) * np.log(1 - level)
    assert np.corrcoef(true, net.predict(X[2000:]))[0, 1] > 0.95


def test_counts_are_learned_better_by_their_deviance():
    differences = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(900, 5))
        y = rng.poisson(np.exp(X[:, 0] + 0.5 * X[:, 1] - 0.5)).astype(float)
        deviance = []
        for loss in ("poisson", "squared_error"):
            net = StaticSparseMLPRegressor(
                (30,), loss=loss, alpha=1e-4, sparsity=0.5, batch_size=32, max_iter=25,
                learning_rate="cosine", learning_rate_init=0.003, random_state=seed,
            ).fit(X[:600], y[:600])  # fmt: skip
            predicted = np.maximum(net.predict(X[600:]), 1e-2)
            deviance.append(mean_poisson_deviance(y[600:], predicted))
        differences.append(deviance[1] - deviance[0])
    assert np.mean(differences) > 3 * np.std(differences, ddof=1) / np.sqrt(6)
    assert min(differences) > 0


def test_outliers_move_robust_losses_less():
    X, y = amounts(300)
    spoiled = y.copy()
    spoiled[::15] += 5000
    error = {}
    for loss in ("squared_error", "huber", "absolute_error"):
        net = net_of(loss, max_iter=60, learning_rate="cosine").fit(X, spoiled)
        error[loss] = np.abs(net.predict(X) - y).mean()
    assert error["absolute_error"] < error["huber"] < error["squared_error"]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("n_outputs", [None, 1, 2])
def test_copies_of_every_kind_predict_the_same(loss, n_outputs, tmp_path):
    X, y = amounts(60, n_outputs)
    net = net_of(loss, early_stopping=True).fit(X, y)
    expected = net.predict(X)
    assert expected.shape == y.shape
    save_checkpoint(net, tmp_path / "net.ckpt")
    same = load_checkpoint(tmp_path / "net.ckpt")
    assert_array_equal(same.predict(X), expected)
    assert_array_equal(pickle.loads(pickle.dumps(net)).predict(X), expected)
    assert_allclose(compact(net).predict(X), expected, rtol=1e-5)
    to_predictor(net).save(tmp_path / "net.sparse")
    predictor = SparsePredictor.load(tmp_path / "net.sparse")
    assert "regressor" in repr(predictor)
    # Sums in single precision: an answer near zero is as exact as the largest.
    near = {"rtol": 1e-4, "atol": 1e-6 * np.abs(expected).max()}
    assert_allclose(predictor.predict(X), expected, **near)
    runtime = pytest.importorskip("onnxruntime")
    export_onnx(net, tmp_path / "net.onnx")
    session = runtime.InferenceSession(tmp_path / "net.onnx")
    (answer,) = session.run(None, {"X": X.astype(np.float32)})
    assert_allclose(answer, expected, **near)


def test_a_predictor_of_logarithms_without_a_positive_scale_is_refused():
    X, y = amounts(40)
    made = vars(to_predictor(net_of("gamma").fit(X, y)))
    parts = {
        n: made[f"_{n}"] for n in ("network", "inputs", "missing_inputs", "activation")
    }
    with pytest.raises(ValueError, match="scale is not positive"):
        SparsePredictor(**parts, head=made["_head"] | {"scale": np.zeros(1)})


@pytest.mark.parametrize("loss", LOSSES)
def test_training_goes_on_with_the_same_loss(loss, tmp_path):
    X, y = amounts(60)
    net = net_of(loss).partial_fit(X, y)
    save_checkpoint(net, tmp_path / "net.ckpt")
    same = load_checkpoint(tmp_path / "net.ckpt")
    for each in (net, same):
        each.partial_fit(X, y).set_params(warm_start=True, max_iter=2).fit(X, y)
    assert_array_equal(net.predict(X), same.predict(X))


@pytest.mark.parametrize(("before", "after"), [("huber", "gamma"), ("gamma", "huber")])
def test_going_on_with_outputs_of_another_meaning_is_refused(before, after):
    X, y = amounts(60)
    net = net_of(before).fit(X, y)
    expected = net.predict(X)
    net.set_params(loss=after, warm_start=True)
    assert_array_equal(net.predict(X), expected)
    for learn in (net.fit, net.partial_fit, net.consolidate):
        with pytest.raises(ValueError, match=f"loss='{after}' does not describe"):
            learn(X, y)
    with pytest.raises(ValueError, match=f"loss='{after}' does not describe"):
        grand_scores(net, X, y)
    net.set_params(warm_start=False).fit(X, y)


@pytest.mark.parametrize("loss", LOSSES)
def test_records_scores_and_protection_know_the_loss(loss):
    X, y = amounts(60)
    net = net_of(loss, record="epoch", sample_selection="infobatch", max_iter=40)
    net.fit(X, y)
    record = net.record_
    assert record["loss"] == loss
    errors = np.abs(net.predict(X) - y)
    latest = record["loss_mean"].argsort()
    assert errors[latest[:15]].mean() < errors[latest[-15:]].mean()
    assert ((record["confidence_mean"] >= 0) & (record["confidence_mean"] <= 1)).all()
    assert np.isfinite(grand_scores(net, X, y)).all(axis=None)
    protected = net.consolidate(X, y, fraction=0.5).protected_
    assert sum(mask.nnz for mask in protected) > 0


def test_an_error_in_a_record_is_prediction_minus_target():
    X, y = amounts(60)
    for loss in LOSSES:
        net = net_of(loss, record="epoch", max_iter=1).fit(X, y)
        unit = y.mean() if loss in POSITIVE else y.std()
        expected = np.abs(net.predict(X) - y) / unit
        assert_allclose(net.record_["error_mean"], expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("loss", LOSSES)
def test_early_stopping_keeps_the_best_epoch(loss):
    X, y = amounts()
    net = net_of(loss, early_stopping=True, learning_rate_init=0.05, max_iter=40)
    net.fit(X[:80], y[:80], X_val=X[80:], y_val=y[80:])
    best = net.best_validation_score_
    n_best = int(np.argmax(net.validation_scores_)) + 1
    again = net_of(loss, learning_rate_init=0.05, max_iter=n_best)
    again.fit(X[:80], y[:80], X_val=X[80:], y_val=y[80:])
    assert again.validation_scores_[-1] == best
    assert_allclose(net.predict(X), again.predict(X), rtol=1e-6)


@pytest.mark.parametrize("loss", POSITIVE)
def test_a_rate_that_explodes_leaves_a_network_that_predicts(loss):
    X, y = amounts()
    net = net_of(loss, learning_rate_init=1e3, solver="sgd", momentum=0.0, max_iter=9)
    net.fit(X, y)
    assert np.isfinite(net.predict(X)).all()
