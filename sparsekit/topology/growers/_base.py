"""Base class of growers."""

from abc import ABCMeta, abstractmethod

import numpy as np

from sparsekit.topology._contract import Strategy
from sparsekit.topology._layer import Layer


class BaseGrower(Strategy, metaclass=ABCMeta):
    """Base class of growers, which choose the positions of new connections."""

    @abstractmethod
    def select(
        self, layer: Layer, dropped: np.ndarray, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose the positions of new connections.

        Parameters
        ----------
        layer : Layer
            With the fields that the grower lists in `needs`.
        dropped : ndarray of bool, shape (n_connections,)
            Connections that this rewiring drops. Their positions are free.
        count : int
            Number of connections to add, at most the number of free positions.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of shape (count,), int64
            Positions ``row * n_in + column``, sorted and distinct.

        Raises
        ------
        ValueError
            If a parameter has a value that is not allowed, or a field of the layer that
            the grower needs is None or invalid.
        """
