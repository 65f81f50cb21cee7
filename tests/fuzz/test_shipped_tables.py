"""Predictors of whole tables: files that say nonsense, and columns that hold it."""

import datetime
import json
import zipfile
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit import SparseTabularClassifier, SparseTabularRegressor
from sparsekit.deploy import SparseEnsemblePredictor
from sparsekit.neural_network import (
    compact,
    load_checkpoint,
    save_checkpoint,
    to_predictor,
)
from tests.fuzz.harness import behaves
from tests.fuzz.test_documents import changed, contents_of

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

N_ROWS = 24

VALUES = [None, float("nan"), pd.NA, pd.NaT, 0, 1, True, 7, -3.5, 1e308, 10**400]
VALUES += ["", "a", "b", "c", "3", "2020-02-30", "2020-02-29", "9999-12-31T23:59:59.9"]
VALUES += ["2020-01-01T00:00+14:00", "0001-01-01T00:00+14:00", float("inf"), 1j, b"a"]
VALUES += [np.datetime64("NaT"), np.datetime64("2020-01-01"), pd.Timestamp(0), [1], {}]
VALUES += [datetime.date(1, 1, 1), datetime.timedelta(1), Decimal("1.5"), np.int8(3)]


def table():
    numbers = np.arange(N_ROWS)
    frame = pd.DataFrame(
        {"size": numbers / 7.0, "mark": np.array([*"abc"])[numbers % 3]}
    )
    frame["code"] = pd.Categorical(numbers % 4)
    frame["day"] = pd.Timestamp("2020-02-27") + pd.to_timedelta(numbers * 17, unit="h")
    frame.loc[::5, "size"] = np.nan
    frame.loc[::7, "mark"] = None
    return frame


ESTIMATORS = [SparseTabularClassifier, SparseTabularRegressor]


@pytest.fixture(scope="module", params=ESTIMATORS)
def shipped(request, tmp_path_factory):
    """Return the file of a predictor, with that of a checkpoint, and the estimator."""
    model = request.param(n_members=1, hidden_layer_sizes=(4,), batch_size=N_ROWS)
    model.set_params(max_iter=1, random_state=0).fit(table(), np.arange(N_ROWS) % 2)
    path = tmp_path_factory.mktemp("shipped") / "table"
    to_predictor(model).save(path)
    save_checkpoint(model, path.with_name("checkpoint"))
    return path, model


READERS = {"table": SparseEnsemblePredictor.load, "checkpoint": load_checkpoint}


def loaded_behaves(path, read):
    model = behaves(lambda: read(path))
    if model is None:
        return
    behaves(lambda: repr(model))
    behaves(lambda: model.predict(table()))
    if hasattr(model, "partial_fit"):
        behaves(model.summary)
        behaves(lambda: model.encoder_.get_feature_names_out())
        behaves(lambda: compact(model))
        behaves(lambda: model.partial_fit(table(), np.arange(N_ROWS) % 2))


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_documents_of_tables(shipped, name, data):
    path = shipped[0].with_name(name)
    contents = contents_of(path)
    document = data.draw(changed(json.loads(contents["document.json"])))
    contents["document.json"] = json.dumps(document).encode()
    wrong = path.with_name("wrong")
    with zipfile.ZipFile(wrong, "w") as archive:
        for member, content in contents.items():
            archive.writestr(member, content)
    loaded_behaves(wrong, READERS[name])


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_damaged_bytes_of_tables(shipped, name, data):
    path = shipped[0].with_name(name)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(
            st.integers(0, 7)
        )
    damaged = path.with_name("damaged")
    damaged.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    loaded_behaves(damaged, READERS[name])


columns = st.one_of(
    st.lists(st.sampled_from(VALUES), min_size=3, max_size=3),
    st.sampled_from(
        ["M8[ns]", "M8[D]", "m8[s]", "f4", "i1", "u8", "U3", "S2", "c16", "?"]
    ).map(lambda dtype: np.zeros(3, dtype=dtype)),
    st.sampled_from([np.zeros(2), np.zeros((3, 1)), 3, None, "abc", {}, []]),
)


@given(name=st.sampled_from(list(table().columns)), column=columns)
def test_columns_of_anything(shipped, name, column):
    _, model = shipped
    given = table().head(3).to_dict("list") | {name: column}
    predictor = to_predictor(model)
    found = behaves(lambda: predictor.predict(given))
    if found is not None:
        assert np.isfinite(found).all()


@given(X=st.sampled_from([None, 3, "x", [], {}, [{}], [[]], [None], np.zeros((0, 4))]))
def test_no_tables(shipped, X):
    _, model = shipped
    behaves(lambda: to_predictor(model).predict(X))
