"""Estimators of whole tables leave the package with their encoder."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sparsekit import SETMLPClassifier, SETMLPRegressor, SparseTabularClassifier
from sparsekit.deploy import SparseEnsemblePredictor, SparsePredictor, onnx_model
from sparsekit.neural_network import compact, export_onnx, to_predictor
from sparsekit.tabular import (
    SparseMLPEnsembleClassifier,
    SparseMLPEnsembleRegressor,
    TableEncoder,
)
from tests.tabular.whole_tables import fitted, table, targets, with_more_kinds

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

ROOT = Path(__file__).resolve().parents[2]
KINDS = ["text", "three", "number"]


def unseen(frame):
    """Return rows with values that no training row had."""
    rows = frame.head(6).copy()
    rows.loc[0, "age"] = 1e6
    rows.loc[1, "job"] = "pilot"
    rows.loc[2, "town"] = "Köln"
    rows.loc[3, "age"] = -50.0
    rows.loc[4, "always"] = 0.0
    return rows


def feeds(frame, model):
    """Return a table as the inputs of a graph."""
    given = {}
    for value in model.graph.input:
        column = frame[value.name]
        kind = value.type.tensor_type.elem_type
        if kind == 8:
            array = column.astype(object).where(column.notna(), "").to_numpy(object)
        elif pd.api.types.is_datetime64_any_dtype(column):
            since = column - pd.Timestamp(0)
            array = (since / pd.Timedelta(days=1)).to_numpy(np.float64)
        elif pd.api.types.is_timedelta64_dtype(column):
            array = column.dt.total_seconds().to_numpy(np.float32)
        else:
            array = column.astype(np.float64).to_numpy(np.float32)
        given[value.name] = array.reshape(-1, 1)
    return given


def run(model, inputs):
    session = onnxruntime.InferenceSession(model.SerializeToString())
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, inputs), strict=True))


def assert_agree(model, frame, result):
    """Compare what a graph says with what an estimator does."""
    if not hasattr(model, "predict_proba"):
        wanted = model.predict(frame)
        # The largest difference seen is 1e-5, of targets of 100 to 160.
        assert_allclose(result["prediction"], wanted, rtol=2e-6)
        return
    wanted = model.predict_proba(frame)
    assert_allclose(result["probabilities"], wanted, rtol=0, atol=1e-5)
    assert_array_equal(result["label"], model.predict(frame))


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_graph_of_a_table_agrees(kind, sparse):
    frame = table()
    model = fitted(frame, kind)
    graph = export_onnx(model, sparse=sparse)
    for rows in (frame, unseen(frame)):
        assert_agree(model, rows, run(graph, feeds(rows, graph)))


@pytest.mark.parametrize("encoding", ["piecewise", "standard"])
def test_a_graph_of_dates_durations_and_categories_of_numbers_agrees(encoding):
    frame = with_more_kinds(table())
    model = fitted(frame, encoding=encoding)
    graph = export_onnx(model)
    assert_agree(model, frame, run(graph, feeds(frame, graph)))


def test_a_graph_knows_the_parts_of_every_date():
    days = pd.Series(pd.date_range("1896-01-01", "2104-12-31", freq="7h"))
    days = days[:: 1 + len(days) // 20_000].reset_index(drop=True)
    frame = pd.DataFrame({"day": days})
    model = fitted_encoder(frame)
    graph = export_onnx(model)
    assert_agree(model, frame, run(graph, feeds(frame, graph)))


def fitted_encoder(frame):
    y = (frame["day"].dt.month > 6) ^ (frame["day"].dt.day_of_week < 2)
    model = SparseTabularClassifier(
        n_members=1,
        hidden_layer_sizes=(16,),
        encoding="standard",
        early_stopping=False,
        max_iter=1,
        batch_size=1000,
        random_state=0,
    )
    return model.fit(frame, y)


def test_a_graph_has_an_input_for_every_column():
    graph = export_onnx(fitted(table())).graph
    assert [value.name for value in graph.input] == list(table().columns)
    shapes = [value.type.tensor_type.shape.dim for value in graph.input]
    assert all(shape[1].dim_value == 1 for shape in shapes)


def test_columns_may_have_the_names_of_results():
    frame = table().rename(columns={"age": "cast_0", "visits": "constant_1"})
    y = targets(table())
    model = SparseTabularClassifier(n_members=1, max_iter=1, random_state=0)
    model.fit(frame, y)
    graph = export_onnx(model)
    assert_agree(model, frame, run(graph, feeds(frame, graph)))


def test_a_column_with_the_name_of_an_output_is_refused():
    frame = table().rename(columns={"town": "label"})
    with pytest.raises(ValueError, match="'label' has the name of an output"):
        export_onnx(fitted(frame))


@pytest.mark.parametrize(
    ("values", "message"),
    [(["", "b"], "'mark' holds empty text"), ([1, "b"], "'mark' holds text beside")],
)
def test_what_has_no_form_in_a_graph_is_named(values, message):
    frame = table()
    frame["mark"] = pd.Categorical(np.array(values, dtype=object)[[0, 1] * 80])
    with pytest.raises(ValueError, match=message):
        export_onnx(fitted(frame))


@pytest.mark.parametrize("ship", [to_predictor, export_onnx])
def test_an_encoder_of_the_user_is_refused(ship):
    frame = table()[["age", "visits"]]
    model = fitted(table()[["age", "visits", "job"]], encoding=TableEncoder())
    ship(model)
    model = SparseTabularClassifier(
        n_members=1, max_iter=1, encoding=StandardScaler(), random_state=0
    ).fit(frame, targets(table()))
    with pytest.raises(ValueError, match="encoding is a StandardScaler"):
        ship(model)


def test_categories_that_are_neither_text_nor_numbers_are_refused():
    frame = table()
    days = pd.to_datetime(["2020-01-01", "2020-02-01"])
    frame["mark"] = pd.Categorical(days[[0, 1] * 80])
    with pytest.raises(ValueError, match="'mark' has categories such as Timestamp"):
        to_predictor(fitted(frame))


def test_steps_before_a_table_are_refused():
    frame = table()[["age", "visits"]]
    model = make_pipeline(
        StandardScaler(),
        SparseTabularClassifier(n_members=1, max_iter=1, random_state=0),
    ).fit(frame, targets(table()))
    with pytest.raises(ValueError, match="steps before a table"):
        export_onnx(model)


def flowers():
    X, y = load_iris(return_X_y=True)
    X[np.random.default_rng(0).random(X.shape) < 0.1] = np.nan
    return X.astype(np.float32), y


def ensemble(kind):
    X, y = flowers()
    if kind == "labels":
        y = np.column_stack([y == 0, y == 1]).astype(int)
    if kind == "two":
        y = y == 1
    network = SETMLPClassifier((12,), sparsity=0.5, max_iter=5)
    whole = SparseMLPEnsembleClassifier
    if kind in ("number", "numbers"):
        y = X[:, 0] if kind == "number" else X[:, :2]
        y = np.nan_to_num(y, nan=1.0)
        network = SETMLPRegressor((12,), sparsity=0.5, max_iter=5)
        whole = SparseMLPEnsembleRegressor
    return whole(network, n_members=3, random_state=0).fit(X, y)


OF_ENSEMBLES = ["three", "two", "labels", "number", "numbers"]


@pytest.mark.parametrize("kind", OF_ENSEMBLES)
def test_a_graph_of_an_ensemble_agrees(kind):
    X, model = flowers()[0], ensemble(kind)
    assert_agree(model, X, run(export_onnx(model), {"X": X}))


@pytest.mark.parametrize("kind", OF_ENSEMBLES)
def test_a_predictor_of_an_ensemble_agrees(kind, tmp_path):
    X, model = flowers()[0], ensemble(kind)
    to_predictor(model).save(tmp_path / "model")
    predictor = SparseEnsemblePredictor.load(tmp_path / "model")
    assert_allclose(predictor.predict(X), model.predict(X), rtol=1e-5)
    if hasattr(model, "predict_proba"):
        wanted = model.predict_proba(X)
        assert_allclose(predictor.predict_proba(X), wanted, rtol=0, atol=1e-6)
        assert predictor.predict_proba(X).dtype == wanted.dtype


def test_a_scaler_before_an_ensemble_is_exported():
    X, y = flowers()
    model = make_pipeline(StandardScaler(), ensemble("three")).fit(X, y)
    assert_agree(model, X, run(export_onnx(model), {"X": X}))


@pytest.mark.parametrize("ship", [to_predictor, export_onnx, compact])
def test_ensembles_of_other_estimators_are_refused(ship):
    X, y = load_iris(return_X_y=True)
    network = LogisticRegression(max_iter=1000)
    model = SparseMLPEnsembleClassifier(network, n_members=2, random_state=0)
    with pytest.raises(TypeError, match="got LogisticRegression"):
        ship(model.fit(X, y))


@pytest.mark.parametrize("ship", [to_predictor, export_onnx, compact])
def test_an_estimator_that_is_not_fitted_is_refused(ship):
    for model in (SparseTabularClassifier(), SparseMLPEnsembleClassifier()):
        with pytest.raises(NotFittedError):
            ship(model)


def as_columns(frame):
    return {name: frame[name].to_numpy() for name in reversed(frame.columns)}


def as_lists(frame):
    return {name: frame[name].astype(object).tolist() for name in frame.columns}


def as_rows(frame):
    first, *records = frame.astype(object).to_dict("records")
    rows = [{k: v for k, v in row.items() if not pd.isna(v)} for row in records]
    return [first, *rows]


def as_text(frame):
    """Return what JSON could bring: numbers, text, true, false and null."""
    frame = frame.copy()
    if "born" in frame:
        frame["born"] = frame["born"].dt.strftime("%Y-%m-%dT%H:%M")
        frame["waited"] = frame["waited"].dt.total_seconds()
    frame = frame.astype(object)
    return frame.where(frame.notna(), None).to_dict("list")


FORMS = [as_columns, as_lists, as_rows, as_text, pd.DataFrame.copy]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_predictor_of_a_table_agrees(kind, form, tmp_path):
    frame = with_more_kinds(table())
    model = fitted(frame, kind)
    to_predictor(model).save(tmp_path / "model")
    predictor = SparseEnsemblePredictor.load(tmp_path / "model")
    for rows in (frame, unseen(frame)):
        assert_allclose(
            predictor._table.values(form(rows)),
            model.encoder_.transform(rows),
            rtol=1e-12,
        )
        if kind == "number":
            wanted = model.predict(rows)
            assert_allclose(predictor.predict(form(rows)), wanted, rtol=1e-6)
        else:
            wanted = model.predict_proba(rows)
            found = predictor.predict_proba(form(rows))
            assert_allclose(found, wanted, rtol=0, atol=1e-6)
            assert_array_equal(predictor.predict(form(rows)), model.predict(rows))


def test_times_with_zones_are_read_as_the_encoder_reads_them():
    frame = table()
    hours = pd.date_range("2020-01-01", periods=len(frame), freq="31h")
    frame["clock"] = hours.tz_localize("Asia/Tokyo")
    frame["text"] = [f"{time.isoformat()}+09:00" for time in hours]
    frame["day"] = list(hours.date)
    model = fitted(frame)
    predictor = to_predictor(model)
    wanted = model.encoder_.transform(frame)
    assert_allclose(predictor._table.values(frame), wanted, rtol=1e-12)


def test_arrays_have_the_columns_of_fit():
    X, y = flowers()
    model = SparseTabularClassifier(n_members=1, max_iter=2, random_state=0).fit(X, y)
    predictor = to_predictor(model)
    wanted = model.predict_proba(X)
    assert_allclose(predictor.predict_proba(X), wanted, rtol=0, atol=1e-6)
    named = {f"x{j}": X[:, j] for j in range(4)}
    assert_allclose(predictor.predict_proba(named), wanted, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"town": None}, r"Absent: \['town'\]"),
        ({"height": [1.0, 2.0]}, r"Not known: \['height'\]"),
        ({"age": [1.0]}, "different lengths"),
        ({"age": ["young", "old"]}, "'age' of X held numbers in fit"),
        ({"age": np.array(["1", "2"])}, "'age' of X held numbers in fit"),
        ({"age": [10**400, 1.0]}, "'age' of X held numbers in fit"),
        ({"born": ["0001-01-01T00:00+14:00", None]}, "'born' of X held dates in fit"),
        ({"age": [np.inf, 1.0]}, "'age' of X contains infinity"),
        ({"age": [[1.0], [2.0]]}, "'age' of X must have one dimension"),
        ({"born": ["soon", None]}, "'born' of X held dates in fit, and now 'soon'"),
        ({"born": [3, None]}, "'born' of X held dates in fit, and now 3"),
    ],
)
def test_a_predictor_refuses_columns_by_name(change, message):
    frame = with_more_kinds(table())
    columns = as_lists(frame.head(2)) | change
    columns = {name: column for name, column in columns.items() if column is not None}
    with pytest.raises(ValueError, match=message):
        to_predictor(fitted(frame)).predict(columns)


@pytest.mark.parametrize("X", [[[1.0]], [{"age": 1}, 3], [1.0], 3.0])
def test_a_predictor_refuses_what_is_no_table(X):
    with pytest.raises(ValueError, match=r"X must|X holds rows"):
        to_predictor(fitted(table())).predict(X)


def test_regressors_have_no_probabilities():
    with pytest.raises(AttributeError, match="no predict_proba"):
        to_predictor(ensemble("number")).predict_proba(flowers()[0])


def test_members_must_belong_together():
    members = to_predictor(ensemble("three"))._members
    other = to_predictor(ensemble("two"))._members
    with pytest.raises(ValueError, match="same features and targets"):
        SparseEnsemblePredictor([members[0], other[0]])
    with pytest.raises(ValueError, match="list of predictors"):
        SparseEnsemblePredictor([])
    with pytest.raises(TypeError, match="got int"):
        SparseEnsemblePredictor([3])
    with pytest.raises(TypeError, match="table must be a dict"):
        SparseEnsemblePredictor(members, table=[1])
    with pytest.raises(ValueError, match="table must have"):
        SparseEnsemblePredictor(members, table={"names": ["a"]})


PLAN = {"column": 0, "part": None, "kind": "number"}
CATEGORY = {"column": 0, "part": None, "kind": "category", "others": False}
WRONG_TABLES = [
    {"names": ["a"], "kinds": ["number"], "columns": [PLAN], "edges": None},
    {"names": ["a", "a"]},
    {"names": [1]},
    {"names": []},
    {"kinds": ["number"]},
    {"kinds": ["word"] * 7},
    {"columns": [PLAN | {"column": 9}]},
    {"columns": [PLAN | {"column": True}]},
    {"columns": [PLAN | {"part": "month"}]},
    {"columns": [PLAN | {"more": 1}]},
    {"columns": [3]},
    {"columns": [CATEGORY | {"column": 4, "categories": []}]},
    {"columns": [CATEGORY | {"column": 4, "categories": [[1]]}]},
    {"columns": [CATEGORY | {"column": 4, "categories": ["a", "a"]}]},
    {"columns": [CATEGORY | {"column": 4, "categories": [10**400]}]},
    {"columns": [CATEGORY | {"column": 4, "categories": ["a"], "others": 2**31}]},
    {"edges": [np.array([0.0, 1.0])]},
    {"edges": "falling"},
    {"edges": "infinite"},
]


@pytest.mark.parametrize("wrong", WRONG_TABLES)
def test_a_table_that_no_encoder_left_is_refused(wrong):
    predictor = to_predictor(fitted(table()))
    known = predictor._table
    given = {
        name: getattr(known, name) for name in ("names", "kinds", "columns", "edges")
    }
    if isinstance(wrong.get("edges"), str):
        bad = {"falling": [1.0, 0.0], "infinite": [0.0, np.inf]}[wrong["edges"]]
        wrong = {"edges": [np.array(bad), *known.edges[1:]]}
    with pytest.raises(ValueError, match=r"."):
        SparseEnsemblePredictor(predictor._members, given | wrong)


def test_a_file_of_one_network_is_no_ensemble(tmp_path):
    model = ensemble("three")
    to_predictor(model.members_[0]).save(tmp_path / "one")
    to_predictor(model).save(tmp_path / "all")
    with pytest.raises(ValueError, match="is a 'sparsekit predictor', not a"):
        SparseEnsemblePredictor.load(tmp_path / "one")
    with pytest.raises(ValueError, match="is a 'sparsekit ensemble predictor', not a"):
        SparsePredictor.load(tmp_path / "all")


def test_a_table_is_predicted_without_pandas_and_scikit_learn(tmp_path):
    frame = with_more_kinds(table())
    model = fitted(frame)
    to_predictor(model).save(tmp_path / "model")
    row = frame.iloc[40]
    as_json = {
        **row.drop(["born", "waited"]),
        "born": row["born"].isoformat(),
        "waited": row["waited"].total_seconds(),
        "age": None,
    }
    code = (
        "import json, sys\n"
        "for name in ('numba', 'sklearn', 'pandas', 'onnx'):\n"
        "    sys.modules[name] = None\n"
        "from sparsekit.deploy import SparseEnsemblePredictor\n"
        f"model = SparseEnsemblePredictor.load({str(tmp_path / 'model')!r})\n"
        "print(model.predict_proba([json.load(sys.stdin)])[0].tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        input=json.dumps(as_json, default=lambda value: value.item()),
    )
    assert done.returncode == 0, done.stderr
    frame.loc[40, "age"] = np.nan
    wanted = model.predict_proba(frame.iloc[40:41])[0]
    assert_allclose(json.loads(done.stdout), wanted, rtol=0, atol=1e-6)


def test_onnx_model_takes_predictors_of_tables():
    predictor = to_predictor(fitted(table()))
    assert len(onnx_model(predictor).graph.input) == predictor.n_features_in_
