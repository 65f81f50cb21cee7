"""Protection of the connections that matter to what was learned."""

from numbers import Real

import numpy as np
from scipy import sparse

from sparsekit._utils._sklearn_compat import _align_api_if_sparse
from sparsekit.network import Protection


def with_more_protected(network, protection, scores, fraction, *, frozen):
    """Return the protection with a fraction of the free connections added.

    Parameters
    ----------
    network : SparseNetwork
    protection : Protection or None
        What is protected already.
    scores : ndarray of shape (n_connections,)
        How much each connection matters.
    fraction : float in [0, 1]
        Fraction of the free connections of each layer to add.
    frozen : bool
        Whether the weights of all protected connections keep their values.
    """
    layers = network.layers()
    if protection is None:
        masks = [np.zeros(layer.indices.size, dtype=bool) for layer in layers]
    else:
        masks = protection.masks(network)
    positions = []
    for number, (layer, mask) in enumerate(zip(layers, masks, strict=True), start=1):
        _add_highest(mask, scores[network.connections(number)], fraction)
        positions.append(layer.positions()[mask])
    return Protection(positions, frozen)


def protected_matrices(network, protection):
    """Return a CSR matrix of bool of shape (n_in, n_out) for each layer."""
    matrices = []
    for number, layer in enumerate(network.layers()):
        mine = np.empty(0, dtype=np.int64)
        if protection is not None:
            mine = protection.positions[number]
        outputs, inputs = np.divmod(mine, layer.n_in)
        mask = sparse.csr_array(
            (np.ones(mine.size, dtype=bool), (inputs, outputs)),
            shape=(layer.n_in, layer.n_out),
        )
        matrices.append(_align_api_if_sparse(mask))
    return matrices


def check_options(fraction, importance, protect):
    if not isinstance(fraction, Real) or not 0 <= fraction <= 1:
        raise ValueError(f"fraction must be in [0, 1], got {fraction!r}.")
    for name, value, allowed in (
        ("importance", importance, ("fisher", "mas", "magnitude")),
        ("protect", protect, ("gradient", "pruning")),
    ):
        if value not in allowed:
            raise ValueError(f"{name} must be one of {allowed}, got {value!r}.")


def _add_highest(mask, scores, fraction):
    """Mark that fraction of what is unmarked which has the highest positive scores."""
    free = np.flatnonzero(~mask)
    mine = scores[free]
    count = min(int(fraction * free.size), int(np.count_nonzero(mine > 0)))
    order = np.argsort(-mine, kind="stable")
    mask[free[order[:count]]] = True
