import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from sparsekit.study import missingness_study

SEEDS = (0, 1)
RATES = (0.0, 0.3, 0.6)
SPARSITIES = (0.5, 0.9)


class Recorder(ClassifierMixin, BaseEstimator):
    """Predicts class 0, and writes down what it was given."""

    calls = ()

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.call_ = {"params": self.get_params(), "X": X.copy(), "y": y.copy()}
        return self

    def predict(self, X):
        Recorder.calls.append({**self.call_, "X_test": X.copy()})
        return np.zeros(len(X), dtype=int)


class SparseRecorder(Recorder):
    def __init__(self, sparsity=0.5, random_state=None):
        super().__init__(random_state=random_state)
        self.sparsity = sparsity


@pytest.fixture
def calls(monkeypatch):
    """What each fit of a small study was given, in the order of its jobs."""
    monkeypatch.setattr(Recorder, "calls", [])
    rng = np.random.default_rng(0)
    missingness_study(
        rng.normal(size=(60, 5)),
        np.repeat([0, 1], 30),
        models={
            "first": SparseRecorder(),
            "second": SparseRecorder(),
            "full": Recorder(),
        },
        sparsities=SPARSITIES,
        missing_rates=RATES,
        seeds=SEEDS,
    )
    return Recorder.calls


def by_rate_and_seed(calls):
    """Return the calls of each missing rate and seed: five fits in a row."""
    per_job_group = 2 * len(SPARSITIES) + 1
    groups = [calls[i : i + per_job_group] for i in range(0, len(calls), per_job_group)]
    keys = [(rate, seed) for seed in SEEDS for rate in RATES]
    return dict(zip(keys, groups, strict=True))


def test_a_model_without_sparsity_is_fitted_once_per_rate_and_seed(calls):
    full = [call for call in calls if "sparsity" not in call["params"]]
    assert len(full) == len(RATES) * len(SEEDS)


def test_a_model_with_sparsity_is_fitted_at_each_sparsity(calls):
    for group in by_rate_and_seed(calls).values():
        fitted = [c["params"]["sparsity"] for c in group if "sparsity" in c["params"]]
        assert fitted == [*SPARSITIES, *SPARSITIES]


def test_all_models_and_sparsities_of_a_seed_see_the_same_rows_and_holes(calls):
    for first, *others in by_rate_and_seed(calls).values():
        for other in others:
            np.testing.assert_array_equal(other["X"], first["X"])
            np.testing.assert_array_equal(other["X_test"], first["X_test"])
            np.testing.assert_array_equal(other["y"], first["y"])


def test_all_models_of_a_seed_start_from_the_same_random_state(calls):
    for group in by_rate_and_seed(calls).values():
        assert len({call["params"]["random_state"] for call in group}) == 1


@pytest.mark.parametrize("part", ["X", "X_test"])
def test_holes_at_a_lower_rate_are_a_subset_of_those_at_a_higher_rate(calls, part):
    groups = by_rate_and_seed(calls)
    for seed in SEEDS:
        none, some, many = (np.isnan(groups[r, seed][0][part]) for r in RATES)
        assert not none.any()
        assert (some <= many).all()
        assert some.sum() < many.sum()


def test_observed_values_stay_as_they_are(calls):
    groups = by_rate_and_seed(calls)
    whole, masked = groups[0.0, 0][0]["X"], groups[0.6, 0][0]["X"]
    observed = ~np.isnan(masked)
    np.testing.assert_array_equal(masked[observed], whole[observed])


def test_seeds_differ_in_split_and_random_state(calls):
    groups = by_rate_and_seed(calls)
    first, second = groups[0.0, 0][0], groups[0.0, 1][0]
    assert not np.array_equal(first["X"], second["X"])
    assert first["params"]["random_state"] != second["params"]["random_state"]


def test_rows_with_equal_content_do_not_share_their_holes(monkeypatch):
    monkeypatch.setattr(Recorder, "calls", [])
    missingness_study(
        np.ones((40, 6)),
        np.tile([0, 1], 20),
        models={"full": Recorder()},
        missing_rates=[0.5],
        seeds=1,
    )
    patterns = np.unique(np.isnan(Recorder.calls[0]["X"]), axis=0)
    # 26 rows drawn from 64 equally likely patterns show about 22 different ones.
    assert len(patterns) > 10
