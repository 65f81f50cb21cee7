"""NaN is accepted wherever X is, and infinity nowhere.

scikit-learn's suite leaves both out for estimators whose tags allow NaN.
"""

import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse
from sklearn.utils import get_tags

from sparsekit import DSTMLPRegressor, SETMLPClassifier
from tests.estimators import ALL_NETWORKS

# Of the networks, which share the code that takes arguments.
SHARED = [SETMLPClassifier, DSTMLPRegressor]

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

METHODS = ["predict", "predict_proba", "predict_log_proba", "decision_function"]


def table(value):
    """Return a table with a few cells of `value`, and a target."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 4)), np.arange(60) % 3
    X[rng.random(X.shape) < 0.1] = value
    return X, y


def first_call(network):
    return {"classes": [0, 1, 2]} if hasattr(network, "predict_proba") else {}


@pytest.mark.parametrize("network", ALL_NETWORKS)
@pytest.mark.parametrize("missing", ["absent", "raise"])
def test_tags_tell_whether_nan_is_accepted(network, missing):
    tags = get_tags(network(missing=missing)).input_tags
    assert tags.allow_nan is (missing == "absent")
    assert tags.sparse


@pytest.mark.parametrize("network", SHARED)
@pytest.mark.parametrize("store", [np.asarray, sparse.csr_array, sparse.csc_matrix])
def test_nan_is_accepted_in_every_method(network, store):
    X, y = table(np.nan)
    X = store(X)
    net = network((10,), max_iter=3).fit(X, y, X_val=X, y_val=y)
    net.partial_fit(X, y)
    network((10,)).partial_fit(X, y, **first_call(network))
    for name in METHODS:
        if hasattr(net, name):
            result = getattr(net, name)(X)
            assert len(result) == 60
            assert np.isfinite(result).all()
    assert np.isfinite(net.score(X, y))


@pytest.mark.parametrize("network", SHARED)
@pytest.mark.parametrize("store", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("value", [np.inf, -np.inf])
@pytest.mark.parametrize("missing", ["absent", "raise"])
def test_infinity_is_refused_in_every_method(network, store, value, missing):
    X, y = table(0.0)
    infinite = store(table(value)[0])
    net = network((10,), missing=missing, max_iter=3).fit(X, y)
    with pytest.raises(ValueError, match="Input X contains infinity"):
        network((10,), missing=missing).fit(infinite, y)
    with pytest.raises(ValueError, match="Input X contains infinity"):
        net.partial_fit(infinite, y)
    with pytest.raises(ValueError, match="Input X contains infinity"):
        network(missing=missing).partial_fit(infinite, y, **first_call(network))
    with pytest.raises(ValueError, match="contains infinity"):
        network(missing=missing).fit(X, y, X_val=infinite, y_val=y)
    for name in METHODS:
        if hasattr(net, name):
            with pytest.raises(ValueError, match="Input X contains infinity"):
                getattr(net, name)(infinite)
    with pytest.raises(ValueError, match="Input X contains infinity"):
        net.score(infinite, y)


ARRAY_API_CHECKS = """
import warnings
import sparsekit
from sklearn.utils.estimator_checks import estimator_checks_generator
warnings.simplefilter("ignore")
done = []
for name in sparsekit.__all__:
    public = getattr(sparsekit, name)
    if isinstance(public, type):
        for estimator, check in estimator_checks_generator(public()):
            if check.func.__name__ == "check_array_api_input":
                check(estimator)
                done.append(name)
print(*done)
"""


def test_array_api_dispatch_changes_nothing(pytestconfig):
    # The suite skips this check unless scipy was imported with the variable set.
    done = subprocess.run(
        [sys.executable, "-c", ARRAY_API_CHECKS],
        cwd=pytestconfig.rootpath,
        env={**os.environ, "SCIPY_ARRAY_API": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) == len(ALL_NETWORKS) + 9
