"""Allocations and initial topologies agree with brute force."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import chisquare

from sparsekit.topology import (
    Layer,
    ScaleFree,
    SmallWorld,
    SNIPTopology,
    Uniform,
    correlation_strengths,
)
from tests.reference import naive_beginnings as naive
from tests.reference.naive_topology import connections_of
from tests.reference.strategies import layers, pairs_of, shares

RNG = np.random.default_rng(0)  # nothing here depends on it


@given(
    st.lists(st.integers(1, 60), min_size=2, max_size=6),
    st.sampled_from([0.0, 0.13, 0.5, 0.9]),
    st.booleans(),
)
def test_uniform_counts_are_rounded_by_largest_remainders(
    sizes, sparsity, dense_output
):
    expected = naive.uniform_counts(sizes, sparsity, dense_output)
    assume(min(expected) >= 1)
    counts = Uniform(dense_output).counts(sizes, sparsity).tolist()
    assert sum(counts) == sum(expected)
    # Of equal remainders, rounding decides which ones go up.
    assert np.abs(np.subtract(counts, expected)).max() <= 1


@given(st.integers(1, 14), st.integers(1, 14), shares)
def test_small_world_without_rewiring_is_the_lattice(n_in, n_out, density):
    count = int(density * n_in * n_out)
    drawn = SmallWorld(beta=0.0).draw(n_in, n_out, count, RNG)
    assert connections_of(*drawn) == sorted(naive.lattice(n_in, n_out, count))


@pytest.mark.parametrize(
    # With many inputs and few connections, neurons are drawn one by one; otherwise all
    # of a level are ranked.
    ("n_in", "n_out", "count"),
    [(2, 2, 2), (2, 2, 3), (3, 2, 4), (4, 2, 2), (5, 1, 2), (1, 5, 3), (2, 4, 3)],
)
def test_scale_free_graphs_have_the_probabilities_of_preferential_attachment(
    n_in, n_out, count
):
    chances = naive.attachment_chances(n_in, n_out, count)
    assert sum(chances.values()) == pytest.approx(1)
    graphs = sorted(chances, key=sorted)
    n_draws = 6000
    rng = np.random.default_rng(0)
    seen = dict.fromkeys(graphs, 0)
    for _ in range(n_draws):
        drawn = ScaleFree().draw(n_in, n_out, count, rng)
        seen[frozenset(connections_of(*drawn))] += 1
    observed = np.array([seen[graph] for graph in graphs])
    expected = n_draws * np.array([chances[graph] for graph in graphs])
    assert not observed[expected == 0].any()
    assert chisquare(observed[expected > 0], expected[expected > 0]).pvalue > 1e-3


@st.composite
def tables(draw):
    """Draw a table with a constant and two equal columns, holes and zeros."""
    n_samples, n_features = draw(st.integers(2, 12)), draw(st.integers(3, 9))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    X = rng.normal(size=(n_samples, n_features)).round(1)
    X[rng.random(X.shape) < 0.4] = 0.0
    X[:, 0] = 0.7
    X[:, 1] = X[:, 2]
    missing = rng.random(X.shape) < draw(st.sampled_from([0.0, 0.3]))
    return np.where(missing, np.nan, X)


@given(tables())
def test_correlation_strengths_are_sums_over_all_pairs(X):
    seen = np.nan_to_num(X, nan=0.0)
    expected = naive.correlation_strengths(seen.T.tolist())
    # A column that varies by rounding alone has no correlation to speak of.
    np.testing.assert_allclose(correlation_strengths(X, RNG), expected, atol=1e-7)


@given(tables())
def test_correlation_strengths_of_csr_are_those_of_the_dense_table(X):
    fill = np.linspace(-1, 1, X.shape[1])
    stored = X != 0
    dense = np.where(stored, X, fill)
    stored_only = sparse.csr_array(stored.astype(float))
    csr = sparse.csr_array(
        (X[stored], stored_only.indices, stored_only.indptr), shape=X.shape
    )
    np.testing.assert_allclose(
        correlation_strengths(csr, RNG, fill=fill),
        correlation_strengths(dense, RNG),
        atol=1e-6,
    )


@given(layers(), shares, st.integers(1, 3))
def test_snip_keeps_the_most_sensitive_connections(drawn, share, n_tiles):
    layer, rng = drawn
    # Small whole numbers: sums are exact, and equal ones come up.
    values = rng.integers(-2, 3, size=(n_tiles, layer.n_in, 4)).astype(float)
    deltas = rng.integers(-2, 3, size=(n_tiles, layer.n_out, 4)).astype(float)
    count = int(share * layer.indices.size)
    kept = SNIPTopology().keep(layer._replace(values=values, deltas=deltas), count)
    assert kept.tolist() == naive.most_sensitive(
        layer.weights.tolist(), values, deltas, pairs_of(layer), count
    )


def test_snip_needs_the_gradient():
    layer = Layer(np.array([0, 1]), np.array([0]), np.ones(1), 2)
    with pytest.raises(ValueError, match="gradient is not known"):
        SNIPTopology().keep(layer, 1)
