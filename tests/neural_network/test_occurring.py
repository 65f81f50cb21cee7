"""Connections at the columns that occur: from the start, and as training goes on."""

import numpy as np
import pytest
from scipy import sparse

from sparsekit import DSTMLPClassifier
from sparsekit.neural_network.training._inputs import learn_inputs, nonzero_rates
from sparsekit.topology import (
    Layer,
    ObservedGrower,
    OccurringGrower,
    OccurringTopology,
    RandomTopology,
)

N_OCCURRING = 40


def hashed_rows(rng, n_rows=120, n_columns=2000):
    """Return rows of a few words in a table with columns for fifty times as many."""
    X = np.zeros((n_rows, n_columns))
    words = rng.choice(n_columns, N_OCCURRING, replace=False)
    X[:, words] = rng.random((n_rows, N_OCCURRING)) < 0.2
    return X, (X[:, words[0]] > 0).astype(int)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_rates_count_values_that_are_there_and_not_zero(container, weighted):
    X = np.array([[0.0, 2.0, np.nan], [0.0, 0.0, 1.0], [0.0, 3.0, 1.0]])
    weight = np.array([2.0, 1.0, 1.0]) if weighted else None
    inputs = learn_inputs(container(X), True, weight)
    inputs["indicators"] = np.array([2])
    expected = [0, 0.75, 0.5, 0.5] if weighted else [0, 2 / 3, 2 / 3, 1 / 3]
    np.testing.assert_allclose(nonzero_rates(inputs), expected)


def test_rates_of_two_calls_are_those_of_all_rows():
    X, _ = hashed_rows(np.random.default_rng(0))
    once = learn_inputs(X, True)
    twice = learn_inputs(X[50:], True, known=learn_inputs(X[:50], True))
    np.testing.assert_array_equal(once["n_nonzero"], twice["n_nonzero"])


def test_grower_follows_its_rate_as_the_observed_grower_follows_another():
    rates, nothing = np.random.default_rng(0).random(50), np.zeros(0, dtype=bool)
    layer = Layer(np.zeros(9, np.int64), np.zeros(0, np.int32), np.zeros(0), 50)
    ours, theirs = (
        grower.select(
            layer._replace(**{name: rates}), nothing, 60, np.random.default_rng(1)
        )
        for grower, name in (
            (OccurringGrower(), "nonzero_rates"),
            (ObservedGrower(), "input_rates"),
        )
    )
    np.testing.assert_array_equal(ours, theirs)


def test_topology_without_rates_is_the_random_one():
    for ours, theirs in zip(
        OccurringTopology().draw(30, 8, 50, np.random.default_rng(0)),
        RandomTopology().draw(30, 8, 50, np.random.default_rng(0)),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_no_connection_reads_a_column_that_never_occurs(container):
    X, y = hashed_rows(np.random.default_rng(1))
    net = DSTMLPClassifier(
        (20,),
        sparsity=0.99,
        initial_topology="occurring",
        grower="occurring",
        max_iter=3,
        random_state=0,
    ).fit(container(X), y)
    read = np.unique(net.coefs_[0].nonzero()[0])
    assert np.isin(read, np.flatnonzero(X.any(axis=0))).all()
    assert net.coefs_[0].nnz == pytest.approx(0.01 * 2000 * 20, rel=0.05)


def test_columns_that_occur_later_get_connections_then():
    rng = np.random.default_rng(2)
    X, y = hashed_rows(rng)
    later, y_later = hashed_rows(rng)
    net = DSTMLPClassifier(
        (20,),
        sparsity=0.99,
        initial_topology="occurring",
        grower="occurring",
        random_state=0,
    )
    net.partial_fit(sparse.csr_array(X), y, classes=[0, 1])
    new = np.flatnonzero(later.any(axis=0) & ~X.any(axis=0))
    assert not np.isin(net.coefs_[0].nonzero()[0], new).any()
    for _ in range(4):
        net.partial_fit(sparse.csr_array(later), y_later)
    assert np.isin(net.coefs_[0].nonzero()[0], new).any()
