"""Pruning by what neurons are worth."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.topology import (
    Layer,
    MagnitudePruner,
    NeuronPruner,
    RandomGrower,
    RandomPruner,
    SETPruner,
    active_neurons,
    plan_rewiring,
)


def network(seed, sizes=(6, 9, 7, 3), density=0.3):
    rng = np.random.default_rng(seed)
    layers = []
    for n_in, n_out in pairwise(sizes):
        mask = rng.random((n_out, n_in)) < density
        mask[0, 0] = True
        indptr = np.concatenate([[0], np.cumsum(mask.sum(axis=1))])
        indices = np.nonzero(mask)[1]
        layers.append(Layer(indptr, indices, rng.normal(size=indices.size), n_in))
    return layers


def left_of(layers, masks):
    """Return the layers after the pruning, from dense arrays."""
    left = []
    for layer, gone in zip(layers, masks, strict=True):
        matrix = np.zeros((layer.n_out, layer.n_in))
        rows = np.repeat(np.arange(layer.n_out), np.diff(layer.indptr))
        matrix[rows[~gone], layer.indices[~gone]] = layer.weights[~gone]
        indptr = np.concatenate([[0], np.cumsum((matrix != 0).sum(axis=1))])
        left.append(
            Layer(indptr, np.nonzero(matrix)[1], matrix[matrix != 0], layer.n_in)
        )
    return left


@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.3]))
def test_survivors_lie_on_paths_from_inputs_to_outputs(seed, fraction):
    layers = network(seed)
    rng = np.random.default_rng(0)
    masks = NeuronPruner(MagnitudePruner()).select_network(layers, fraction, rng)
    alone = [MagnitudePruner().select(layer, fraction, rng) for layer in layers]
    for mask, inner in zip(masks, alone, strict=True):
        assert mask[inner].all()
    left = left_of(layers, masks)
    active = active_neurons(left)
    for layer, reads, feeds in zip(left, active[:-1], active[1:], strict=True):
        rows = np.repeat(np.arange(layer.n_out), np.diff(layer.indptr))
        on_path = reads[layer.indices] & feeds[rows]
        # Without any path, only what the pruner inside drops goes.
        assert on_path.all() or not active[-1].any()


def test_the_least_important_neurons_lose_their_inputs():
    layers = network(1, density=1.0)
    rng = np.random.default_rng(0)
    masks = NeuronPruner(percentile=50.0).select_network(layers, 0.0, rng)
    before, after = (
        np.bincount(layer.positions() // layer.n_in, np.abs(layer.weights), layer.n_out)
        for layer in (layers[0], left_of(layers, masks)[0])
    )
    weakest = np.argsort(before)[:4]
    assert (after[weakest] == 0).all()
    others = np.setdiff1d(np.arange(9), weakest)
    np.testing.assert_allclose(after[others], before[others])
    assert not masks[2][: layers[2].indptr[0]].any()


def test_a_plan_replaces_what_goes_and_keeps_the_total():
    layers = network(2)
    n_now = sum(layer.indices.size for layer in layers)
    plans = plan_rewiring(
        layers,
        NeuronPruner(percentile=20.0),
        RandomGrower(),
        0.2,
        np.random.default_rng(0),
    )
    dropped = sum(int(plan.dropped.sum()) for plan in plans)
    assert dropped > sum(
        int(SETPruner().select(layer, 0.2, None).sum()) for layer in layers
    )
    assert sum(plan.grown.size for plan in plans) == dropped
    assert n_now > dropped


def test_a_dense_output_layer_has_no_part_in_percolation():
    layers = network(3, density=0.2)
    layers[-1] = network(3, density=1.0)[-1]
    rng = np.random.default_rng(0)
    masks = NeuronPruner(RandomPruner(), percentile=20.0).select_network(
        layers, 0.3, rng
    )
    alone = [RandomPruner().select(la, 0.3, np.random.default_rng(0)) for la in layers]
    assert masks[-1].sum() == alone[-1].sum()
    # Some of its neurons have lost their inputs, and keep their outputs.
    fed = left_of(layers, masks)[-2].indptr
    assert (np.diff(fed) == 0).any()


def test_chains_of_neurons_without_an_output_go_at_once():
    # Input 0 feeds a chain that ends before the output; input 1 one that reaches it.
    ends = Layer(np.array([0, 1, 2]), np.array([0, 1]), np.ones(2), 2)
    out = Layer(np.array([0, 1]), np.array([1]), np.ones(1), 2)
    rng = np.random.default_rng(0)
    masks = NeuronPruner().select_network([ends, ends, out], 0.0, rng)
    assert [mask.tolist() for mask in masks] == [[True, False], [True, False], [False]]


def test_a_percentile_of_all_neurons_is_refused():
    with pytest.raises(ValueError, match="percentile"):
        NeuronPruner(percentile=100).select_network(
            network(0), 0.1, np.random.default_rng(0)
        )
