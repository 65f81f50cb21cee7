"""A bounded sample of a stream: which rows it holds."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, issparse
from scipy.stats import chisquare

from sparsekit.continual import ReplayBuffer
from tests.reference import naive_continual as naive

STRATEGIES = ["reservoir", "class_balanced", "difficulty"]


def filled(
    size, y, strategy="reservoir", seed=0, cuts=(), make=np.asarray, difficulty=None
):
    """Return a buffer that has seen rows numbered from 0, cut into calls."""
    y = np.asarray(y)
    X = np.arange(len(y), dtype=float)[:, np.newaxis]
    if difficulty is None:
        difficulty = np.random.default_rng(1).random(len(y))
    buffer = ReplayBuffer(size, strategy, seed)
    for rows in np.split(np.arange(len(y)), sorted(cuts)):
        buffer.add(make(X[rows]), y[rows], X[rows, 0] + 1, difficulty[rows], rows)
    return buffer


def entry_draws(seed, shape):
    seeds = np.random.RandomState(seed).randint(2**31 - 1, size=2)
    return np.random.default_rng(seeds[0]).random(shape)


@given(st.integers(1, 12), st.integers(0, 40), st.integers(0, 99))
def test_the_reservoir_is_algorithm_r(size, n_rows, seed):
    buffer = filled(size, np.zeros(n_rows), seed=seed)
    draws = entry_draws(seed, n_rows).tolist()
    assert buffer.rows_.tolist() == naive.reservoir(draws, size)


@given(st.integers(1, 12), st.lists(st.integers(0, 3), max_size=40), st.integers(0, 99))
def test_the_balanced_buffer_follows_its_algorithm(size, labels, seed):
    buffer = filled(size, np.array(labels, dtype=int), "class_balanced", seed)
    draws = entry_draws(seed, (len(labels), 2)).tolist()
    assert buffer.rows_.tolist() == naive.class_balanced(labels, draws, size)


@given(
    st.integers(1, 17),
    st.lists(st.sampled_from([0.0, 0.1, 0.5, 1.0, np.nan]), max_size=50),
    st.integers(0, 99),
)
def test_the_mixture_follows_its_algorithm(size, difficulty, seed):
    n_rows = len(difficulty)
    buffer = filled(
        size, np.zeros(n_rows), "difficulty", seed, difficulty=np.array(difficulty)
    )
    seeds = np.random.RandomState(seed).randint(2**31 - 1, size=2)
    weighted = np.random.default_rng([*seeds]).random((n_rows, 2)).tolist()
    draws = entry_draws(seed, n_rows).tolist()
    wanted = naive.difficulty_mixture(difficulty, draws, weighted, size)
    assert buffer.rows_.tolist() == wanted


@pytest.mark.parametrize("strategy", STRATEGIES)
@given(
    size=st.integers(1, 20),
    labels=st.lists(st.integers(0, 3), max_size=60),
    cuts=st.lists(st.integers(0, 60), max_size=6),
)
def test_a_buffer_is_as_full_as_it_can_be_and_holds_no_row_twice(
    strategy, size, labels, cuts
):
    y = np.array(labels, dtype=int)
    buffer = filled(size, y, strategy, cuts=[min(cut, y.size) for cut in cuts])
    assert len(buffer) == min(size, y.size)
    assert np.unique(buffer.rows_).size == len(buffer)
    assert buffer.n_seen_ == y.size


@pytest.mark.parametrize("strategy", STRATEGIES)
@given(cuts=st.lists(st.integers(0, 60), max_size=6))
def test_it_does_not_matter_how_the_stream_is_cut(strategy, cuts):
    y = np.random.default_rng(0).integers(4, size=60)
    whole = filled(7, y, strategy)
    pieces = filled(7, y, strategy, cuts=cuts)
    np.testing.assert_array_equal(pieces.rows_, whole.rows_)
    np.testing.assert_array_equal(pieces.X_, whole.X_)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("make", [np.asarray, csr_array])
def test_rows_targets_and_weights_stay_together(strategy, make):
    y = np.random.default_rng(0).integers(4, size=60)
    buffer = filled(9, y, strategy, cuts=[5, 30], make=make)
    X = buffer.X_.toarray() if issparse(buffer.X_) else buffer.X_
    np.testing.assert_array_equal(X[:, 0], buffer.rows_)
    np.testing.assert_array_equal(buffer.y_, y[buffer.rows_])
    np.testing.assert_array_equal(buffer.sample_weight_, buffer.rows_ + 1)
    np.testing.assert_array_equal(buffer.sample_ids_.astype(int), buffer.rows_)
    difficulty = np.random.default_rng(1).random(60)
    np.testing.assert_array_equal(buffer.difficulty_, difficulty[buffer.rows_])
    assert len(buffer) == 9
    assert buffer.n_seen_ == 60


def test_every_row_is_kept_with_the_same_probability():
    counts = np.zeros(30)
    for seed in range(2000):
        counts[filled(6, np.zeros(30), seed=seed, cuts=[3, 11]).rows_] += 1
    # The counts of one buffer sum to 6, so they vary less than independent ones: the
    # statistic is that of chi-squared after this correction.
    statistic = chisquare(counts).statistic / (1 - 6 / 30)
    assert 8 < statistic < 58  # 29 degrees of freedom, 0.001 on either side


def test_rows_of_one_class_are_kept_with_the_same_probability():
    y = np.array([0] * 20 + [1] * 4 + [0] * 16)
    counts = np.zeros(40)
    for seed in range(2000):
        buffer = filled(8, y, "class_balanced", seed=seed)
        assert np.bincount(buffer.y_).tolist() == [4, 4]
        counts[buffer.rows_] += 1
    assert (counts[y == 1] == 2000).all()
    statistic = chisquare(counts[y == 0]).statistic / (1 - 4 / 36)
    assert 14 < statistic < 67  # 35 degrees of freedom


def test_a_mixture_is_random_by_half_and_hard_and_easy_by_quarters():
    # Every tenth row is nine times as hard as the others are.
    difficulty = np.where(np.arange(400) % 10 == 0, 0.9, 0.1)
    shares, every = np.zeros((300, 3)), np.zeros(400)
    for seed in range(300):
        buffer = filled(40, np.zeros(400), "difficulty", seed, difficulty=difficulty)
        every[buffer.rows_] += 1
        for part, rows in enumerate(np.split(buffer.difficulty_ == 0.9, [20, 30])):
            shares[seed, part] = rows.mean()
    # Weights 0.9 and 0.1 of 40 and 360 rows would make a half and 1.2 % of draws with
    # replacement; without it hard rows give way a little. 300 buffers: standard errors
    # of 0.004, 0.008 and 0.002.
    assert shares[:, 0].mean() == pytest.approx(0.1, abs=0.016)
    assert shares[:, 1].mean() == pytest.approx(0.45, abs=0.04)
    assert shares[:, 2].mean() == pytest.approx(0.012, abs=0.01)
    # Rows of the two halves of the stream, and no row is sure to be kept.
    assert every[:200].sum() == pytest.approx(every[200:].sum(), rel=0.05)
    assert every.max() < 150


def test_rows_whose_difficulty_is_unknown_are_neither_hard_nor_easy():
    unknown = filled(8, np.zeros(40), "difficulty", difficulty=np.full(40, np.nan))
    middle = filled(8, np.zeros(40), "difficulty", difficulty=np.full(40, 0.5))
    np.testing.assert_array_equal(unknown.rows_, middle.rows_)
    untold = ReplayBuffer(8, "difficulty", 0).add(np.zeros((40, 1)), np.zeros(40))
    np.testing.assert_array_equal(untold.rows_, middle.rows_)
    assert np.isnan(untold.difficulty_).all()


def test_classes_get_equal_room_as_far_as_they_have_rows():
    y = np.r_[np.zeros(500), np.ones(100), np.full(3, 2)].astype(int)
    buffer = filled(33, y, "class_balanced")
    assert np.bincount(buffer.y_).tolist() == [15, 15, 3]


def test_samples_are_distinct_rows_of_the_buffer():
    buffer = filled(20, np.arange(50))
    X, y, weights = buffer.sample(12)
    assert len(np.unique(y)) == 12
    assert np.isin(y, buffer.y_).all()
    np.testing.assert_array_equal(X[:, 0] + 1, weights)
    assert len(buffer.sample(100)[1]) == 20


def test_sampling_does_not_change_what_is_kept():
    one, other = filled(5, np.arange(20)), filled(5, np.arange(20))
    one.sample(3)
    for buffer in (one, other):
        buffer.add(np.zeros((30, 1)), np.arange(20, 50))
    np.testing.assert_array_equal(one.rows_, other.rows_)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_pickled_buffer_goes_on_as_if_nothing_had_been(strategy):
    y = np.random.default_rng(0).integers(4, size=60)
    buffer = filled(9, y, strategy)
    copy = pickle.loads(pickle.dumps(buffer))
    for one in (buffer, copy):
        one.add(np.zeros((40, 1)), y[:40])
    np.testing.assert_array_equal(copy.rows_, buffer.rows_)
    np.testing.assert_array_equal(copy.sample(5)[1], buffer.sample(5)[1])


def test_added_arrays_are_not_shared():
    X, y = np.zeros((3, 1)), np.zeros(3)
    buffer = ReplayBuffer(5).add(X, y)
    X[:] = 1
    assert not buffer.X_.any()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"size": 0}, "size must be an integer > 0, got 0"),
        ({"strategy": "fifo"}, "strategy must be one of .*, got 'fifo'"),
    ],
)
def test_wrong_parameters_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        ReplayBuffer(**parameters).add(np.zeros((1, 1)), np.zeros(1))


def test_rows_that_do_not_fit_are_refused():
    buffer = ReplayBuffer(5).add(np.zeros((3, 2)), np.zeros(3))
    with pytest.raises(ValueError, match="as the rows that are kept, got"):
        buffer.add(csr_array((3, 2)), np.zeros(3))
    with pytest.raises(ValueError, match=r"shapes \(4,\) and \(\)"):
        buffer.add(np.zeros((3, 4)), np.zeros(3))
    with pytest.raises(ValueError, match="one class per row"):
        ReplayBuffer(5, "class_balanced").add(np.zeros((3, 2)), np.zeros((3, 2)))
    with pytest.raises(ValueError, match="Found input variables with inconsistent"):
        buffer.add(np.zeros((3, 2)), np.zeros(3), difficulty=np.zeros(2))
    with pytest.raises(ValueError, match="got 5 more than once"):
        buffer.add(np.zeros((3, 2)), np.zeros(3), sample_ids=[5, 6, 5])
    with pytest.raises(ValueError, match="holds no rows to draw from"):
        ReplayBuffer(5).sample(1)
