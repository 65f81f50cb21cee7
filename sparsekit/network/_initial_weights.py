"""Random weights of the size that keeps the scale of signals."""

import numpy as np

from sparsekit.network._activations import variance_gain
from sparsekit.network._arrays import SparseNetwork

#: Names of the distributions of first weights.
WEIGHT_INITS = ("he", "glorot", "he_dense", "glorot_dense")


def draw_weights(
    network: SparseNetwork, weight_init: str, rng: np.random.Generator
) -> None:
    """Draw all weights anew, in place.

    The weight between an input with `fan_out` and an output with `fan_in` connections
    in the layer is uniform with mean 0 and variance

    - ``g / fan_in`` ("he"), with the gain g of the activation of the layer's outputs,
      see `variance_gain`; the output level counts as linear. Signals keep their scale
      on the way forward, whatever the topology;
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
    for layer in range(1, network.n_layers + 1):
        limit = weight_limits(network, layer, weight_init)
        draws = rng.random(limit.size, dtype=network.dtype)
        network.weights[network.connections(layer)] = (2 * draws - 1) * limit


def weight_limits(network: SparseNetwork, layer: int, weight_init: str) -> np.ndarray:
    """Return the largest size of each weight of a layer: root of 3 times the variance.

    It is computed in double precision and rounded once.
    """
    rule, _, dense = weight_init.partition("_")
    arrays = network.layer(layer)
    real_fan_in = np.diff(arrays.indptr)
    fan_in = np.full_like(real_fan_in, arrays.n_in) if dense else real_fan_in
    if rule == "he":
        # A variance for each row.
        limit = np.sqrt(3.0 * _gain(network, layer) / np.maximum(fan_in, 1))
        return np.repeat(limit.astype(network.dtype), real_fan_in)
    if dense:
        fan_out = arrays.n_out
    else:
        fan_out = np.bincount(arrays.indices, minlength=arrays.n_in)[arrays.indices]
    fans = np.repeat(fan_in, real_fan_in) + fan_out
    return np.sqrt(3.0 * 2.0 / fans).astype(network.dtype)


def _gain(network, layer):
    if layer == network.n_layers:
        return 1.0
    return variance_gain(int(network.kinds[layer]), float(network.slopes[layer]))
