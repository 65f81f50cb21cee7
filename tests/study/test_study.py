import warnings

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from scipy.sparse import csr_array
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_info

from sparsekit.study import missingness_study
from sparsekit.study.rows._rows import KEYS

TINY = {"hidden_layer_sizes": (8,), "max_iter": 2}


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 5))
    return X, (X[:, 0] + X[:, 1] > 0).astype(int)


def small_study(X, y, **changes):
    settings = {
        "sparsities": [0.5, 0.8],
        "missing_rates": [0.0, 0.5],
        "seeds": 2,
        "estimator_params": TINY,
    }
    return missingness_study(X, y, **{**settings, **changes}).frame


def test_one_row_per_model_sparsity_rate_and_seed(table):
    frame = small_study(*table)
    # (dense once, static and SET at two sparsities) x two rates x two seeds
    assert len(frame) == (1 + 2 + 2) * 2 * 2
    keys = list(KEYS)
    assert list(frame.columns[:7]) == keys
    assert not frame.duplicated(keys).any()
    pd.testing.assert_frame_equal(frame, frame.sort_values(keys, ignore_index=True))


def test_rows_describe_their_fits(table):
    frame = small_study(*table)
    assert set(frame["metric"]) == {"accuracy"}
    assert frame["score"].between(0, 1).all()
    assert (frame["n_iter"] == 2).all()
    assert (frame["fit_time"] > 0).all()
    assert (frame["n_train"] == 53).all()
    assert (frame["n_test"] == 27).all()
    dense = frame.loc[frame["model"] == "dense"]
    assert (dense["sparsity"] == 0).all()
    sparse = frame.loc[(frame["model"] == "set") & (frame["sparsity"] == 0.8)]
    ratio = sparse["n_connections"].mean() / dense["n_connections"].mean()
    assert ratio == pytest.approx(0.2, abs=0.02)


def test_realized_missing_rate_counts_holes_that_were_there_before(table):
    X, y = table
    X[:, 4] = np.nan
    frame = small_study(
        X[:, 1:], y, models={"d": DummyClassifier()}, seeds=1, estimator_params=None
    )
    assert frame["realized_missing_rate"].tolist() == pytest.approx(
        # 1 of 4 columns; then half of the others' 240 cells, within 5 sigma.
        [0.25, 0.25 + 0.75 * 0.5],
        abs=0.75 * 5 * 0.5 / np.sqrt(240),
    )


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_the_result_does_not_depend_on_jobs_or_backend(table, backend):
    expected = small_study(*table).drop(columns="fit_time")
    with parallel_config(backend=backend, n_jobs=2):
        frame = small_study(*table).drop(columns="fit_time")
    pd.testing.assert_frame_equal(frame, expected, check_exact=True)


def test_a_backend_that_cannot_return_results_one_by_one_works(table):
    settings = {"models": {"d": DummyClassifier()}, "missing_rates": [0.0]}
    expected = small_study(*table, **settings, estimator_params=None)
    with parallel_config(backend="multiprocessing", n_jobs=2):
        frame = small_study(*table, **settings, estimator_params=None)
    assert frame["score"].tolist() == expected["score"].tolist()


def test_a_regression_is_scored_by_r2_whatever_the_scale_of_its_target(table):
    X, _ = table
    y = X[:, 0] - X[:, 1]
    settings = {"models": ["dense"], "missing_rates": [0.0]}
    frame = small_study(X, y, **settings)
    scaled = small_study(X, 1e6 * y + 1e8, **settings)
    assert set(frame["metric"]) == {"r2"}
    # Targets near 1e8 keep about eight decimals; float32 training doubles that loss.
    np.testing.assert_allclose(scaled["score"], frame["score"], atol=1e-3)


def test_any_estimator_that_takes_nan_can_take_part(table):
    X, y = table
    boosting = HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=5)
    frame = small_study(X, y, models={"boosting": boosting, "net": "static"}, seeds=1)
    assert set(frame["model"]) == {"boosting", "net"}
    assert frame.loc[frame["model"] == "boosting", "n_connections"].isna().all()


def test_sparse_input_gives_the_scores_of_dense_input(table):
    X, y = table
    X[X < 0.5] = 0
    settings = {"models": {"d": DummyClassifier()}, "estimator_params": None}
    dense = small_study(X, y, **settings)
    sparse = small_study(csr_array(X), y, **settings)
    columns = ["score", "realized_missing_rate"]
    pd.testing.assert_frame_equal(sparse[columns], dense[columns])


def test_nothing_passed_in_is_modified(table):
    X, y = table
    before = X.copy(), y.copy()
    params = {**TINY}
    small_study(X, y, estimator_params=params)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])
    assert params == TINY


def test_tables_smaller_than_a_batch_are_one_batch(table):
    X, y = table
    rows = np.arange(20)
    frame = missingness_study(
        X[rows], y[rows], models=["dense"], missing_rates=[0.2], seeds=1
    ).frame
    assert frame["n_train"].tolist() == [13]


def test_text_classes_work(table):
    X, y = table
    labels = np.where(y == 1, "ill", "well")
    frame = small_study(X, labels, models=["static"])
    expected = small_study(X, 1 - y, models=["static"])
    assert frame["score"].tolist() == expected["score"].tolist()


def test_warnings_other_than_reaching_the_last_epoch_are_not_silenced(table):
    class Noisy(DummyRegressor):
        def fit(self, X, y):
            warnings.warn("look here", UserWarning, stacklevel=2)
            return super().fit(X, y)

    with pytest.warns(UserWarning, match="look here"):
        small_study(
            table[0], table[0][:, 0], models={"d": Noisy()}, estimator_params=None
        )


def test_progress_goes_to_stderr(table, capsys):
    small_study(*table, models=["static"], seeds=1, progress=True)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "4 of 4 fits" in captured.err


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sparsities": [0.5, 1.0]}, r"sparsities has 1.0, which is not in \[0, 1\)"),
        ({"sparsities": []}, "sparsities is empty"),
        ({"missing_rates": [30]}, "missing_rates has 30, which is not in .* 0.3 means"),
        ({"seeds": 0}, "seeds must be a number of seeds, at least 1"),
        ({"seeds": [1, 1]}, "distinct whole numbers"),
        ({"models": ["sparse"]}, "model 'sparse' is not known. Known are dense"),
        ({"models": []}, "models is empty"),
        ({"mechanisms": ["nope"]}, "mechanisms has 'nope', which is none of 'block'"),
        ({"mechanisms": "label"}, "mechanisms has 'label', which is none of"),
        ({"mechanisms": 3}, "mechanisms has 3, which is none of"),
        ({"when": 3}, "when has 3, which is none of 'both'"),
        ({"preset": "figure9"}, "preset='figure9' is not known: figure2"),
        ({"task": "ranking"}, "task='ranking' is not known"),
        ({"test_size": 1.5}, "'test_size' parameter"),
        ({"estimator_params": {"widht": 3}}, "'widht', which is a parameter of none"),
        ({"estimator_params": {"sparsity": 0.5}}, "must not hold 'sparsity'"),
    ],
)
def test_bad_settings_are_named_before_training(table, settings, message):
    with pytest.raises(ValueError, match=message):
        small_study(*table, **settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"models": 3}, "models must be names, or a mapping from labels"),
        ({"models": [DummyClassifier()]}, "models={'label': estimator}"),
        ({"models": {"a": None}}, r"models\['a'\] must be a name or an estimator"),
        ({"models": {"a": DummyClassifier}}, r"models\['a'\] must be a name or an"),
        ({"estimator_params": [1]}, "estimator_params must be a dict"),
    ],
)
def test_settings_of_another_type_are_named(table, settings, message):
    with pytest.raises(TypeError, match=message):
        small_study(*table, **settings)


def test_datasets_without_names_are_an_error(table):
    with pytest.raises(TypeError, match=r"a mapping such as {'name': \(X, y\)}"):
        missingness_study(datasets=[table])


def test_columns_that_are_no_numbers_are_named(table):
    frame = pd.DataFrame(table[0], columns=list("abcde"))
    frame = frame.assign(town="here", kind=pd.Categorical(["u", "v"] * 40))
    with pytest.raises(ValueError, match="not numeric: 'town', 'kind'"):
        small_study(frame, table[1])


def test_categories_that_are_numbers_are_features(table):
    codes = pd.Series(np.arange(80) % 3).astype("category")
    frame = pd.DataFrame(table[0]).assign(kind=codes)
    settings = {"models": {"d": DummyClassifier()}, "estimator_params": None}
    assert len(small_study(frame, table[1], **settings)) == 4


def test_data_without_a_target_is_an_error(table):
    with pytest.raises(ValueError, match="Give both X and y, or neither"):
        missingness_study(table[0])


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0.5, np.nan] * 40, "target 'y' is missing in 40 of 80 rows"),
        (["a"] * 80, "target 'y' has one class only, a"),
        (np.array(["a", 1] * 40, dtype=object), "target 'y' mixes text with other"),
        (["a"] * 79 + ["b"], "target 'y': class b has one row only"),
        ([1.5] * 80, "target 'y' is constant"),
        ([0.5, np.inf] * 40, "infinite"),
    ],
)
def test_a_target_that_cannot_be_used_is_an_error(table, y, message):
    task = "regression" if isinstance(y[0], float) else "auto"
    with pytest.raises(ValueError, match=message):
        small_study(table[0], y, task=task)


def test_what_an_estimator_refuses_is_found_before_the_study_starts(table, monkeypatch):
    monkeypatch.setattr("sparsekit.study.run._run.run_job", None)
    with pytest.raises(ValueError, match="activation"):
        small_study(*table, estimator_params={"activation": "wave"})


def test_a_model_that_does_not_take_nan_is_found_before_the_study_starts(
    table, monkeypatch
):
    monkeypatch.setattr("sparsekit.study.run._run.run_job", None)
    models = {"lr": LogisticRegression()}
    with pytest.raises(ValueError, match="contains NaN"):
        small_study(*table, models=models, estimator_params=None)


def test_no_jobs_at_all_is_found_before_the_study_starts(table, monkeypatch):
    monkeypatch.setattr("sparsekit.study.run._run.try_models", None)
    with pytest.raises(ValueError, match="n_jobs=0"):
        small_study(*table, n_jobs=0)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_interrupt_that_a_network_swallows_ends_the_study(
    table, n_jobs, monkeypatch
):
    class Swallower(DummyClassifier):
        def fit(self, X, y):
            try:
                raise KeyboardInterrupt
            except KeyboardInterrupt:
                warnings.warn("Training interrupted by user.", stacklevel=2)
            return super().fit(X, y)

    monkeypatch.setattr("sparsekit.study.run._run.try_models", lambda *args: None)
    models = {"swallower": Swallower()}
    with pytest.raises(KeyboardInterrupt):
        small_study(*table, models=models, estimator_params=None, n_jobs=n_jobs)


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_each_fit_has_one_thread(table, backend):
    class Counter(DummyClassifier):
        """Scores by the number of threads that BLAS and OpenMP have in its fit."""

        def fit(self, X, y):
            X @ X.T
            self.threads_ = [pool["num_threads"] for pool in threadpool_info()]
            return super().fit(X, y)

        def score(self, X, y):
            return max(self.threads_, default=1)

    models = {"counter": Counter()}
    with parallel_config(backend=backend, n_jobs=2):
        frame = small_study(*table, models=models, estimator_params=None)
    assert set(frame["score"]) == {1}
