"""Allocations: how many connections each layer gets."""

from collections.abc import Sequence
from functools import partial
from numbers import Real
from operator import mul
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.topology._contract import FLAG, Number, Strategy


class ErdosRenyi(Strategy):
    """Connections in proportion to the number of neurons of a layer.

    The density of a layer is proportional to ``(n_in + n_out) / (n_in * n_out)``, so
    that small layers get a higher density than large ones. Layers that would reach
    density 1 are dense, and the others make up for it. For fully connected layers, the
    only ones here, the "Erdos-Renyi kernel" rule of convolutional networks is the same
    rule.

    Parameters
    ----------
    epsilon : float or None, default=None
        None divides the connections that the sparsity leaves, exactly
        ``round((1 - sparsity) * positions)``. A number gives each layer
        ``epsilon * (n_in + n_out)`` connections, rounded and at most all, whatever the
        sparsity.
    dense_output : bool, default=False
        Whether the last layer has all its connections. The sparsity is then that of the
        other layers, as most papers count it; the whole network has more connections.

    References
    ----------
    Mocanu et al., Nature Communications 9, 2018, equation 1 (`epsilon`); Evci et al.,
    "Rigging the lottery", ICML 2020, section 3 (a given sparsity).

    Examples
    --------
    >>> ErdosRenyi().counts([30, 100, 100, 2], sparsity=0.9)
    array([441, 679, 200])
    >>> ErdosRenyi(epsilon=3).counts([30, 100, 100, 2], sparsity=0.9)
    array([390, 600, 200])
    """

    _allowed: ClassVar[dict] = {
        "epsilon": Number(closed="neither", or_none=True),
        "dense_output": FLAG,
    }

    def __init__(self, epsilon: float | None = None, dense_output: bool = False):
        self.epsilon = epsilon
        self.dense_output = dense_output

    def counts(self, sizes: Sequence[int], sparsity: float) -> np.ndarray:
        """Return the connections of each layer.

        Parameters
        ----------
        sizes : sequence of int
            Neurons per level, inputs first, outputs last.
        sparsity : float
            Fraction of absent connections over all layers, but for a dense output, in
            [0, 1); not used with an `epsilon`.

        Returns
        -------
        ndarray of shape (len(sizes) - 1,), int64
            At least one for each layer. Without `epsilon` those of the layers that
            share `sparsity` sum to ``round((1 - sparsity) * positions)``.

        Raises
        ------
        ValueError
            If `epsilon` is not positive, or a layer would have no connection at all.
        """
        n_in, n_out = _shapes(sizes)
        self.check_parameters()
        if self.epsilon is None:
            weights = n_in + n_out
            return _counts(weights, n_in, n_out, sparsity, self.dense_output)
        wanted = np.minimum(self.epsilon * (n_in + n_out), n_in * n_out)
        counts = np.rint(wanted).astype(np.int64)
        if self.dense_output:
            counts[-1] = n_in[-1] * n_out[-1]
        if not counts.all():
            _refuse_empty_layer(
                counts, n_in, n_out, "epsilon", self.epsilon, direction="higher"
            )
        return counts


class Uniform(Strategy):
    """The same density for every layer.

    Parameters
    ----------
    dense_output : bool, default=False
        Whether the last layer has all its connections. The sparsity is then that of the
        other layers, as most papers count it; the whole network has more connections.

    Examples
    --------
    >>> Uniform().counts([30, 100, 100, 2], sparsity=0.9)
    array([ 300, 1000,   20])
    >>> Uniform(dense_output=True).counts([30, 100, 100, 2], sparsity=0.9)
    array([ 300, 1000,  200])
    """

    _allowed: ClassVar[dict] = {"dense_output": FLAG}

    def __init__(self, dense_output: bool = False):
        self.dense_output = dense_output

    def counts(self, sizes: Sequence[int], sparsity: float) -> np.ndarray:
        """Return the connections of each layer.

        Parameters
        ----------
        sizes : sequence of int
            Neurons per level, inputs first, outputs last.
        sparsity : float
            Fraction of absent connections over all layers, but for a dense output, in
            [0, 1).

        Returns
        -------
        ndarray of shape (len(sizes) - 1,), int64
            At least one for each layer. Those of the layers that share `sparsity` sum
            to ``round((1 - sparsity) * positions)``; each is the exact number, rounded
            down or up.

        Raises
        ------
        ValueError
            If a layer would have no connection at all.
        """
        self.check_parameters()
        n_in, n_out = _shapes(sizes)
        return _counts(n_in * n_out, n_in, n_out, sparsity, self.dense_output)


class PerLayer(BaseEstimator):
    """A given sparsity or number of connections for each layer.

    Parameters
    ----------
    sparsities : sequence of float or None, default=None
        Fraction of absent connections of each layer, in [0, 1), first layer first.
    n_connections : sequence of int or None, default=None
        Number of connections of each layer. Exactly one of the two parameters is given.

    Examples
    --------
    >>> PerLayer([0.9, 0.95, 0.0]).counts([30, 100, 100, 2], sparsity=0.9)
    array([300, 500, 200])
    >>> PerLayer(n_connections=[400, 600, 50]).counts([30, 100, 100, 2], sparsity=0.9)
    array([400, 600,  50])
    """

    def __init__(
        self,
        sparsities: Sequence[float] | None = None,
        *,
        n_connections: Sequence[int] | None = None,
    ):
        self.sparsities = sparsities
        self.n_connections = n_connections

    def counts(self, sizes: Sequence[int], sparsity: float) -> np.ndarray:
        """Return the connections of each layer.

        Parameters
        ----------
        sizes : sequence of int
            Neurons per level, inputs first, outputs last.
        sparsity : float
            Not used.

        Returns
        -------
        ndarray of shape (len(sizes) - 1,), int64
            ``round((1 - sparsity) * positions)`` with the layer's own sparsity.

        Raises
        ------
        ValueError
            If not exactly one of the two lists is given, if its length is not the
            number of layers, or if a number is out of range.
        """
        if (self.sparsities is None) == (self.n_connections is None):
            raise ValueError(
                "PerLayer: one of sparsities and n_connections must be given; got "
                f"{self.sparsities!r} and {self.n_connections!r}."
            )
        n_in, n_out = _shapes(sizes)
        positions = n_in * n_out
        name = "sparsities" if self.n_connections is None else "n_connections"
        given = np.asarray(getattr(self, name))
        if given.shape != positions.shape:
            raise ValueError(
                f"{name} must hold a number for each of the {positions.size} layers; "
                f"got {getattr(self, name)!r}."
            )
        if name == "sparsities":
            if not ((given >= 0) & (given < 1)).all():
                raise ValueError(f"sparsities must lie in [0, 1); got {given}.")
            counts = np.rint((1.0 - given) * positions).astype(np.int64)
            if not counts.all():
                _refuse_empty_layer(counts, n_in, n_out, "sparsities", given)
            return counts
        whole = np.issubdtype(given.dtype, np.integer)
        if not whole or not ((given >= 1) & (given <= positions)).all():
            raise ValueError(
                f"n_connections must be whole numbers from 1 to {positions}, layer by "
                f"layer; got {given}."
            )
        return given.astype(np.int64)


# Those that need no arguments have a name.
ALLOCATIONS: dict[str, Any] = {
    "erdos_renyi": ErdosRenyi,
    "uniform": Uniform,
    "erdos_renyi_dense_output": partial(ErdosRenyi, dense_output=True),
    "uniform_dense_output": partial(Uniform, dense_output=True),
}


def n_layers_sharing(allocation: Any, n_layers: int) -> int:
    """Return how many of the first layers share the sparsity: not a dense output."""
    return n_layers - bool(getattr(allocation, "dense_output", False))


def _shapes(sizes):
    """Return the numbers of inputs and of outputs of each layer."""
    levels = np.asarray(sizes)
    if not levels.size:
        raise ValueError("sizes is empty; it must hold the neurons of each level.")
    # Whole numbers beyond 64 bits are objects.
    if levels.ndim != 1 or levels.dtype.kind not in "iu" or (levels < 0).any():
        raise ValueError(f"sizes must be whole numbers of at least 0; got {sizes}.")
    whole = levels.tolist()
    if sum(map(mul, whole, whole[1:])) > np.iinfo(np.int64).max:
        raise ValueError(f"sizes={sizes} have more positions than 64 bits can count.")
    levels = levels.astype(np.int64)
    return levels[:-1], levels[1:]


def _counts(weights, n_in, n_out, sparsity, dense_output):
    """Divide the connections that `sparsity` leaves in proportion to `weights`.

    With `dense_output` the last layer takes no part, and has all its positions.
    """
    if not isinstance(sparsity, Real) or not 0 <= sparsity < 1:
        raise ValueError(f"sparsity must be a number in [0, 1); got {sparsity!r}.")
    counts = n_in * n_out
    n_sharing = weights.size - bool(dense_output)
    positions = counts[:n_sharing]
    goal = round((1.0 - sparsity) * int(positions.sum()))
    none = np.zeros_like(positions)
    counts[:n_sharing] = apportion(weights[:n_sharing], goal, none, positions)
    if not counts.all():
        _refuse_empty_layer(counts, n_in, n_out, "sparsity", sparsity)
    return counts


def _refuse_empty_layer(counts, n_in, n_out, name, value, direction="lower"):
    """Raise because a layer would have no connection."""
    layer = int(np.argmin(counts))
    raise ValueError(
        f"{name}={value} leaves layer {layer} ({n_in[layer]} x {n_out[layer]}) without "
        f"a connection; use a {direction} {name} or larger hidden_layer_sizes."
    )


def apportion(
    weights: np.ndarray, total: int, lower: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    """Divide `total` in proportion to `weights`, within bounds, in whole numbers.

    The quota of layer `l` is ``min(max(level * weights[l], lower[l]), upper[l])`` with
    the one level at which the quotas sum to `total`; it is rounded down, and those with
    the largest remainders get one more, of equal ones the first.

    Parameters
    ----------
    weights : array-like of shape (n_layers,)
        Not negative. Where all layers with a positive weight are full, the rest goes to
        the others in proportion to their `upper`.
    total : int
        Between the sums of `lower` and of `upper`.
    lower, upper : array-like of shape (n_layers,), int
        The least and the most that each layer can get.

    Returns
    -------
    ndarray of shape (n_layers,), int64
        Sums to `total`. Complexity: O(n_layers ** 2).

    Examples
    --------
    >>> apportion([5, 3, 2], 7, lower=[0, 0, 0], upper=[9, 2, 9])
    array([4, 2, 1])
    """
    weights = np.asarray(weights, dtype=np.float64)
    lower = np.asarray(lower, dtype=np.int64)
    upper = np.asarray(upper, dtype=np.int64)
    weighs = weights > 0
    if np.where(weighs, upper, lower).sum() < total:
        weights = np.where(weighs, 0.0, upper)
        lower = np.where(weighs, upper, lower)
        weighs = weights > 0
    # The sum of the bounded quotas is piecewise linear in the level, with corners where
    # a quota reaches one of its bounds.
    bounds = np.concatenate([lower[weighs], upper[weighs]])
    corners = np.sort(bounds / np.tile(weights[weighs], 2))
    sums = np.clip(corners[:, np.newaxis] * weights, lower, upper).sum(axis=1)
    level = np.interp(total, sums, corners) if corners.size else 0.0
    quotas = np.clip(level * weights, lower, upper)
    counts = np.floor(quotas).astype(np.int64)
    n_more = total - int(counts.sum())
    # Rounded, so that of equal remainders the first is the largest on every machine.
    remainders = np.round(quotas - counts, 6)
    counts[np.argsort(-remainders, kind="stable")[:n_more]] += 1
    return counts
