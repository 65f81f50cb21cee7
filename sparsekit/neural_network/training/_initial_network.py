"""The network before its first step: connections, their weights, and their memory."""

from itertools import pairwise

import numpy as np
from scipy import sparse

from sparsekit._utils._available_memory import available_bytes
from sparsekit.network import (
    build_network,
    has_velocity,
    probe,
    select_connections,
    suggest_format,
)
from sparsekit.neural_network._warnings import warn_user
from sparsekit.neural_network.training._connection_counts import (
    ConnectionCounts,
    warn_if_overridden,
)
from sparsekit.neural_network.training._inputs import nonzero_rates, prepare
from sparsekit.topology import (
    CenteredFeatures,
    check_kept,
    correlation_strengths,
    needs_of,
)

# What topologies need that is made of the correlations of the inputs.
CORRELATIONS = {"input_strengths", "input_features", "tiled_features"}

# Training rows, at random, whose features are compared one by one: their correlations
# have a standard error of at most 0.022.
MOST_CORRELATED_ROWS = 2048

# With a smaller share of hidden neurons at work, a network is told to starve.
FEW_AT_WORK = 0.25


def first_network(estimator, strategies, X, samples, sizes):
    """Return a network that has not been trained.

    If the topology chooses its connections by their gradients, the network holds all
    that it chooses among; see `chosen_network`.
    """
    topology, dtype = strategies.initial_topology, np.dtype(estimator.dtype)
    connection_counts = ConnectionCounts(strategies, sizes)
    warn_if_overridden(estimator, strategies.sparsity, connection_counts)
    counts = connection_counts.at(0.0)
    if hasattr(topology, "keep"):
        counts = topology.candidate_counts(sizes, counts)
    resizes = strategies.density_schedule is not None
    check_memory(sizes, counts, dtype, estimator.solver, resizes)
    needs = needs_of(topology)
    if needs & CORRELATIONS and estimator._missing_inputs(dtype) is not None:
        # Correlations are those of values with the mean in place of missing ones.
        samples = prepare(X, estimator._inputs, dtype, keep_missing=False)
    facts = _facts(needs, estimator, samples, len(sizes) - 1) if needs else None
    return build_network(
        sizes,
        counts,
        estimator.activation,
        estimator.negative_slope,
        dtype,
        estimator._generator,
        topology=topology,
        weight_init=strategies.weight_init,
        facts=facts,
    )


def _facts(needs, estimator, samples, n_layers):
    """Return what a topology needs to know of the inputs, by name and layer."""
    facts, rng = {}, estimator._generator
    others = [None] * (n_layers - 1)
    if "nonzero_rates" in needs:
        facts["nonzero_rates"] = [nonzero_rates(estimator._inputs), *others]
    if "input_strengths" in needs:
        X, fill = _inputs_of(samples)
        facts["input_strengths"] = [correlation_strengths(X, rng, fill=fill), *others]
    if needs & {"input_features", "tiled_features"} and n_layers > 1:
        X, fill = _inputs_of(samples)
        if X.shape[0] > MOST_CORRELATED_ROWS:
            X = X[np.sort(rng.permutation(X.shape[0])[:MOST_CORRELATED_ROWS])]
        features = CenteredFeatures(X, fill)
        # The outputs stand for no inputs.
        facts["input_features"] = [features, *others]
        facts["tiled_features"] = [features] * (n_layers - 1) + [None]
    return facts


def _inputs_of(samples):
    """Return the inputs, dense or CSR, and the values that CSR does not store."""
    if not samples.fill.size:
        return samples.dense, None
    shape = samples.indptr.size - 1, samples.fill.size
    arrays = samples.data, samples.indices, samples.indptr
    return sparse.csr_array(arrays, shape=shape), samples.fill


def chosen_network(estimator, strategies, trainer):
    """Return the network with the connections that its topology chooses by gradients.

    It has a method `keep` for that.
    """
    network = trainer.network
    counts = ConnectionCounts(strategies, network.sizes).at(0.0)
    n_batches = strategies.n_batches(trainer.batch_size)
    values, deltas = probe(trainer, n_batches, estimator._generator)
    kept = []
    for layer, v, d, count in zip(
        network.layers(), values, deltas, counts, strict=True
    ):
        mask = strategies.initial_topology.keep(
            layer._replace(values=v, deltas=d), int(count)
        )
        kept.append(check_kept(strategies.initial_topology, layer, int(count), mask))
    return select_connections(network, kept, strategies.weight_init)


def warn_if_starving(network):
    """Warn if few of the hidden neurons of a new network have an input and an output.

    The others compute nothing, or nothing that counts.
    """
    n_hidden = n_at_work = 0
    for below, above in pairwise(network.layers()):
        heard = np.zeros(above.n_in, dtype=bool)
        heard[above.indices] = True
        n_hidden += heard.size
        n_at_work += np.count_nonzero(heard & (np.diff(below.indptr) > 0))
    if n_at_work < FEW_AT_WORK * n_hidden:
        warn_user(
            f"{n_at_work} of {n_hidden} hidden neurons have an input and an output; "
            "lower sparsity, or set sparsity='auto'."
        )


# Bytes per connection, beside the arrays of a network: while the connections of a layer
# are drawn and sorted, and while all are ranked to be dropped.
_DRAWING, _RANKING = 24, 32

_INDEX = 4

# Bytes that are there, or the libraries would not have been loaded: to ask the system
# takes longer than to draw so small a network.
_ALWAYS_THERE = 2**24


def check_memory(sizes, counts, dtype, solver, resizes):
    """Raise MemoryError if a network is larger than the memory that is available.

    Parameters
    ----------
    sizes : sequence of int
        Neurons per level.
    counts : sequence of int
        Connections per layer, where they are most.
    dtype : numpy.dtype
    solver : str
    resizes : bool
        Whether rewirings change the number of connections.
    """
    needed = training_bytes(sizes, counts, dtype, solver, resizes)
    if needed <= _ALWAYS_THERE:
        return
    available = available_bytes()
    if needed <= available:
        return
    layers = ", ".join(
        f"{int(count):,} of {n_in:,} x {n_out:,}"
        for count, n_in, n_out in zip(counts, sizes[:-1], sizes[1:], strict=True)
    )
    raise MemoryError(
        f"The network needs about {needed / 1e9:.1f} GB of memory and "
        f"{available / 1e9:.1f} GB are available. Its layers have {layers} connections "
        "when training begins. Raise sparsity, lower hidden_layer_sizes or, where a "
        "method begins with more connections than it keeps, choose another method or "
        "density_schedule."
    )


def training_bytes(sizes, counts, dtype, solver, resizes):
    """Return about how many bytes the connections take at the peak; see `check_memory`.

    It is the largest of what is held while connections are drawn, in a step, and while
    a rewiring makes another network of this one. Rows, activations and what strategies
    look at beside the weights are left out.
    """
    counts = np.asarray(counts, dtype=np.int64)
    n, item = int(counts.sum()), np.dtype(dtype).itemsize
    parameters = item + _INDEX
    stored = parameters + item * (1 if has_velocity(solver) else 2)
    drawing = n * parameters + int(counts.max()) * _DRAWING
    step = n * stored
    for number, count in enumerate(counts.tolist()):
        n_in, n_out = sizes[number : number + 2]
        if suggest_format(n_in, n_out, density=count / (n_in * n_out)) == "dense":
            # A gradient and, unless the weights lie as a matrix does, these as one.
            step += n_in * n_out * item * (1 if count == n_in * n_out else 2)
        elif (
            number > 0
        ):  # the first layer sends nothing back, and has no index by input
            step += count * (2 * _INDEX + item)
    resizing = n * (2 * stored + _RANKING) if resizes else 0
    return max(drawing, step, resizing)
