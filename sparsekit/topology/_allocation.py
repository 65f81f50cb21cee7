"""How many connections each layer gets."""

from collections.abc import Sequence

import numpy as np


def erdos_renyi_counts(sizes: Sequence[int], sparsity: float) -> np.ndarray:
    """Share connections over layers by the Erdos-Renyi rule.

    The density of a layer is proportional to ``(n_in + n_out) / (n_in * n_out)``, so
    that its number of connections is proportional to its number of neurons. Layers
    that would reach density 1 are dense and the others make up for it. The total is
    exactly ``round((1 - sparsity) * positions)``.

    Parameters
    ----------
    sizes : sequence of int
        Neurons per level, inputs first, outputs last.
    sparsity : float
        Share of absent connections over all layers, in [0, 1).

    Returns
    -------
    ndarray of shape (len(sizes) - 1,), int64
        Connections per layer.

    Raises
    ------
    ValueError
        If a layer would have no connection at all.

    References
    ----------
    Mocanu et al., "Scalable training of artificial neural networks with adaptive
    sparse connectivity inspired by network science", Nature Communications 9, 2018,
    equation 1; made exact for a given sparsity as in Evci et al., "Rigging the
    lottery", ICML 2020.

    Examples
    --------
    >>> erdos_renyi_counts([30, 100, 100, 2], sparsity=0.9)
    array([441, 679, 200])
    """
    n_in = np.asarray(sizes[:-1], dtype=np.int64)
    n_out = np.asarray(sizes[1:], dtype=np.int64)
    positions = n_in * n_out
    goal = round((1.0 - sparsity) * int(positions.sum()))
    wanted = _fill_up(n_in + n_out, positions, goal)
    counts = _round_to_total(wanted, positions, goal)
    if (counts == 0).any():
        layer = int(np.argmin(counts))
        raise ValueError(
            f"sparsity={sparsity} leaves layer {layer} ({n_in[layer]} x "
            f"{n_out[layer]}) without a connection; use a lower sparsity or larger "
            "hidden_layer_sizes."
        )
    return counts


def _fill_up(share, positions, goal):
    """Scale `share` to sum to `goal`, where no layer exceeds its positions."""
    dense = np.zeros(share.size, dtype=bool)
    while True:
        rest = goal - positions[dense].sum()
        open_share = share[~dense].sum()
        scale = rest / open_share if open_share else 0.0
        wanted = np.where(dense, positions, scale * share)
        too_many = ~dense & (wanted >= positions)
        if not too_many.any():
            return wanted
        dense |= too_many


def _round_to_total(wanted, positions, goal):
    """Round to integers that sum to `goal`: the largest remainders go up."""
    counts = np.minimum(np.floor(wanted).astype(np.int64), positions)
    remainder = np.where(counts < positions, wanted - counts, -1.0)
    missing = goal - int(counts.sum())
    counts[np.argsort(-remainder, kind="stable")[:missing]] += 1
    return counts
