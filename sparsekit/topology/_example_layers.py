"""Example layers on which strategies are tried: ordinary ones and edge cases."""

import numpy as np

from sparsekit.topology._layer import Layer

_N_TILES, _N_LANES = 2, 4


def example_layers() -> dict[str, Layer]:
    """Return layers by name, with all optional fields and read-only arrays.

    Single and double precision, no connection to all of them, rows and columns without
    a connection and full ones, equal weights, zeros, and inputs that are never
    observed.
    """
    rng = np.random.default_rng(0)
    sparse = rng.random((30, 20)) < 0.1
    uneven = rng.random((6, 8)) < 0.4
    uneven[[0, 3]] = False
    uneven[5] = True
    uneven[:, 2] = False
    layers = {
        "sparse": _layer(sparse, rng.normal(size=sparse.sum()), rng),
        "in single precision": _layer(
            sparse, rng.normal(size=sparse.sum()).astype(np.float32), rng
        ),
        "with empty and full rows": _layer(uneven, rng.normal(size=uneven.sum()), rng),
        "with equal weights": _layer(uneven, np.full(uneven.sum(), 0.5), rng),
        "with weights of zero": _layer(uneven, np.zeros(uneven.sum()), rng),
        "with all connections": _layer(np.ones((4, 5), bool), rng.normal(size=20), rng),
        "with one connection": _layer(np.eye(3, 4) * [1, 0, 0, 0] > 0, [-1.0], rng),
        "with one position": _layer(np.ones((1, 1), bool), [1.0], rng),
        "without a connection": _layer(np.zeros((3, 4), bool), [], rng),
    }
    for layer in layers.values():
        for array in arrays_of(layer):
            array.flags.writeable = False
    return layers


def arrays_of(layer):
    """Return all arrays of a layer."""
    return [part for part in layer if isinstance(part, np.ndarray)]


def _layer(is_connected, weights, rng):
    """Return the layer of a dense mask of shape (n_out, n_in)."""
    n_out, n_in = is_connected.shape
    weights = np.array(weights, dtype=getattr(weights, "dtype", np.float64))
    signs = np.where(weights < 0, -1, 1).astype(np.int8)
    signs[::3] *= -1
    ever = is_connected | (rng.random(is_connected.shape) < 0.3)
    rates = rng.random(n_in)
    rates[::4] = 0.0
    return Layer(
        indptr=np.append(0, is_connected.sum(axis=1).cumsum()).astype(np.int64),
        indices=np.nonzero(is_connected)[1].astype(np.int32),
        weights=weights,
        n_in=n_in,
        input_rates=rates,
        nonzero_rates=rates[::-1] / 2,
        values=rng.normal(size=(_N_TILES, n_in, _N_LANES)).astype(weights.dtype),
        deltas=rng.normal(size=(_N_TILES, n_out, _N_LANES)).astype(weights.dtype),
        signs=signs,
        explored=np.flatnonzero(ever),
        progress=0.5,
        epoch=7,
        step=70,
        number=1,
        n_layers=2,
        state={},
    )


def mirrored(layer) -> Layer:
    """Return the transposed layer, from outputs to inputs."""
    rows = np.repeat(np.arange(layer.n_out), np.diff(layer.indptr))
    order = np.lexsort((rows, layer.indices))
    fan_in = np.bincount(layer.indices, minlength=layer.n_in)
    explored = layer.explored
    if explored is not None:
        explored = np.sort(explored % layer.n_in * layer.n_out + explored // layer.n_in)
    number = None if layer.number is None else layer.number + 1
    mirror = layer._replace(
        indptr=np.append(0, fan_in.cumsum()).astype(np.int64),
        indices=rows[order].astype(np.int32),
        weights=layer.weights[order],
        n_in=layer.n_out,
        input_rates=None,
        nonzero_rates=None,
        values=layer.deltas,
        deltas=layer.values,
        signs=None if layer.signs is None else layer.signs[order],
        explored=explored,
        number=number,
        state=None if layer.state is None else {},
    )
    for array in arrays_of(mirror):
        array.flags.writeable = False
    return mirror
