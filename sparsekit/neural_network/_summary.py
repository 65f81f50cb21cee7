"""A fitted network as a table: a row for each layer."""

import numpy as np

from sparsekit.network import degree_statistics, suggest_format
from sparsekit.topology import active_neurons


def layer_table(network):
    """Return a DataFrame with a row for each layer of a network, and one for all.

    See `FittedNetworkMixin.summary` for the columns. Complexity: O(connections +
    neurons).

    Parameters
    ----------
    network : SparseNetwork
    """
    import pandas as pd

    layers = network.layers()
    active = [int(np.count_nonzero(level)) for level in active_neurons(layers)]
    degrees = degree_statistics(network)
    per_layer = zip(layers, active[:-1], active[1:], degrees, strict=True)
    rows = [
        {
            "n_in": layer.n_in,
            "n_out": layer.n_out,
            "n_connections": layer.indices.size,
            "density": _density(layer),
            "active_in": n_active_in,
            "active_out": n_active_out,
            "fan_in_mean": spread["fan_in_mean"],
            "fan_in_max": spread["fan_in_max"],
            "fan_out_mean": spread["fan_out_mean"],
            "fan_out_max": spread["fan_out_max"],
            "mean_abs_weight": _mean_size(layer.weights),
            "n_bytes": _n_bytes(layer) + layer.n_out * network.biases.itemsize,
            "format": _format(layer),
        }
        for layer, n_active_in, n_active_out, spread in per_layer
    ]
    index = pd.Index([*range(1, len(rows) + 1), "total"], name="layer")
    return pd.DataFrame([*rows, _total(rows, network.weights)], index=index)


def _total(rows, weights):
    """Return what holds for all layers: sums, and the network's ends."""
    n_connections = sum(row["n_connections"] for row in rows)
    positions = sum(row["n_in"] * row["n_out"] for row in rows)
    formats = {row["format"] for row in rows}
    return {
        "n_in": rows[0]["n_in"],
        "n_out": rows[-1]["n_out"],
        "n_connections": n_connections,
        "density": n_connections / positions,
        "active_in": rows[0]["active_in"],
        "active_out": rows[-1]["active_out"],
        "fan_in_mean": n_connections / sum(row["n_out"] for row in rows),
        "fan_in_max": max(row["fan_in_max"] for row in rows),
        "fan_out_mean": n_connections / sum(row["n_in"] for row in rows),
        "fan_out_max": max(row["fan_out_max"] for row in rows),
        "mean_abs_weight": _mean_size(weights),
        "n_bytes": sum(row["n_bytes"] for row in rows),
        "format": formats.pop() if len(formats) == 1 else "mixed",
    }


def _density(layer):
    return layer.indices.size / (layer.n_in * layer.n_out)


def _mean_size(weights):
    """Return the mean absolute weight; NaN without connections."""
    return float(np.abs(weights).mean(dtype=np.float64)) if weights.size else np.nan


def _n_bytes(layer):
    return layer.weights.nbytes + layer.indices.nbytes + layer.indptr.nbytes


def _format(layer):
    if not layer.indices.size:
        return "csr"
    return suggest_format(layer.n_in, layer.n_out, density=_density(layer))
