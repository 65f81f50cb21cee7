"""Replace connections of a network that trains."""

import numpy as np

from sparsekit.kernels.wiring import replace_connections
from sparsekit.topology import plan_rewiring


def rewire(network, state, pruner, grower, fraction, rng, facts=None):
    """Replace connections in every layer, in place.

    A survivor keeps its weight and its optimizer state; a new connection starts
    with a weight and a state of zero, so growing changes no output. All layers are
    planned before anything changes, and then change in one compiled call. Python
    handles an interruption before or after such a call: it leaves the old network or
    the new one, never half of each, and no copy is needed for that.

    Parameters
    ----------
    network : SparseNetwork
    state : OptimizerState
    pruner, grower : objects
        See `sparsekit.topology`.
    fraction : float
        Share of each layer's connections that is replaced.
    rng : numpy.random.Generator
    facts : dict of str to sequence or None
        What the strategies need to know beside the connections (see `needs_of`): for
        the name of a field of `Layer` its value in every layer, None where a layer has
        none.

    Returns
    -------
    int
        Number of replaced connections. Complexity: O(connections + neurons) time, with
        3 bytes of memory for a connection and 16 for a replaced one.
    """
    layers = _views(network, facts or {})
    plans = plan_rewiring(layers, pruner, grower, fraction, rng)
    grown_ends = np.cumsum([0, *(plan.grown.size for plan in plans)])
    replace_connections(
        network.sizes,
        network.first,
        network.indptr,
        network.indices,
        (network.weights, *state.weight_moments().values()),
        np.concatenate([plan.dropped for plan in plans]),
        np.concatenate([plan.grown for plan in plans]),
        grown_ends,
    )
    return int(grown_ends[-1])


def _views(network, facts):
    """Return the layers with what `facts` tells about each."""
    layers = []
    for number in range(1, network.n_layers + 1):
        known = {name: values[number - 1] for name, values in facts.items()}
        layers.append(network.layer(number)._replace(**known))
    return layers
