"""Neurons that matter little, and neurons that lead nowhere."""

import numpy as np
import pytest
from sklearn.base import clone

from sparsekit.topology import (
    ImportancePruning,
    Layer,
    active_neurons,
    neuron_importance,
    percolation,
)
from sparsekit.topology._initial import random_topology


def network(sizes=(20, 40, 40, 3), counts=(60, 60, 30), seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    layers = []
    for n_in, n_out, count in zip(sizes, sizes[1:], counts, strict=False):
        indptr, indices = random_topology(n_in, n_out, count, rng)
        weights = rng.normal(size=count).astype(dtype)
        layers.append(Layer(indptr, indices, weights, n_in))
    return layers


def without(layer, dropped):
    """Return a layer without some of its connections."""
    ends = np.concatenate([[0], np.cumsum(~dropped)])
    return layer._replace(
        indptr=ends[layer.indptr],
        indices=layer.indices[~dropped],
        weights=layer.weights[~dropped],
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_importance_is_the_sum_of_the_absolute_weights_of_a_row(dtype):
    layer = network(dtype=dtype)[0]
    matrix = np.zeros((layer.n_out, layer.n_in))
    matrix.flat[layer.positions()] = layer.weights
    importance = neuron_importance(layer)
    assert importance.dtype == np.float64
    np.testing.assert_allclose(importance, np.abs(matrix).sum(axis=1), rtol=1e-14)


def test_pruning_takes_the_same_share_of_what_is_left_each_time():
    layers = network(counts=(400, 400, 30))
    left = []
    for _ in range(3):
        masks = ImportancePruning(20.0).select(layers)
        layers = [without(*pair) for pair in zip(layers, masks, strict=True)]
        left.append([np.count_nonzero(np.diff(layer.indptr)) for layer in layers])
    assert left == [[32, 32, 3], [26, 26, 3], [21, 21, 3]]


def test_no_level_loses_all_its_neurons():
    for dropped in ImportancePruning(99.9).select(network()):
        assert not dropped.all()


def test_percolation_finds_everything_at_once():
    layers = network()
    masks = percolation(layers)
    assert any(dropped.any() for dropped in masks)
    left = [without(*pair) for pair in zip(layers, masks, strict=True)]
    assert not any(dropped.any() for dropped in percolation(left))
    for before, after in zip(active_neurons(layers), active_neurons(left), strict=True):
        np.testing.assert_array_equal(before, after)


def test_dense_network_is_active_throughout():
    layers = network(sizes=(4, 5, 2), counts=(20, 10))
    assert all(level.all() for level in active_neurons(layers))
    assert not any(dropped.any() for dropped in percolation(layers))


def test_network_without_a_path_loses_everything():
    layers = network()
    layers[1] = without(layers[1], np.ones(60, dtype=bool))
    assert all(dropped.all() for dropped in percolation(layers))
    assert not any(level.any() for level in active_neurons(layers))


@pytest.mark.parametrize("percentile", [-1.0, 100.0, np.nan])
def test_percentile_must_leave_something(percentile):
    with pytest.raises(ValueError, match=r"percentile must be a number in \[0, 100\)"):
        clone(ImportancePruning(percentile)).select(network())


def test_layers_are_not_changed():
    layers = network()
    copies = [tuple(field.copy() for field in layer[:3]) for layer in layers]
    percolation(layers)
    ImportancePruning().select(layers)
    for layer, copy in zip(layers, copies, strict=True):
        for field, before in zip(layer[:3], copy, strict=True):
            np.testing.assert_array_equal(field, before)
