"""What the tests of scikit-learn's MLP ask, name for name, of the networks here.

docs/user_guide/mlp_tests.md says which hold, which cannot and why.
"""

from functools import partial

import joblib
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import (
    load_digits,
    load_iris,
    make_classification,
    make_multilabel_classification,
    make_regression,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import scale

from sparsekit import (
    DenseMLPClassifier,
    DenseMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

ACTIVATIONS = ["identity", "logistic", "tanh", "relu"]

DIGITS_3, LABELS_3 = (part[:200] for part in load_digits(n_class=3, return_X_y=True))
DIGITS_2, LABELS_2 = (part[:200] for part in load_digits(n_class=2, return_X_y=True))
X_IRIS, Y_IRIS = load_iris(return_X_y=True)
X_REG, Y_REG = make_regression(
    n_samples=200, n_features=10, bias=20.0, noise=100.0, random_state=7
)
Y_REG = scale(Y_REG)
TWO_ROWS = [[3, 2], [1, 6]]

CLASSIFIERS = [DenseMLPClassifier, partial(SETMLPClassifier, sparsity=0.4)]
REGRESSORS = [
    DenseMLPRegressor,
    partial(SETMLPRegressor, sparsity=0.3, prune_fraction=0.05),
]
BOTH = [*CLASSIFIERS, *REGRESSORS]
classifiers = pytest.mark.parametrize("network", CLASSIFIERS, ids=["dense", "set"])
regressors = pytest.mark.parametrize("network", REGRESSORS, ids=["dense", "set"])
both = pytest.mark.parametrize(
    "network", BOTH, ids=["dense", "set", "dense regressor", "set regressor"]
)


@classifiers
def test_alpha(network):
    sizes = []
    for alpha in (0, 1):
        net = network(10, alpha=alpha, random_state=1)
        net.fit(DIGITS_2[:100], LABELS_2[:100])
        sizes.append([abs(coefs).sum() for coefs in net.coefs_])
    assert all(without > penalised for without, penalised in zip(*sizes, strict=True))


@classifiers
@pytest.mark.parametrize(("X", "y"), [(DIGITS_3, LABELS_3), (DIGITS_2, LABELS_2)])
def test_lbfgs_classification(network, X, y):
    with pytest.raises(ValueError, match="solver='lbfgs' is not offered"):
        network(solver="lbfgs").fit(X, y)
    for activation in ACTIVATIONS:
        net = network(50, activation=activation, batch_size=32, random_state=1)
        assert net.fit(X[:150], y[:150]).score(X[:150], y[:150]) > 0.95
        predicted = net.predict(X[150:])
        assert (predicted.shape, predicted.dtype.kind) == ((len(X) - 150,), "i")


@regressors
def test_lbfgs_regression(network):
    settings = {"learning_rate": "cosine", "learning_rate_init": 0.02, "max_iter": 300}
    settings["alpha"] = 1e-4
    settings |= {"batch_size": 32, "n_iter_no_change": 300, "random_state": 1}
    for activation in ACTIVATIONS:
        net = network(50, activation=activation, **settings).fit(X_REG, Y_REG)
        assert net.score(X_REG, Y_REG) > (0.8 if activation == "identity" else 0.98)


@classifiers
@pytest.mark.parametrize("learning_rate", ["invscaling", "constant"])
def test_learning_rate_warmstart(network, learning_rate):
    X, y = [[3, 2], [1, 6], [5, 6], [-2, -4]], [1, 1, 1, 0]
    net = network(
        4,
        solver="sgd",
        learning_rate=learning_rate,
        max_iter=1,
        power_t=0.25,
        warm_start=True,
    )
    for n_seen in (0, 4, 8):
        rate = net.fit(X, y).history_[-1]["learning_rate"]
        steps = 1 if learning_rate == "constant" else (n_seen + 1) ** 0.25
        assert rate == net.learning_rate_init / steps


@classifiers
def test_multilabel_classification(network):
    X, y = make_multilabel_classification(
        n_samples=50, random_state=0, return_indicator=True
    )
    settings = {"activation": "logistic", "alpha": 1e-5, "random_state": 0}
    settings |= {"learning_rate_init": 0.05, "max_iter": 150, "n_iter_no_change": 150}
    assert network(50, **settings).fit(X, y).score(X, y) > 0.97
    net = network(50, **settings)
    for _ in range(100):
        net.partial_fit(X, y, classes=[0, 1, 2, 3, 4])
    assert net.score(X, y) > 0.9
    early = network(early_stopping=True).fit(X, y)
    assert early.predict(X).shape == y.shape


@regressors
def test_multioutput_regression(network):
    X, y = make_regression(n_samples=200, n_targets=5, random_state=11)
    net = network(
        50,
        learning_rate_init=0.02,
        batch_size=32,
        tol=1e-2,
        n_iter_no_change=40,
        random_state=1,
    )
    assert net.fit(X, y).score(X, y) > 0.9


@classifiers
def test_partial_fit_classes_error(network):
    net = network(solver="sgd").partial_fit([[3, 2]], [0], classes=[0, 1])
    with pytest.raises(ValueError, match="differs from the first call's"):
        net.partial_fit([[3, 2]], [0], classes=[1, 2])


@classifiers
@pytest.mark.parametrize(("X", "y"), [(DIGITS_3, LABELS_3), (DIGITS_2, LABELS_2)])
def test_partial_fit_classification(network, X, y):
    settings = {"solver": "sgd", "random_state": 1, "alpha": 1e-5, "batch_size": 200}
    settings |= {"learning_rate": "constant", "learning_rate_init": 0.2}
    settings |= {"max_iter": 100, "tol": 0}
    whole = network(**settings).fit(X, y)
    pieces = network(**settings)
    for _ in range(100):
        pieces.partial_fit(X, y, classes=np.unique(y))
    assert_array_equal(pieces.predict(X), whole.predict(X))
    assert pieces.score(X, y) > 0.95


@classifiers
def test_partial_fit_unseen_classes(network):
    net = network(random_state=0)
    net.partial_fit([[1], [2], [3]], ["a", "b", "c"], classes=["a", "b", "c", "d"])
    net.partial_fit([[4]], ["d"])
    assert net.score([[1], [2], [3], [4]], ["a", "b", "c", "d"]) > 0


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_partial_fit_regression(momentum):
    # Where connections move, `fit` spares the last epoch a rewiring.
    settings = {"solver": "sgd", "random_state": 1, "batch_size": 200}
    settings |= {"learning_rate": "constant", "learning_rate_init": 0.03}
    settings |= {"alpha": 1e-4, "momentum": momentum, "dtype": "float64"}
    settings |= {"max_iter": 100, "n_iter_no_change": 100}
    whole = DenseMLPRegressor(**settings).fit(X_REG, Y_REG)
    pieces = DenseMLPRegressor(**settings)
    for _ in range(100):
        pieces.partial_fit(X_REG, Y_REG)
    assert_allclose(pieces.predict(X_REG), whole.predict(X_REG), rtol=1e-7)
    assert pieces.score(X_REG, Y_REG) > 0.65


@classifiers
def test_partial_fit_errors(network):
    with pytest.raises(ValueError, match=r"classes \[0, 1\] that are not in"):
        network(solver="sgd").partial_fit(TWO_ROWS, [1, 0], classes=[2])
    assert not hasattr(network(solver="lbfgs"), "partial_fit")


@both
def test_nonfinite_params(network):
    # Instead of an error: numbers at the end of the range are numbers like any.
    net = network(3, max_iter=5, random_state=0)
    far = np.finfo(np.float64).max * np.random.default_rng(0).random((10, 2))
    with_far, without = (
        clone(net).fit(X, np.arange(10) % 2).predict(X)
        for X in (far, far / np.finfo(np.float64).max)
    )
    assert_allclose(with_far, without)


@classifiers
def test_predict_proba_binary(network):
    X, y = DIGITS_2[:50], LABELS_2[:50]
    net = network(10, activation="logistic", random_state=1).fit(X, y)
    chances = net.predict_proba(X)
    assert chances.shape == (50, 2)
    assert_allclose(net.predict_log_proba(X), np.log(chances), atol=1e-12)
    assert_array_equal(net.predict(X), chances.argmax(axis=1))
    assert roc_auc_score(y, chances[:, 1]) == 1.0


@classifiers
def test_predict_proba_multiclass(network):
    X, y = DIGITS_3[:10], LABELS_3[:10]
    net = network(10).fit(X, y)
    chances = net.predict_proba(X)
    assert chances.shape == (10, 3)
    assert_allclose(net.predict_log_proba(X), np.log(chances), atol=1e-12)
    assert_array_equal(net.predict(X), chances.argmax(axis=1))


@classifiers
def test_predict_proba_multilabel(network):
    X, y = make_multilabel_classification(
        n_samples=50, random_state=0, return_indicator=True
    )
    net = network(
        30,
        random_state=0,
        learning_rate_init=0.05,
        batch_size=10,
        max_iter=300,
        n_iter_no_change=100,
    ).fit(X, y)
    chances = net.predict_proba(X)
    assert chances.shape == y.shape
    assert_array_equal(chances > 0.5, y)
    # They are no softmax: their sums differ from 1.
    assert ((chances.sum(axis=1) - 1) ** 2).sum() > 1e-10
    assert_allclose(net.predict_log_proba(X), np.log(chances), atol=1e-12)


@regressors
def test_shuffle(network):
    X, y = make_regression(n_samples=50, n_features=5, random_state=0)
    made = {
        shuffle: [
            network(4, max_iter=1, batch_size=1, random_state=0, shuffle=shuffle)
            .fit(X, y)
            .coefs_[0]
            .toarray()
            for _ in range(2)
        ]
        for shuffle in (True, False)
    }
    assert_array_equal(*made[True])
    assert_array_equal(*made[False])
    assert (made[True][0] != made[False][0]).any()


@classifiers
@pytest.mark.parametrize("container", [sparse.csr_array, sparse.csr_matrix])
def test_sparse_matrices(network, container):
    X, y = DIGITS_2[:50], LABELS_2[:50]
    net = network(15, random_state=1)
    dense = net.fit(X, y).predict(X)
    assert_array_equal(net.fit(container(X), y).predict(container(X)), dense)
    assert_array_equal(net.predict(X), net.predict(container(X)))


@classifiers
def test_tolerance(network):
    net = network(tol=0.5, max_iter=3000, solver="sgd").fit(TWO_ROWS, [1, 0])
    assert net.n_iter_ < 3000


@classifiers
def test_verbose_sgd(network, capsys):
    net = network(10, solver="sgd", max_iter=2, verbose=1).fit(TWO_ROWS, [1, 0])
    assert "epoch" in capsys.readouterr().out
    net.partial_fit(TWO_ROWS, [1, 0])
    assert capsys.readouterr().out


@both
def test_early_stopping(network):
    X, y = DIGITS_2[:100], LABELS_2[:100]
    settings = {"tol": 0.2, "max_iter": 3000, "solver": "sgd"}
    net = network(early_stopping=True, **settings).fit(X, y)
    assert net.n_iter_ < 3000
    scores = net.validation_scores_
    assert max(scores) == net.best_validation_score_
    assert max(scores) + 0.2 > max(scores[-2:])
    plain = network(early_stopping=False, **settings).fit(X, y)
    assert plain.best_validation_score_ is None
    assert plain.best_loss_ == min(plain.loss_curve_)


@classifiers
def test_adaptive_learning_rate(network):
    settings = {"tol": 0.5, "max_iter": 3000, "learning_rate": "adaptive"}
    net = network(solver="sgd", **settings).fit(TWO_ROWS, [1, 0])
    assert net.n_iter_ < 3000
    assert net.history_[-1]["learning_rate"] <= 1e-6


@classifiers
def test_warm_start(network):
    net = network(10, warm_start=True, random_state=42, tol=1e-2)
    net.fit(X_IRIS, Y_IRIS).fit(X_IRIS, Y_IRIS)
    net.fit(X_IRIS, np.repeat([0, 1, 2], [40, 40, 70]))
    for other in (
        np.repeat([0, 1], 75),
        np.repeat([0, 1, 3], 50),
        np.repeat([0, 1, 2, 3], [37, 37, 38, 38]),
        np.repeat(np.arange(5), 30),
    ):
        with pytest.raises(ValueError, match=r"\[0, 1, 2\]"):
            net.fit(X_IRIS, other)


@both
def test_warm_start_full_iteration(network):
    net = network(10, solver="sgd", warm_start=True, max_iter=3)
    assert net.fit(X_IRIS, Y_IRIS).n_iter_ == 3
    assert net.fit(X_IRIS, Y_IRIS).n_iter_ == 3


@classifiers
@pytest.mark.parametrize("patience", [2, 5, 10, 50])
def test_n_iter_no_change(network, patience):
    net = network(tol=0.01, max_iter=3000, solver="sgd", n_iter_no_change=patience)
    losses = net.fit(DIGITS_2[:100], LABELS_2[:100]).loss_curve_
    assert net.n_iter_ < 3000
    best, waited = np.inf, 0
    for loss in losses:
        waited = waited + 1 if loss > best - 0.01 else 0
        best = min(best, loss)
    assert waited == patience + 1


@classifiers
def test_n_iter_no_change_inf(network):
    net = network(tol=1e9, max_iter=300, solver="sgd", n_iter_no_change=np.inf)
    assert net.fit(DIGITS_2[:100], LABELS_2[:100]).n_iter_ == 300


@classifiers
def test_early_stopping_stratified(network):
    X, y = [[1, 2], [2, 3], [3, 4], [4, 5]], [0, 0, 0, 1]
    # There for the only row of a class, here for too few rows to put aside.
    with pytest.raises(ValueError, match="validation set is too small"):
        network(early_stopping=True).fit(X, y)
    y = np.repeat([0, 1], [90, 10])
    net = network(early_stopping=True, record="epoch", max_iter=2).fit(X_IRIS[:100], y)
    held = net.record_["n_seen"] == 0
    assert_array_equal(np.bincount(y[held]), [9, 1])


@classifiers
def test_mlp_early_stopping_string_labels(network):
    X, y = make_classification(
        n_samples=200, n_features=10, n_classes=3, n_informative=5, random_state=42
    )
    y = np.array(["class_a", "class_b", "class_c"], dtype=object)[y]
    net = network(early_stopping=True, max_iter=50, random_state=42).fit(X, y)
    assert len(net.validation_scores_) == net.n_iter_
    assert np.isfinite(net.validation_scores_).all()


@classifiers
def test_mlp_classifier_dtypes_casting(network):
    X, y = load_digits(n_class=2, return_X_y=True)
    single = X.astype(np.float32)
    settings = {"alpha": 1e-5, "random_state": 1, "max_iter": 100, "tol": 1e-1}
    double = network((8, 5), **settings).fit(X[:300], y[:300])
    other = network((8, 5), **settings).fit(single[:300], y[:300])
    assert_array_equal(double.predict(X[300:]), other.predict(single[300:]))
    assert_allclose(
        double.predict_proba(X[300:]), other.predict_proba(single[300:]), rtol=1e-2
    )


@regressors
def test_mlp_regressor_dtypes_casting(network):
    X, y = load_digits(n_class=2, return_X_y=True)
    single = X.astype(np.float32)
    settings = {"alpha": 1e-5, "random_state": 1, "max_iter": 50, "tol": 1e-3}
    double = network((8, 5), **settings).fit(X[:300], y[:300])
    other = network((8, 5), **settings).fit(single[:300], y[:300])
    assert_allclose(double.predict(X), other.predict(single), rtol=5e-3, atol=5e-4)


@both
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_mlp_param_dtypes(network, dtype):
    X, y = load_digits(n_class=2, return_X_y=True)
    X = X.astype(dtype)
    net = network((8, 5), random_state=1, max_iter=5, dtype=dtype).fit(X, y)
    assert {coefs.dtype for coefs in net.coefs_} == {np.dtype(dtype)}
    assert {biases.dtype for biases in net.intercepts_} == {np.dtype(dtype)}
    outputs = net.predict_proba if hasattr(net, "predict_proba") else net.predict
    assert outputs(X).dtype == dtype


@regressors
def test_mlp_loading_from_joblib_partial_fit(network, tmp_path):
    net = network(42, random_state=42, learning_rate_init=0.05).fit([[2]], [4])
    joblib.dump(net, tmp_path / "net")
    loaded = joblib.load(tmp_path / "net")
    for _ in range(400):
        loaded.partial_fit([[2]], [1])
    assert_allclose(loaded.predict([[2]]), [1], rtol=1e-3)


@both
@pytest.mark.filterwarnings("error::UserWarning")
def test_preserve_feature_names(network):
    values = np.random.RandomState(0).randn(20, 2)
    X = pd.DataFrame(values, columns=["colname_a", "colname_b"])
    y = pd.Series(np.full(20, 1), name="colname_y")
    net = network(early_stopping=True, validation_fraction=0.2, batch_size=5)
    assert net.fit(X, y).feature_names_in_.tolist() == ["colname_a", "colname_b"]


@both
def test_mlp_warm_start_with_early_stopping(network):
    net = network(max_iter=10, random_state=0, warm_start=True, early_stopping=True)
    before = len(net.fit(X_IRIS, Y_IRIS).validation_scores_)
    after = net.set_params(max_iter=20).fit(X_IRIS, Y_IRIS).validation_scores_
    assert len(after) > before


@both
@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_mlp_warm_start_no_convergence(network, solver):
    settings = {"warm_start": True, "n_iter_no_change": 1000, "random_state": 0}
    settings["learning_rate"] = "constant"
    net = network(solver=solver, max_iter=10, **settings)
    for n_epochs in (10, 20):
        with pytest.warns(ConvergenceWarning):
            net.set_params(max_iter=n_epochs).fit(X_IRIS, Y_IRIS)
        assert net.n_iter_ == n_epochs


@both
def test_mlp_partial_fit_after_fit(network):
    net = network(early_stopping=True, random_state=0).fit(X_IRIS, Y_IRIS)
    with pytest.raises(ValueError, match="does not support early_stopping=True"):
        net.partial_fit(X_IRIS, Y_IRIS)


@regressors
def test_mlp_sample_weight_with_early_stopping(network):
    X, y = make_regression(
        n_samples=100, n_features=2, n_informative=2, random_state=42
    )
    settings = {"early_stopping": True, "tol": 1e-2, "batch_size": 10}
    weighted = network(10, random_state=42, **settings).fit(X, y, np.ones_like(y))
    plain = network(10, random_state=42, **settings).fit(X, y)
    assert_allclose(weighted.predict(X), plain.predict(X), rtol=1e-5)


@regressors
def test_minimum_input_sample_size(network):
    X, y = make_regression(n_samples=2, n_features=5, random_state=0)
    with pytest.raises(ValueError, match="The validation set is too small"):
        network(early_stopping=True, random_state=0).fit(X, y)


@regressors
def test_mlp_diverging_loss(network):
    settings = {"solver": "sgd", "learning_rate_init": 1, "early_stopping": True}
    net = network(100, activation="identity", max_iter=20, random_state=0, **settings)
    scores = net.fit(X_IRIS, Y_IRIS).validation_scores_
    assert isinstance(scores[-1], float)
    assert np.isnan(scores[-1])
