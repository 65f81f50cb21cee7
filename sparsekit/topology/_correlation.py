"""How strongly each feature correlates with the others, without all the pairs."""

from numbers import Integral

import numpy as np
from scipy import sparse
from sklearn.utils import check_array

from sparsekit._layout import sound
from sparsekit.topology._check_layers import check_generator

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
        which stands for the mean where the inputs are standardised: a correlation is
        the weaker the more is missing.
    rng : numpy.random.Generator
        Used for the projections only.
    fill : ndarray of shape (n_features,) or None, default=None
        For CSR input, what an entry that is not stored stands for; None for 0.
    n_projections : int or None, default=None
        None computes all pairs up to 1000 features, and 100 projections beyond. A
        number asks for so many projections.

    Returns
    -------
    ndarray of shape (n_features,), float64
        ``s_j = sum over k != j of |r_jk|`` with Pearson's correlation r, which is 0 for
        a feature that does not vary.

    Raises
    ------
    ValueError
        If X is no table of numbers, or has no rows or no columns; if `fill` does not
        have a number for each feature, or `n_projections` is out of range;
        if X is a malformed sparse matrix.
    TypeError
        If `rng` is no generator.

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
    X = check_array(
        sound(X),
        accept_sparse="csr",
        ensure_all_finite="allow-nan",
        ensure_min_samples=0,
        ensure_min_features=0,
        input_name="X",
    )
    if not all(X.shape):
        raise ValueError(f"X must have rows and columns; its shape is {X.shape}.")
    check_generator(rng)
    if fill is not None:
        fill = np.asarray(fill, dtype=np.float64)
        if fill.shape != X.shape[1:] or not np.isfinite(fill).all():
            raise ValueError(
                f"fill must hold a finite number for each of the {X.shape[1]} "
                f"features; got {fill}."
            )
    is_count = isinstance(n_projections, Integral) and n_projections >= 1
    if n_projections is not None and not is_count:
        raise ValueError(
            f"n_projections must be an integer >= 1 or None, got {n_projections!r}."
        )
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
    """Samples whose features are centred and of length 1, without being so stored."""

    def __init__(self, X, fill) -> None:
        self.shape = n_samples, n_features = X.shape
        offset = np.zeros(n_features)
        if sparse.issparse(X):
            data = np.nan_to_num(X.data.astype(np.float64), nan=0.0, copy=False)
            if fill is not None:
                # Centring takes away the constant that entries not stored stand for.
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
