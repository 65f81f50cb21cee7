"""Samples as correlations see them: features centred and of unit norm."""

import numpy as np
from scipy import sparse

# Values of dense input that are in double precision at a time: 8 MB.
_BLOCK_VALUES = 2**20


class CenteredFeatures:
    """A view of the samples with centred features of unit norm.

    Products of its columns are Pearson correlations. Nothing of the size of the samples
    is made beside them but, for CSR input, the stored values once more.

    Parameters
    ----------
    X : ndarray or scipy.sparse CSR array of shape (n_samples, n_features)
        NaN counts as 0.
    fill : ndarray of shape (n_features,) or None, default=None
        For CSR input, the value of the entries that are not stored. None means 0.

    Attributes
    ----------
    scale : ndarray of shape (n_features,)
        What centred features are multiplied by; 0 for one that does not vary.
    """

    def __init__(self, X, fill=None) -> None:
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
        self._by_column = None
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

    def columns(self, features):
        """Return some centred features of unit norm, shape (n_samples, n)."""
        columns = self._raw(features)
        columns -= self.mean[features]
        columns *= self.scale[features]
        return columns

    def correlations_of(self, features):
        """Return the correlations of all features with some, shape (n_features, n).

        Complexity: O(n * stored values).
        """
        return self.correlations_with(self.columns(features))

    def correlations_between(self, first, second):
        """Return the correlation of each pair of features, shape (n_pairs,).

        Complexity: O(pairs * samples).
        """
        correlations = np.empty(first.size)
        step = max(1, _BLOCK_VALUES // self.shape[0])
        for start in range(0, first.size, step):
            pairs = slice(start, start + step)
            correlations[pairs] = np.einsum(
                "ij,ij->j", self.columns(first[pairs]), self.columns(second[pairs])
            )
        return correlations

    def _raw(self, features):
        """Return some features as a dense array of its own."""
        if sparse.issparse(self.X):
            if self._by_column is None:
                self._by_column = self.X.tocsc()
            return self._by_column[:, features].toarray()
        columns = self.X[:, features].astype(np.float64)
        return np.nan_to_num(columns, nan=0.0, copy=False)
