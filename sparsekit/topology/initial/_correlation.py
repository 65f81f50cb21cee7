"""Initial topology by the correlations of the inputs."""

from collections.abc import Mapping

import numpy as np
from scipy import sparse

from sparsekit.kernels.sampling import draw_by_column
from sparsekit.topology.initial._base import BaseInitialTopology
from sparsekit.topology.initial._random import RandomTopology, rows_of


class CorrelationTopology(BaseInitialTopology):
    """More connections for inputs that correlate strongly with other inputs.

    Free positions are drawn one after another with a probability proportional to
    ``s_j``, the sum of the absolute correlations of their input `j` with all other
    inputs. Inputs without any correlation come last. This applies to the first layer;
    the others start as in :class:`RandomTopology`.

    All pairs are computed for up to 1000 inputs. For more, `s_j` is estimated from 100
    random projections.

    Notes
    -----
    :meth:`draw` gets the ``input_strengths`` `s_j` as one of its facts: an ndarray of
    shape (n_in,), not negative, or None for other layers than the first. Complexity:
    O(count log count + n_in + n_out).

    References
    ----------
    "Correlated sparse topological initialization" (CSTI): Zhang et al., "Epitopological
    learning and Cannistraci-Hebb network shape intelligence brain-inspired theory for
    ultra-sparse advantage in deep learning", ICLR 2024; arXiv 2501.19107, appendix D.
    There hidden neuron `i` corresponds to input `i`, and the layer has the pairs with
    the largest absolute correlations, or pairs drawn in proportion to them; so the
    hidden level has as many neurons as there are inputs, or twice as many, and all
    correlations are in memory. Here the inputs get as many connections as in those
    draws on average, to random hidden neurons, of which there can be any number.

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
        given = None if facts is None else facts.get("input_strengths")
        if given is None:
            return RandomTopology().draw(n_in, n_out, count, rng)
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


# Up to so many features all pairs are computed, some features at a time.
_ALL_PAIRS = 1000
_BLOCK = 256

# Values of dense input that are in double precision at a time: 8 MB.
_BLOCK_VALUES = 2**20


def correlation_strengths(
    X,
    rng: np.random.Generator,
    *,
    fill: np.ndarray | None = None,
    n_projections: int | None = None,
) -> np.ndarray:
    """Return the sum of the absolute correlations of each feature with all others.

    Parameters
    ----------
    X : ndarray or scipy.sparse CSR array of shape (n_samples, n_features)
        The inputs of the network, with missing values as NaN or as 0. NaN counts as 0,
        which is the mean of standardised inputs: the more values are missing, the
        weaker the correlation.
    rng : numpy.random.Generator
        Used for the projections only.
    fill : ndarray of shape (n_features,) or None, default=None
        For CSR input, the value of the entries that are not stored. None means 0.
    n_projections : int or None, default=None
        None means all pairs for up to 1000 features, and 100 projections for more.

    Returns
    -------
    ndarray of shape (n_features,), float64
        ``s_j = sum over k != j of |r_jk|`` with Pearson's correlation r, which is 0 for
        a feature that does not vary.

    Notes
    -----
    A sum of Cauchy numbers with weights r_jk is a Cauchy number times ``sum |r_jk|``
    (Indyk, "Stable distributions, pseudorandom generators, embeddings, and data stream
    computation", Journal of the ACM 53, 2006, theorem 3). The correlations with m
    random combinations of features take O(m * stored values), and the median of their
    sizes estimates the sum with a relative standard error of ``pi / (2 sqrt(m))``.
    Memory beside the input: O((n_samples + n_features) * m), or O((n_samples +
    n_features) * 256) for all pairs, whose time is O(n_features * stored values); for
    CSR input the stored values once more.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(500, 4))
    >>> X[:, 1] = X[:, 0] + 0.1 * rng.normal(size=500)
    >>> correlation_strengths(X, rng).round(1)
    array([1.1, 1.1, 0.1, 0.1])
    """
    table = _Table(X, fill)
    n_features = table.scale.size
    if n_projections is None and n_features <= _ALL_PAIRS:
        return _all_pairs(table)
    m = 100 if n_projections is None else n_projections
    combinations = rng.standard_cauchy(size=(n_features, m))
    mixed = table.correlations_with(table.combine(combinations))
    # A feature's correlation with itself is known, 1, and does not count.
    mixed -= combinations
    return np.where(table.scale > 0, np.median(np.abs(mixed), axis=1), 0.0)


def _all_pairs(table):
    n_features = table.scale.size
    strengths = np.zeros(n_features)
    for start in range(0, n_features, _BLOCK):
        block = np.arange(start, min(start + _BLOCK, n_features))
        chosen = np.zeros((n_features, block.size))
        chosen[block, block - start] = 1.0
        correlations = np.abs(table.correlations_with(table.combine(chosen)))
        correlations[block, block - start] = 0.0
        strengths[block] = correlations.sum(axis=0)
    return strengths


class _Table:
    """A view of the samples with centred features of unit norm."""

    def __init__(self, X, fill) -> None:
        self.shape = n_samples, n_features = X.shape
        offset = np.zeros(n_features)
        if sparse.issparse(X):
            data = np.nan_to_num(X.data.astype(np.float64), nan=0.0, copy=False)
            if fill is not None:
                # Centring removes the constant value of the entries not stored.
                offset = fill
                data -= offset[X.indices]
            X = sparse.csr_array((data, X.indices, X.indptr), shape=X.shape)
        self.X = X
        total, squares = np.zeros((2, n_features))
        for _, values in self._blocks():
            total += values.sum(axis=0)
            squares += (values * values).sum(axis=0)
        self.mean = total / n_samples
        variation = squares - n_samples * self.mean**2
        # A feature that varies by rounding, even in single precision, is constant.
        varies = variation > 1e-12 * (squares + n_samples * offset**2)
        self.scale = np.zeros(n_features)
        self.scale[varies] = 1.0 / np.sqrt(variation[varies])

    def _blocks(self):
        """Yield rows and their values in double precision; CSR is no larger so."""
        if sparse.issparse(self.X):
            yield slice(None), self.X
            return
        n_samples, n_features = self.shape
        step = max(1, _BLOCK_VALUES // n_features)
        for start in range(0, n_samples, step):
            rows = slice(start, start + step)
            values = self.X[rows].astype(np.float64)
            yield rows, np.nan_to_num(values, nan=0.0, copy=False)

    def combine(self, weights):
        """Return combinations of the features, shape (n_samples, n_combinations)."""
        weights = weights * self.scale[:, np.newaxis]
        combined = np.empty((self.shape[0], weights.shape[1]))
        for rows, values in self._blocks():
            combined[rows] = values @ weights
        return combined - self.mean @ weights

    def correlations_with(self, combined):
        """Return the products of every feature with centred combinations."""
        products = np.zeros((self.shape[1], combined.shape[1]))
        for rows, values in self._blocks():
            products += values.T @ combined[rows]
        return self.scale[:, np.newaxis] * products
