"""Columns that could be read as numbers, and mean none."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from sparsekit import DenseMLPRegressor, SETMLPClassifier, SETMLPRegressor
from sparsekit.tabular import PiecewiseLinearEncoder

DAYS = pd.Series(pd.date_range("2020-01-01", periods=20))
NUMBERS = np.arange(20.0)
Y = np.arange(20) % 2
KINDS = {
    "dates": DAYS,
    "dates with a time zone": DAYS.dt.tz_localize("UTC"),
    "dates as objects": DAYS.dt.date,
    "durations": DAYS - DAYS[0],
    "durations as objects": pd.Series(
        [dt.timedelta(i) for i in range(20)], dtype=object
    ),
    "periods": DAYS.dt.to_period("D"),
    "categories of integers": pd.Categorical(Y),
    "categories of numbers": pd.Categorical(NUMBERS / 2),
    "categories in order": pd.Categorical(Y, ordered=True),
}
MODELS = [
    SETMLPClassifier((4,), sparsity=0.0, max_iter=1),
    SETMLPRegressor((4,), sparsity=0.0, max_iter=1),
    DenseMLPRegressor((4,), max_iter=1),
    PiecewiseLinearEncoder(),
]
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def name_of(model):
    return type(model).__name__


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_a_network_refuses_them_by_name_and_says_what_to_do(model, kind):
    table = pd.DataFrame({"size": NUMBERS, "kind": KINDS[kind]})
    with pytest.raises(ValueError, match="Column 'kind' of X holds") as raised:
        model.fit(table, Y)
    assert kind.split()[0] in str(raised.value)
    for advice in ("SparseTabularClassifier", "TableEncoder", "convert"):
        assert advice in str(raised.value)


@pytest.mark.parametrize("model", MODELS[:3], ids=name_of)
def test_predict_refuses_them_too(model):
    table = pd.DataFrame({"size": NUMBERS, "kind": NUMBERS})
    fitted = model.fit(table, Y)
    with pytest.raises(ValueError, match="Column 'kind' of X holds dates"):
        fitted.predict(table.assign(kind=DAYS))


def test_partial_fit_refuses_them_too():
    table = pd.DataFrame({"kind": pd.Categorical(Y)})
    with pytest.raises(ValueError, match="Column 'kind' of X holds categories"):
        SETMLPRegressor((4,), sparsity=0.0).partial_fit(table, Y)


def test_tables_of_polars_are_looked_at_too():
    pl = pytest.importorskip("polars")
    net = SETMLPClassifier((4,), sparsity=0.0, max_iter=1)
    for values, held in (
        (DAYS.dt.date.tolist(), "dates"),
        (DAYS.tolist(), "dates"),
        ([dt.timedelta(i) for i in range(20)], "durations"),
        ([dt.time(i) for i in range(20)], "times"),
    ):
        with pytest.raises(ValueError, match=f"Column 'kind' of X holds {held}"):
            net.fit(pl.DataFrame({"kind": values}), Y)


@pytest.mark.parametrize(
    "numbers",
    [
        pd.array([1, pd.NA] * 10, dtype="Int64"),
        pd.array([True, None] * 10, dtype="boolean"),
        pd.Series([1.5, None] * 10, dtype=object),
        pd.Series([1.5, pd.NaT] * 10, dtype=object),
    ],
    ids=["Int64", "boolean", "object", "NaT"],
)
def test_numbers_of_any_type_are_read(numbers):
    table = pd.DataFrame({"size": NUMBERS, "more": numbers})
    net = SETMLPClassifier((4,), sparsity=0.0, max_iter=1, random_state=0)
    assert net.fit(table, Y).n_features_in_ == 2
