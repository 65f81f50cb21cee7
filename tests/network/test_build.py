"""Activations by name; networks with random connections and weights."""

import numpy as np
import pytest

from sparsekit.kernels.forward import LOGISTIC, PIECEWISE, TANH
from sparsekit.network import (
    WEIGHT_INITS,
    activation_table,
    build_network,
    draw_weights,
    raw_outputs,
    select_connections,
)
from sparsekit.network._build import weight_limits
from sparsekit.topology import (
    STRATEGIES,
    ConstantFanIn,
    CorrelationTopology,
    RandomTopology,
    SmallWorld,
    connect_idle_neurons,
)
from tests.reference.cases import (
    connections_per_layer,
    per_layer,
    plain_samples,
    random_naive_network,
    sparse_network,
)

SIZES = (50, 200, 100, 4)
COUNTS = [2000, 3000, 150]


def built(
    activation="relu",
    dtype=np.float64,
    seed=0,
    sizes=SIZES,
    counts=COUNTS,
    slope=None,
    **beginning,
):
    rng = np.random.default_rng(seed)
    return build_network(sizes, counts, activation, slope, dtype, rng, **beginning)


@pytest.mark.parametrize(
    ("name", "slope", "kind", "hidden_slopes"),
    [
        ("identity", 0.3, PIECEWISE, [1, 1, 1]),
        ("relu", 0.3, PIECEWISE, [0, 0, 0]),
        ("leaky_relu", None, PIECEWISE, [0.01, 0.01, 0.01]),
        ("leaky_relu", 0.3, PIECEWISE, [0.3, 0.3, 0.3]),
        ("all_relu", None, PIECEWISE, [-0.6, 0.6, -0.6]),
        ("all_relu", 0.2, PIECEWISE, [-0.2, 0.2, -0.2]),
    ],
)
def test_slopes_left_of_zero(name, slope, kind, hidden_slopes):
    kinds, slopes = activation_table(name, slope, 3)
    assert kinds.tolist() == [kind] * 5
    assert slopes.shape == (5,)
    assert slopes[1:-1].tolist() == hidden_slopes


@pytest.mark.parametrize(("name", "kind"), [("logistic", LOGISTIC), ("tanh", TANH)])
def test_sigmoidal_activations_have_kinds_of_their_own(name, kind):
    kinds, _ = activation_table(name, None, 1)
    assert kinds.tolist() == [kind] * 3


@pytest.mark.parametrize("slope", [0.0, 0.3, -0.6, 1.0])
def test_gain_keeps_the_second_moment_of_normal_signals(slope):
    z = np.random.default_rng(0).normal(size=10**6)
    activated = np.where(z > 0, z, slope * z)
    network = built("leaky_relu", slope=slope)
    layer, limits = network.layer(1), weight_limits(network, "he")[0]
    gain = limits**2 / 3 * np.repeat(np.diff(layer.indptr), np.diff(layer.indptr))
    # The standard error of a second moment is below 0.2 % here.
    np.testing.assert_allclose(gain * (activated**2).mean(), 1, rtol=0.01)


def test_number_of_connections_is_exact_and_biases_are_zero():
    network = built()
    assert connections_per_layer(network) == COUNTS
    assert network.weights.size == sum(COUNTS)
    assert network.biases.shape == (sum(SIZES[1:]),)
    assert not network.biases.any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arrays_have_the_types_that_kernels_take(dtype):
    network = built(dtype=dtype)
    types = {name: array.dtype for name, array in network.to_dict().items()}
    assert types == {
        "sizes": np.int64,
        "indptr": np.int64,
        "indices": np.int32,
        "weights": dtype,
        "biases": dtype,
        "kinds": np.int64,
        "slopes": dtype,
    }


def test_same_seed_gives_the_same_network():
    for name, array in built(seed=3).to_dict().items():
        np.testing.assert_array_equal(array, built(seed=3).to_dict()[name])
    assert (built(seed=3).weights != built(seed=4).weights).any()


@pytest.mark.parametrize("activation", ["relu", "tanh", "all_relu"])
def test_weights_follow_the_real_fan_in(activation):
    network = built(activation)
    layer = network.layer(2)
    fan_in = np.diff(layer.indptr)
    assert fan_in.min() < 25 < 35 < fan_in.max()
    gain = {"relu": 2.0, "tanh": 1.0, "all_relu": 2 / (1 + 0.6**2)}[activation]
    limit = np.repeat(np.sqrt(3 * gain / fan_in), fan_in)
    scaled = layer.weights / limit
    assert np.abs(scaled).max() <= 1
    # Uniform on [-1, 1]: variance 1/3, within four standard errors for 3000 draws.
    assert scaled.mean() == pytest.approx(0, abs=0.045)
    assert scaled.var() == pytest.approx(1 / 3, abs=0.022)


def test_signals_keep_their_scale_through_many_sparse_layers():
    sizes = (300, *[300] * 6, 50)
    network = built("relu", sizes=sizes, counts=[*[6000] * 6, 1000])
    X = np.random.default_rng(1).normal(size=(100, 300))
    outputs = raw_outputs(network, plain_samples(X, np.float64))
    assert 0.2 < outputs.std() < 3


def test_hidden_neurons_are_connected_where_that_is_possible():
    # 40 connections into 40 neurons: about 15 have no input, and with as many
    # connections onwards no connection need read one of these.
    network = built(sizes=(10, 40, 40, 2), counts=[40, 25, 30])
    first, second = network.layer(1), network.layer(2)
    alive = np.flatnonzero(np.diff(first.indptr))
    assert 15 < alive.size < 35
    assert np.isin(second.indices, alive).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("activation", "slope"), [("relu", 0.0), ("tanh", 1.0), ("all_relu", 0.6)]
)
def test_default_is_drawn_layer_by_layer_and_then_weight_by_weight(
    activation, slope, dtype
):
    # The slope is stored in the network's type.
    gain = 2 / (1 + float(dtype(slope)) ** 2)
    # 40 connections into 40 neurons: some have no input, so that connections move.
    sizes, counts = (10, 40, 40, 2), [40, 25, 30]
    rng = np.random.default_rng(9)
    fan_in, layers = np.ones(10), []
    for n_in, n_out, count in zip(sizes, sizes[1:], counts, strict=False):
        indptr, indices = RandomTopology().draw(n_in, n_out, count, rng)
        layers.append((indptr, connect_idle_neurons(fan_in, indptr, indices, rng)))
        fan_in = np.diff(indptr)
    network = built(activation, dtype, 9, sizes, counts)
    for number, ((indptr, indices), layer_gain) in enumerate(
        zip(layers, [gain, gain, 1.0], strict=True), start=1
    ):
        layer = network.layer(number)
        np.testing.assert_array_equal(layer.indptr, indptr)
        np.testing.assert_array_equal(layer.indices, indices)
        fans = [f for f in np.diff(indptr) for _ in range(f)]
        draws = rng.random(len(fans), dtype=dtype)
        weights = [
            (2 * draw - 1) * dtype(np.sqrt(3 * layer_gain / fan))
            for draw, fan in zip(draws, fans, strict=True)
        ]
        np.testing.assert_array_equal(layer.weights, weights)


@pytest.mark.parametrize("name", STRATEGIES["initial_topology"])
def test_every_topology_makes_a_network_with_exact_counts(name):
    network = built(topology=STRATEGIES["initial_topology"][name]())
    assert connections_per_layer(network) == COUNTS
    for number in (1, 2, 3):
        layer = network.layer(number)
        positions = layer.positions()
        assert (np.diff(positions) > 0).all()
        assert np.isfinite(layer.weights).all()


def test_each_layer_can_have_its_own_topology():
    topology = [SmallWorld(beta=0.0), RandomTopology(), ConstantFanIn()]
    network = built(topology=topology)
    fan_in = [np.diff(network.layer(number).indptr) for number in (1, 2, 3)]
    assert [np.ptp(counts) for counts in fan_in[::2]] == [0, 1]
    assert np.ptp(fan_in[1]) > 5
    lattice = topology[0].draw(50, 200, 2000, np.random.default_rng(0))
    np.testing.assert_array_equal(network.layer(1).indices, lattice[1])


def test_number_of_topologies_must_be_that_of_the_layers():
    with pytest.raises(ValueError, match="one for each of the 3 layers; got 2"):
        built(topology=[RandomTopology(), RandomTopology()])


def test_facts_reach_the_layer_they_are_about():
    strengths = np.zeros(50)
    strengths[:30] = 1.0
    facts = {"input_strengths": [strengths, None, None]}
    network = built(topology=CorrelationTopology(), facts=facts)
    assert network.layer(1).indices.max() == 29
    assert network.layer(2).indices.max() > 150


@pytest.mark.parametrize("activation", ["relu", "tanh", "all_relu"])
@pytest.mark.parametrize("weight_init", WEIGHT_INITS)
def test_variance_of_the_weights_follows_the_fans(weight_init, activation):
    network = built(activation, weight_init=weight_init)
    gain = {"relu": 2.0, "tanh": 1.0, "all_relu": 2 / (1 + 0.6**2)}[activation]
    for number, gain_here in ((1, gain), (2, gain), (3, 1.0)):
        coef = network.layer(number)
        fan_in = np.diff(coef.indptr).astype(float)
        fan_out = np.bincount(coef.indices, minlength=coef.n_in)
        pairs = zip(np.repeat(fan_in, np.diff(coef.indptr)), coef.indices, strict=True)
        variance = np.array(
            [
                {
                    "he": gain_here / fan,
                    "he_dense": gain_here / coef.n_in,
                    "glorot": 2 / (fan + fan_out[column]),
                    "glorot_dense": 2 / (coef.n_in + coef.n_out),
                }[weight_init]
                for fan, column in pairs
            ]
        )
        # Uniform on [-1, 1]: variance 1/3; four standard errors for so many draws.
        scaled = coef.weights / np.sqrt(3 * variance)
        margin = 4 / np.sqrt(scaled.size)
        assert np.abs(scaled).max() <= 1 + 1e-12
        assert scaled.mean() == pytest.approx(0, abs=0.58 * margin)
        assert scaled.var() == pytest.approx(1 / 3, abs=0.3 * margin)


def test_only_the_real_fans_keep_the_scale_of_signals():
    sizes, counts = (300, *[300] * 6, 50), [*[6000] * 6, 1000]
    X = np.random.default_rng(1).normal(size=(100, 300))
    samples = plain_samples(X, np.float64)
    spread = {
        name: raw_outputs(built(sizes=sizes, counts=counts, weight_init=name), samples)
        for name in ("he", "he_dense")
    }
    assert spread["he"].std() > 1e3 * spread["he_dense"].std()


def test_weights_can_be_drawn_anew():
    network = built(seed=3)
    before = network.weights.copy()
    draw_weights(network, "he", np.random.default_rng(0))
    assert (network.weights != before).all()
    again = built(seed=3)
    draw_weights(again, "he", np.random.default_rng(0))
    np.testing.assert_array_equal(network.weights, again.weights)


def test_unknown_weight_init_is_an_error():
    with pytest.raises(ValueError, match=r"weight_init must be one of .*'xavier'"):
        built(weight_init="xavier")


@pytest.mark.parametrize("weight_init", WEIGHT_INITS)
def test_selected_connections_have_weights_as_large_as_if_drawn_alone(weight_init):
    network = built(weight_init=weight_init)
    rng = np.random.default_rng(0)
    kept = [rng.random(count) < 0.3 for count in COUNTS]
    selected = select_connections(network, kept, weight_init)
    assert connections_per_layer(selected) == [mask.sum() for mask in kept]
    for number, mask in enumerate(kept, start=1):
        before, after = network.layer(number), selected.layer(number)
        np.testing.assert_array_equal(before.positions()[mask], after.positions())
        weights = before.weights[mask]
        if weight_init == "he":
            fans = np.diff(before.indptr), np.diff(after.indptr)
            rows = np.repeat(np.arange(after.n_out), fans[1])
            weights = weights * np.sqrt(fans[0] / np.maximum(fans[1], 1))[rows]
        if weight_init != "glorot":
            np.testing.assert_allclose(after.weights, weights, rtol=1e-12)
        else:
            ratio = after.weights / weights
            assert 1 < ratio.min() < np.sqrt(1 / 0.3) < ratio.max()


def test_selecting_all_connections_changes_nothing():
    network = built(dtype=np.float32)
    selected = select_connections(network, [np.ones(n, dtype=bool) for n in COUNTS])
    for name, array in network.to_dict().items():
        np.testing.assert_array_equal(array, selected.to_dict()[name])
        assert array.dtype == selected.to_dict()[name].dtype
        assert not np.shares_memory(array, selected.to_dict()[name])


def test_flat_arrays_are_the_matrices_one_after_another():
    naive = random_naive_network(np.random.default_rng(0), (4, 6, 5, 3), 0.5)
    network = sparse_network(naive)
    coefs = network.coefs()
    matrices = per_layer(naive, network.weights)
    for coef, matrix, mask in zip(coefs, matrices, naive.masks, strict=True):
        assert coef.format == "csr"
        assert coef.shape == matrix.T.shape
        assert coef.nnz == mask.sum()
        np.testing.assert_array_equal(coef.toarray(), matrix.T)
    for ours, bias in zip(network.intercepts(), naive.biases, strict=True):
        np.testing.assert_array_equal(ours, bias)
    assert connections_per_layer(network) == [mask.sum() for mask in naive.masks]


def test_layers_without_connections_have_a_place():
    naive = random_naive_network(np.random.default_rng(0), (4, 6, 5, 3), 0.5)
    naive.masks[1][:] = False
    naive.matrices[1][:] = 0
    network = sparse_network(naive)
    assert connections_per_layer(network)[1] == 0
    assert network.coefs()[1].nnz == 0
    assert network.layer(2).n_free == 30


def test_exported_arrays_are_copies():
    network = built()
    network.coefs()[0].data[:] = 7
    network.intercepts()[0][:] = 7
    assert not (network.weights == 7).any()
    assert not network.biases.any()
