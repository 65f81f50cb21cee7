"""Compaction against its slow twin, on random networks."""

from itertools import pairwise

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from sparsekit.network import SparseNetwork, activation_table, live_parts, subnetwork
from tests.reference.naive_compaction import live_neurons

SILENT = {
    "relu": lambda bias: bias <= 0,
    "leaky_relu": lambda bias: bias == 0,
    "identity": lambda bias: bias == 0,
    "tanh": lambda bias: bias == 0,
    "logistic": lambda bias: False,
}


def random_network(seed, sizes, density, activation):
    rng = np.random.default_rng(seed)
    masks = [rng.random((n_out, n_in)) < density for n_in, n_out in pairwise(sizes)]
    kinds, slopes = activation_table(activation, None, len(sizes) - 2)
    fan_in = np.concatenate([mask.sum(axis=1) for mask in masks])
    indices = np.concatenate([np.nonzero(mask)[1] for mask in masks])
    return SparseNetwork(
        sizes=np.array(sizes),
        indptr=np.concatenate([[0], np.cumsum(fan_in)]),
        indices=indices.astype(np.int32),
        weights=rng.normal(size=indices.size),
        biases=rng.choice([-1.0, 0.0, 0.0, 1.0], size=fan_in.size),
        kinds=kinds,
        slopes=slopes,
    )


def inputs_of(network):
    levels = []
    for number in range(1, network.n_layers + 1):
        layer = network.layer(number)
        rows = np.split(layer.indices, layer.indptr[1:-1])
        levels.append([set(row.tolist()) for row in rows])
    return levels


networks = st.builds(
    random_network,
    st.integers(0, 2**32),
    st.lists(st.integers(1, 8), min_size=2, max_size=6),
    st.sampled_from([0.05, 0.2, 0.4, 1.0]),
    st.sampled_from(sorted(SILENT)),
)


@given(
    seed=st.integers(0, 2**32),
    sizes=st.lists(st.integers(4, 12), min_size=3, max_size=6),
    density=st.sampled_from([0.2, 0.3, 0.4]),
    activation=st.sampled_from(sorted(SILENT)),
)
def test_the_same_neurons_stay_as_one_by_one(seed, sizes, density, activation):
    network = random_network(seed, sizes, density, activation)
    biases = [b.tolist() for b in network.intercepts()]
    naive = live_neurons(inputs_of(network), biases, SILENT[activation])
    assume(all(len(level) > 1 for level in naive))
    neurons, _ = live_parts(network)
    hidden = range(1, network.n_layers)
    mine = [np.flatnonzero(neurons[network.rows(n)]).tolist() for n in hidden]
    assert mine == naive


@given(networks)
def test_what_stays_keeps_its_weights_and_order(network):
    neurons, connections = live_parts(network)
    small = subnetwork(network, neurons, connections)
    kept = [np.arange(network.sizes[0])]
    for number in range(1, network.n_layers + 1):
        kept.append(np.flatnonzero(neurons[network.rows(number)]))
    layers = zip(network.coefs(), small.coefs(), strict=True)
    for number, (large, little) in enumerate(layers, start=1):
        wanted = large.toarray()[np.ix_(kept[number - 1], kept[number])]
        assert_array_equal(little.toarray(), wanted)
    assert_array_equal(small.biases, network.biases[neurons])
    assert small.weights.size == np.count_nonzero(connections)


@given(networks)
def test_a_compact_network_has_nothing_left_to_remove(network):
    small = subnetwork(network, *live_parts(network))
    neurons, connections = live_parts(small)
    assert neurons.all()
    assert connections.all()
