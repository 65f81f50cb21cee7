"""Networks made anew: connections, then weights; and networks made of others."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from sparsekit.kernels.forward import LOGISTIC, PIECEWISE, TANH
from sparsekit.network._network import SparseNetwork
from sparsekit.topology import RandomTopology, check_drawn, connect_idle_neurons

#: Names of the activations of hidden layers.
ACTIVATIONS = ("identity", "logistic", "tanh", "relu", "leaky_relu", "all_relu")

# Slopes left of zero where the user names none: the customary one for leaky ReLU, and
# the one of Curci et al. 2021 (arXiv 2102.01732) for All-ReLU on Fashion-MNIST.
DEFAULT_SLOPES = {"leaky_relu": 0.01, "all_relu": 0.6}

#: Names of the distributions of first weights.
WEIGHT_INITS = ("he", "glorot", "he_dense", "glorot_dense")


def activation_table(
    name: str, negative_slope: float | None, n_hidden: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the activation code and the slope left of zero of every level.

    All-ReLU (Curci et al. 2021, equation 2) alternates the sign of its slope: the first
    hidden level has the slope ``-a``, the second ``+a``, and so on.

    Parameters
    ----------
    name : str
        One of :data:`ACTIVATIONS`.
    negative_slope : float or None
        ``a`` for ``leaky_relu`` and ``all_relu``; None takes their default.
    n_hidden : int
        Number of hidden levels.

    Returns
    -------
    kinds : ndarray of shape (n_hidden + 2,), int64
        PIECEWISE, LOGISTIC or TANH.
    slopes : ndarray of shape (n_hidden + 2,), float64
        The first and last entries, inputs and outputs, are not used in either.
    """
    kind = {"logistic": LOGISTIC, "tanh": TANH}.get(name, PIECEWISE)
    if negative_slope is None:
        negative_slope = DEFAULT_SLOPES.get(name, 0.0)
    slope = {"identity": 1.0, "relu": 0.0}.get(name, negative_slope)
    slopes = np.full(n_hidden + 2, slope)
    if name == "all_relu":
        slopes[1::2] *= -1.0
    return np.full(n_hidden + 2, kind, dtype=np.int64), slopes


def build_network(
    sizes: Sequence[int],
    counts: Sequence[int] | np.ndarray,
    activation: str,
    negative_slope: float | None,
    dtype: DTypeLike,
    rng: np.random.Generator,
    *,
    topology: Any = None,
    weight_init: str = "he",
    facts: Mapping[str, Sequence[Any]] | None = None,
) -> SparseNetwork:
    """Draw connections and weights.

    Parameters
    ----------
    sizes : sequence of int
        Neurons per level.
    counts : ndarray of shape (len(sizes) - 1,)
        Connections per layer.
    activation : str
    negative_slope : float or None
    dtype : dtype
        float32 or float64.
    rng : numpy.random.Generator
    topology : object or sequence of objects, default=None
        What draws the connections of each layer, or one for all of them, such as
        `SmallWorld()`; None means `RandomTopology()`. Connections that read a neuron
        without inputs then move to neurons without outputs, see `connect_idle_neurons`.
    weight_init : str, default="he"
        See `draw_weights`.
    facts : dict of str to sequence or None, default=None
        What the topologies need to know, a value for each layer.

    Returns
    -------
    SparseNetwork
        Biases are zero. Memory and time: O(connections + neurons), or what the topology
        takes.

    Raises
    ------
    ValueError
        If there is not one topology for each layer, one of them draws no rows of so
        many connections, or `weight_init` is not known.
    """
    kinds, slopes = activation_table(activation, negative_slope, len(sizes) - 2)
    topologies = RandomTopology() if topology is None else topology
    if not isinstance(topologies, list | tuple):
        topologies = [topologies] * (len(sizes) - 1)
    elif len(topologies) != len(sizes) - 1:
        raise ValueError(
            f"topology must be one object, or one for each of the {len(sizes) - 1} "
            f"layers; got {len(topologies)}."
        )
    indptrs, indices, offset = [np.zeros(1, dtype=np.int64)], [], 0
    fan_in = np.ones(sizes[0], dtype=np.int64)  # an input always has a value
    for layer, count in enumerate(counts):
        known = {}
        for name, values in (facts or {}).items():
            known[name] = values[layer]
        n_in, n_out = sizes[layer], sizes[layer + 1]
        drawn = topologies[layer].draw(n_in, n_out, int(count), rng, known)
        indptr, columns = check_drawn(topologies[layer], n_in, n_out, int(count), drawn)
        columns = connect_idle_neurons(fan_in, indptr, columns, rng)
        fan_in = np.diff(indptr)
        indptrs.append(indptr[1:] + offset)
        indices.append(columns)
        offset += int(count)
    network = SparseNetwork(
        sizes=np.asarray(sizes, dtype=np.int64),
        indptr=np.concatenate(indptrs),
        indices=np.concatenate(indices),
        weights=np.empty(offset, dtype=dtype),
        biases=np.zeros(sum(sizes[1:]), dtype=dtype),
        kinds=kinds,
        slopes=slopes.astype(dtype),
    )
    draw_weights(network, weight_init, rng)
    return network


def draw_weights(
    network: SparseNetwork, weight_init: str, rng: np.random.Generator
) -> None:
    """Draw all weights anew, in place.

    The weight between an input with `fan_out` and an output with `fan_in` connections
    in the layer is uniform with mean 0 and variance

    - ``g / fan_in`` ("he"), with the gain g of the activation of the layer's outputs:
      2 / (1 + slope ** 2) of the piecewise linear ones; 1 of the sigmoidal ones, which
      are near linear where they start, and of the output level. Signals keep their
      scale on the way forward, whatever the topology;
    - ``2 / (fan_in + fan_out)`` ("glorot"), a compromise with the way back;
    - the same with the fans of a dense layer, n_in and n_out, ("he_dense",
      "glorot_dense"): the sparser the layer, the weaker its signals.

    Parameters
    ----------
    network : SparseNetwork
    weight_init : str
        One of :data:`WEIGHT_INITS`.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        If `weight_init` is not known.

    Notes
    -----
    Complexity: O(connections + neurons). Sources: He et al. 2015 (arXiv 1502.01852),
    equations 10 and 15; Glorot and Bengio, AISTATS 2010, equation 16. That the real
    fan-in is the one to take: Evci et al., "Gradient flow in sparse neural networks and
    how lottery tickets win", AAAI 2022.
    """
    if weight_init not in WEIGHT_INITS:
        raise ValueError(
            f"weight_init must be one of {WEIGHT_INITS}; got {weight_init!r}."
        )
    for number, limits in enumerate(weight_limits(network, weight_init), start=1):
        draws = rng.random(limits.size, dtype=network.dtype)
        network.weights[network.connections(number)] = (2 * draws - 1) * limits


def weight_limits(network: SparseNetwork, weight_init: str) -> list[np.ndarray]:
    """Return the largest size of each weight, layer by layer, see `draw_weights`.

    It is the root of 3 times the variance, computed in double precision and rounded
    once.
    """
    rule, _, dense = weight_init.partition("_")
    limits = []
    for number, layer in enumerate(network.layers(), start=1):
        real_fan_in = np.diff(layer.indptr)
        fan_in = np.full_like(real_fan_in, layer.n_in) if dense else real_fan_in
        if rule == "he":
            gain = 1.0
            if number < network.n_layers and network.kinds[number] == PIECEWISE:
                gain = 2.0 / (1.0 + float(network.slopes[number]) ** 2)
            # A variance for each row.
            limit = np.sqrt(3.0 * gain / np.maximum(fan_in, 1)).astype(network.dtype)
            limits.append(np.repeat(limit, real_fan_in))
            continue
        fan_out = layer.n_out
        if not dense:
            fan_out = np.bincount(layer.indices, minlength=layer.n_in)[layer.indices]
        fans = np.repeat(fan_in, real_fan_in) + fan_out
        limits.append(np.sqrt(3.0 * 2.0 / fans).astype(network.dtype))
    return limits


def select_connections(
    network: SparseNetwork, kept: Sequence[np.ndarray], weight_init: str = "he"
) -> SparseNetwork:
    """Return a network with some of the connections, its weights scaled to match.

    For networks that begin with more connections than they are to have, see
    `sparsekit.topology.SNIPTopology`. A weight is multiplied by the ratio of the sizes
    that `weight_init` gives to it with the connections that are left and with those
    that were there, so that signals keep their scale.

    Parameters
    ----------
    network : SparseNetwork
        Unchanged.
    kept : sequence of ndarray of bool
        For each layer, which of its connections stay.
    weight_init : str, default="he"
        What the weights were drawn by, see `draw_weights`.

    Returns
    -------
    SparseNetwork
        Complexity: O(connections + neurons).
    """
    before = np.concatenate(weight_limits(network, weight_init))
    stays = np.concatenate(kept)
    selected = network.with_connections(stays).copy()
    after = np.concatenate(weight_limits(selected, weight_init))
    selected.weights *= after / before[stays]
    return selected


def live_parts(network):
    """Find the neurons and connections that outputs depend on.

    A hidden neuron goes if no other reads it, or if it reads none and its value is
    zero whatever the inputs: a product with zero leaves a sum as it is. Either may make
    others go. A neuron that reads none but has another value stays: to add it to the
    biases of its readers would round elsewhere. Each hidden level keeps one neuron at
    least.

    Parameters
    ----------
    network : SparseNetwork

    Returns
    -------
    neurons : ndarray of bool, shape (n_rows,)
        Of all levels but the inputs.
    connections : ndarray of bool, shape (n_connections,)

    Notes
    -----
    Complexity: O(connections) time per round, and at most as many rounds as hidden
    neurons (in practice as layers).
    """
    n_rows, n_inputs = network.biases.size, int(network.sizes[0])
    target = np.repeat(np.arange(n_rows), np.diff(network.indptr))
    level = np.repeat(np.arange(1, network.sizes.size), network.sizes[1:])
    # Neurons of all levels, inputs first, so that a source has a number in any layer.
    before = network.first - network.first[0]
    source = network.indices + before[level[target] - 1]
    silent = _silent(network, level)
    hidden = level < network.n_layers
    neurons = np.ones(n_rows, dtype=bool)
    while True:
        whole = np.concatenate([np.ones(n_inputs, dtype=bool), neurons])
        connections = whole[source] & neurons[target]
        n_read = np.bincount(target[connections], minlength=n_rows)
        n_readers = np.bincount(source[connections], minlength=n_inputs + n_rows)
        dead = (n_readers[n_inputs:] == 0) | ((n_read == 0) & silent)
        left = neurons & ~(dead & hidden)
        for number in range(1, network.n_layers):
            rows = network.rows(number)
            if not left[rows].any():
                left[rows.start + np.argmax(neurons[rows])] = True
        if (left == neurons).all():
            return neurons, connections
        neurons = left


def _silent(network, level):
    """Return which neurons have the value zero if all that they read is zero."""
    kinds, slopes = network.kinds[level], network.slopes[level]
    rests = (network.biases == 0) & ((kinds == PIECEWISE) | (kinds == TANH))
    cut_off = (network.biases < 0) & (kinds == PIECEWISE) & (slopes == 0)
    return rests | cut_off


def subnetwork(network, neurons, connections):
    """Return the network of some of the neurons and connections.

    Parameters
    ----------
    network : SparseNetwork
    neurons, connections : ndarray of bool
        See `live_parts`; the order of what stays does not change.

    Returns
    -------
    SparseNetwork
        With arrays of its own.
    """
    left = network.with_connections(connections)
    sizes, indices = network.sizes.copy(), left.indices
    for number in range(1, network.n_layers):
        kept = neurons[network.rows(number)]
        sizes[number] = np.count_nonzero(kept)
        place = (np.cumsum(kept) - 1).astype(indices.dtype)
        readers = left.connections(number + 1)
        indices[readers] = place[indices[readers]]
    return SparseNetwork(
        sizes=sizes,
        # The rows of those that go are empty.
        indptr=left.indptr[np.concatenate([[True], neurons])],
        indices=indices,
        weights=left.weights,
        biases=network.biases[neurons],
        kinds=network.kinds.copy(),
        slopes=network.slopes.copy(),
    )
