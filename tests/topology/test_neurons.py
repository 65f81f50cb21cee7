"""Neurons of little importance, and neurons on no path."""

import numpy as np

from sparsekit.topology import Layer, RandomTopology
from sparsekit.topology._neurons import (
    active_neurons,
    connections_without_path,
    inputs_of_unimportant_neurons,
)


def network(sizes=(20, 40, 40, 3), counts=(60, 60, 30), seed=0):
    rng = np.random.default_rng(seed)
    layers = []
    for n_in, n_out, count in zip(sizes, sizes[1:], counts, strict=False):
        indptr, indices = RandomTopology().draw(n_in, n_out, count, rng)
        weights = rng.normal(size=count)
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


def test_pruning_takes_the_same_fraction_of_what_is_left_each_time():
    layers = network(counts=(400, 400, 30))
    left = []
    for _ in range(3):
        masks = inputs_of_unimportant_neurons(layers, 20.0)
        layers = [without(*pair) for pair in zip(layers, masks, strict=True)]
        left.append([np.count_nonzero(np.diff(layer.indptr)) for layer in layers])
    assert left == [[32, 32, 3], [26, 26, 3], [21, 21, 3]]


def test_no_level_loses_all_its_neurons():
    for dropped in inputs_of_unimportant_neurons(network(), 99.9):
        assert not dropped.all()


def test_percolation_finds_everything_at_once():
    layers = network()
    masks = connections_without_path(layers)
    assert any(dropped.any() for dropped in masks)
    left = [without(*pair) for pair in zip(layers, masks, strict=True)]
    assert not any(dropped.any() for dropped in connections_without_path(left))
    for before, after in zip(active_neurons(layers), active_neurons(left), strict=True):
        np.testing.assert_array_equal(before, after)


def test_dense_network_is_active_throughout():
    layers = network(sizes=(4, 5, 2), counts=(20, 10))
    assert all(level.all() for level in active_neurons(layers))
    assert not any(dropped.any() for dropped in connections_without_path(layers))


def test_network_without_a_path_loses_everything():
    layers = network()
    layers[1] = without(layers[1], np.ones(60, dtype=bool))
    assert all(dropped.all() for dropped in connections_without_path(layers))
    assert not any(level.any() for level in active_neurons(layers))


def test_layers_are_not_changed():
    layers = network()
    copies = [tuple(field.copy() for field in layer[:3]) for layer in layers]
    connections_without_path(layers)
    inputs_of_unimportant_neurons(layers, 10.0)
    for layer, copy in zip(layers, copies, strict=True):
        for field, before in zip(layer[:3], copy, strict=True):
            np.testing.assert_array_equal(field, before)
