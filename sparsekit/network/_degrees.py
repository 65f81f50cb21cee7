"""How connections spread over the neurons."""

from sparsekit.kernels.degrees import degree_spread

_NAMES = (
    "n_active",
    "fan_in_mean",
    "fan_in_std",
    "fan_in_max",
    "fan_out_mean",
    "fan_out_std",
    "fan_out_max",
)
_COUNTS = ("n_active", "fan_in_max", "fan_out_max")


def degree_statistics(network):
    """Return how the connections of each layer spread over its neurons.

    Parameters
    ----------
    network : SparseNetwork

    Returns
    -------
    list of dict of str to int or float, one for each layer
        ``n_active``: neurons on the reading side that somebody reads and that, in
        hidden levels, read something themselves; mean, standard deviation and maximum
        of the connections of an output neuron (``fan_in_...``) and of an input neuron
        (``fan_out_...``). Complexity: O(connections + neurons).
    """
    spread = degree_spread(
        network.sizes, network.first, network.indptr, network.indices
    )
    return [
        {
            name: int(number) if name in _COUNTS else number
            for name, number in zip(_NAMES, layer, strict=True)
        }
        for layer in spread.tolist()
    ]
