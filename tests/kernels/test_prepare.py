"""Inputs as the network sees them: standardised, missing values 0."""

import numpy as np
import pytest
from scipy import sparse

from sparsekit.network import csr_samples, dense_samples


def prepared(X, shift, scale):
    """Return ``(X - shift) * scale`` and 0 for NaN, cell by cell."""
    result = np.empty(X.shape)
    for (i, j), x in np.ndenumerate(X):
        result[i, j] = 0.0 if x != x else (float(x) - shift[j]) * scale[j]
    return result


def table(dtype):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 6)).astype(dtype)
    X[rng.random(X.shape) < 0.3] = 0.0
    X[rng.random(X.shape) < 0.3] = np.nan
    X[3], X[4], X[:, 2] = 0.0, np.nan, np.nan
    return X, rng.normal(size=6), rng.uniform(0.1, 3, size=6)


@pytest.mark.parametrize("given", [np.float32, np.float64])
@pytest.mark.parametrize("wanted", [np.float32, np.float64])
def test_dense_samples_are_standardised_by_the_formula(given, wanted):
    X, shift, scale = table(given)
    X.flags.writeable = False
    samples = dense_samples(X, shift, scale, wanted)
    assert samples.dense.dtype == wanted
    expected = prepared(X, shift, scale).astype(wanted)
    np.testing.assert_allclose(samples.dense, expected, rtol=1e-6)
    if wanted == np.float64:
        np.testing.assert_allclose(samples.dense, expected, rtol=1e-15)


@pytest.mark.parametrize("given", [np.float32, np.float64])
@pytest.mark.parametrize("index_type", [np.int32, np.int64])
def test_csr_samples_are_standardised_by_the_formula(given, index_type):
    X, shift, scale = table(given)
    stored = sparse.csr_array(X)
    stored.indices = stored.indices.astype(index_type)
    stored.indptr = stored.indptr.astype(index_type)
    samples = csr_samples(stored, shift, scale, np.float64)
    rows = np.tile(samples.fill, (30, 1))
    for i in range(30):
        for k in range(samples.indptr[i], samples.indptr[i + 1]):
            rows[i, samples.indices[k]] = samples.data[k]
    np.testing.assert_allclose(rows, prepared(X, shift, scale), rtol=1e-15)
