"""Connections grow where paths of length three lead."""

from time import process_time

import numba
import numpy as np
import pytest
from scipy.stats import chisquare

from sparsekit.kernels.linking import Links, path_scores, transpose
from sparsekit.topology import Layer, LinkPredictionGrower, RandomTopology

# Two rows that share column 0, and columns 1 and 2 that only one of them reads; row 2
# and column 3 have no connection.
TWO_ROWS = Layer(np.array([0, 2, 4, 4]), np.array([0, 1, 0, 2]), np.ones(4), 4)
KEEP_ALL = np.zeros(4, dtype=bool)
ALL = 10**6

takes_compiled_speed = pytest.mark.skipif(
    numba.config.DISABLE_JIT, reason="takes minutes in plain Python"
)


def random_layer(rng, n_in, n_out, count):
    indptr, indices = RandomTopology().draw(n_in, n_out, count, rng)
    return Layer(indptr, indices, np.ones(count), n_in)


def scores_of(layer, positions, by_path, max_degree, seed=0):
    links = Links(
        layer.indptr, layer.indices, *transpose(layer.indptr, layer.indices, layer.n_in)
    )
    return path_scores(np.uint64(seed), links, positions, by_path, max_degree)


def free_of(layer):
    return np.setdiff1d(np.arange(layer.n_in * layer.n_out), layer.positions())


def grown(grower, layer, dropped, count, seed=0):
    return grower.select(layer, dropped, count, np.random.default_rng(seed)).tolist()


@pytest.mark.parametrize("rule", ["CH3-L3p", "CH2-L3n"])
def test_the_ends_of_paths_come_first(rule):
    assert grown(LinkPredictionGrower(rule, None), TWO_ROWS, KEEP_ALL, 2) == [2, 5]


def test_no_path_leads_over_a_connection_that_goes():
    # Without (0, 0) there is no path; every other position is as good as another.
    dropped = np.array([True, False, False, False])
    counts = np.zeros(12)
    for seed in range(1000):
        counts[grown(LinkPredictionGrower(), TWO_ROWS, dropped, 1, seed)] += 1
    assert not counts[[1, 4, 6]].any()
    assert chisquare(np.delete(counts, [1, 4, 6])).pvalue > 1e-3


@takes_compiled_speed
def test_most_candidates_of_a_sparse_layer_are_ends_of_paths():
    rng = np.random.default_rng(0)
    layer = random_layer(rng, 2000, 2000, 16_000)
    dropped = rng.random(16_000) < 0.3
    rows = layer.positions()[~dropped] // 2000
    kept = layer._replace(
        indptr=np.searchsorted(rows, np.arange(2001)), indices=layer.indices[~dropped]
    )
    chosen = np.array(grown(LinkPredictionGrower(candidates=1), layer, dropped, 4800))
    is_end = scores_of(kept, chosen, True, ALL) > 0
    # Of uniform draws, one in twelve is.
    assert is_end.mean() > 0.9


def test_a_temperature_of_one_draws_in_proportion_to_the_score():
    layer = random_layer(np.random.default_rng(1), 6, 5, 12)
    free = free_of(layer)
    scores = scores_of(layer, free, True, ALL)
    grower = LinkPredictionGrower(candidates=None, temperature=1.0)
    counts = np.zeros(30)
    for seed in range(3000):
        counts[grown(grower, layer, np.zeros(12, dtype=bool), 1, seed)] += 1
    possible = scores > 0
    assert counts[free[~possible]].sum() == 0
    expected = 3000 * scores[possible] / scores.sum()
    assert chisquare(counts[free[possible]], expected).pvalue > 1e-3


def test_a_temperature_near_zero_takes_the_largest():
    layer = random_layer(np.random.default_rng(2), 9, 8, 25)
    free = free_of(layer)
    scores = scores_of(layer, free, True, ALL)
    grower = LinkPredictionGrower(candidates=None, temperature=1e-9)
    chosen = grown(grower, layer, np.zeros(25, dtype=bool), 5)
    got = scores[np.searchsorted(free, chosen)]
    np.testing.assert_allclose(np.sort(got), np.sort(scores)[-5:])


@takes_compiled_speed
@pytest.mark.parametrize("by_path", [True, False])
def test_looking_at_some_connections_only_estimates_the_score(by_path):
    # Of 30 connections of a neuron, every second one is looked at.
    layer = random_layer(np.random.default_rng(3), 200, 200, 6000)
    free = free_of(layer)[::20]
    exact = scores_of(layer, free, by_path, ALL)
    estimates = np.array(
        [scores_of(layer, free, by_path, 24, seed) for seed in range(100)]
    )
    assert (estimates.std(axis=0) > 0).all()
    # Measured: 1.01 times as large by path and 1.14 by node, and a correlation of 0.99.
    assert estimates.mean() == pytest.approx(exact.mean(), rel=0.2)
    assert np.corrcoef(estimates.mean(axis=0), exact)[0, 1] > 0.97


@takes_compiled_speed
def test_looking_at_some_connections_only_bounds_the_time():
    layer = random_layer(np.random.default_rng(0), 500, 500, 200_000)
    dropped = np.arange(200_000) % 200 == 0

    def seconds(max_degree):
        grower = LinkPredictionGrower(max_degree=max_degree)
        start = process_time()
        grown(grower, layer, dropped, 1000)
        return process_time() - start

    seconds(16)  # compiles
    # Measured: 0.01 and 0.65.
    assert seconds(16) < seconds(None) / 10


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"rule": "CH1"}, "rule must be one of 'CH3-L3p', 'CH2-L3n'; got 'CH1'"),
        (
            {"temperature": 0.0},
            r"temperature must be a number in \(0, inf\) or None; got 0.0",
        ),
        (
            {"max_degree": 0},
            "max_degree must be a whole number of at least 1; got 0",
        ),
        (
            {"candidates": 0.9},
            r"candidates must be a number in \[1, inf\] or None; got 0.9",
        ),
    ],
)
def test_a_parameter_that_makes_no_sense_is_an_error(parameters, message):
    with pytest.raises(ValueError, match=message):
        grown(LinkPredictionGrower(**parameters), TWO_ROWS, KEEP_ALL, 1)
