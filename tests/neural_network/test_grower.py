"""The parameter `grower` of the SET estimators."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import load_breast_cancer

from sparsekit import SETMLPClassifier
from sparsekit.topology import ObservedGrower, RandomGrower

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def rarely_observed_half(rate=0.9):
    X, y = load_breast_cancer(return_X_y=True)
    rng = np.random.default_rng(0)
    X[:, ::2][rng.random((len(X), 15)) < rate] = np.nan
    return X, y


def net_of(**settings):
    given = dict(
        alpha=1e-4, batch_size=200, learning_rate="constant", learning_rate_init=0.003,
        max_iter=10, random_state=0, sparsity=0.8,
    )  # fmt: skip
    return SETMLPClassifier((40,), **given | settings)


def test_a_name_is_the_strategy_with_its_defaults():
    X, y = rarely_observed_half()
    for name, grower in (("random", RandomGrower()), ("observed", ObservedGrower())):
        by_name, by_object = net_of(grower=name), net_of(grower=grower)
        assert_array_equal(
            by_name.fit(X, y).coefs_[0].toarray(),
            by_object.fit(X, y).coefs_[0].toarray(),
        )


def test_connections_leave_the_inputs_that_are_rarely_observed():
    X, y = rarely_observed_half()
    shares = {}
    for grower in ("random", "observed"):
        counts = (net_of(grower=grower).fit(X, y).coefs_[0].toarray() != 0).sum(axis=1)
        shares[grower] = counts[::2].sum() / counts.sum()
    # 10 seeds: 0.31 to 0.39 and 0.44 to 0.51.
    assert shares["observed"] < 0.41 < shares["random"]


def test_indicators_count_where_they_are_one():
    X, y = rarely_observed_half()
    net = net_of(grower="observed", missing="indicator", prune_fraction=0.5).fit(X, y)
    counts = (net.coefs_[0].toarray() != 0).sum(axis=1)
    values, indicators = counts[:30:2].mean(), counts[30:].mean()
    # 10 seeds: 1.7 to 2.9 times as many.
    assert indicators > 1.4 * values


class _LastColumn(BaseEstimator):
    """Grows in the last free positions; needs nothing to know."""

    def select(self, layer, dropped, count, rng):
        free = np.ones(layer.n_out * layer.n_in, dtype=bool)
        rows = np.repeat(np.arange(layer.n_out), np.diff(layer.indptr))
        kept = ~dropped
        free[rows[kept] * layer.n_in + layer.indices[kept]] = False
        return np.flatnonzero(free)[len(np.flatnonzero(free)) - count :]


def test_a_grower_of_ones_own():
    X, y = rarely_observed_half()
    net = clone(net_of(grower=_LastColumn())).fit(X, y)
    assert net.n_connections_ == net_of().fit(X, y).n_connections_


def test_the_default_grows_at_random():
    X, y = rarely_observed_half()
    assert_array_equal(
        net_of().fit(X, y).coefs_[0].toarray(),
        net_of(grower="random").fit(X, y).coefs_[0].toarray(),
    )
