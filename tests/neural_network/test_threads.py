"""The number of threads changes the time, and nothing else."""

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.datasets import load_digits

from sparsekit import DenseMLPRegressor, SETMLPClassifier

# Kernels of sparse and of dense layers.
NETWORKS = [SETMLPClassifier, DenseMLPRegressor]

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(autouse=True)
def threads_for_small_work(monkeypatch):
    """Let the threads share even steps that are too short to gain by it."""
    monkeypatch.setattr("sparsekit.network._inference._WORTH_THREADS", 0)


def digits():
    X, y = load_digits(return_X_y=True)
    X, y = X[:200], y[:200]
    X[np.random.default_rng(0).random(X.shape) < 0.1] = np.nan
    return X, y


def network_of(network, **settings):
    settings = {"max_iter": 3, "dropout": 0.1, "random_state": 0} | settings
    return network((50, 40), batch_size=60, **settings)


def outputs(net, X):
    return net.predict_proba(X) if hasattr(net, "predict_proba") else net.predict(X)


def bits(net):
    """Return a digest of everything learned."""
    digest = hashlib.sha256()
    for coefs, biases in zip(net.coefs_, net.intercepts_, strict=True):
        for part in (coefs.data, coefs.indices, coefs.indptr, biases):
            digest.update(np.ascontiguousarray(part).tobytes())
    digest.update(repr(net.loss_curve_).encode())
    return digest.hexdigest()


@pytest.mark.parametrize("store", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("network", NETWORKS)
def test_two_threads_give_the_bits_of_one(network, store):
    X, y = digits()
    X = store(X)
    one = network_of(network, n_jobs=1).fit(X, y)
    two = network_of(network, n_jobs=2).fit(X, y)
    assert bits(one) == bits(two)
    assert_array_equal(outputs(one, X), outputs(two, X))


@pytest.mark.parametrize("settings", [{"solver": "sgd"}, {"early_stopping": True}])
@pytest.mark.parametrize("n_jobs", [1, 2, -1])
def test_any_number_of_threads_gives_the_same_bits(n_jobs, settings):
    X, y = digits()
    plain = network_of(SETMLPClassifier, **settings).fit(X, y)
    threaded = network_of(SETMLPClassifier, n_jobs=n_jobs, **settings).fit(X, y)
    assert bits(plain) == bits(threaded)


def test_threads_give_the_same_bits_in_partial_fit():
    X, y = digits()
    one, two = (network_of(SETMLPClassifier, n_jobs=n_jobs) for n_jobs in (1, 2))
    for _ in range(3):
        one.partial_fit(X, y, classes=range(10))
        two.partial_fit(X, y, classes=range(10))
    assert bits(one) == bits(two)


def test_no_threads_at_all_are_refused():
    X, y = digits()
    with pytest.raises(ValueError, match="n_jobs must be None"):
        network_of(SETMLPClassifier, n_jobs=0).fit(X, y)


def test_networks_may_be_fitted_in_several_python_threads_at_once():
    X, y = digits()
    seeds = range(4)

    def fit(seed):
        net = network_of(SETMLPClassifier, n_jobs=2, max_iter=5, random_state=seed)
        net.fit(X, y)
        return bits(net), outputs(net, X)

    alone = [fit(seed) for seed in seeds]
    with ThreadPoolExecutor(max_workers=3) as pool:
        together = list(pool.map(fit, seeds))
    for mine, other in zip(together, alone, strict=True):
        assert mine[0] == other[0]
        assert_array_equal(mine[1], other[1])


def test_one_network_may_predict_in_several_python_threads_at_once():
    X, y = digits()
    net = network_of(SETMLPClassifier, n_jobs=2).fit(X, y)
    expected = net.predict_proba(X)
    with ThreadPoolExecutor(max_workers=3) as pool:
        for found in pool.map(lambda _: net.predict_proba(X), range(10)):
            assert_array_equal(found, expected)


IN_ANOTHER_PROCESS = """
import warnings
warnings.simplefilter("ignore")
import sparsekit.network._inference
sparsekit.network._inference._WORTH_THREADS = 0
from tests.neural_network.test_threads import *
X, y = digits()
nets = [network_of(network, n_jobs=2).fit(X, y) for network in NETWORKS]
print(*map(bits, nets))
"""


def test_the_same_seed_gives_the_same_bits_in_another_process(pytestconfig):
    X, y = digits()
    found = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS],
        cwd=pytestconfig.rootpath,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert found == [bits(network_of(network).fit(X, y)) for network in NETWORKS]
