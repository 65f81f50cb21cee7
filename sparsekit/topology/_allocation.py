"""How many connections each layer gets."""

from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.topology._parameters import check_flag, check_number
from sparsekit.topology._shares import shapes, share_out, without_gaps


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
    n_in, n_out = shapes(sizes)
    return share_out(n_in + n_out, n_in, n_out, sparsity, dense_output=False)


class ErdosRenyi(BaseEstimator):
    """Give a layer connections in proportion to its neurons.

    Small layers get a higher density than large ones. For fully connected layers, the
    only ones here, the "Erdos-Renyi kernel" rule of convolutional networks is the same
    rule.

    Parameters
    ----------
    epsilon : float or None, default=None
        None shares out as many connections as the sparsity leaves, see
        :func:`erdos_renyi_counts`. A number gives each layer ``epsilon * (n_in +
        n_out)`` connections, rounded and at most all, whatever the sparsity.
    dense_output : bool, default=False
        Whether the last layer has all its connections, at the cost of the others where
        a sparsity is to be met.

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
            Share of absent connections over all layers, in [0, 1); not used with an
            `epsilon`.

        Returns
        -------
        ndarray of shape (len(sizes) - 1,), int64
            At least one for each layer; without `epsilon` they sum to ``round((1 -
            sparsity) * positions)``.

        Raises
        ------
        ValueError
            If `epsilon` is not positive, or a layer would have no connection at all.
        """
        n_in, n_out = shapes(sizes)
        self.check_parameters()
        if self.epsilon is None:
            share = n_in + n_out
            return share_out(share, n_in, n_out, sparsity, self.dense_output)
        wanted = np.minimum(self.epsilon * (n_in + n_out), n_in * n_out)
        counts = np.rint(wanted).astype(np.int64)
        if self.dense_output:
            counts[-1] = n_in[-1] * n_out[-1]
        return without_gaps(counts, n_in, n_out, f"epsilon={self.epsilon}", "higher")

    def check_parameters(self) -> None:
        """Raise ValueError if a parameter is none of those allowed."""
        check_number(self, "epsilon", closed="neither", or_none=True)
        check_flag(self, "dense_output")


class Uniform(BaseEstimator):
    """Give every layer the same density.

    Parameters
    ----------
    dense_output : bool, default=False
        Whether the last layer has all its connections, and the others are as much
        sparser.

    Examples
    --------
    >>> Uniform().counts([30, 100, 100, 2], sparsity=0.9)
    array([ 300, 1000,   20])
    >>> Uniform(dense_output=True).counts([30, 100, 100, 2], sparsity=0.9)
    array([258, 862, 200])
    """

    def __init__(self, dense_output: bool = False):
        self.dense_output = dense_output

    def counts(self, sizes: Sequence[int], sparsity: float) -> np.ndarray:
        """Return the connections of each layer.

        Parameters
        ----------
        sizes : sequence of int
            Neurons per level, inputs first, outputs last.
        sparsity : float
            Share of absent connections over all layers, in [0, 1).

        Returns
        -------
        ndarray of shape (len(sizes) - 1,), int64
            At least one for each layer. They sum to ``round((1 - sparsity) *
            positions)``; each is the exact share, rounded down or up.

        Raises
        ------
        ValueError
            If a layer would have no connection at all.
        """
        self.check_parameters()
        n_in, n_out = shapes(sizes)
        return share_out(n_in * n_out, n_in, n_out, sparsity, self.dense_output)

    def check_parameters(self):
        """Raise ValueError if a parameter is none of those allowed."""
        check_flag(self, "dense_output")


class PerLayer(BaseEstimator):
    """Give each layer what the user says.

    Parameters
    ----------
    sparsities : sequence of float or None, default=None
        Share of absent connections of each layer, in [0, 1), first layer first.
    n_connections : sequence of int or None, default=None
        Or the number of connections of each layer. Exactly one of both is given.

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
            Not used: what each layer gets has been said.

        Returns
        -------
        ndarray of shape (len(sizes) - 1,), int64
            ``round((1 - sparsity) * positions)`` with the layer's own sparsity.

        Raises
        ------
        ValueError
            If not exactly one of both lists is given, its length is not the number of
            layers, or a number is out of its range.
        """
        if (self.sparsities is None) == (self.n_connections is None):
            raise ValueError(
                "PerLayer: one of sparsities and n_connections must be given; got "
                f"{self.sparsities!r} and {self.n_connections!r}."
            )
        n_in, n_out = shapes(sizes)
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
            return without_gaps(counts, n_in, n_out, f"sparsities={given}", "lower")
        whole = np.issubdtype(given.dtype, np.integer)
        if not whole or not ((given >= 1) & (given <= positions)).all():
            raise ValueError(
                f"n_connections must be whole numbers from 1 to {positions}, layer by "
                f"layer; got {given}."
            )
        return given.astype(np.int64)
