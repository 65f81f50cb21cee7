"""None, NaN, NaT and pd.NA: refused by name in targets, holes like any other in X."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.naive_bayes import GaussianNB

from sparsekit import LabelMasker, MCARMasker, SETMLPClassifier, SETMLPRegressor
from sparsekit.continual import ReplayClassifier, ReplayRegressor, prequential_scores
from sparsekit.difficulty import (
    grand_scores,
    memorization_scores,
    pruning_identified_exemplars,
)
from sparsekit.missingness import diagnose
from sparsekit.neural_network import to_predictor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.random.default_rng(0).normal(size=(12, 3))
UNKNOWN = [None, np.nan, pd.NaT, pd.NA]
WAYS = {
    "list": list,
    "array": lambda y: np.array([*y, None], dtype=object)[:-1],
    "series": lambda y: pd.Series(y, dtype=object),
    "table": lambda y: pd.DataFrame({"y": pd.Series(y, dtype=object)}),
}
DTYPES = {
    "Int64": [0, 1],
    "Float64": [0.5, 1.5],
    "boolean": [True, False],
    "string": ["a", "b"],
    "category": ["a", "b"],
    "datetime64[ns]": ["2020-01-01", "2020-01-02"],
}


def net(network):
    return network((4,), max_iter=1, random_state=0)


def with_unknown(values, unknown):
    """Return twelve targets, of which the last two are unknown."""
    return [*values * 5, unknown, unknown]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("unknown", UNKNOWN, ids=repr)
@pytest.mark.parametrize(
    ("network", "values"),
    [
        (SETMLPClassifier, ["a", "b"]),
        (SETMLPClassifier, [0, 1]),
        (SETMLPRegressor, [0.0, 1.5]),
    ],
)
def test_unknown_targets_are_refused_by_name_and_row(network, values, unknown, way):
    y = WAYS[way](with_unknown(values, unknown))
    message = "Input y contains .*: 2 of 12 targets are unknown, .* row 10"
    with pytest.raises(ValueError, match=message):
        net(network).fit(X, y)
    known = {"classes": values} if network is SETMLPClassifier else {}
    with pytest.raises(ValueError, match=message):
        net(network).partial_fit(X, y, **known)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("network", [SETMLPClassifier, SETMLPRegressor])
def test_columns_of_pandas_types_are_refused_alike(network, dtype):
    y = pd.Series(with_unknown(DTYPES[dtype], None), dtype=dtype)
    with pytest.raises(ValueError, match="2 of 12 targets are unknown"):
        net(network).fit(X, y)


def test_label_indicators_with_unknown_labels_are_refused():
    y = np.array([[0, 1], [1, 0]] * 6, dtype=float)
    y[3, 1] = np.nan
    for given in (y, sparse.csr_array(y)):
        with pytest.raises(ValueError, match="Input y contains NaN"):
            net(SETMLPClassifier).fit(X, given)


@pytest.mark.parametrize("unknown", UNKNOWN, ids=repr)
def test_unknown_validation_targets_and_classes_are_named(unknown):
    y = ["a", "b"] * 6
    with pytest.raises(ValueError, match="Input y_val contains"):
        net(SETMLPClassifier).fit(X, y, X_val=X[:3], y_val=["a", "b", unknown])
    with pytest.raises(ValueError, match="Input classes contains"):
        net(SETMLPClassifier).partial_fit(X, y, classes=["a", "b", unknown])


LABELS = with_unknown(["a", "b"], None)


@pytest.mark.parametrize(
    "call",
    [
        lambda: ReplayClassifier(GaussianNB()).fit(X, LABELS),
        lambda: ReplayRegressor(net(SETMLPRegressor)).fit(X, [None] * 12),
        lambda: prequential_scores(GaussianNB(), X, LABELS),
        lambda: LabelMasker({"a": 0.1, "b": 0.2}).fit(X, LABELS),
        lambda: memorization_scores(GaussianNB(), X, LABELS),
        lambda: grand_scores(net(SETMLPClassifier).fit(X, list("ab") * 6), X, LABELS),
        lambda: pruning_identified_exemplars(
            *[[GaussianNB().fit(X, list("ab") * 6)]] * 2, X, LABELS
        ),
    ],
)
def test_others_that_take_targets_refuse_them_alike(call):
    with pytest.raises(ValueError, match="targets are unknown"):
        call()


def tables(unknown):
    """Yield a table with a hole, in the ways in which it can hold objects."""
    array = X.astype(object)
    array[2, 1] = unknown
    yield array
    yield array.tolist()
    frame = pd.DataFrame(X, columns=list("abc"))
    frame["b"] = array[:, 1]
    yield frame


@pytest.mark.parametrize("unknown", UNKNOWN, ids=repr)
def test_among_objects_in_x_it_is_a_hole_like_any_other(unknown):
    holed, y = X.copy(), np.arange(12) % 2
    holed[2, 1] = np.nan
    fitted = net(SETMLPClassifier).fit(holed, y)
    masker = MCARMasker(0.3, random_state=0)
    for table in tables(unknown):
        again = net(SETMLPClassifier).fit(table, y)
        assert_array_equal(again.predict_proba(table), fitted.predict_proba(holed))
        assert_array_equal(
            to_predictor(again).predict_proba(table),
            to_predictor(fitted).predict_proba(holed),
        )
        assert_array_equal(masker.fit_transform(table), masker.fit_transform(holed))
        assert diagnose(table).missing_rate == diagnose(holed).missing_rate
        replay = ReplayClassifier(net(SETMLPClassifier)).fit(table, y)
        assert_array_equal(replay.predict(table), fitted.predict(holed))


def test_a_table_with_holes_among_objects_is_not_changed():
    *_, frame = tables(pd.NA)
    net(SETMLPClassifier).fit(frame, np.arange(12) % 2)
    assert frame.loc[2, "b"] is pd.NA
