"""Neurons with few connections that matter lose all of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import make_classification

from sparsekit import DSTMLPClassifier
from sparsekit.topology import AblationPruner, Layer, MagnitudePruner
from tests.reference import naive_methods, naive_pruners
from tests.reference.strategies import known_layers, layers, shares


@given(layers(), st.integers(0, 2**32 - 1), shares)
def test_it_drops_what_the_description_says(drawn, seed, fraction):
    layer, rng = drawn
    layer = layer._replace(
        values=rng.normal(size=(2, layer.n_in, 3)),
        deltas=rng.normal(size=(2, layer.n_out, 3)),
        number=1,
        n_layers=2,
    )
    pruner = AblationPruner(candidates=None)
    dropped = pruner.select(layer, fraction, np.random.default_rng(seed))
    weights, gradients, pairs = naive_pruners.dense(layer)
    mask = np.zeros(weights.shape, dtype=bool)
    for pair in pairs:
        mask[pair] = True
    sizes, count = np.abs(weights), int(fraction * len(pairs))
    (gone,) = naive_methods.lowest_of_all([sizes], [mask], count)
    free = np.flatnonzero(~(mask & ~gone))
    order = np.argsort(-np.abs(gradients).ravel()[free], kind="stable")
    grows = np.zeros_like(mask)
    grows.ravel()[free[order[:count]]] = True
    if count:
        gone = naive_methods.ablated(mask, gone, grows, sizes, count)
    assert dropped.tolist() == [bool(gone[pair]) for pair in pairs]


@given(known_layers(), shares, st.floats(0, 1))
def test_the_number_is_exact_and_other_neurons_keep_their_largest(
    drawn, fraction, min_salient
):
    layer, rng = drawn
    dropped = AblationPruner(min_salient).select(layer, fraction, rng)
    assert dropped.sum() == int(fraction * dropped.size)
    sizes = np.abs(layer.weights)
    if fraction <= 0.5:
        for begin, end in zip(layer.indptr[:-1], layer.indptr[1:], strict=True):
            mine = dropped[begin:end]
            if mine.size > 1 and not mine.all():
                assert not mine[np.argmax(sizes[begin:end])]


@given(known_layers(), shares)
def test_without_a_minimum_no_neuron_with_two_connections_is_ablated(drawn, fraction):
    layer, rng = drawn
    dropped = AblationPruner(0.0).select(layer, min(fraction, 0.5), rng)
    n_kept = np.add.reduceat(np.append(~dropped, 0), layer.indptr[:-1])
    fan_in = np.diff(layer.indptr)
    spared = fan_in.astype(bool)
    # Each keeps its largest, as long as there are smaller ones to drop.
    if dropped.sum() <= dropped.size - np.count_nonzero(spared):
        assert (n_kept[spared] > 0).all()


def test_the_output_layer_is_pruned_by_magnitude():
    rng = np.random.default_rng(0)
    layer = Layer(
        np.array([0, 3, 6]),
        np.array([0, 1, 2, 0, 1, 2]),
        np.array([1e-3, 2e-3, 3e-3, 1.0, 2.0, 3.0]),
        5,
        values=np.ones((1, 5, 1)),
        deltas=np.array([[[0.0], [1.0]]]),
        number=3,
        n_layers=3,
    )
    expected = MagnitudePruner().select(layer, 0.5, rng)
    np.testing.assert_array_equal(AblationPruner(1.0).select(layer, 0.5, rng), expected)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_srigl_leaves_weak_neurons_idle_and_the_others_equal():
    X, y = make_classification(
        300, 20, n_informative=4, n_classes=3, n_redundant=0, random_state=0
    )
    net = DSTMLPClassifier(
        (60, 60), method="srigl", sparsity=0.9, max_iter=40, random_state=0
    )
    net.fit(X, y)
    idle = []
    for weights in net.coefs_[:2]:
        fan_in = np.bincount(weights.tocoo().col, minlength=60)
        idle.append(np.count_nonzero(fan_in == 0))
        active = fan_in[fan_in > 0]
        assert active.max() - active.min() <= 1
    assert all(5 < n < 55 for n in idle)
    history = {row["layer"]: row for row in net.rewiring_history_}
    assert [history[n]["n_connections"] for n in (1, 2, 3)] == [
        matrix.nnz for matrix in net.coefs_
    ]
