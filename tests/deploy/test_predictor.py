"""A predictor on numpy and scipy alone agrees with the estimator that it came from."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from sparsekit import (
    DenseMLPClassifier,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPRegressor,
)
from sparsekit.deploy import SparsePredictor
from sparsekit.neural_network import to_predictor
from tests.deploy.fitted import MODES, flowers, trained

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

ROOT = Path(__file__).resolve().parents[2]
# Sums of less than 50 terms of size 1 to 10, in another order; logits and targets.
ROUNDING = {"float32": 1e-4, "float64": 1e-12}


def assert_agree(predictor, net, X, tolerance):
    """Compare predictions; classes may differ where two are as good as equal."""
    if not hasattr(net, "predict_proba"):
        assert_allclose(predictor.predict(X), net.predict(X), rtol=0, atol=tolerance)
        return
    wanted = net.predict_proba(X)
    assert_allclose(predictor.predict_proba(X), wanted, rtol=0, atol=tolerance)
    best = np.sort(wanted, axis=1)
    clear = best[:, -1] - best[:, -2] > 2 * tolerance
    assert clear.any()
    assert_array_equal(predictor.predict(X)[clear], net.predict(X)[clear])


@pytest.mark.parametrize("dtype", ROUNDING)
@pytest.mark.parametrize("storage", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_predictions_agree_in_every_mode(mode, storage, dtype):
    net = trained(dtype=dtype, **mode)
    assert_agree(to_predictor(net), net, storage(flowers()[0]), ROUNDING[dtype])


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
@pytest.mark.parametrize("hidden", [(), (8,)])
def test_predictions_agree_for_few_layers(hidden, mode):
    net = trained(hidden=hidden, dtype="float64", **mode)
    assert_agree(to_predictor(net), net, flowers()[0], 1e-12)


@pytest.mark.parametrize(
    "activation", ["identity", "logistic", "tanh", "relu", "leaky_relu", "all_relu"]
)
def test_predictions_agree_for_every_activation(activation):
    net = trained(activation=activation, dtype="float64")
    assert_agree(to_predictor(net), net, flowers()[0], 1e-12)


@pytest.mark.parametrize("activation", ["identity", "leaky_relu", "all_relu"])
def test_expected_activations_agree(activation):
    net = trained(activation=activation, missing="expected", dtype="float64")
    assert_agree(to_predictor(net), net, flowers()[0], 1e-12)


@pytest.mark.parametrize("n_outputs", [None, 1, 3])
def test_regressions_keep_their_units_and_shape(n_outputs):
    X, _ = flowers()
    rng = np.random.default_rng(0)
    shape = len(X) if n_outputs is None else (len(X), n_outputs)
    y = 1000 + 50 * rng.normal(size=shape)
    net = StaticSparseMLPRegressor((9,), sparsity=0.3, max_iter=5, dtype="float64")
    predictor = to_predictor(net.fit(X, y))
    assert predictor.predict(X).shape == net.predict(X).shape
    assert_agree(predictor, net, X, 1e-9)


@pytest.mark.parametrize(
    ("labels", "settings"),
    [
        (np.array(["no", "yes"], dtype=object), {}),
        (np.array(["no", "yes"]), {"out_activation": "softmax"}),
        (np.array([False, True]), {}),
    ],
    ids=["logistic", "softmax", "bool"],
)
def test_two_classes_agree(labels, settings, tmp_path):
    X, y = flowers()
    net = SETMLPClassifier((9,), max_iter=5, dtype="float64", random_state=0)
    net.set_params(**settings).fit(X, labels[(y > 0).astype(int)])
    predictor = to_predictor(net)
    predictor.save(tmp_path / "net")
    for one in (predictor, SparsePredictor.load(tmp_path / "net")):
        assert_agree(one, net, X, 1e-12)
        assert one.predict(X).dtype == net.predict(X).dtype


def test_label_indicators_agree():
    X, y = flowers()
    net = SETMLPClassifier((9,), max_iter=5, dtype="float64", random_state=0)
    net.fit(X, np.column_stack([y == 0, y > 0]).astype(int))
    predictor = to_predictor(net)
    assert_array_equal(predictor.predict(X), net.predict(X))
    assert_allclose(predictor.predict_proba(X), net.predict_proba(X), atol=1e-12)


def test_rows_in_many_blocks_agree(monkeypatch):
    monkeypatch.setattr("sparsekit.deploy._predictor._BLOCK", 70)
    net = trained(dtype="float64")
    assert_agree(to_predictor(net), net, flowers()[0], 1e-12)


def test_no_rows_have_no_predictions():
    X, _ = flowers()
    predictor = to_predictor(trained())
    assert predictor.predict(X[:0]).shape == (0,)
    assert predictor.predict_proba(sparse.csr_array(X[:0])).shape == (0, 3)


def test_entries_of_one_cell_are_added_and_stay_as_they_were_given():
    predictor = to_predictor(trained())
    X = sparse.csr_array(([1.0, 2.0, 0.5], [2, 0, 2], [0, 3]), shape=(1, 4))
    expected = predictor.predict_proba(np.array([[2.0, 0.0, 1.5, 0.0]]))
    assert_allclose(predictor.predict_proba(X), expected, rtol=1e-5)
    assert X.data.tolist() == [1.0, 2.0, 0.5]
    assert X.indices.tolist() == [2, 0, 2]


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_a_stored_predictor_predicts_the_same(mode, tmp_path):
    predictor = to_predictor(trained(**mode))
    predictor.save(tmp_path / "net")
    loaded = SparsePredictor.load(tmp_path / "net")
    X, _ = flowers()
    assert_array_equal(loaded.predict_proba(X), predictor.predict_proba(X))


def test_a_predictor_does_not_follow_its_estimator():
    X, y = flowers()
    net = trained()
    predictor = to_predictor(net)
    before = predictor.predict_proba(X)
    net.partial_fit(X, y)
    assert_array_equal(predictor.predict_proba(X), before)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_truncated_file_is_refused(share, tmp_path):
    to_predictor(trained()).save(tmp_path / "net")
    content = (tmp_path / "net").read_bytes()
    (tmp_path / "net").write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match="net' is not a 'sparsekit predictor'"):
        SparsePredictor.load(tmp_path / "net")


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.ones((3, 5)), r"shape \(n_samples, 4\)"),
        (np.ones(4), r"shape \(n_samples, 4\)"),
        (np.full((2, 4), np.inf), "infinite"),
    ],
    ids=["features", "one row", "infinite"],
)
def test_input_that_does_not_fit_is_refused(X, message):
    with pytest.raises(ValueError, match=message):
        to_predictor(trained()).predict(X)


def test_missing_values_are_refused_where_the_estimator_refuses_them():
    X, y = load_iris(return_X_y=True)
    net = SETMLPClassifier((9,), missing="raise", max_iter=2).fit(X, y)
    X[0, 0] = np.nan
    with pytest.raises(ValueError, match="missing='raise'"):
        to_predictor(net).predict(X)


def test_columns_in_another_order_are_refused(tmp_path):
    X, y = load_iris(return_X_y=True, as_frame=True)
    net = SETMLPClassifier((9,), max_iter=2, random_state=0).fit(X, y)
    to_predictor(net).save(tmp_path / "net")
    predictor = SparsePredictor.load(tmp_path / "net")
    assert_array_equal(predictor.predict(X), net.predict(X))
    with pytest.raises(ValueError, match="columns of fit"):
        predictor.predict(X[X.columns[::-1]])
    assert isinstance(X, pd.DataFrame)


def test_a_regressor_has_no_probabilities():
    with pytest.raises(AttributeError, match="no predict_proba; use predict"):
        to_predictor(trained(SETMLPRegressor)).predict_proba(flowers()[0])


def test_only_fitted_networks_become_predictors():
    with pytest.raises(TypeError, match="LogisticRegression"):
        to_predictor(LogisticRegression())
    with pytest.raises(NotFittedError):
        to_predictor(SETMLPClassifier())


def test_dense_networks_become_predictors():
    net = trained(DenseMLPClassifier, dtype="float64")
    assert_agree(to_predictor(net), net, flowers()[0], 1e-12)


def test_loading_and_predicting_need_no_compiler(tmp_path):
    to_predictor(trained()).save(tmp_path / "net")
    code = (
        "import sys\n"
        "for name in ('numba', 'llvmlite', 'sklearn', 'pandas', 'joblib'):\n"
        "    sys.modules[name] = None\n"
        "from sparsekit.deploy import SparsePredictor\n"
        f"net = SparsePredictor.load({str(tmp_path / 'net')!r})\n"
        "print(net.predict_proba([[5.1, float('nan'), 1.4, 0.2]]).shape)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "(1, 3)"


def test_values_too_large_for_the_networks_type_are_refused_by_column():
    X, y = np.random.default_rng(0).normal(size=(12, 3)), np.arange(12) % 3
    net = SETMLPClassifier((4,), tol=1e9, n_iter_no_change=1, random_state=0)
    predictor = to_predictor(net.fit(X, y))
    with pytest.raises(ValueError, match=r"X has the value .*e\+299 in column 0"):
        predictor.predict(X * 1e300)
