"""A round against a slow twin: copies trained one after another, averaged in a loop."""

from copy import deepcopy

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils import check_random_state

from sparsekit.distributed import fit_distributed
from sparsekit.neural_network import partwise
from tests.distributed.tables import cut, network, table
from tests.reference.naive_average import average, pruned

N_EPOCHS = 3


def begun(parts):
    """Return the estimator before the first round, and the seed of all numbers."""
    net = network()
    seed = check_random_state(net.random_state).randint(np.iinfo(np.int32).max)
    net.set_params(max_iter=N_EPOCHS, n_iter_no_change=np.inf, random_state=seed)
    facts = {n: partwise.facts_of_rows(net, *rows) for n, rows in enumerate(parts)}
    partwise.begin(net, partwise.joined_facts(facts), *parts[0])
    return net, seed


def weights_of(net):
    """Return the weight of each connection of each layer by (output, input)."""
    return [
        {(j, i): float(w) for (i, j), w in coefs.todok().items()}
        for coefs in net.coefs_
    ]


@pytest.mark.parametrize("topology", ["own", "shared"])
@pytest.mark.parametrize("merge", ["average", "top"])
def test_a_round_is_that_of_the_loop(topology, merge):
    parts = cut(*table())
    net, seed = begun(parts)
    copies = []
    for number, (X, y) in enumerate(parts):
        trained = deepcopy(net)
        rows = partwise.prepared_rows(trained, X, y)
        random = np.random.SeedSequence(seed, spawn_key=(0, number))
        partwise.train_on(trained, rows, random, N_EPOCHS, topology == "own")
        copies.append((len(y), weights_of(trained)))
    got = fit_distributed(
        network(),
        parts,
        rounds=1,
        local_epochs=N_EPOCHS,
        topology=topology,
        merge=merge,
    )
    for layer, found in enumerate(weights_of(got)):
        mean = average([(rows, layers[layer]) for rows, layers in copies], merge)
        rounded = {at: float(np.float32(weight)) for at, weight in mean.items()}
        stays = pruned(rounded, net.coefs_[layer].nnz, by_sign=True)
        assert sorted(found) == stays
        np.testing.assert_allclose(
            [found[at] for at in stays], [mean[at] for at in stays], rtol=1e-6
        )


def test_the_twin_begins_as_the_fit_does():
    parts = cut(*table())
    net, _ = begun(parts)
    frozen = clone(network()).set_params(solver="sgd", learning_rate_init=1e-30)
    got = fit_distributed(frozen, parts, rounds=1, topology="shared")
    for mine, theirs in zip(net.coefs_, got.coefs_, strict=True):
        np.testing.assert_array_equal(mine.toarray(), theirs.toarray())
