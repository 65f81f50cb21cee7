"""Initial topologies: exact counts, sorted rows, and the degrees that each promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare
from sklearn.base import clone

from sparsekit.topology import (
    CSTI,
    STRATEGIES,
    CenteredFeatures,
    ConstantFanIn,
    CorrelationTopology,
    RandomTopology,
    ReceptiveField,
    ScaleFree,
    SmallWorld,
)
from tests.reference.naive_topology import connections_of
from tests.reference.strategies import shares

TOPOLOGIES = STRATEGIES["initial_topology"]

topologies = st.sampled_from(
    [
        *(make() for make in TOPOLOGIES.values()),
        SmallWorld(0.0),
        SmallWorld(1.0),
        CSTI(hidden=SmallWorld(), candidates=3.0),
        *(
            ReceptiveField(randomness, fan_in)
            for randomness in (0.0, 0.01, 0.6, 1.0)
            for fan_in in ("fixed", "uniform")
        ),
    ]
)
sides = st.integers(1, 30)


def drawn_by(topology, n_in, n_out, count, seed=0):
    samples = np.random.default_rng(0).normal(size=(20, n_in)).cumsum(axis=1)
    features = CenteredFeatures(samples)
    facts = {
        "input_strengths": np.arange(n_in) % 4 / 3,
        "input_features": features,
        "tiled_features": features,
    }
    rng = np.random.default_rng(seed)
    return topology.draw(n_in, n_out, count, rng, facts)


def degrees(topology, n_in, n_out, count, seed=0):
    """Return the fan-in of the outputs and the fan-out of the inputs."""
    indptr, indices = drawn_by(topology, n_in, n_out, count, seed)
    return np.diff(indptr), np.bincount(indices, minlength=n_in)


def dispersion(counts):
    """Return variance by mean, which is 1 where counts are Poisson's."""
    return counts.var() / counts.mean()


@given(topologies, sides, sides, shares, st.integers(0, 10**6))
def test_connections_are_as_many_as_asked_for_sorted_and_distinct(
    topology, n_in, n_out, density, seed
):
    count = int(density * n_in * n_out)
    indptr, indices = drawn_by(topology, n_in, n_out, count, seed)
    assert indptr.dtype == np.int64
    assert indices.dtype == np.int32
    assert indptr.shape == (n_out + 1,)
    assert indices.shape == (count,)
    pairs = connections_of(indptr, indices)
    assert len(pairs) == count
    assert pairs == sorted(set(pairs))
    assert all(0 <= column < n_in for _, column in pairs)


@pytest.mark.parametrize("name", TOPOLOGIES)
def test_layer_can_be_full_and_can_be_empty(name):
    topology = clone(TOPOLOGIES[name]())
    fan_in, fan_out = degrees(topology, 13, 7, 13 * 7)
    assert (fan_in == 13).all()
    assert (fan_out == 7).all()
    assert drawn_by(topology, 13, 7, 0)[1].size == 0


@pytest.mark.parametrize("name", TOPOLOGIES)
def test_same_seed_gives_the_same_connections(name):
    topology = TOPOLOGIES[name]()
    first, again = (drawn_by(topology, 60, 50, 300, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    # Of the pairs of inputs that correlate most nothing is random.
    differs = (drawn_by(topology, 60, 50, 300, seed=4)[1] != first[1]).any()
    assert differs == (name != "csti")


def test_random_topology_is_uniform_over_the_positions():
    rng = np.random.default_rng(1)
    counts = np.zeros((4, 6))
    for _ in range(4000):
        for pair in connections_of(*RandomTopology().draw(6, 4, 7, rng)):
            counts[pair] += 1
    # Draws without replacement vary less than chi-square allows for.
    assert chisquare(counts.ravel()).pvalue > 1e-3


def test_random_topology_of_a_layer_larger_than_memory():
    indptr, indices = RandomTopology().draw(
        10**6, 10**6, 5000, np.random.default_rng(0)
    )
    assert indptr[-1] == indices.size == 5000
    assert indices.mean() == pytest.approx(5e5, rel=0.05)


@pytest.mark.parametrize("name", TOPOLOGIES)
@pytest.mark.parametrize("density", [0.02, 0.2, 0.6])
def test_connections_of_larger_layers_are_distinct(name, density):
    count = int(density * 300 * 200)
    pairs = connections_of(*drawn_by(TOPOLOGIES[name](), 300, 200, count))
    assert len(set(pairs)) == count


@given(sides, sides, shares, st.integers(0, 10**6))
def test_constant_fan_in_differs_by_at_most_one(n_in, n_out, density, seed):
    count = int(density * n_in * n_out)
    fan_in, _ = degrees(ConstantFanIn(), n_in, n_out, count, seed)
    assert fan_in.max() - fan_in.min() <= 1


def test_constant_fan_in_is_uniform_within_rows_and_over_the_larger_rows():
    rng = np.random.default_rng(1)
    counts = np.zeros((3, 7))
    larger = np.zeros(3)
    for _ in range(4000):
        indptr, indices = ConstantFanIn().draw(7, 3, 8, rng)
        larger += np.diff(indptr) == 3
        for pair in connections_of(indptr, indices):
            counts[pair] += 1
    assert chisquare(counts.ravel()).pvalue > 1e-3
    assert chisquare(larger).pvalue > 1e-3


def test_constant_fan_in_above_half_of_the_inputs_is_uniform_too():
    rng = np.random.default_rng(2)
    counts = np.zeros(6)
    for _ in range(4000):
        counts += np.bincount(ConstantFanIn().draw(6, 2, 9, rng)[1], minlength=6)
    assert chisquare(counts).pvalue > 1e-3


@given(sides, sides, shares)
def test_lattice_spreads_the_connections_evenly_over_both_levels(n_in, n_out, density):
    count = int(density * n_in * n_out)
    fan_in, fan_out = degrees(SmallWorld(beta=0.0), n_in, n_out, count)
    assert np.ptp(fan_in) <= 1
    if count >= n_in:
        # Windows of two lengths whose places are rounded: at most one more either way.
        assert np.ptp(fan_out) <= 3


@pytest.mark.parametrize("beta", [0.1, 0.25, 0.7])
def test_small_world_rewires_the_share_beta_of_the_lattice(beta):
    lattice = set(connections_of(*drawn_by(SmallWorld(0.0), 2000, 1000, 20_000)))
    pairs = set(connections_of(*drawn_by(SmallWorld(beta), 2000, 1000, 20_000)))
    # One in a hundred of the rewired ones finds its way back by chance.
    kept = len(lattice & pairs) / len(lattice)
    # Four standard errors of 20,000 decisions.
    assert kept == pytest.approx(1 - beta + 0.01 * beta, abs=0.015)


def test_small_world_that_rewires_everything_is_random():
    fan_in, fan_out = degrees(SmallWorld(beta=1.0), 2000, 2000, 10_000)
    # Four standard errors, sqrt(2 / 2000), of a Poisson dispersion.
    assert dispersion(fan_in) == pytest.approx(1, abs=0.13)
    assert dispersion(fan_out) == pytest.approx(1, abs=0.13)
    rng = np.random.default_rng(1)
    counts = np.zeros((4, 6))
    for _ in range(4000):
        for pair in connections_of(*SmallWorld(beta=1.0).draw(6, 4, 7, rng)):
            counts[pair] += 1
    assert chisquare(counts.ravel()).pvalue > 1e-3


@pytest.mark.parametrize("beta", [-0.1, 1.1, np.nan])
def test_small_world_beta_must_be_a_share(beta):
    with pytest.raises(ValueError, match=r"beta must be a number in \[0, 1\]"):
        SmallWorld(beta).draw(5, 5, 5, np.random.default_rng(0))


@pytest.mark.parametrize("seed", range(5))
def test_scale_free_levels_have_hubs_that_random_ones_have_not(seed):
    # Over 300 seeds the dispersion was 3.1 to 11.7, and 0.8 to 1.2 at random.
    for counts in degrees(ScaleFree(), 500, 500, 2500, seed):
        assert dispersion(counts) > 2
    for counts in degrees(RandomTopology(), 500, 500, 2500, seed):
        assert dispersion(counts) < 2


def test_scale_free_exponent_of_levels_of_equal_size_is_three():
    for counts in degrees(ScaleFree(), 20_000, 20_000, 320_000):
        largest = np.sort(counts)[::-1][:1001]
        # Hill's estimator; its standard error here is 2 / sqrt(1000).
        hill = 1 + 1 / np.log(largest[:1000] / largest[1000]).mean()
        assert hill == pytest.approx(3, abs=0.25)


def test_inputs_get_connections_in_proportion_to_their_strengths():
    strengths = np.array([1.0, 4.0, 0.0, 2.0])
    rng = np.random.default_rng(0)
    _, indices = CorrelationTopology().draw(
        4, 10**6, 3000, rng, {"input_strengths": strengths}
    )
    counts = np.bincount(indices, minlength=4)
    assert counts[2] == 0
    expected = 3000 * strengths / 7
    assert chisquare(counts[[0, 1, 3]], expected[[0, 1, 3]]).pvalue > 1e-3


@pytest.mark.parametrize("facts", [None, {}, {"input_strengths": None}])
def test_layer_of_which_nothing_is_known_starts_at_random(facts):
    rng = np.random.default_rng(5)
    drawn = CorrelationTopology().draw(40, 30, 200, rng, facts)
    expected = RandomTopology().draw(40, 30, 200, np.random.default_rng(5))
    np.testing.assert_array_equal(drawn[1], expected[1])


@pytest.mark.parametrize(
    "strengths", [np.ones(3), np.array([1.0, -1.0]), np.array([1.0, np.nan])]
)
def test_bad_strengths_are_an_error(strengths):
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="2 finite numbers that are not negative"):
        CorrelationTopology().draw(2, 2, 2, rng, {"input_strengths": strengths})


@pytest.mark.parametrize(("density", "mean"), [(0.1, 20), (0.5, 100), (0.9, 180)])
def test_fan_in_of_receptive_fields_is_fixed_or_uniform(density, mean):
    count = int(density * 200 * 4000)
    fixed, _ = degrees(ReceptiveField(), 200, 4000, count)
    assert (fixed == mean).all()
    uniform, _ = degrees(ReceptiveField(fan_in="uniform"), 200, 4000, count)
    half_width = min(mean, 200 - mean)
    shares, _ = np.histogram(uniform, 4, (mean - half_width, mean + half_width + 1e-9))
    # Four standard errors of a share of a quarter, and some for rounding.
    np.testing.assert_allclose(shares / 4000, 0.25, atol=0.05)


def test_randomness_takes_receptive_fields_away_from_the_diagonal():
    distances = []
    for randomness in (0.0, 0.1, 0.25, 0.5, 1.0):
        indptr, indices = drawn_by(ReceptiveField(randomness), 1000, 1000, 20_000)
        steps = np.abs(np.repeat(np.arange(1000), np.diff(indptr)) - indices)
        distances.append(np.minimum(steps, 1000 - steps).mean())
    assert distances[0] == 5.0  # of 0, 1, 1, ... 9, 9, 10
    assert distances[-1] == pytest.approx(250, rel=0.02)
    assert np.all(np.diff(distances) > 0.1)


def test_receptive_fields_of_a_layer_larger_than_memory():
    rng = np.random.default_rng(0)
    indptr, indices = ReceptiveField().draw(10**6, 10**6, 5000, rng)
    assert indptr[-1] == indices.size == 5000


def test_a_fan_in_without_meaning_is_refused():
    with pytest.raises(ValueError, match="fan_in must be one of 'fixed', 'uniform'"):
        drawn_by(ReceptiveField(fan_in="normal"), 4, 4, 4)


def test_csti_places_hidden_layers_by_the_topology_given_for_them():
    def draw(topology, facts):
        return topology.draw(60, 50, 300, np.random.default_rng(0), facts)

    rng = np.random.default_rng(1)
    facts = {"tiled_features": CenteredFeatures(rng.normal(size=(9, 60)))}
    for drawn, expected in zip(
        draw(CSTI(hidden=SmallWorld()), facts), draw(SmallWorld(), None), strict=True
    ):
        np.testing.assert_array_equal(drawn, expected)
    assert CSTI().needs == {"tiled_features"}
    assert CSTI(hidden=CorrelationTopology()).needs == {
        "input_features",
        "input_strengths",
    }


def test_a_class_for_the_hidden_layers_of_csti_is_refused():
    with pytest.raises(TypeError, match="hidden must be an object with `draw`"):
        CSTI(hidden=SmallWorld).draw(4, 4, 4, np.random.default_rng(0))
