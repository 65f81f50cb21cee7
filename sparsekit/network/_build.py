"""A network as it begins: connections, then weights."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from sparsekit.network._activations import activation_table
from sparsekit.network._arrays import SparseNetwork
from sparsekit.network._initial_weights import draw_weights, weight_limits
from sparsekit.topology import RandomTopology, check_drawn, connect_idle_neurons


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
    topologies = _one_per_layer(topology, len(sizes) - 1)
    indptrs, indices, offset = [np.zeros(1, dtype=np.int64)], [], 0
    fan_in = np.ones(sizes[0], dtype=np.int64)  # an input always has a value
    for layer, count in enumerate(counts):
        known = {name: values[layer] for name, values in (facts or {}).items()}
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
    layers = range(1, network.n_layers + 1)
    before = np.concatenate([weight_limits(network, n, weight_init) for n in layers])
    stays = np.concatenate(kept)
    selected = network.with_connections(stays).copy()
    after = np.concatenate([weight_limits(selected, n, weight_init) for n in layers])
    selected.weights *= after / before[stays]
    return selected


def _one_per_layer(topology, n_layers):
    if topology is None:
        topology = RandomTopology()
    if not isinstance(topology, list | tuple):
        return [topology] * n_layers
    if len(topology) != n_layers:
        raise ValueError(
            f"topology must be one object, or one for each of the {n_layers} layers; "
            f"got {len(topology)}."
        )
    return topology
