"""Every neuron gets the same number of inputs."""

from collections.abc import Mapping

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.kernels.topologies import draw_rows
from sparsekit.topology._initial import index_type


class ConstantFanIn(BaseEstimator):
    """Every output neuron has the same number of random inputs, or one more.

    Which neurons have one more, where the numbers do not divide, is random, too. With a
    constant fan-in no neuron starts dead and all start with signals of the same scale.

    References
    ----------
    Lasby et al., "Dynamic sparse training with structured sparsity", ICLR 2024, which
    keeps the fan-in constant throughout the training, too; here it is that of the
    beginning.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import ConstantFanIn
    >>> indptr, indices = ConstantFanIn().draw(9, 4, 11, np.random.default_rng(0))
    >>> sorted(np.diff(indptr).tolist())
    [2, 3, 3, 3]
    """

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
            Not used.

        Returns
        -------
        indptr : ndarray of shape (n_out + 1,), int64
            Where the connections of each output neuron start and end.
        indices : ndarray of shape (count,)
            Sorted within each row, without duplicates. Complexity: O(count + n_out).
        """
        fan_in = np.full(n_out, count // n_out, dtype=np.int64)
        fan_in[rng.permutation(n_out)[: count % n_out]] += 1
        indptr = np.concatenate([[0], np.cumsum(fan_in)])
        indices = np.empty(count, dtype=index_type(n_in))
        draw_rows(rng.integers(2**64, dtype=np.uint64), n_in, indptr, indices)
        return indptr, indices
