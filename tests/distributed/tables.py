"""Tables, networks and comparisons that tests of fits on parts share."""

import numpy as np

from sparsekit import SETMLPClassifier


def table(n_rows=240, n_columns=6):
    """Return rows with missing values, and one of three words for each."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, n_columns)) * [1, 10, 0.1, 1, 1, 1] + 3
    y = np.array(["elk", "fox", "owl"])[(X[:, 0] > 3).astype(int) + (X[:, 1] > 3)]
    X[rng.random(X.shape) < 0.05] = np.nan
    return X, y


def network(**parameters):
    """Return a small network that is not fitted."""
    given = {"sparsity": 0.5, "max_iter": 6, "random_state": 0} | parameters
    return SETMLPClassifier((15, 10), **given)


def cut(X, y, n_parts=3):
    """Return pairs of rows that follow each other, and their targets."""
    places = np.array_split(np.arange(len(y)), n_parts)
    return [(X[rows], y[rows]) for rows in places]


def without_time(rows):
    """Return rows of a history without the seconds."""
    return [{k: v for k, v in row.items() if k != "seconds"} for row in rows]


def assert_same_fit(one, other):
    """Raise AssertionError unless two fitted networks are the same to the bit."""
    for mine, theirs in zip(one.coefs_, other.coefs_, strict=True):
        np.testing.assert_array_equal(mine.indptr, theirs.indptr)
        np.testing.assert_array_equal(mine.indices, theirs.indices)
        np.testing.assert_array_equal(mine.data, theirs.data)
    for mine, theirs in zip(one.intercepts_, other.intercepts_, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    for name, values in one._optimizer.to_dict().items():
        np.testing.assert_array_equal(values, other._optimizer.to_dict()[name])
    assert without_time(one.history_) == without_time(other.history_)
    assert one.loss_curve_ == other.loss_curve_
    np.testing.assert_equal(
        without_time(one.rewiring_history_), without_time(other.rewiring_history_)
    )
