"""Copies and parts of a network, and how its connections spread."""

import copy
import pickle

import numpy as np
import pytest

from sparsekit.kernels._structs import BY_INPUT, BY_ROW
from sparsekit.network import SparseNetwork, degree_statistics, raw_outputs
from tests.reference.cases import (
    plain_samples,
    random_naive_network,
    sparse_network,
)


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_it_has_these_connections_and_no_others(share):
    rng = np.random.default_rng(0)
    network = sparse_network(random_naive_network(rng, (6, 9, 1, 3), 0.5))
    kept = rng.random(network.weights.size) < share
    before = {name: array.copy() for name, array in network.to_dict().items()}
    some = network.with_connections(kept)
    for number in range(1, network.n_layers + 1):
        mine = kept[network.connections(number)]
        ours, theirs = some.layer(number), network.layer(number)
        np.testing.assert_array_equal(ours.positions(), theirs.positions()[mine])
        np.testing.assert_array_equal(ours.weights, theirs.weights[mine])
    for name, array in network.to_dict().items():
        np.testing.assert_array_equal(array, before[name])
    assert some.indptr.dtype == network.indptr.dtype


def some_network():
    rng = np.random.default_rng(0)
    return sparse_network(random_naive_network(rng, (6, 9, 7, 3), 0.5))


@pytest.mark.parametrize(
    "copied",
    [
        SparseNetwork.copy,
        copy.deepcopy,
        lambda network: pickle.loads(pickle.dumps(network)),
    ],
    ids=["copy", "deepcopy", "pickle"],
)
def test_copies_share_nothing_and_follow_their_own_arrays(copied):
    network = some_network()
    samples = plain_samples(np.ones((5, 6)), np.float64)
    before = raw_outputs(network, samples)  # makes what the kernels take
    twin = copied(network)
    for name, array in network.to_dict().items():
        assert not np.shares_memory(array, twin.to_dict()[name])
        np.testing.assert_array_equal(array, twin.to_dict()[name])
    np.testing.assert_array_equal(raw_outputs(twin, samples), before)
    twin.weights *= 2
    assert (raw_outputs(twin, samples) != before).any()
    np.testing.assert_array_equal(raw_outputs(network, samples), before)


def test_a_copy_without_topology_shares_the_connections():
    network = some_network()
    twin = network.copy(topology=False)
    assert twin.indices is network.indices
    assert twin.indptr is network.indptr
    assert not np.shares_memory(twin.weights, network.weights)
    assert not np.shares_memory(twin.biases, network.biases)


def test_arrays_for_inference_cannot_be_written_and_those_for_training_can():
    network = some_network()
    formats = np.array([BY_ROW, BY_ROW, BY_INPUT, BY_INPUT])
    training = network.for_training(formats, 16)
    for ours, theirs in zip(network.for_inference(), training, strict=True):
        assert not ours.flags.writeable
        assert theirs.flags.writeable
        assert (ours.dtype, ours.ndim) == (theirs.dtype, theirs.ndim)


def test_dictionary_restores_the_network():
    network = some_network()
    again = SparseNetwork(**network.to_dict())
    np.testing.assert_array_equal(again.first, network.first)
    assert again.dtype == network.dtype
    assert again.n_layers == 3


@pytest.mark.parametrize("sizes", [(6, 3), (6, 9, 8, 3), (1, 5, 1)])
@pytest.mark.parametrize("density", [0.2, 0.6, 1])
def test_statistics_are_those_of_the_masks(sizes, density):
    naive = random_naive_network(np.random.default_rng(0), sizes, density)
    statistics = degree_statistics(sparse_network(naive))
    is_fed = np.ones(sizes[0], dtype=bool)
    for ours, mask in zip(statistics, naive.masks, strict=True):
        fan_in, fan_out = mask.sum(axis=1), mask.sum(axis=0)
        assert ours["n_active"] == ((fan_out > 0) & is_fed).sum()
        for name, degrees in (("fan_in", fan_in), ("fan_out", fan_out)):
            assert ours[f"{name}_mean"] == pytest.approx(degrees.mean())
            assert ours[f"{name}_std"] == pytest.approx(degrees.std(), abs=1e-6)
            assert ours[f"{name}_max"] == degrees.max()
        is_fed = fan_in > 0
