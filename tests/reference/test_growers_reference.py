"""Growers agree with loops over all positions, given the same random numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from sparsekit.kernels.hashing import stream
from sparsekit.kernels.linking import (
    Links,
    path_scores,
    transpose,
    walk_ends,
    weigh_walks,
)
from sparsekit.kernels.sampling import draw_by_column, draw_distinct, draw_per_group
from sparsekit.topology import (
    FanInGrower,
    GradientGrower,
    Layer,
    LinkPredictionGrower,
    MomentumGrower,
    RandomGrower,
)
from tests.reference import naive_growers
from tests.reference import naive_topology as naive
from tests.reference.strategies import layers, pairs_of, rewirings, shares

# Few different ones: columns without a rate, and ties, come up often.
rates = st.sampled_from([0.0, 0.0, 1e-6, 0.25, 0.5, 1.0])


@given(layers(), shares, shares, st.data())
def test_draws_by_column_equal_one_by_one(drawn, drop_rate, grow_rate, data):
    layer, rng = drawn
    dropped = rng.random(layer.indices.size) < drop_rate
    column_rates = np.array([data.draw(rates) for _ in range(layer.n_in)])
    free = naive.free_positions(pairs_of(layer), layer.n_in, layer.n_out, dropped)
    count = int(grow_rate * len(free))
    seed = rng.integers(2**64, dtype=np.uint64)
    positions = draw_by_column(
        seed, layer.indptr, layer.indices, dropped, column_rates, count
    )
    expected = naive_growers.draw_by_column(
        seed, free, column_rates, layer.n_in, layer.n_out, count
    )
    assert positions.tolist() == expected


def largest(positions, scores, count):
    """Return the `count` positions of the largest scores, which all differ."""
    by_score = sorted(positions, key=lambda position: -scores[position])
    return sorted(by_score[:count])


def links_of(layer):
    """Return the connections of a layer by row and by column."""
    column_starts, rows = transpose(layer.indptr, layer.indices, layer.n_in)
    return Links(layer.indptr, layer.indices, column_starts, rows)


@given(rewirings(distinct_gradients=True))
def test_gradient_grower_with_all_candidates(drawn):
    layer, dropped, count, free = drawn
    chosen = GradientGrower(None).select(
        layer, dropped, count, np.random.default_rng(0)
    )
    sizes = np.abs(naive_growers.dense_gradient(layer))
    assert chosen.tolist() == largest(free, sizes, count)


@given(rewirings(distinct_gradients=True), st.integers(0, 2**32 - 1))
def test_gradient_grower_with_the_same_candidates(drawn, seed):
    layer, dropped, count, free = drawn
    chosen = GradientGrower(1.7).select(
        layer, dropped, count, np.random.default_rng(seed)
    )
    size = min(int(np.ceil(1.7 * count)), len(free))
    candidates = RandomGrower().select(
        layer, dropped, size, np.random.default_rng(seed)
    )
    sizes = np.abs(naive_growers.dense_gradient(layer))
    assert chosen.tolist() == largest(candidates.tolist(), sizes, count)


@given(
    rewirings(distinct_gradients=True),
    st.integers(1, 4),
    st.sampled_from([0.0, 0.5, 1.0]),
)
def test_the_momentum_grower_chooses_as_its_formula(drawn, n_batches, decay):
    layer, dropped, count, free = drawn
    grower = MomentumGrower(decay, n_batches, candidates=None)
    chosen = grower.select(layer, dropped, count, np.random.default_rng(0))
    momentum = np.zeros(layer.n_in * layer.n_out)
    for tiles in naive_growers.batches(layer.values.shape[0], n_batches):
        momentum = decay * momentum + naive_growers.dense_gradient(layer, tiles)
    # Without a tile in the last batch, a decay of 0 leaves no gradient at all.
    if momentum.any():
        assert chosen.tolist() == largest(free, np.abs(momentum), count)


@given(rewirings(distinct_gradients=True))
def test_the_fan_in_grower_chooses_as_its_formula(drawn):
    layer, dropped, count, free = drawn
    chosen = FanInGrower(None).select(layer, dropped, count, np.random.default_rng(0))
    fan_ins = [0] * layer.n_out
    for (row, _), gone in zip(pairs_of(layer), dropped, strict=True):
        fan_ins[row] += not gone
    gradients = naive_growers.dense_gradient(layer)
    assert chosen.tolist() == naive_growers.fill_rows(
        gradients, free, fan_ins, layer.n_in, count
    )


@given(
    st.lists(st.tuples(st.integers(0, 50), shares), max_size=8),
    st.integers(0, 2**32 - 1),
)
def test_draws_per_group_equal_one_by_one(groups, seed):
    populations = np.array([n for n, _ in groups], dtype=np.int64)
    sizes = np.array([int(n * share) for n, share in groups], dtype=np.int64)
    expected, start = [], 0
    for group, (n, size) in enumerate(zip(populations, sizes, strict=True)):
        key = np.uint64(stream(np.uint64(seed), group))
        drawn = draw_distinct(key, n, size)
        expected += (start + drawn).tolist()
        start += n
    assert draw_per_group(np.uint64(seed), populations, sizes).tolist() == expected


@given(layers())
def test_links_by_input_are_those_by_output_turned_round(drawn):
    layer, _ = drawn
    links = links_of(layer)
    by_input = naive.by_input(pairs_of(layer), layer.n_in)
    rows = [row for entries in by_input for row, _ in entries]
    assert links.rows.tolist() == rows
    assert np.diff(links.column_starts).tolist() == [len(x) for x in by_input]


@pytest.mark.parametrize("by_path", [True, False])
@given(drawn=layers())
def test_path_scores_equal_counting_path_by_path(by_path, drawn):
    layer, _ = drawn
    pairs = pairs_of(layer)
    free = naive.free_positions(pairs, layer.n_in, layer.n_out, [False] * len(pairs))
    linked = naive_growers.neighbours(pairs)
    expected = [
        naive_growers.path_score(linked, *divmod(position, layer.n_in), by_path)
        for position in free
    ]
    scores = path_scores(
        np.uint64(0), links_of(layer), np.array(free, dtype=np.int64), by_path, 9
    )
    np.testing.assert_allclose(scores, expected, rtol=1e-12)


@given(layers(), st.integers(0, 2**32 - 1))
def test_walks_end_where_a_path_leads_and_no_connection_is(drawn, seed):
    layer, _ = drawn
    pairs = pairs_of(layer)
    if not pairs:
        return
    free = naive.free_positions(pairs, layer.n_in, layer.n_out, [False] * len(pairs))
    linked = naive_growers.neighbours(pairs)
    ends = walk_ends(np.uint64(seed), links_of(layer), 40)
    for end in ends:
        assert end in free
        assert naive_growers.path_score(linked, *divmod(end, layer.n_in), True) > 0


@pytest.mark.parametrize("rule", ["CH3-L3p", "CH2-L3n"])
@given(drawn=rewirings())
def test_link_prediction_grower_with_all_candidates(rule, drawn):
    layer, dropped, count, free = drawn
    grower = LinkPredictionGrower(rule, candidates=None)
    chosen = grower.select(layer, dropped, count, np.random.default_rng(0))
    kept = [
        pair for pair, gone in zip(pairs_of(layer), dropped, strict=True) if not gone
    ]
    linked = naive_growers.neighbours(kept)
    scores = {
        p: naive_growers.path_score(linked, *divmod(p, layer.n_in), rule == "CH3-L3p")
        for p in free
    }
    # Of equal scores any may be chosen, so that only the scores tell.
    got = sorted((scores[p] for p in chosen.tolist()), reverse=True)
    best = sorted(scores.values(), reverse=True)[:count]
    np.testing.assert_allclose(got, best, rtol=1e-9)


# Three rows and four columns with hubs on both sides: scores differ by a factor of 3.
HUBS = Layer(
    np.array([0, 4, 6, 7, 9]), np.array([0, 1, 2, 3, 0, 1, 0, 0, 2]), np.ones(9), n_in=5
)


@pytest.mark.parametrize("rule", ["CH3-L3p", "CH2-L3n"])
@pytest.mark.parametrize("temperature", [1.0, 0.7, 2.0])
@pytest.mark.parametrize("count", [1, 2])
def test_soft_growth_draws_in_proportion_to_the_scores(rule, temperature, count):
    linked = naive_growers.neighbours(pairs_of(HUBS))
    keep_all = np.zeros(9, dtype=bool)
    scores = {
        p: naive_growers.path_score(linked, *divmod(p, 5), rule == "CH3-L3p")
        ** (1 / temperature)
        for p in naive.free_positions(pairs_of(HUBS), 5, 4, keep_all)
    }
    chances = naive_growers.set_chances({p: s for p, s in scores.items() if s}, count)
    seen = dict.fromkeys(chances, 0)
    grower = LinkPredictionGrower(rule, temperature=temperature)
    n_draws = 3000
    for seed in range(n_draws):
        rng = np.random.default_rng(seed)
        seen[frozenset(grower.select(HUBS, keep_all, count, rng).tolist())] += 1
    expected = n_draws * np.array(list(chances.values()))
    assert chisquare(list(seen.values()), expected).pvalue > 1e-3


@given(layers(), st.booleans(), st.integers(0, 2**32 - 1))
def test_weighed_walks_tell_summands_of_the_score_of_their_end(drawn, by_path, seed):
    layer, _ = drawn
    pairs = pairs_of(layer)
    linked = naive_growers.neighbours(pairs)
    weights = np.array(
        [
            (len(linked["row", r]) - 1) * (len(linked["column", c]) - 1)
            for r, c in pairs
        ],
        dtype=float,
    )
    if not weights.any():
        return
    positions, ratios = weigh_walks(
        np.uint64(seed),
        links_of(layer),
        np.array([row for row, _ in pairs]),
        np.cumsum(weights),
        40,
        by_path,
        9,
    )
    for position, ratio in zip(positions.tolist(), ratios.tolist(), strict=True):
        if position < 0:
            continue
        row, column = divmod(position, layer.n_in)
        assert (row, column) not in pairs
        terms = naive_growers.summand_ratios(linked, row, column, by_path)
        assert np.isclose(terms, ratio, rtol=1e-12).any()
