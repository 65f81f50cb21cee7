"""What new connections begin with: weights, moments and steps of their own."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sparsekit.network import Beginning, Optimizer, probe
from sparsekit.topology import MagnitudePruner, RandomGrower
from tests.network.test_trainer_rewiring import belongings, naive_copy
from tests.reference.cases import random_naive_network, sparse_network, trainer_of
from tests.reference.naive_growers import dense_gradient
from tests.reference.naive_training import NaiveOptimizer, train_epoch

SIZES = (7, 12, 9, 3)


def trained(solver="adam", beginning=None, counts_steps=False, dtype=np.float64):
    """Return a trainer after two epochs, and its generator."""
    rng = np.random.default_rng(0)
    network = sparse_network(random_naive_network(rng, SIZES, 0.4, "tanh"), dtype)
    X, target = rng.normal(size=(20, 7)), rng.normal(size=(20, 3))
    optimizer = Optimizer(solver, 0.01)
    trainer = trainer_of(network, X, "squared_error", target, optimizer, batch_size=6)
    trainer.state.count_steps(counts_steps)
    for _ in range(2):
        trainer.run_epoch(np.arange(20), 0.05)
    return trainer, rng


def rewired(trainer, rng, weights="zero", moments="zero", fraction=0.4, memory=None):
    """Rewire; return the change, and by layer the places of the new connections."""
    beginning = Beginning(weights, moments, trainer.optimizer, 0.05, memory)
    facts = {}
    if beginning.needs:
        facts["values"], facts["deltas"] = probe(trainer, 2, rng)
    layers = [
        layer._replace(**{name: of_layers[at] for name, of_layers in facts.items()})
        for at, layer in enumerate(trainer.network.copy().layers())
    ]
    change = trainer.rewire(
        MagnitudePruner(),
        RandomGrower(),
        fraction,
        rng,
        facts=facts,
        beginning=beginning,
    )
    is_new = change.is_new(trainer.network)
    return change, is_new, beginning, layers


@pytest.mark.parametrize("weights", ["he", "glorot", "normal", "gradient", "history"])
@pytest.mark.parametrize("moments", ["zero", "layer_mean"])
def test_survivors_keep_what_they_had(weights, moments):
    trainer, rng = trained()
    before = belongings(trainer)
    change, *_ = rewired(trainer, rng, weights, moments)
    for old, new, layer, grown in zip(
        before, belongings(trainer), trainer.network.layers(), change.grown, strict=True
    ):
        fresh = {divmod(int(place), layer.n_in) for place in grown}
        assert all(old[pair] == new[pair] for pair in new.keys() - fresh)


@pytest.mark.parametrize("rule", ["he", "glorot"])
def test_drawn_weights_have_the_variance_of_the_first_ones(rule):
    trainer, rng = trained()
    sizes = []
    for _ in range(40):
        _, is_new, *_ = rewired(trainer, rng, rule)
        mine = trainer.network.connections(2)
        layer = trainer.network.layer(2)
        fan_in = np.repeat(np.diff(layer.indptr), np.diff(layer.indptr))
        fans = fan_in
        if rule == "glorot":
            fan_out = np.bincount(layer.indices, minlength=layer.n_in)[layer.indices]
            fans = (fan_in + fan_out) / 2
        scaled = trainer.network.weights[mine] * np.sqrt(fans / 3)
        sizes.append(scaled[is_new[mine]])
    sizes = np.concatenate(sizes)
    # Uniform in [-1, 1]; the variance of some 650 draws has a standard error of .012.
    assert np.abs(sizes).max() <= 1
    assert np.var(sizes) == pytest.approx(1 / 3, abs=0.05)


def test_normal_weights_have_the_deviation_of_set():
    trainer, rng = trained()
    draws = []
    for _ in range(40):
        _, is_new, *_ = rewired(trainer, rng, "normal")
        draws.append(trainer.network.weights[is_new])
    draws = np.concatenate(draws)
    # Of some 2,000 draws the standard error of the deviation is .0016.
    assert np.std(draws) == pytest.approx(0.1, abs=0.008)
    assert np.mean(draws) == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_gradient_weights_are_a_first_step_of_the_solver(solver):
    trainer, rng = trained(solver)
    change, is_new, _, layers = rewired(trainer, rng, "gradient")
    found = trainer.network.weights[is_new]
    gradient = np.concatenate(
        [
            dense_gradient(layer).ravel()[grown]
            for layer, grown in zip(layers, change.grown, strict=True)
        ]
    )
    twin = NaiveOptimizer(solver, step=1)
    expected = twin.update(0, np.zeros(gradient.size), gradient, 0.05, 0.0)
    assert np.count_nonzero(found) > 10
    # The kernels add epsilon to a root that is not corrected.
    assert_allclose(found, expected, rtol=1e-3, atol=1e-9)


def test_history_gives_a_connection_its_old_weight_to_the_bit():
    trainer, rng = trained()
    old, memory, n_back = {}, None, 0
    for _ in range(12):
        network = trainer.network.copy()
        change, _, beginning, _ = rewired(
            trainer, rng, "history", fraction=0.5, memory=memory
        )
        memory = beginning.memory
        for number, layer in enumerate(network.layers()):
            for place, weight in zip(layer.positions(), layer.weights, strict=True):
                old[number, int(place)] = float(weight)
        for number, (layer, grown) in enumerate(
            zip(trainer.network.layers(), change.grown, strict=True)
        ):
            by_place = dict(zip(layer.positions(), layer.weights, strict=True))
            for place in grown.tolist():
                assert by_place[place] == old.get((number, place), 0.0)
                n_back += (number, place) in old
        trainer.run_epoch(np.arange(20), 0.05)
    assert n_back > 50


def test_layer_mean_gives_new_connections_the_mean_second_moment():
    trainer, rng = trained()
    _, is_new, *_ = rewired(trainer, rng, moments="layer_mean")
    for number in range(1, 4):
        mine = trainer.network.connections(number)
        second, new = trainer.state.weight_second[mine], is_new[mine]
        assert_allclose(second[new], second[~new].mean())
        assert_array_equal(trainer.state.weight_first[mine][new], 0)


@pytest.mark.parametrize("solver", ["adam", "adamw"])
def test_steps_of_their_own_correct_the_bias_of_each_connection(solver):
    trainer, rng = trained(solver, counts_steps=True)
    for _ in range(3):
        rewired(trainer, rng)
        trainer.run_epoch(np.arange(20), 0.05)
    network, state = trainer.network, trainer.state
    assert len(set(state.weight_born.tolist())) > 1
    twin = naive_copy(network, "tanh")
    optimizer = NaiveOptimizer(solver, 0.01, step=state.step)
    for number, layer in enumerate(network.layers()):
        mine = network.connections(number + 1)
        places = np.unravel_index(layer.positions(), (layer.n_out, layer.n_in))
        for name, of_all in (
            ("first", state.weight_first),
            ("second", state.weight_second),
            ("born", state.weight_born),
        ):
            matrix = np.zeros((layer.n_out, layer.n_in))
            matrix[places] = of_all[mine]
            getattr(optimizer, name)["matrix", number] = matrix
        rows = network.rows(number + 1)
        optimizer.first["bias", number] = state.bias_first[rows].copy()
        optimizer.second["bias", number] = state.bias_second[rows].copy()
    X, target = trainer.samples.dense, trainer.targets.values
    settings = {"order": np.arange(20), "batch_size": 6, "rate": 0.05}
    train_epoch(twin, optimizer, X, "squared_error", target, **settings)
    trainer.run_epoch(np.arange(20), 0.05)
    for layer, theirs in zip(network.layers(), twin.matrices, strict=True):
        places = np.unravel_index(layer.positions(), (layer.n_out, layer.n_in))
        assert_allclose(layer.weights, theirs[places], rtol=1e-9, atol=1e-12)


def test_without_rewirings_steps_of_their_own_change_nothing_but_rounding():
    (common, _), (own, _) = trained(), trained(counts_steps=True)
    assert_allclose(own.network.weights, common.network.weights, rtol=1e-12)


def test_a_step_of_its_own_tames_the_first_steps_of_a_new_connection():
    def largest_move(counts_steps):
        trainer, rng = trained(counts_steps=counts_steps)
        for _ in range(10):
            trainer.run_epoch(np.arange(20), 0.001)
        _, is_new, *_ = rewired(trainer, rng)
        trainer.run_epoch(np.arange(6), 0.001)
        return np.abs(trainer.network.weights[is_new]).max()

    assert largest_move(True) == pytest.approx(0.001, rel=1e-3)
    # After 44 steps of all connections: sqrt(1 - .999 ** 45) / (1 - .9 ** 45) * 3.16.
    assert largest_move(False) < 0.9 * 0.001


def test_change_counts_connections_that_come_back_at_once():
    trainer, rng = trained()
    before = [set(layer.positions().tolist()) for layer in trainer.network.layers()]
    change, *_ = rewired(trainer, rng, fraction=1.0)
    back = [
        len(old & set(grown.tolist()))
        for old, grown in zip(before, change.grown, strict=True)
    ]
    assert change.n_regrown.tolist() == back
    assert sum(back) > 0
