"""A network with some of the connections of another."""

import numpy as np
import pytest

from tests.reference.cases import random_naive_network, sparse_network


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
