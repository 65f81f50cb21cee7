"""Random layers and shares for hypothesis."""

import numpy as np
from hypothesis import strategies as st

from sparsekit.topology import Layer
from tests.reference.naive_topology import connections_of, free_positions

# Drawn from all floats, most shares are next to 0 or 1.
shares = st.sampled_from([0.1, 0.29, 0.5, 0.8]) | st.floats(0, 1)


@st.composite
def layers(draw, max_neurons=9, dtype=np.float64):
    """Draw a layer of any density, empty and full ones included, and a generator.

    Its weights are distinct in size, never zero, and of either sign.
    """
    n_in = draw(st.integers(1, max_neurons))
    n_out = draw(st.integers(1, max_neurons))
    count = draw(st.integers(0, n_in * n_out))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    positions = np.sort(rng.permutation(n_in * n_out)[:count])
    indptr = np.searchsorted(positions, np.arange(n_out + 1) * n_in)
    weights = rng.choice([-1.0, 1.0], size=count) * (1 + rng.permutation(count))
    layer = Layer(
        indptr.astype(np.int64),
        (positions % n_in).astype(np.int32),
        weights.astype(dtype),
        n_in,
    )
    return layer, rng


@st.composite
def known_layers(draw, dtype=np.float64):
    """Draw a layer of which all is known that a strategy can ask for, and a generator.

    Some weights are zero or equal in size.
    """
    layer, rng = draw(layers(dtype=dtype))
    n_tiles, n_lanes = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    n_positions = layer.n_in * layer.n_out
    ever = rng.random(n_positions) < 0.5
    ever[layer.positions()] = True
    is_zero = rng.random(layer.weights.size) < 0.2
    layer = layer._replace(
        weights=np.where(is_zero, dtype(0), rng.choice(layer.weights, is_zero.size)),
        input_rates=rng.random(layer.n_in),
        nonzero_rates=rng.random(layer.n_in),
        values=rng.normal(size=(n_tiles, layer.n_in, n_lanes)).astype(dtype),
        deltas=rng.normal(size=(n_tiles, layer.n_out, n_lanes)).astype(dtype),
        signs=rng.choice(np.array([-1, 1], dtype=np.int8), layer.weights.size),
        explored=np.flatnonzero(ever),
        progress=draw(st.sampled_from([0.0, 0.3, 1.0])),
    )
    return layer, rng


def pairs_of(layer):
    """Return the (row, column) of each connection of a layer."""
    return connections_of(layer.indptr, layer.indices)


@st.composite
def rewirings(draw, distinct_gradients=False):
    """Draw a layer of which all is known, what it drops, and how many may grow.

    Returns
    -------
    (Layer, ndarray of bool, int, list of int)
        The layer, the dropped connections, the number of connections to add, and all
        free positions.
    """
    layer, rng = draw(layers())
    dropped = rng.random(layer.indices.size) < draw(shares)
    free = free_positions(pairs_of(layer), layer.n_in, layer.n_out, dropped)
    n_tiles, n_lanes = draw(st.integers(1, 3)), draw(st.sampled_from([1, 3, 16]))
    others = np.flatnonzero(rng.random(layer.n_in * layer.n_out) < draw(shares))
    shape = (n_tiles, layer.n_in + layer.n_out, n_lanes)
    probed = rng.normal(size=shape)
    if not distinct_gradients:
        # Whole numbers: many gradients are equal, and many are zero.
        probed = np.round(probed)
    layer = layer._replace(
        input_rates=rng.choice([0.0, 0.1, 1.0], size=layer.n_in),
        nonzero_rates=rng.choice([0.0, 0.1, 1.0], size=layer.n_in),
        values=np.ascontiguousarray(probed[:, : layer.n_in]),
        deltas=np.ascontiguousarray(probed[:, layer.n_in :]),
        explored=np.union1d(layer.positions(), others),
        progress=0.5,
    )
    return layer, dropped, int(draw(shares) * len(free)), free
