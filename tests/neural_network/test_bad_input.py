"""Bad input: one clear error before training, and nothing changed."""

import joblib
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

from sparsekit import (
    DenseMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPRegressor,
)
from tests.estimators import ALL_NETWORKS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

# What networks are given is checked in code that all of them share.
CLASSIFIERS, REGRESSORS = [SETMLPClassifier], [DenseMLPRegressor]
NETWORKS = CLASSIFIERS + REGRESSORS
SPARSE_NETWORKS = [SETMLPClassifier, StaticSparseMLPRegressor]

X, y = load_iris(return_X_y=True)
WORDS = np.full((150, 4), "word")
TOWNS = pd.DataFrame({0: X[:, 0], 1: X[:, 1], 2: X[:, 2], 3: "Rome"})
INFINITE = np.where(X < 1, np.inf, X)
Y_WITH_NAN = np.where(np.arange(150) % 9, y, np.nan)

BAD_TABLES = {
    "one dimension": (X[:, 0], y, "Expected 2D array"),
    "three dimensions": (X[:, :, np.newaxis], y, "Found array with dim 3"),
    "other lengths": (X[:100], y, "inconsistent numbers of samples"),
    "no rows": (X[:0], y[:0], r"0 sample\(s\)"),
    "no columns": (X[:, :0], y, r"0 feature\(s\)"),
    "infinity": (INFINITE, y, "Input X contains infinity"),
    "sparse infinity": (sparse.csr_array(INFINITE), y, "Input X contains infinity"),
    "minus infinity": (-INFINITE, y, "Input X contains infinity"),
    "words": (WORDS, y, "could not convert string to float"),
    "objects": (WORDS.astype(object), y, "could not convert string to float"),
    "column of words": (TOWNS, y, "could not convert string to float"),
    "complex numbers": (X + 1j, y, "Complex data not supported"),
    "no target": (X, None, "requires y to be passed"),
    "NaN in the target": (X, Y_WITH_NAN, "Input y contains NaN"),
}
BAD_WEIGHTS = {
    "all zero": (np.zeros(150), "at least one non-zero|positive entry"),
    "negative": (np.linspace(-0.1, 1, 150), "Negative values.*sample_weight"),
    "NaN": (np.full(150, np.nan), "sample_weight contains NaN"),
    "infinite": (np.full(150, np.inf), "sample_weight contains infinity"),
    "too few": (np.ones(149), r"sample_weight.shape == \(149,\), expected \(150,\)"),
    "two columns": (np.ones((150, 2)), "Sample weights must be 1D"),
    "words": (["heavy"] * 150, "could not convert string to float"),
}
BAD_PARAMETERS = {
    "hidden_layer_sizes": [
        (-1,),
        (0,),
        (10, 0),
        0,
        -5,
        (2.5,),
        "10",
        ("10",),
        None,
        [[3, 2]],
        np.array([[3, 2]]),
    ],
    "activation": ["swish", None, 1],
    "negative_slope": ["steep"],
    "solver": ["lbfgs", None],
    "alpha": [-1e-3, "auto", np.nan],
    "dropout": [1.0, -0.1, 2],
    "batch_size": [0, -1, 1.5, "all"],
    "learning_rate": ["fast", 0.1],
    "learning_rate_init": [0.0, -1.0, np.nan],
    "power_t": [-1.0],
    "momentum": [-0.1, 1.1],
    "nesterovs_momentum": ["yes"],
    "beta_1": [1.0, -0.1],
    "beta_2": [1.0, -0.1],
    "epsilon": [0.0],
    "max_iter": [0, -1, 10.5],
    "shuffle": ["yes"],
    "tol": [-1e-4, np.nan],
    "n_iter_no_change": [0, -1, 2.5],
    "early_stopping": ["yes"],
    "validation_fraction": [0.0, 1.0, -0.5],
    "warm_start": ["yes"],
    "standardize": ["yes"],
    "missing": ["zero", "ignore", None],
    "dtype": ["float16", np.float32, None],
    "n_jobs": [1.5, "all"],
    "random_state": ["lucky", -1],
    "verbose": [-1, "yes"],
}


def cases(table):
    return [pytest.param(*case, id=name) for name, case in table.items()]


def of_target(network):
    return y if network in CLASSIFIERS else y.astype(float)


@pytest.mark.parametrize(("table", "target", "message"), cases(BAD_TABLES))
@pytest.mark.parametrize("network", NETWORKS)
def test_tables_that_do_not_fit_are_refused(network, table, target, message):
    before = joblib.hash((table, target))
    net = network((5,), max_iter=2)
    with pytest.raises(ValueError, match=message):
        net.fit(table, target)
    assert not hasattr(net, "coefs_")
    assert joblib.hash((table, target)) == before
    with pytest.raises(NotFittedError, match="not fitted yet"):
        net.predict(X)


@pytest.mark.parametrize(("table", "target", "message"), cases(BAD_TABLES))
@pytest.mark.parametrize("network", NETWORKS)
def test_partial_fit_refuses_them_and_keeps_its_network(
    network, table, target, message
):
    net = network((5,))
    first = {"classes": [0, 1, 2]} if network in CLASSIFIERS else {}
    net.partial_fit(X, of_target(network), **first)
    before = net.predict(X)
    # Of the number of columns, a fitted network says what it expects.
    with pytest.raises(ValueError, match=f"{message}|expecting 4 features"):
        net.partial_fit(table, target)
    assert_array_equal(net.predict(X), before)
    assert net.n_iter_ == 1


@pytest.mark.parametrize(("weight", "message"), cases(BAD_WEIGHTS))
@pytest.mark.parametrize("network", NETWORKS)
def test_weights_that_cannot_be_are_refused(network, weight, message):
    net = network((5,), max_iter=2)
    with pytest.raises(ValueError, match=message):
        net.fit(X, of_target(network), sample_weight=weight)
    assert not hasattr(net, "coefs_")


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in BAD_PARAMETERS.items() for value in values],
    ids=str,
)
@pytest.mark.parametrize("network", NETWORKS)
def test_parameters_out_of_range_are_named(network, name, value):
    net = network().set_params(**{name: value})
    message = "RandomState" if name == "random_state" and value == -1 else name
    with pytest.raises(ValueError, match=message):
        net.fit(X, of_target(network))
    assert not hasattr(net, "coefs_")


@pytest.mark.parametrize("network", SPARSE_NETWORKS)
@pytest.mark.parametrize("sparsity", [1.0, 1, -0.1, 2.0, np.nan, "0.9", None])
def test_a_sparsity_outside_its_range_is_refused(network, sparsity):
    with pytest.raises(ValueError, match=r"'sparsity' .* range \[0.0, 1.0\)"):
        network(sparsity=sparsity).fit(X, of_target(network))


@pytest.mark.parametrize("network", SPARSE_NETWORKS)
@pytest.mark.parametrize("sizes", [(100,), (5, 5, 5), ()])
def test_a_sparsity_that_empties_a_layer_is_refused(network, sizes):
    net = network(sizes, sparsity=0.9999)
    with pytest.raises(ValueError, match=r"sparsity=0.9999 leaves layer \d .*without"):
        net.fit(X, of_target(network))
    assert not hasattr(net, "coefs_")


@pytest.mark.parametrize("value", [1.5, -0.1, "0.3"])
@pytest.mark.parametrize("network", [SETMLPClassifier, SETMLPRegressor])
def test_a_prune_fraction_outside_its_range_is_refused(network, value):
    with pytest.raises(ValueError, match=r"'prune_fraction' .* range \[0.0, 1.0\]"):
        network(prune_fraction=value).fit(X, of_target(network))


@pytest.mark.parametrize("network", CLASSIFIERS)
@pytest.mark.parametrize(
    ("name", "value"),
    [("class_weight", "equal"), ("class_weight", 2.0), ("out_activation", "tanh")],
)
def test_parameters_of_classifiers_are_checked(network, name, value):
    with pytest.raises(ValueError, match=name):
        network(**{name: value}).fit(X, y)


@pytest.mark.parametrize("network", CLASSIFIERS)
@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({0: 1, 7: 2}, r"classes, \[1, 2\], are not in class_weight"),
        ([{0: 1}, {0: 1}], "class_weight|number of elements"),
        ({0: 0, 1: 0, 2: 0}, "at least one non-zero|class_weight"),
        ({0: -1, 1: 1, 2: 1}, "class_weight"),
    ],
    ids=["unknown class", "list", "all zero", "negative"],
)
def test_class_weights_that_do_not_fit_are_refused(network, weights, message):
    net = network((5,), class_weight=weights)
    with pytest.raises(ValueError, match=message):
        net.fit(X, y)
    assert not hasattr(net, "coefs_")


@pytest.mark.parametrize("network", ALL_NETWORKS)
def test_unknown_parameters_are_refused(network):
    with pytest.raises(TypeError, match="unexpected keyword argument 'sparcity'"):
        network(sparcity=0.5)
    with pytest.raises(ValueError, match="Invalid parameter 'sparcity'"):
        network().set_params(sparcity=0.5)


@pytest.mark.parametrize("network", ALL_NETWORKS)
def test_all_parameters_but_the_sizes_are_keywords(network):
    with pytest.raises(TypeError, match="positional argument"):
        network((10,), 0.5)


@pytest.mark.parametrize("network", CLASSIFIERS)
@pytest.mark.parametrize(
    ("target", "message"),
    [
        (X[:, 0], "Unknown label type: continuous"),
        (X[:, :2], "continuous-multioutput"),
        (np.c_[y, y + 1], "multiclass-multioutput|1d array"),
        (sparse.csr_array(y[:, np.newaxis]), "sparse"),
    ],
    ids=["numbers", "columns of numbers", "columns of classes", "sparse"],
)
def test_targets_that_are_no_classes_are_refused(network, target, message):
    net = network((5,), max_iter=2)
    with pytest.raises((ValueError, TypeError), match=message):
        net.fit(X, target)
    assert not hasattr(net, "coefs_")


@pytest.mark.parametrize("network", REGRESSORS)
@pytest.mark.parametrize(
    ("target", "message"),
    [
        (np.full(150, "a"), "could not convert string to float"),
        (np.full(150, np.inf), "Input y contains infinity"),
        (np.zeros((150, 2, 2)), "dim 3"),
        (np.zeros((150, 0)), "feature|column|output"),
        (sparse.csr_array(y[:, np.newaxis] * 1.0), "sparse"),
        (sparse.csr_array(np.c_[y, y] * 1.0), "sparse"),
    ],
    ids=["words", "infinity", "cube", "no column", "sparse column", "sparse"],
)
def test_targets_that_are_no_numbers_are_refused(network, target, message):
    net = network((5,), max_iter=2)
    with pytest.raises((ValueError, TypeError), match=message):
        net.fit(X, target)
    assert not hasattr(net, "coefs_")


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    ("table", "message"),
    [
        (X[:, :3], "X has 3 features, but .* is expecting 4 features"),
        (sparse.csr_array(X[:, :3]), "X has 3 features, but .* is expecting 4"),
        (X[0], "Expected 2D array"),
        (X[:0], r"0 sample\(s\)"),
        (INFINITE, "Input X contains infinity"),
        (WORDS, "could not convert string to float"),
    ],
    ids=["columns", "sparse columns", "row", "empty", "infinity", "words"],
)
def test_predict_refuses_what_fit_did_not_see(network, table, message):
    net = network((5,), max_iter=2).fit(X, of_target(network))
    before = net.predict(X)
    for name in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        if hasattr(net, name):
            with pytest.raises(ValueError, match=message):
                getattr(net, name)(table)
    assert_array_equal(net.predict(X), before)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    ("X_val", "y_val", "message"),
    [
        (X[:9], None, "given together; y_val=None"),
        (None, y[:9], "given together; X_val=None"),
        (X[:9], y[:8], "inconsistent|X_val"),
        (X[:9, :3], y[:9], "X has 3 features"),
        (X[:0], y[:0], r"0 sample\(s\)"),
        (INFINITE, y, "infinity"),
        (X[:9], np.c_[y[:9], y[:9]], "y_val|y has|1d array|one kind"),
        (X, Y_WITH_NAN, "NaN|nan"),
        (X[:9], np.full(9, "a"), "convert string|not in"),
    ],
    ids=[
        "no y_val",
        "no X_val",
        "lengths",
        "columns",
        "empty",
        "infinity",
        "outputs",
        "NaN",
        "words",
    ],
)
def test_validation_rows_that_do_not_fit_are_refused(network, X_val, y_val, message):
    net = network((5,), max_iter=2)
    with pytest.raises(ValueError, match=message):
        net.fit(X, of_target(network), X_val=X_val, y_val=y_val)
    # Before training, and not when the first epoch comes to its score.
    assert not hasattr(net, "coefs_")


@pytest.mark.parametrize(
    ("network", "target", "y_val"),
    [
        (SETMLPClassifier, np.eye(3, dtype=int)[y], y),
        (SETMLPClassifier, np.eye(3, dtype=int)[y], np.eye(2, dtype=int)[y % 2]),
        (SETMLPClassifier, y, y + 1),
        (SETMLPRegressor, np.c_[y, y], y),
        (SETMLPRegressor, y, np.c_[y, y]),
        (SETMLPRegressor, np.c_[y, y], np.c_[y, y, y]),
    ],
    ids=["kind", "labels", "class", "output", "outputs", "more outputs"],
)
def test_validation_targets_must_be_of_the_kind_of_y(network, target, y_val):
    net = network((5,), max_iter=2)
    with pytest.raises(ValueError, match=r"y (has|must be|contains)|y_val|1d array"):
        net.fit(X, target, X_val=X, y_val=y_val)


@pytest.mark.parametrize("network", NETWORKS)
def test_missing_values_are_refused_where_they_shall_be(network):
    X_holes = X.copy()
    X_holes[3, 2] = np.nan
    target = of_target(network)
    net = network((5,), missing="raise", max_iter=2)
    first = {"classes": [0, 1, 2]} if network in CLASSIFIERS else {}
    for table in (X_holes, sparse.csr_array(X_holes), pd.DataFrame(X_holes)):
        with pytest.raises(ValueError, match="Input X contains NaN"):
            net.fit(table, target)
        with pytest.raises(ValueError, match="Input X contains NaN"):
            net.partial_fit(table, target, **first)
    net.fit(X, target)
    with pytest.raises(ValueError, match="contains NaN"):
        net.fit(X, target, X_val=X_holes, y_val=target)
    net.fit(X, target)
    with pytest.raises(ValueError, match="Input X contains NaN"):
        net.predict(X_holes)


def test_words_as_quantities_are_refused_with_a_hint_at_classifiers():
    words = np.where(y == 0, "ill", "healthy")
    with pytest.raises(ValueError, match=r"y of a regression.*'(ill|healthy)'.*class"):
        SETMLPRegressor().fit(X, words)


def test_too_few_rows_to_put_aside_are_refused_by_the_parameters_names():
    message = r"early_stopping=True.*validation_fraction=0.1 of the 4 rows.*X_val"
    with pytest.raises(ValueError, match=message):
        SETMLPClassifier(early_stopping=True).fit(X[:4], ["a", "b", "c", "d"])
