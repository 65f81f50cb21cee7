"""The report has every score, and a reason for each sample."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_iris

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.difficulty import cartography, difficulty_report, gradient_coverage
from sparsekit.difficulty._report import _reasons

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def test_a_report_joins_the_scores():
    X, y = load_iris(return_X_y=True, as_frame=True)
    X.index = [f"flower {i}" for i in range(150)]
    y.iloc[7] = 2
    net = SETMLPClassifier(max_iter=40, random_state=0, record="rewiring").fit(X, y)
    table = difficulty_report(net, X, y)
    assert table.index.equals(X.index)
    pd.testing.assert_series_equal(table["region"], cartography(net)["region"])
    np.testing.assert_allclose(table["lift"], gradient_coverage(net, X, y)["lift"])
    assert table["difficulty"].between(0, 1).all()
    assert table["difficulty"].idxmax() == "flower 7"
    assert table["reason"]["flower 7"] == "suspect_label"
    assert "easy" in set(table["reason"])


def test_rows_that_were_held_out_have_no_reason():
    X, y = load_iris(return_X_y=True)
    net = SETMLPClassifier(early_stopping=True, record="epoch", random_state=0)
    table = difficulty_report(net.fit(X, y), X, y)
    held = net.record_["n_seen"] == 0
    assert table[held].isna().all(axis=None)
    assert table["reason"][~held].notna().all()


def test_regressions_have_a_report():
    X, y = load_diabetes(return_X_y=True)
    y[3] += 10 * y.std()
    net = SETMLPRegressor(max_iter=20, random_state=0, record="presentation")
    table = difficulty_report(net.fit(X, y), X, y)
    assert table["error"].idxmax() == 3
    assert table["reason"][3] == "suspect_label"


def test_the_first_reason_counts():
    nan = np.nan
    table = pd.DataFrame(
        {
            "confidence": [0.1, 0.1, 0.1, 0.9, 0.1, 0.9, nan],
            "aum": [-1.0, -1.0, 1.0, 1.0, -1.0, 1.0, nan],
            "lift": [0.1, 0.1, 0.1, 1.0, 1.0, 0.1, nan],
        }
    )
    events = pd.DataFrame({"n_forgotten": [0, 0, 0, 2, 0, 0, nan]})
    record = {
        # The label of a sample that is right at the end is not suspect.
        "correct": np.array([0, 0, 1, 1, 1, 1, -1]),
        "n_seen": np.array([9, 9, 9, 9, 9, 9, 0]),
        "rewirings": {"rows": np.array([0, 2]), "lost_at": np.array([4, 0])},
    }
    assert _reasons(record, table, events).tolist() == [
        "pruned_away",
        "suspect_label",
        "underserved",
        "ambiguous",
        "ambiguous",
        "easy",
        None,
    ]


def test_what_belongs_together_is_asked_for():
    X, y = load_iris(return_X_y=True)
    net = SETMLPClassifier(early_stopping=True, record="epoch").fit(X, y)
    with pytest.raises(ValueError, match="given together; None is y"):
        difficulty_report(net, X)
    with pytest.raises(ValueError, match="give the network in its place"):
        difficulty_report(net.record_, X, y)
