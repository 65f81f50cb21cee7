"""A file read by the study and in chunks, which must agree."""

import warnings

import numpy as np

from sparsekit._utils._tables import codes_of
from sparsekit.out_of_core import fit_in_chunks
from sparsekit.study.cli._user_table import InputError, read_user_table


class Rows:
    """Keeps what `partial_fit` is given."""

    def __init__(self):
        self.X, self.y = [], []

    def partial_fit(self, X, y):
        self.X.append(X)
        self.y.append(y)


def in_chunks(path, target="y", **settings):
    """Return names of features, features, target and notes, read a row at a time."""
    rows = Rows()
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        fit_in_chunks(rows, path, target, shuffle=False, chunk_rows=8, **settings)
    names = rows.X[0].columns.tolist()
    return (
        names,
        np.concatenate([X.to_numpy(np.float64) for X in rows.X]),
        np.concatenate(rows.y),
        [str(note.message) for note in notes],
    )


def both_ways(path, target="y", na_values=(), drop=()):
    """Return names, features, target and the study's note; all must be the same."""
    names, X, y, _ = in_chunks(path, target, na_values=list(na_values))
    features, targets, note = read_user_table(path, target, drop, codes_of(na_values))
    kept = [names.index(name) for name in features]
    np.testing.assert_array_equal(features.to_numpy(), X[:, kept])
    assert targets.tolist() == y.tolist()
    return features.columns.tolist(), features.to_numpy(), targets.tolist(), note


def refusals(path, target="y", **settings):
    """Return the errors of the two ways to read a file, each a line."""
    found = []
    for read, error in (
        (in_chunks, ValueError),
        (read_user_table, InputError),
    ):
        try:
            read(path, target, **settings)
        except error as refusal:
            found.append(str(refusal))
            assert len(found[-1]) <= 300
            assert found[-1].isprintable()
    assert len(found) == 2
    return found
