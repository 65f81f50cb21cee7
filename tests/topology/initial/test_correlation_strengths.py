"""How strongly features correlate with the others, from projections and from pairs."""

import numpy as np
import pytest
from scipy import sparse

from sparsekit.topology import correlation_strengths


def groups_of_features(rng, n_samples=400):
    """Return 10 groups of 1 to 10 features that share a cause, group by group."""
    sizes = np.arange(1, 11)
    causes = np.repeat(rng.normal(size=(n_samples, 10)), sizes, axis=1)
    return causes + 0.3 * rng.normal(size=causes.shape), np.repeat(sizes, sizes)


def test_features_that_share_a_cause_are_strong():
    X, sizes = groups_of_features(np.random.default_rng(0))
    strengths = correlation_strengths(X, np.random.default_rng(1))
    # Correlations are 1 / 1.09 within a group; chance adds about 0.04 for each other.
    np.testing.assert_allclose(strengths, (sizes - 1) / 1.09 + 2, atol=1.5)


def test_projections_estimate_the_sum_over_all_pairs():
    X, _ = groups_of_features(np.random.default_rng(0))
    exact = correlation_strengths(X, np.random.default_rng(1))
    ratios = [
        correlation_strengths(X, np.random.default_rng(s), n_projections=400) / exact
        for s in range(3)
    ]
    # The standard error is pi / (2 sqrt(400)) = 0.08.
    assert np.abs(np.subtract(ratios, 1)).max() < 0.35
    assert np.std(ratios) == pytest.approx(0.08, rel=0.4)


def test_many_features_are_projected_without_being_asked_for():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 1500))
    X[:, :100] = X[:, :1]
    strengths = correlation_strengths(X, rng)
    assert strengths.shape == (1500,)
    # 100 equal features on top of about 1400 chance correlations of 0.11.
    assert strengths[:100].mean() > 1.3 * strengths[100:].mean()


def test_projections_of_csr_are_those_of_the_dense_table():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 40)) * (rng.random((60, 40)) < 0.2)
    X[X > 1.5] = np.nan
    dense, csr = (
        correlation_strengths(table, np.random.default_rng(1), n_projections=25)
        for table in (X, sparse.csr_array(X))
    )
    np.testing.assert_allclose(csr, dense, rtol=1e-6)


def test_samples_are_taken_in_parts():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 400))  # more values than are converted at a time
    X[rng.random(X.shape) < 0.1] = np.nan
    expected = np.abs(np.corrcoef(np.nan_to_num(X), rowvar=False)).sum(axis=0) - 1
    np.testing.assert_allclose(correlation_strengths(X, rng), expected, rtol=1e-9)


def test_features_that_do_not_vary_have_no_strength():
    X = np.random.default_rng(0).normal(size=(30, 4))
    X[:, 2] = 3.3
    for n_projections in (None, 10):
        strengths = correlation_strengths(
            X, np.random.default_rng(0), n_projections=n_projections
        )
        assert (strengths > 0).tolist() == [True, True, False, True]


def test_stored_entries_that_differ_from_the_others_by_rounding_are_constant():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 3)).astype(np.float32)
    fill = np.array([0.1, 0.2, 0.3])
    X[:, 1] = np.float32(0.2)  # 0.2 in double precision is another number
    X[::2, 1] = 0  # not stored
    strengths = correlation_strengths(sparse.csr_array(X), rng, fill=fill)
    assert (strengths > 0).tolist() == [True, False, True]


def test_given_table_is_not_changed():
    X = np.array([[1.0, np.nan], [0.0, 2.0], [3.0, 1.0]])
    csr = sparse.csr_array(X)
    before = X.copy(), csr.data.copy()
    correlation_strengths(X, np.random.default_rng(0))
    correlation_strengths(csr, np.random.default_rng(0), fill=np.ones(2))
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(csr.data, before[1])
