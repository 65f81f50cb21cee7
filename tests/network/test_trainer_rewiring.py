"""What a rewiring does to a network that trains."""

import signal
import time

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.network import Optimizer, raw_outputs
from sparsekit.network._formats import layer_formats
from sparsekit.topology import RandomGrower, SETPruner
from tests.reference import naive_topology as naive
from tests.reference.cases import (
    connections_per_layer,
    plain_samples,
    plain_sgd,
    random_naive_network,
    random_target,
    sparse_network,
    trainer_of,
)
from tests.reference.naive_network import NaiveNetwork
from tests.reference.naive_topology import connections_of
from tests.reference.naive_training import NaiveOptimizer, train_epoch


def random_trainer(rng, sizes, density, solver, dtype=np.float64):
    """Return a trainer whose weights and moments are random and not zero."""
    network = sparse_network(random_naive_network(rng, sizes, density), dtype)
    X = rng.normal(size=(10, sizes[0]))
    target = random_target(rng, "squared_error", 10, sizes[-1])
    trainer = trainer_of(
        network, X, "squared_error", target, Optimizer(solver, 0.0), batch_size=5
    )
    for moment in vars(trainer.state).values():
        if isinstance(moment, np.ndarray):
            moment[:] = rng.normal(size=moment.size)
    return trainer


def belongings(trainer):
    """Return, per layer, (row, column) -> bytes of weight and moments."""
    network, state = trainer.network, trainer.state
    arrays = [network.weights, *state.weight_moments().values()]
    result = []
    for number in range(1, network.n_layers + 1):
        pairs = connections_of(
            network.layer(number).indptr, network.layer(number).indices
        )
        mine = network.connections(number)
        values = zip(*(array[mine] for array in arrays), strict=True)
        result.append(
            {
                p: tuple(v.tobytes() for v in vs)
                for p, vs in zip(pairs, values, strict=True)
            }
        )
    return result


def dropped_pairs(layer, fraction):
    if layer.n_free == 0:  # it is left alone
        return set()
    pairs = connections_of(layer.indptr, layer.indices)
    dropped = naive.set_dropped(layer.weights.tolist(), fraction)
    return {pair for pair, gone in zip(pairs, dropped, strict=True) if gone}


def naive_copy(network, activation):
    """Return the network as dense matrices."""
    matrices, masks = [], []
    for number in range(1, network.n_layers + 1):
        layer = network.layer(number)
        places = tuple(zip(*connections_of(layer.indptr, layer.indices), strict=True))
        masks.append(np.zeros((layer.n_out, layer.n_in), dtype=bool))
        matrices.append(np.zeros((layer.n_out, layer.n_in)))
        masks[-1][places], matrices[-1][places] = True, layer.weights
    return NaiveNetwork(matrices, masks, network.intercepts(), activation)


def layers_of(twin):
    return list(zip(twin.matrices, twin.masks, strict=True))


level_sizes = st.lists(st.integers(1, 8), min_size=2, max_size=5).map(tuple)
densities = st.sampled_from([0.2, 0.5, 1])
fractions = st.sampled_from([0.0, 0.1, 0.3, 0.5, 1.0])
solvers = st.sampled_from(["sgd", "sgdw", "adam", "adamw"])
seeds = st.integers(0, 10**6)


@given(level_sizes, densities, fractions, solvers, seeds)
def test_survivors_keep_weight_and_moments_to_the_bit(
    sizes, density, fraction, solver, seed
):
    rng = np.random.default_rng(seed)
    trainer = random_trainer(rng, sizes, density, solver)
    network = trainer.network
    before = belongings(trainer)
    gone = [
        dropped_pairs(network.layer(number), fraction)
        for number in range(1, network.n_layers + 1)
    ]
    biases = network.biases.copy(), trainer.state.bias_first.copy()
    change = trainer.rewire(SETPruner(), RandomGrower(), fraction, rng)
    assert trainer.network is network
    assert change.plan.n_grown.tolist() == [len(pairs) for pairs in gone]
    for old, new, dropped in zip(before, belongings(trainer), gone, strict=True):
        survivors = {pair: old[pair] for pair in old.keys() - dropped}
        grown = new.keys() - survivors.keys()
        assert len(new) == len(old)
        assert survivors == {pair: new[pair] for pair in survivors}
        assert len(grown) == len(dropped)
        for pair in grown:
            assert all(not any(value) for value in new[pair])
    np.testing.assert_array_equal(network.biases, biases[0])
    np.testing.assert_array_equal(trainer.state.bias_first, biases[1])


@given(level_sizes, densities, fractions, seeds)
def test_layout_is_sorted_and_exact_after_several_rewirings(
    sizes, density, fraction, seed
):
    rng = np.random.default_rng(seed)
    trainer = random_trainer(rng, sizes, density, "sgd")
    network = trainer.network
    counts = connections_per_layer(network)
    index_type = network.indices.dtype
    for _ in range(3):
        network.weights[network.weights == 0] = rng.normal()
        trainer.rewire(SETPruner(), RandomGrower(), fraction, rng)
    assert connections_per_layer(network) == counts
    assert network.indices.dtype == index_type
    for number in range(1, network.n_layers + 1):
        layer = network.layer(number)
        pairs = connections_of(layer.indptr, layer.indices)
        assert pairs == sorted(set(pairs))
        assert all(0 <= column < layer.n_in for _, column in pairs)


@given(level_sizes, densities, seeds)
def test_index_by_input_follows_a_rewiring(sizes, density, seed):
    rng = np.random.default_rng(seed)
    trainer = random_trainer(rng, sizes, density, "sgd")
    trainer.rewire(SETPruner(), RandomGrower(), 0.5, rng)
    formats = layer_formats(trainer.network, trainer.samples)
    expected = trainer.network.for_training(formats, n_lanes=16)
    arrays, slots = trainer.ready()
    for name in ("in_indptr", "in_indices", "in_position"):
        fresh = getattr(expected, name)
        np.testing.assert_array_equal(getattr(arrays, name), fresh)
    assert arrays.weights is trainer.network.weights
    assert slots.weight_first is trainer.state.weight_first


def test_growth_changes_no_output():
    rng = np.random.default_rng(0)
    trainer = random_trainer(rng, (6, 9, 8, 3), 0.5, "sgd")
    samples = plain_samples(rng.normal(size=(20, 6)), np.float64)
    pruned = trainer.network.copy()
    for number in range(1, pruned.n_layers + 1):
        gone = SETPruner().select(pruned.layer(number), 0.4, rng)
        pruned.weights[pruned.connections(number)][gone] = 0
    before = raw_outputs(pruned, samples)
    assert trainer.rewire(SETPruner(), RandomGrower(), 0.4, rng).plan.n_grown.sum() > 10
    assert (trainer.network.indices != pruned.indices).any()
    np.testing.assert_array_equal(raw_outputs(trainer.network, samples), before)


def test_training_after_a_rewiring_follows_the_new_connections():
    rng = np.random.default_rng(1)
    sizes = (6, 9, 8, 3)
    network = sparse_network(random_naive_network(rng, sizes, 0.5, "tanh"))
    X, target = rng.normal(size=(10, 6)), rng.normal(size=(10, 3))
    trainer = trainer_of(network, X, "squared_error", target, plain_sgd(), batch_size=4)
    order = np.arange(10)
    trainer.run_epoch(order, 0.1)
    trainer.rewire(SETPruner(), RandomGrower(), 0.4, rng)
    twin = naive_copy(network, "tanh")
    assert sum((m == 0)[mask].sum() for m, mask in layers_of(twin)) > 10
    mean, _ = trainer.run_epoch(order, 0.1)
    optimizer = NaiveOptimizer("sgd", momentum=0.0, nesterov=False)
    expected = train_epoch(
        twin, optimizer, X, "squared_error", target, order=order, batch_size=4, rate=0.1
    )
    assert mean == pytest.approx(expected, rel=1e-10)
    for (theirs, _), (ours, _) in zip(
        layers_of(twin), layers_of(naive_copy(network, "tanh")), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-13)


def test_facts_reach_the_strategies_of_their_layer():
    class Curious(RandomGrower):
        seen = ()

        def select(self, layer, *args):
            Curious.seen += (layer.input_rates,)
            return super().select(layer, *args)

    rng = np.random.default_rng(2)
    trainer = random_trainer(rng, (6, 9, 3), 0.5, "sgd")
    rates = np.linspace(0, 1, 6)
    facts = {"input_rates": [rates, None]}
    trainer.rewire(SETPruner(), Curious(), 0.5, rng, facts=facts)
    assert Curious.seen[0] is rates
    assert Curious.seen[1:] == (None,)


@pytest.mark.parametrize("failing", ["pruner", "grower"])
def test_interrupted_rewiring_leaves_the_network_whole(failing):
    class Interrupted(SETPruner if failing == "pruner" else RandomGrower):
        calls = 0

        def select(self, *args):
            Interrupted.calls += 1
            if Interrupted.calls == 2:
                raise KeyboardInterrupt
            return super().select(*args)

    rng = np.random.default_rng(2)
    trainer = random_trainer(rng, (6, 9, 8, 3), 0.5, "adam")
    before = belongings(trainer)
    parts = {"pruner": SETPruner(), "grower": RandomGrower(), failing: Interrupted()}
    with pytest.raises(KeyboardInterrupt):
        trainer.rewire(parts["pruner"], parts["grower"], 0.5, rng)
    assert belongings(trainer) == before


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs an alarm")
@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="Python can be interrupted inside")
def test_interruption_at_any_moment_leaves_the_old_network_or_the_new_one():
    def interrupt(number, frame):
        raise KeyboardInterrupt

    def rewired(delay):
        rng = np.random.default_rng(3)
        trainer = random_trainer(rng, (300, 300, 300, 5), 0.3, "adam", np.float32)
        begin = time.perf_counter()
        try:
            signal.setitimer(signal.ITIMER_REAL, delay)
            trainer.rewire(SETPruner(), RandomGrower(), 0.3, rng)
            signal.setitimer(signal.ITIMER_REAL, 0)
        except KeyboardInterrupt:
            pass
        seconds = time.perf_counter() - begin
        network, state = trainer.network, trainer.state
        arrays = (network.indptr, network.indices, network.weights)
        arrays += state.weight_first, state.weight_second
        return seconds, b"".join(array.tobytes() for array in arrays)

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        seconds, new = min(rewired(0) for _ in range(3))
        _, old = rewired(1e-6)
        outcomes = {rewired(share * seconds)[1] for share in np.linspace(0.02, 1.2, 60)}
    finally:
        signal.signal(signal.SIGALRM, before)
    assert old != new
    assert outcomes <= {old, new}
