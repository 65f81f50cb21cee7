"""The parts that networks are made of, used without the estimators."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.deploy import onnx_model
from sparsekit.network import (
    ACTIVATIONS,
    LOSSES,
    WEIGHT_INITS,
    LearningRate,
    Optimizer,
    OptimizerState,
    Protection,
    SparseNetwork,
    Trainer,
    activation_table,
    build_network,
    connection_importance,
    csr_samples,
    degree_statistics,
    dense_samples,
    draw_weights,
    label_targets,
    live_parts,
    raw_outputs,
    select_connections,
    subnetwork,
    thread_count,
    value_targets,
)
from sparsekit.neural_network import export_onnx, to_predictor
from sparsekit.topology import (
    RandomGrower,
    RandomTopology,
    SETPruner,
    check_parameters_of,
    connect_idle_neurons,
    needs_of,
)
from tests.fuzz.harness import behaves
from tests.fuzz.parameters import NONSENSE
from tests.fuzz.tables import seeds

odd = st.sampled_from(NONSENSE)


@st.composite
def networks(draw):
    """Draw a network of any shape."""
    rng = np.random.default_rng(draw(seeds))
    sizes = draw(st.lists(st.integers(1, 6), min_size=2, max_size=4))
    positions = [a * b for a, b in itertools.pairwise(sizes)]
    counts = [draw(st.integers(1, n)) for n in positions]
    return build_network(
        sizes,
        counts,
        draw(st.sampled_from(sorted(ACTIVATIONS))),
        draw(st.sampled_from([None, 0.2])),
        draw(st.sampled_from(["float32", "float64"])),
        rng,
        weight_init=draw(st.sampled_from(WEIGHT_INITS)),
    )


@given(networks(), seeds, st.data())
def test_networks_train_and_are_rewired(network, seed, data):
    rng = np.random.default_rng(seed)
    n_in, n_out = int(network.sizes[0]), int(network.sizes[-1])
    X = rng.normal(size=(7, n_in)) * (rng.random((7, n_in)) < 0.7)
    shift, scale = np.zeros(n_in), np.ones(n_in)
    if data.draw(st.booleans()):
        samples = dense_samples(X, shift, scale, network.dtype)
    else:
        samples = csr_samples(sparse.csr_array(X), shift, scale, network.dtype)
    if data.draw(st.booleans()):
        labels = rng.integers(n_out, size=7)
        targets = label_targets(labels, None, network.dtype)
        loss = LOSSES["softmax"]
    else:
        targets = value_targets(rng.normal(size=(7, n_out)), None, network.dtype)
        loss = LOSSES["squared_error"]
    solver = data.draw(st.sampled_from(["sgd", "sgdw", "adam", "adamw"]))
    n_protected = data.draw(st.integers(0, 2))
    protected = [layer.positions()[:n_protected] for layer in network.layers()]
    trainer = Trainer(
        network,
        OptimizerState.zeros(network, solver),
        Optimizer(solver, alpha=1e-4),
        samples,
        targets,
        loss=loss,
        batch_size=data.draw(st.integers(1, 9)),
        dropout=data.draw(st.sampled_from([0.0, 0.5])),
        protection=data.draw(
            st.sampled_from([None, Protection(protected, data.draw(st.booleans()))])
        ),
    )
    for _ in range(2):
        trainer.run_epoch(rng.permutation(7), 0.01)
        trainer.rewire(SETPruner(), RandomGrower(), data.draw(st.floats(0, 1)), rng)
    out = raw_outputs(trainer.network, samples)
    assert out.shape == (7, n_out)
    assert np.isfinite(out).all()
    assert np.isfinite(connection_importance(trainer, 2)).all()
    assert len(degree_statistics(trainer.network)) == network.n_layers
    neurons, connections = live_parts(trainer.network)
    smaller = subnetwork(trainer.network, neurons, connections)
    assert np.array_equal(raw_outputs(smaller, samples), out)


@given(networks(), seeds)
def test_some_of_the_connections(network, seed):
    rng = np.random.default_rng(seed)
    kept = [rng.random(layer.indices.size) < 0.5 for layer in network.layers()]
    chosen = select_connections(network, kept)
    assert chosen.weights.size == sum(map(np.count_nonzero, kept))
    draw_weights(chosen, "glorot", rng)
    assert np.isfinite(chosen.weights).all()
    assert isinstance(chosen.copy(), SparseNetwork)


@given(st.one_of(st.integers(-3, 3), odd))
def test_threads(n_jobs):
    found = behaves(lambda: thread_count(n_jobs))
    assert found is None or found >= 1


@given(st.sampled_from(sorted(ACTIVATIONS)), st.sampled_from([None, 0.0, 0.3]))
def test_activations(name, slope):
    kinds, slopes = activation_table(name, slope, 2)
    assert kinds.size == slopes.size == 4


@given(st.sampled_from(["constant", "invscaling", "adaptive", "cosine"]), seeds)
def test_learning_rates(schedule, n_seen):
    rate = LearningRate(schedule, 0.1, 0.5, 7)
    for epoch in range(9):
        assert 0 <= rate.at(epoch, n_seen) <= 0.1
        rate.plateau()


@given(st.integers(1, 6), st.integers(1, 6), st.data())
def test_topologies(n_in, n_out, data):
    rng = np.random.default_rng(0)
    count = data.draw(st.integers(0, n_in * n_out))
    indptr, indices = RandomTopology().draw(n_in, n_out, count, rng)
    fan_in = rng.integers(0, 2, size=n_in)
    moved = connect_idle_neurons(fan_in, indptr, indices, rng)
    for start, end in itertools.pairwise(indptr):
        assert (np.diff(moved[start:end]) > 0).all()


@given(odd)
def test_what_is_no_strategy(strategy):
    behaves(lambda: check_parameters_of(strategy))
    behaves(lambda: needs_of(strategy))


X = np.random.default_rng(0).normal(size=(12, 3))


@given(st.data())
def test_export(tmp_path_factory, data):
    make = data.draw(st.sampled_from([SETMLPClassifier, SETMLPRegressor]))
    settings = {
        "activation": data.draw(st.sampled_from(["relu", "tanh", "leaky_relu"])),
        "missing": data.draw(st.sampled_from(["absent", "indicator", "expected"])),
        "missing_scaling": data.draw(st.sampled_from([None, "sample", "neuron"])),
    }
    net = make((4,), sparsity=0.4, tol=1e9, n_iter_no_change=1, **settings)
    fitted = behaves(lambda: net.fit(X, np.arange(12) % 3))
    given = data.draw(st.sampled_from([net, net, None, SETMLPClassifier()]))
    stored = data.draw(st.one_of(st.booleans(), odd))
    path = tmp_path_factory.mktemp("fuzz") / "net.onnx"
    behaves(lambda: export_onnx(given, path, stored), allowed=(ImportError,))
    if fitted is not None:
        predictor = to_predictor(net)
        behaves(lambda: onnx_model(predictor), allowed=(ImportError,))
