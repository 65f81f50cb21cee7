"""One layer's connections, as pruners and growers see them."""

from typing import NamedTuple

import numpy as np


class Layer(NamedTuple):
    """A layer in CSR by output neuron; read only.

    Attributes
    ----------
    indptr : ndarray of shape (n_out + 1,)
        Row `i` holds the connections ``indptr[i]`` to ``indptr[i + 1]``.
    indices : ndarray of shape (n_connections,)
        Input neuron of each connection, sorted within a row, without duplicates.
    weights : ndarray of shape (n_connections,)
    n_in : int
        Number of input neurons.
    """

    indptr: np.ndarray
    indices: np.ndarray
    weights: np.ndarray
    n_in: int

    @property
    def n_out(self) -> int:
        """Number of output neurons."""
        return self.indptr.size - 1

    @property
    def n_free(self) -> int:
        """Number of positions without a connection."""
        return self.n_out * self.n_in - self.indices.size
