"""What reads whole tables, on tables of any kind."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sparsekit
from sparsekit.tabular import (
    PiecewiseLinearEncoder,
    SparseMLPEnsembleClassifier,
    SparseMLPEnsembleRegressor,
    SparseTabularClassifier,
    SparseTabularRegressor,
    TableEncoder,
)
from tests.fuzz.harness import behaves
from tests.fuzz.parameters import parameters
from tests.fuzz.tables import ODD_VALUES, rows_of, seeds, tables, targets, weights

HOLES = [None, np.nan, pd.NaT, pd.NA]
DAYS = pd.date_range("2020-01-01", periods=9, freq="31h")

# What a column may hold; of each a few values are drawn.
COLUMNS = {
    "numbers": [1.5, -2.0, 0.0, 1e300, -1e300, 5e-324],
    "odd": ODD_VALUES,
    "integers": [0, 1, 2, 7, 2**70],
    "truths": [True, False],
    "words": ["a", "b", "", "ä\n", "x" * 300],
    "digits": ["1", "2.5", "nan"],
    "days": list(DAYS),
    "dates": list(DAYS.date),
    "texts of days": ["2020-01-01", "2021-12-31T23:59:59Z", "2020-02-30", "soon"],
    "zones": list(DAYS.tz_localize("Europe/Rome")),
    "durations": [dt.timedelta(0), dt.timedelta(days=3)],
    "odd things": [[1], {}, b"a", 1j, (1, 2), object, dt.time(1), 10**400],
    "all": [1, "a", True, None, 2.5, DAYS[0]],
}

SOUND = ["numbers", "truths", "words", "days", "dates", "zones", "durations"]


@st.composite
def columns(draw, n):
    """Draw a column, as objects or as what pandas makes of them."""
    rng = np.random.default_rng(draw(seeds))
    values = COLUMNS[draw(st.sampled_from(SOUND * 4 + list(COLUMNS)))]
    chosen = [values[i] for i in rng.integers(len(values), size=n)]
    if draw(st.booleans()):
        hole = draw(st.sampled_from(HOLES))
        missing = rng.random(n) < 0.3
        chosen = [hole if missing[i] else chosen[i] for i in range(n)]
    column = pd.Series(chosen, dtype=object)
    kind = draw(st.sampled_from(["objects", "inferred", "category"]))
    try:
        return (
            column.astype("category")
            if kind == "category"
            else (column if kind == "objects" else column.infer_objects())
        )
    except TypeError:  # of what has no hash
        return column


@st.composite
def mixed(draw):
    """Draw a table of columns of all kinds, or one of those for networks."""
    if draw(st.integers(0, 3)) == 0:
        return draw(tables())
    n = draw(st.sampled_from([1, 2, 5, 12, 110]))
    drawn = {f"c{j}": draw(columns(n)) for j in range(draw(st.integers(1, 4)))}
    return pd.DataFrame(drawn)


@given(data=st.data())
def test_table_encoder(data):
    X, other = data.draw(mixed()), data.draw(mixed())
    settings = data.draw(parameters(TableEncoder))
    encoder = TableEncoder(**settings)
    if behaves(lambda: encoder.fit(X), X, settings) is None:
        return
    for table in (X, other):
        out = behaves(lambda: encoder.transform(table), table)  # noqa: B023
        if out is not None:
            assert out.shape == (rows_of(table), encoder.get_feature_names_out().size)
            assert not np.isinf(out).any()
    assert encoder.column_of_outputs_.size == encoder.get_feature_names_out().size


@given(data=st.data())
def test_piecewise_linear_encoder(data):
    X, other = data.draw(mixed()), data.draw(mixed())
    y = data.draw(targets(rows_of(X)))
    settings = data.draw(parameters(PiecewiseLinearEncoder, fixed=("strategy",)))
    edges = [[0, 1]] * 3
    settings["strategy"] = data.draw(st.sampled_from(["quantile", "tree", edges, [3]]))
    encoder = PiecewiseLinearEncoder(**settings)
    if behaves(lambda: encoder.fit(X, y), X, y, settings) is None:
        return
    for table in (X, other):
        out = behaves(lambda: encoder.transform(table), table)  # noqa: B023
        if out is not None:
            out = out if isinstance(out, np.ndarray) else out.toarray()
            assert out.shape == (rows_of(table), encoder.get_feature_names_out().size)
            assert not np.isinf(out).any()


MODELS = [SparseTabularClassifier, SparseTabularRegressor]


@pytest.mark.parametrize("model", MODELS)
@given(data=st.data())
def test_sparse_tabular(model, data):
    X, other = data.draw(mixed()), data.draw(mixed())
    y, weight = data.draw(targets(rows_of(X))), data.draw(weights(rows_of(X)))
    if data.draw(st.booleans()):
        y = np.arange(rows_of(X)) % 3
    # What constraints say little of is drawn from values that are worth a fit.
    worth = {
        "encoding": ["piecewise", "piecewise", "standard", None],
        "method": ["set", "static", "rigl", "set", "nonsense"],
        "scoring": [None, None, "r2", "neg_log_loss", "nonsense"],
        "sparsity": ["auto", 0.3, 0.9],
    }
    settings = data.draw(parameters(model, fixed=("n_jobs", "n_members", *worth)))
    settings |= {name: data.draw(st.sampled_from(worth[name])) for name in worth}
    if data.draw(st.booleans()):
        settings = {"random_state": 0}
    settings.setdefault("hidden_layer_sizes", 3)
    settings.setdefault("max_iter", 1)
    estimator = model(n_members=1, **settings)
    behaves(lambda: estimator.predict(X), X)  # not fitted
    if behaves(lambda: estimator.fit(X, y, weight), X, y, weight, settings) is None:
        return
    assert np.isfinite(
        estimator.predict_proba(X)
        if hasattr(estimator, "classes_")
        else estimator.predict(X)
    ).all()
    assert not np.isinf(estimator.feature_importances_).any()
    behaves(lambda: estimator.predict(other), other)
    behaves(lambda: estimator.score(X, y), X, y)


ENSEMBLES = {
    SparseMLPEnsembleClassifier: sparsekit.SETMLPClassifier,
    SparseMLPEnsembleRegressor: sparsekit.SETMLPRegressor,
}


@pytest.mark.parametrize("ensemble", ENSEMBLES)
@given(data=st.data())
def test_ensembles(ensemble, data):
    X, other = data.draw(tables()), data.draw(tables())
    y, weight = data.draw(targets(rows_of(X))), data.draw(weights(rows_of(X)))
    net = ENSEMBLES[ensemble]((3,), max_iter=2, sparsity=0.3)
    inner = data.draw(st.sampled_from([net] * 5 + [None, 3]))
    settings = data.draw(parameters(ensemble, fixed=("estimator", "n_jobs")))
    settings["n_members"] = data.draw(st.sampled_from([1, 2, 3, 0, -1]))
    if data.draw(st.booleans()):
        inner, y, settings["n_members"] = net, np.arange(rows_of(X)) % 3, 2
    if inner is None:
        settings["n_members"] = 0  # networks of many epochs: only refused
    estimator = ensemble(inner, **settings)
    if behaves(lambda: estimator.fit(X, y, weight), X, y, weight, settings) is None:
        return
    for table in (X, other):
        behaves(lambda: estimator.predict(table), table)  # noqa: B023
    behaves(lambda: estimator.score(X, y), X, y)
