"""A fit that is refused changes nothing in an estimator that was fitted before."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris

from sparsekit import SETMLPClassifier, SETMLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def flowers():
    return load_iris(return_X_y=True)


def fitted(network, X, y):
    return network((10,), sparsity=0.5, max_iter=5, random_state=0).fit(X, y)


def assert_unchanged(net, before, X):
    assert_array_equal(net.predict(X), before[0])
    assert net.loss_curve_ == before[1]
    assert net.n_features_in_ == X.shape[1]


def state(net, X):
    return net.predict(X), list(net.loss_curve_)


@pytest.mark.parametrize(
    ("changed", "rows", "message"),
    [
        ({"n_jobs": 0}, {}, "n_jobs must be None"),
        ({"sparsity": 0.9999}, {}, "without a connection"),
        ({}, {"X_val": np.zeros((2, 3)), "y_val": [0, 1]}, "3 features"),
        ({"hidden_layer_sizes": (0,)}, {}, "hidden_layer_sizes"),
    ],
)
@pytest.mark.parametrize("network", [SETMLPClassifier, SETMLPRegressor])
def test_a_refused_fit_leaves_the_fitted_network(network, changed, rows, message):
    X, y = flowers()
    net = fitted(network, X, y)
    before = state(net, X)
    net.set_params(**changed)
    with pytest.raises(ValueError, match=message):
        net.fit(X, 1000 * (y + 10), **rows)
    net.set_params(n_jobs=None)
    assert_unchanged(net, before, X)


def test_weights_of_no_use_in_fewer_columns_leave_the_fitted_network():
    X, y = flowers()
    net = fitted(SETMLPClassifier, X, y)
    before = state(net, X)
    net.set_params(class_weight={0: -1, 1: 1, 2: 1})
    with pytest.raises(ValueError, match="must not be negative"):
        net.fit(X[:, :3], y)
    net.set_params(class_weight=None)
    assert_unchanged(net, before, X)


def test_a_refused_partial_fit_leaves_the_scale_of_the_inputs():
    X, y = flowers()
    net = fitted(SETMLPClassifier, X, y)
    before = net.decision_function(X)
    net.set_params(sparsity=0.1)
    with pytest.raises(ValueError, match=r"sparsity=0\.1"):
        net.partial_fit(100 * X + 3, y)
    assert_array_equal(net.decision_function(X), before)


def test_a_refused_fit_does_not_move_the_random_numbers():
    X, y = flowers()
    one, two = (fitted(SETMLPClassifier, X, y) for _ in range(2))
    two.set_params(warm_start=True, n_jobs=0, early_stopping=True)
    with pytest.raises(ValueError, match="n_jobs must be None"):
        two.fit(X, y)
    two.set_params(warm_start=False, n_jobs=None, early_stopping=False)
    one.partial_fit(X, y)
    two.partial_fit(X, y)
    assert_array_equal(one.decision_function(X), two.decision_function(X))


def test_a_changed_standardize_is_refused():
    X, y = flowers()
    net = fitted(SETMLPClassifier, X, y).set_params(standardize=False)
    with pytest.raises(ValueError, match="standardize=False"):
        net.partial_fit(X, y)


@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_a_column_of_text_is_named(dtype):
    X, y = flowers()
    table = pd.DataFrame(X, columns=list("abcd"))
    table["c"] = pd.Series(np.where(y == 0, "red", "blue")).astype(dtype)
    with pytest.raises(ValueError, match=r"Column 'c' .* 'red'.*OneHotEncoder"):
        SETMLPClassifier().fit(table, y)


def test_columns_of_numbers_as_objects_are_taken():
    X, y = flowers()
    table = pd.DataFrame(X).astype(object)
    table.columns = list("abcd")
    plain = fitted(SETMLPClassifier, X, y)
    assert_array_equal(
        fitted(SETMLPClassifier, table, y).predict(table), plain.predict(X)
    )


def test_missing_raise_says_what_to_do():
    X, y = flowers()
    X[0, 0] = np.nan
    with pytest.raises(ValueError, match="missing='absent'"):
        SETMLPClassifier(missing="raise").fit(X, y)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_iter": 1, "learning_rate": "constant"}, "max_iter=1"),
        ({"batch_size": 500}, "batch_size=500"),
    ],
)
@pytest.mark.filterwarnings("default")
def test_warnings_point_at_the_line_of_the_user(settings, message):
    X, y = flowers()
    with pytest.warns(UserWarning, match=message) as record:
        SETMLPClassifier((5,), sparsity=0.2, **settings).fit(X, y)
    assert {warning.filename for warning in record} == {__file__}
