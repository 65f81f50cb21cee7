"""One layer's connections, as pruners and growers see them."""

from typing import NamedTuple

import numpy as np


class Layer(NamedTuple):
    """A layer in CSR by output neuron, and what is known about it; read only.

    The first four fields are always there. Each of the others is None unless a
    strategy asks for it by name in its class attribute ``needs``, see
    :func:`needs_of`: what nobody asks for is not computed.

    Attributes
    ----------
    indptr : ndarray of shape (n_out + 1,)
        Row `i` holds the connections ``indptr[i]`` to ``indptr[i + 1]``.
    indices : ndarray of shape (n_connections,)
        Input neuron of each connection, sorted within a row, without duplicates.
    weights : ndarray of shape (n_connections,)
    n_in : int
        Number of input neurons.
    input_rates : ndarray of shape (n_in,) or None
        Share of the samples in which each input is observed, in [0, 1]. None also
        where all inputs are alike, as the hidden neurons are.
    """

    indptr: np.ndarray
    indices: np.ndarray
    weights: np.ndarray
    n_in: int
    input_rates: np.ndarray | None = None

    @property
    def n_out(self) -> int:
        """Number of output neurons."""
        return self.indptr.size - 1

    @property
    def n_free(self) -> int:
        """Number of positions without a connection."""
        return self.n_out * self.n_in - self.indices.size


def needs_of(*strategies) -> frozenset[str]:
    """Return the names of the fields of `Layer` that any of the strategies asks for.

    A strategy asks by a class attribute ``needs``, a frozenset of names; one without
    it asks for nothing.

    Examples
    --------
    >>> from sparsekit.topology import ObservedGrower, SETPruner, needs_of
    >>> sorted(needs_of(SETPruner(), ObservedGrower()))
    ['input_rates']
    """
    return frozenset().union(*(getattr(s, "needs", ()) for s in strategies))
