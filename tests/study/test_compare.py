"""Comparisons on one table as it is, from Python and from the command line."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from sklearn.calibration import CalibratedClassifierCV
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from sparsekit import SparseTabularClassifier
from sparsekit.study import TableComparison, compare_on_table, corrected_ttest
from sparsekit.study.cli import main
from sparsekit.study.one_table._models import TABLE_MODELS, build_table_models

FAST = {"models": ["linear", "prior"], "folds": 2}


@pytest.fixture
def table():
    """Numbers, text, dates and missing values; the class depends on all of them."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "age": rng.normal(50, 10, 80),
            "smokes": rng.random(80) < 0.5,
            "town": rng.choice(["north", "south", "west"], 80),
            "seen": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(80), "D"),
        }
    )
    frame["outcome"] = np.where(
        (frame["age"] > 50) ^ (frame["town"] == "north"), "ill", "well"
    )
    frame["weight"] = 50 + 0.4 * frame["age"] + 10 * frame["smokes"]
    frame.loc[::6, "age"] = np.nan
    frame.loc[::7, "town"] = None
    return frame


@pytest.fixture
def features(table):
    return table[["age", "smokes", "town", "seen"]]


@pytest.fixture
def file(table, tmp_path):
    path = tmp_path / "patients.csv"
    table["name"] = [f"patient {i}" for i in range(len(table))]
    table.to_csv(path, index=False)
    return path


def rows_of(losses, accuracy=0.8):
    """Return made-up rows: of each model the log-losses of its folds."""
    return pd.DataFrame(
        [
            {
                "split": split,
                "model": model,
                "log_loss": loss,
                "accuracy": accuracy,
                "auc": 0.9,
                "fit_time": 0.5,
                "n_train": 80,
                "n_test": 20,
            }
            for model, values in losses.items()
            for split, loss in enumerate(values)
        ]
    )


LOSSES = {
    "sparse_tabular": [0.40, 0.42, 0.44, 0.41],
    "boosting": [0.50, 0.53, 0.54, 0.52],
    "random_forest": [0.39, 0.44, 0.42, 0.43],
    "linear": [0.31, 0.32, 0.34, 0.32],
}


@pytest.mark.parametrize("target", ["outcome", "weight"])
def test_every_model_learns_from_numbers_text_dates_and_missing_values(
    table, features, target
):
    names = [name for name in TABLE_MODELS if name != "sparse_tabular"]
    models = {name: name for name in names}
    result = compare_on_table(features, table[target], models=models, folds=2)
    assert set(result.table.index) == set(names)
    of_prior = result.table.loc["prior"]
    if target == "weight":
        learned = result.table.drop(index=["prior", "boosting", "boosting_stopped"])
        assert (learned["rmse"] < of_prior["rmse"]).all()
        assert result.task == "regression"
    else:
        assert of_prior["auc"] == 0.5
        assert result.table["auc"].max() > 0.6
    assert result.rows.groupby("model").size().eq(2).all()


def test_sparse_tabular_takes_part_and_is_the_reference(table, features):
    quick = SparseTabularClassifier(n_members=1, max_iter=2)
    models = {"sparse_tabular": quick, "prior": "prior"}
    result = compare_on_table(features, table["outcome"], models=models, folds=2)
    assert result.reference == "sparse_tabular"
    assert np.isnan(result.table.loc["sparse_tabular", "difference"])
    assert np.isfinite(result.table.loc["prior", "difference"])


def test_the_named_model_is_the_estimator_with_its_defaults():
    (model,) = build_table_models("sparse_tabular", "classification", []).values()
    assert isinstance(model, SparseTabularClassifier)
    assert model.get_params() == SparseTabularClassifier().get_params()


def test_differences_are_those_of_the_corrected_test():
    result = TableComparison(rows_of(LOSSES))
    expected = corrected_ttest(LOSSES["boosting"], LOSSES["sparse_tabular"], 80, 20)
    row = result.table.loc["boosting"]
    assert row["difference"] == pytest.approx(expected.difference)
    assert row["low"] == pytest.approx(expected.low)
    assert row["p_value"] == pytest.approx(expected.p_value)
    assert row["p_holm"] >= row["p_value"]


def test_the_verdict_says_what_is_ahead_behind_and_open_with_numbers():
    verdict = TableComparison(rows_of(LOSSES)).verdict
    base = np.mean(LOSSES["sparse_tabular"])
    more = 100 * (np.mean(LOSSES["boosting"]) / base - 1)
    less = 100 * (1 - np.mean(LOSSES["linear"]) / base)
    first, second = verdict.split(". It ")
    assert first.startswith("By log-loss, SparseTabular is ahead of boosting by ")
    assert f"boosting by {more:.1f} % [" in first
    assert f"and behind logistic regression by {less:.1f} % [" in first
    assert second.startswith("cannot be told apart from random forest (+0.6 % [-")


def test_of_two_ends_the_smaller_stands_first_whatever_the_sign():
    verdict = TableComparison(rows_of(LOSSES)).verdict
    inside = [part.split("]")[0] for part in verdict.split("[")[1:]]
    for low, high in (map(float, pair.split(", ")) for pair in inside):
        assert low < high


def test_a_larger_accuracy_is_better():
    rows = rows_of(LOSSES)
    rows["accuracy"] = 1 - rows["log_loss"]
    verdict = TableComparison(rows, metric="accuracy").verdict
    assert "SparseTabular is ahead of boosting by 10.5 points [" in verdict
    assert "and behind logistic regression by 9.5 points [" in verdict


def test_without_sparse_tabular_the_best_model_is_the_reference():
    rows = rows_of({name: LOSSES[name] for name in ("boosting", "linear")})
    result = TableComparison(rows)
    assert result.reference == "linear"
    assert result.verdict.startswith("By log-loss, logistic regression is ahead of")


def test_one_model_is_reported_alone():
    result = TableComparison(rows_of({"linear": [0.3, 0.4]}))
    assert result.verdict == "logistic regression was compared with no other model."
    assert "difference" not in result.report()
    display = result.plot()
    assert not display.ax_.get_yticklabels()
    plt.close(display.figure_)


def test_models_that_are_equal_cannot_be_told_apart():
    rows = rows_of({"sparse_tabular": [0.3, 0.4], "boosting": [0.3, 0.4]})
    verdict = TableComparison(rows).verdict
    assert verdict == (
        "By log-loss, SparseTabular cannot be told apart from boosting (+0.0 %)."
    )


def test_a_reference_without_loss_has_differences_without_per_cent():
    rows = rows_of({"sparse_tabular": [0.0, 0.0], "boosting": [0.3, 0.4]})
    assert "boosting (+0.3500 [-" in TableComparison(rows).verdict


def test_a_report_fits_100_columns_and_has_a_line_for_each_model():
    report = TableComparison(rows_of(LOSSES)).report()
    lines = report.splitlines()
    assert max(map(len, lines)) <= 100
    heads = [line.split("  ")[0] for line in lines[1:5]]
    assert heads == [
        "logistic regression",
        "SparseTabular",
        "random forest",
        "boosting",
    ]
    assert lines[4].endswith("] *")


def test_repeats_have_other_folds_and_the_seed_decides(table, features):
    def losses(**changed):
        options = {"models": ["boosting", "prior"], "folds": 2, **changed}
        result = compare_on_table(features, table["weight"], **options)
        return result.rows["rmse"].tolist()

    assert losses() == losses()
    with parallel_config("threading"):
        assert losses() == losses(n_jobs=2)
    assert losses() != losses(random_state=1)
    twice = losses(repeats=2)
    assert len(twice) == 2 * len(losses())
    assert twice[: len(losses())] == losses()


def test_arrays_and_other_estimators_take_part(table):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    X[::5, 0] = np.nan
    models = {"tree": DecisionTreeClassifier(), "prior": "prior"}
    result = compare_on_table(X, X[:, 1] > 0, models=models, folds=2)
    assert result.table.index.tolist() == ["prior", "tree"]
    result = compare_on_table(X, X[:, 1] > 0, models=models, folds=2, metric="auc")
    assert result.table.index.tolist() == ["tree", "prior"]


def test_rare_values_and_mixed_categories_are_no_trouble(table, features):
    features = features.assign(
        mixed=pd.Categorical([1, "b"] * 40), rare=["once", *["often"] * 79]
    )
    features["nothing"] = None
    features["no_town"] = pd.Categorical([None] * 80, categories=["north"])
    result = compare_on_table(
        features,
        table["outcome"],
        models=["boosting", "linear", "prior"],
        folds=2,
    )
    assert len(result.table) == 3


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"folds": 1}, "folds=1 must be a whole number, 2 or more"),
        ({"folds": 2.0}, "folds=2.0 must be a whole number"),
        ({"folds": 60}, "folds=60, but a class has .* take fewer folds"),
        ({"repeats": 0}, "repeats=0 must be a whole number, 1 or more"),
        ({"random_state": None}, "random_state=None must be a whole number"),
        ({"n_jobs": 0}, "n_jobs=0 is no number of fits"),
        ({"metric": "r2"}, "metric='r2' is none of classification: loss, accuracy"),
        ({"metric": "f1"}, "metric='f1' is none of classification"),
        ({"task": "guess"}, "task='guess' is not known"),
        ({"models": "catboost"}, "model 'catboost' is not known. Known are sparse_tab"),
        ({"models": []}, "models is empty"),
        ({"models": {"svc": LinearSVC()}}, r"models\['svc'\] has no predict_proba"),
    ],
)
def test_wrong_parameters_are_named(table, features, changed, message):
    with pytest.raises(ValueError, match=message):
        compare_on_table(features, table["outcome"], **FAST | changed)


def test_too_few_rows_of_a_quantity_are_told(table, features):
    with pytest.raises(ValueError, match="folds=41, but there are 80 rows"):
        compare_on_table(features, table["weight"], folds=41)


def test_a_table_that_does_not_vary_is_refused():
    table = pd.DataFrame({"town": ["north"] * 20})
    with pytest.raises(ValueError, match="no column that varies"):
        compare_on_table(table, [0, 1] * 10)


def test_free_text_is_refused_by_name(table, features):
    features = features.assign(name=[f"patient {i}" for i in range(80)])
    with pytest.raises(ValueError, match="Column 'name' of X holds text with 80"):
        compare_on_table(features, table["outcome"], **FAST)


def test_a_model_that_cannot_be_fitted_is_named(table, features):
    models = {"raw": CalibratedClassifierCV(LinearSVC())}
    with pytest.raises(ValueError, match="model 'raw' cannot be fitted to this table"):
        compare_on_table(features, table["outcome"], models=models, folds=2)


def test_rows_that_are_none_are_refused():
    rows = rows_of(LOSSES)
    with pytest.raises(ValueError, match="no columns fit_time"):
        TableComparison(rows.drop(columns="fit_time"))
    with pytest.raises(ValueError, match="finite scores"):
        TableComparison(rows.assign(auc=np.nan))
    with pytest.raises(ValueError, match="not numbers"):
        TableComparison(rows.assign(auc="high"))
    with pytest.raises(ValueError, match="each model once for each split"):
        TableComparison(rows.iloc[1:])
    with pytest.raises(ValueError, match="two splits or more"):
        TableComparison(rows[rows["split"] == 0])
    with pytest.raises(TypeError, match="must be a DataFrame, got list"):
        TableComparison([1])


def test_a_figure_has_a_bar_with_its_interval_for_each_other_model():
    result = TableComparison(rows_of(LOSSES))
    display = result.plot()
    shown, axis = result.differences()
    names = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert names == list(shown) == ["logistic regression", "random forest", "boosting"]
    assert display.ax_.get_xlabel() == axis
    low, high = display.ax_.get_xlim()
    for mean, *ends, folds in shown.values():
        assert low < min(mean, *ends, *folds)
        assert max(mean, *ends, *folds) < high
    plt.close(display.figure_)


def test_what_is_far_off_stands_at_the_edge_with_its_number():
    display = TableComparison(rows_of({**LOSSES, "prior": [9.0] * 4})).plot()
    (text,) = (text.get_text() for text in display.ax_.texts)
    assert text.startswith("+2.06e+03")
    assert display.ax_.get_xlim()[1] < 100
    plt.close(display.figure_)


def test_what_is_off_but_not_beyond_the_others_is_whole():
    losses = {"sparse_tabular": [0.4] * 3, "prior": [0.50, 0.54, 0.58]}
    near = {name: [0.3999, 0.4001, 0.4002] for name in ("boosting", "linear")}
    wide = {"mlp": [0.30, 0.40, 0.5203]}
    display = TableComparison(rows_of({**losses, **near, **wide})).plot()
    low, high = display.ax_.get_xlim()
    for mean, *ends, folds in display.differences.values():
        assert low < min(mean, *ends, *folds)
        assert max(mean, *ends, *folds) < high
    assert not display.ax_.texts
    plt.close(display.figure_)


def compare(*args, file, output, target="outcome"):
    """Run a small comparison; return its exit code."""
    options = ["--folds", "2", "--jobs", "1", "--out", str(output)]
    if "--models" not in args:
        options += ["--models", "linear", "prior"]
    return main(["compare", str(file), "--target", target, *options, *args])


def test_a_csv_becomes_a_table_a_verdict_and_files(file, tmp_path, capsys):
    output = tmp_path / "new" / "folder"
    assert compare("--drop", "weight", file=file, output=output) == 0
    printed = capsys.readouterr()
    words = " ".join(printed.out.split())
    assert "80 rows, 4 features (1 number, 1 truth value, 1 category, 1 date)" in (
        words
    )
    assert "% of their cells missing; target 'outcome', 2 different values" in words
    assert (
        "column 'name' is neither numbers, categories nor dates (for instance "
        "'patient 0'): left out" in words
    )
    assert "Classification (chosen by the target's type, --task overrides it)" in words
    assert "4 of 4 fits" in printed.err
    assert "By log-loss, " in words
    assert max(map(len, printed.out.replace(str(output), "").splitlines())) <= 100
    rows = pd.read_csv(output / "comparison.csv")
    assert TableComparison(rows).report() in printed.out
    assert (output / "comparison.png").read_bytes().startswith(b"\x89PNG")


def test_options_reach_the_comparison(file, tmp_path, capsys):
    args = ["--metric", "r2", "--repeats", "2", "--seed", "3", "--no-plot", "-q"]
    args += ["--drop", "outcome", "--models", "boosting", "linear"]
    assert compare(*args, file=file, target="weight", output=tmp_path) == 0
    assert capsys.readouterr() == ("", "")
    rows = pd.read_csv(tmp_path / "comparison.csv")
    assert set(rows["model"]) == {"boosting", "linear"}
    assert rows["split"].nunique() == 4
    assert "r2" in rows
    assert not (tmp_path / "comparison.png").exists()


def test_parquet_with_dates_categories_and_codes(table, tmp_path, capsys):
    table["town"] = table["town"].fillna("?").astype("category")
    table.to_parquet(tmp_path / "t.parquet")
    args = ["--na-values", "?", "--no-plot", "--drop", "weight"]
    assert compare(*args, file=tmp_path / "t.parquet", output=tmp_path) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "1 category, 1 date), 8.1% of their cells missing" in words


def test_text_is_text_in_every_part_of_a_large_file(table, tmp_path, monkeypatch):
    from sparsekit.study.cli import _user_table

    monkeypatch.setattr(_user_table, "_BLOCK_ROWS", 20)
    table["code"] = ["7", "8"] * 30 + ["x", "y"] * 10
    table[["age", "code", "outcome"]].to_csv(tmp_path / "t.csv", index=False)
    X, _, _ = _user_table.read_user_table(tmp_path / "t.csv", "outcome", numeric=False)
    assert X["code"].tolist() == table["code"].tolist()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--models", "other"], "invalid choice: 'other'"),
        (["--metric", "f1"], "invalid choice: 'f1'"),
        (["--folds", "1"], "--folds: 1 is less than 2"),
        (["--folds", "70"], "folds=70, but a class has"),
        (["--repeats", "0"], "--repeats: 0 is less than 1"),
        (["--seed", "-1"], "--seed: -1 is not in [0, 2**32)"),
        (["--metric", "r2"], "metric='r2' is none of classification"),
        (["--task", "regression"], "choose the task 'classification'"),
        (["--target", "none"], "has no column 'none'"),
        (["--drop", "none"], "has no column 'none'"),
        (["--drop", "outcome"], "is the target and cannot be dropped"),
        (["--fold", "x"], "--folds: 'x' is not a whole number"),
        (["--modles", "x"], "did you mean --models?"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(file, tmp_path, capsys, args, message):
    try:
        code = compare(*args, "-q", file=file, output=tmp_path)
    except SystemExit as stop:
        code = stop.code
    error = capsys.readouterr().err
    assert code == 2
    assert error.startswith("sparsekit compare: error: ")
    assert error.count("\n") == 1
    assert message in error


def test_a_file_of_free_text_only_is_an_error(tmp_path, capsys):
    frame = pd.DataFrame(
        {"name": [f"patient {i}" for i in range(50)], "y": [0, 1] * 25}
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert compare(file=tmp_path / "t.csv", target="y", output=tmp_path) == 2
    assert "has no feature that is numbers, categories or dates" in (
        capsys.readouterr().err
    )


def test_infinite_values_are_named_as_by_a_study(file, table, tmp_path, capsys):
    table.loc[3, "weight"] = np.inf
    table.to_csv(file, index=False)
    assert compare(file=file, output=tmp_path) == 2
    assert "column 'weight' has infinite values" in capsys.readouterr().err
