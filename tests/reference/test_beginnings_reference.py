"""Allocations and initial topologies agree with brute force."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import chisquare

from sparsekit.topology import (
    CSTI,
    CenteredFeatures,
    Layer,
    ReceptiveField,
    ScaleFree,
    SmallWorld,
    SNIPTopology,
    Uniform,
    correlation_strengths,
)
from tests.reference import naive_beginnings as naive
from tests.reference.naive_growers import set_chances
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


@given(st.integers(1, 14), st.integers(1, 14), shares)
def test_receptive_fields_without_randomness_are_the_lattice(n_in, n_out, density):
    count = int(density * n_in * n_out)
    drawn = connections_of(*ReceptiveField(0.0).draw(n_in, n_out, count, RNG))
    for row in range(n_out):
        # Of inputs that are equally far from the one opposite, any may be taken.
        weights = naive.field_weights(row, n_in, n_out, 0.5)
        read = [column for r, column in drawn if r == row]
        best = sorted(weights.values(), reverse=True)[: len(read)]
        assert sorted((weights[c] for c in read), reverse=True) == best


@pytest.mark.parametrize("randomness", [0.15, 0.5, 1.0])
@pytest.mark.parametrize(("n_in", "fan_in"), [(6, 2), (7, 1), (4, 3), (40, 1)])
def test_receptive_fields_draw_their_inputs_one_after_another(randomness, n_in, fan_in):
    n_out, n_draws = 3, 1500
    rng = np.random.default_rng(0)
    seen = [{} for _ in range(n_out)]
    for _ in range(n_draws):
        topology = ReceptiveField(randomness)
        drawn = connections_of(*topology.draw(n_in, n_out, fan_in * n_out, rng))
        for row, counts in enumerate(seen):
            inputs = frozenset(column for r, column in drawn if r == row)
            counts[inputs] = counts.get(inputs, 0) + 1
    for row, counts in enumerate(seen):
        weights = naive.field_weights(row, n_in, n_out, randomness)
        chances = set_chances(weights, fan_in)
        expected = n_draws * np.array(list(chances.values()))
        observed = np.array([counts.get(inputs, 0) for inputs in chances])
        assert observed.sum() == n_draws
        # Sets that hardly ever come are counted together.
        rare = expected < 5
        sums = [np.append(x[~rare], x[rare].sum()) for x in (observed, expected)]
        assert chisquare(*(x[sums[1] > 0] for x in sums)).pvalue > 1e-3


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


@given(tables(), st.integers(1, 3), st.integers(1, 20), shares, st.booleans())
def test_csti_takes_the_pairs_of_tiled_inputs_that_correlate_most(
    X, tiles, n_out, density, as_csr
):
    n_in = tiles * X.shape[1]
    count = int(density * n_in * n_out)
    filled = np.nan_to_num(X)
    expected = naive.tiled_correlations(filled.T.tolist(), n_in, n_out)
    features = CenteredFeatures(sparse.csr_array(filled) if as_csr else X)
    drawn = CSTI().draw(n_in, n_out, count, RNG, {"tiled_features": features})
    got = sorted((expected[pair] for pair in connections_of(*drawn)), reverse=True)
    best = sorted(expected.values(), reverse=True)[:count]
    np.testing.assert_allclose(got, best, atol=1e-9)


@given(tables(), shares)
def test_csti_with_candidates_takes_the_best_of_them(X, density):
    n_in, n_out = X.shape[1], 2 * X.shape[1]
    count = int(density * n_in * n_out)
    features = CenteredFeatures(X)
    facts = {"tiled_features": features}
    few, all_of_them = (
        CSTI(candidates=c).draw(n_in, n_out, count, np.random.default_rng(0), facts)
        for c in (1.0, None)
    )
    strengths = naive.tiled_correlations(np.nan_to_num(X).T.tolist(), n_in, n_out)
    sums = [sum(strengths[p] for p in connections_of(*d)) for d in (few, all_of_them)]
    assert sums[0] <= sums[1] + 1e-9
    half = CSTI(candidates=2.0).draw(n_in, n_out, count, RNG, facts)
    assert len(connections_of(*half)) == count


@given(tables(), st.integers(0, 99))
def test_correlations_of_pairs_equal_those_of_blocks(X, seed):
    rng = np.random.default_rng(seed)
    first, second = rng.integers(X.shape[1], size=(2, 30))
    for features in (
        CenteredFeatures(X),
        CenteredFeatures(sparse.csr_array(np.nan_to_num(X))),
    ):
        blocks = features.correlations_of(np.arange(X.shape[1]))
        np.testing.assert_allclose(
            features.correlations_between(first, second),
            blocks[first, second],
            atol=1e-12,
        )
