"""Connections start from inputs that correlate with others."""

from collections.abc import Mapping

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.kernels.sampling import draw_by_column
from sparsekit.topology._initial import random_topology, rows_of


class CorrelationTopology(BaseEstimator):
    """Give more connections to inputs that correlate strongly with other inputs.

    Position after position is drawn from those still free, with a probability
    proportional to ``s_j``, the sum of the absolute correlations of its input `j` with
    all other inputs, see :func:`correlation_strengths`. Inputs without any correlation
    come last. This concerns the layer that reads the data; a layer of which
    nothing is known starts as in :class:`RandomTopology`.

    References
    ----------
    "Correlated sparse topological initialization" (CSTI): Zhang et al., "Epitopological
    learning and Cannistraci-Hebb network shape intelligence brain-inspired theory for
    ultra-sparse advantage in deep learning", ICLR 2024; arXiv 2501.19107, appendix D.
    There hidden neuron `i` stands for input `i`, and the layer takes the pairs with the
    largest absolute correlations, or draws pairs with probabilities proportional to
    them; so the hidden level has as many neurons as there are inputs, or twice as many,
    and all correlations are in memory. Here the inputs get as many connections as in
    those draws on average, and the hidden neurons at the other end are random: any
    number of them will do.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import CorrelationTopology
    >>> facts = {"input_strengths": np.array([5.0, 0.1, 5.0, 0.1])}
    >>> rng = np.random.default_rng(0)
    >>> indptr, indices = CorrelationTopology().draw(4, 100, 80, rng, facts)
    >>> np.bincount(indices)[[1, 3]].sum() < 8
    np.True_
    """

    needs = frozenset({"input_strengths"})

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
            ``input_strengths``: ndarray of shape (n_in,), not negative, or None where
            nothing is known.

        Returns
        -------
        indptr : ndarray of shape (n_out + 1,), int64
            Where the connections of each output neuron start and end.
        indices : ndarray of shape (count,)
            Sorted within each row, without duplicates. Complexity: O(count log count +
            n_in + n_out).

        Raises
        ------
        ValueError
            If a strength is negative or not finite, or their number is not `n_in`.
        """
        given = None if facts is None else facts.get("input_strengths")
        if given is None:
            return random_topology(n_in, n_out, count, rng)
        strengths = np.ascontiguousarray(given, dtype=np.float64)
        if (
            strengths.shape != (n_in,)
            or not ((strengths >= 0) & np.isfinite(strengths)).all()
        ):
            raise ValueError(
                f"input_strengths must be {n_in} finite numbers that are not negative, "
                f"one for each input; got {given!r}."
            )
        positions = draw_by_column(
            rng.integers(2**64, dtype=np.uint64),
            np.zeros(n_out + 1, dtype=np.int64),
            np.empty(0, dtype=np.int32),
            np.empty(0, dtype=bool),
            strengths,
            count,
        )
        return rows_of(np.sort(positions), n_in, n_out)
