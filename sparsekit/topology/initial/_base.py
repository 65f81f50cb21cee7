"""Base class of initial topologies."""

from abc import ABCMeta, abstractmethod
from collections.abc import Mapping

import numpy as np

from sparsekit.topology._contract import Strategy


class BaseInitialTopology(Strategy, metaclass=ABCMeta):
    """Base class of initial topologies, which place the first connections."""

    @abstractmethod
    def draw(
        self,
        n_in: int,
        n_out: int,
        count: int,
        rng: np.random.Generator,
        facts: Mapping[str, np.ndarray | None] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw the connections of a layer.

        Parameters
        ----------
        n_in, n_out : int
            Size of the layer.
        count : int
            Number of connections, at most ``n_in * n_out``.
        rng : numpy.random.Generator
        facts : mapping or None, default=None
            What the topology lists in `needs`, by name.

        Returns
        -------
        indptr : ndarray of shape (n_out + 1,), int64
            Where the connections of each output neuron start and end.
        indices : ndarray of shape (count,)
            Sorted within each row, without duplicates.

        Raises
        ------
        ValueError
            If a parameter has a value that is not allowed, or one of the facts is
            invalid.
        """
