"""The object that predicts by several networks, for rows or whole tables."""

import os
from typing import Any

import numpy as np

from sparsekit._utils import _archive
from sparsekit.deploy._predictor import SparsePredictor
from sparsekit.deploy._table import TABLE_PARTS, TableColumns

_FORMAT, _VERSION = "sparsekit ensemble predictor", 1


class SparseEnsemblePredictor:
    """Fitted networks whose mean predicts, with numpy and scipy only.

    Made by :func:`sparsekit.neural_network.to_predictor` of a `SparseTabular*` or a
    `SparseMLPEnsemble*`, or read by :meth:`load`. Its predictions are those of the
    estimator within rounding. Tables need neither pandas nor scikit-learn.

    Parameters
    ----------
    members : list of SparsePredictor
        The networks.
    table : dict or None, default=None
        What makes the networks' inputs of a table: `names`, `kinds`, `columns` and
        `edges`, as the encoders store them. None: the networks see rows as they are.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        For classifiers.
    n_features_in_ : int

    Raises
    ------
    TypeError
        If a member is no `SparsePredictor`, or `table` is no dict.
    ValueError
        If the parts do not belong together.

    Examples
    --------
    >>> import pandas as pd
    >>> from sparsekit import SparseTabularClassifier
    >>> from sparsekit.neural_network import to_predictor
    >>> ages = [31, None, 58, 44] * 20
    >>> jobs = ["cook", "baker", None, "cook"] * 20
    >>> fed = ["yes", "yes", "no", "no"] * 20
    >>> table = pd.DataFrame({"age": ages, "job": jobs})
    >>> model = SparseTabularClassifier(random_state=0).fit(table, fed)
    >>> predictor = to_predictor(model)
    >>> predictor.predict([{"age": 31, "job": "cook"}, {"age": 58, "job": None}])
    array(['yes', 'no'], dtype='<U3')
    >>> predictor.predict({"age": [31, 58], "job": ["cook", None]})
    array(['yes', 'no'], dtype='<U3')
    """

    def __init__(self, members, table=None) -> None:
        self._members = _checked_members(members)
        if table is not None and not isinstance(table, dict):
            raise TypeError(f"table must be a dict, got {type(table).__name__}.")
        if table is not None and table.keys() != set(TABLE_PARTS):
            raise ValueError(f"table must have {TABLE_PARTS}, got {list(table)}.")
        self._table = None if table is None else TableColumns(**table)
        self._head = self._members[0]._head
        self.n_features_in_ = self._members[0].n_features_in_
        if self._table is not None:
            if self._table.n_outputs != self.n_features_in_:
                raise ValueError("The networks do not read what becomes of the table.")
            self.n_features_in_ = len(self._table.names)
        self._regresses = self._members[0]._regresses
        if not self._regresses:
            self.classes_ = self._head["classes"]

    def __repr__(self):
        kind = "regressor" if self._regresses else "classifier"
        n_connections = sum(m._network["weights"].size for m in self._members)
        return (
            f"SparseEnsemblePredictor({kind}, {len(self._members)} members, "
            f"{n_connections} connections)"
        )

    def predict(self, X: Any) -> np.ndarray:
        """Predict classes, or targets in their own units.

        Parameters
        ----------
        X : dict of str to array-like, list of dict, or array-like
            For a table its columns by name, its rows as dicts, a DataFrame, or an array
            with the columns of `fit`; otherwise rows of shape (n_samples, n_features).
            None or NaN where a value is missing, and in a dict of a row what it leaves
            out. Dates are ``datetime64``, dates of Python or text of ISO 8601.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            What is predicted for each row.

        Raises
        ------
        ValueError
            For input that does not fit, with the name of the column.
        """
        if self._regresses:
            return self._mean("predict", X)
        chances = self.predict_proba(X)
        if self._head["kind"] == "labels":
            return (chances > 0.5).astype(int)
        return self.classes_[chances.argmax(axis=1)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Estimate probabilities; for classifiers.

        Parameters
        ----------
        X : dict of str to array-like, list of dict, or array-like
            As in `predict`.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Mean of the networks' probabilities, with a column for each of `classes_`.

        Raises
        ------
        AttributeError
            For a regressor.
        """
        return self._mean("predict_proba", X)

    def _mean(self, method, X):
        inputs = X if self._table is None else self._table.values(X)
        return sum(getattr(m, method)(inputs) for m in self._members) / len(
            self._members
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the predictor to a file, all of it or nothing.

        Parameters
        ----------
        path : str or path-like
            The file.

        Notes
        -----
        A zip archive of ``.npy`` arrays and a JSON document; nothing is pickled.
        """
        arrays: dict[str, np.ndarray] = {}
        members = [
            member._packed(arrays, f"{number}.")
            for number, member in enumerate(self._members)
        ]
        document = {"format": _FORMAT, "version": _VERSION, "members": members}
        document["table"] = None if self._table is None else self._table.packed(arrays)
        _archive.write_archive(path, document, arrays)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "SparseEnsemblePredictor":
        """Read a predictor; no code in the file is run.

        Parameters
        ----------
        path : str or path-like
            The file.

        Returns
        -------
        SparseEnsemblePredictor
            The predictor that was saved.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is truncated, damaged, of another kind or too new.
        """
        document, arrays = _archive.read_archive(path, _FORMAT, _VERSION)
        with _archive.refuse_damage(path, _FORMAT):
            members = [
                SparsePredictor._unpacked(member, _of(arrays, f"{number}."))
                for number, member in enumerate(document["members"])
            ]
            table = document["table"]
            if table is not None:
                table = TableColumns.unpacked(table, _of(arrays, "table."))
            return cls(members, table)


def _of(arrays, before):
    """Return the arrays whose names begin so, by the rest of their names."""
    return {
        name.removeprefix(before): array
        for name, array in arrays.items()
        if name.startswith(before)
    }


def _checked_members(members):
    """Return the members of an ensemble; raise unless they predict the same."""
    if not isinstance(members, list | tuple) or not members:
        raise ValueError(f"members must be a list of predictors, got {members!r:.80}.")
    for member in members:
        if not isinstance(member, SparsePredictor):
            raise TypeError(
                f"members must be of SparsePredictor, got {type(member).__name__}."
            )
    first = members[0]
    for member in members[1:]:
        same = (
            member.n_features_in_ == first.n_features_in_
            and member._feature_names == first._feature_names
            and _answer_of(member) == _answer_of(first)
        )
        if not same:
            raise ValueError("members must have the same features and targets.")
    return list(members)


def _answer_of(member):
    """Return what the outputs of a member mean."""
    head = member._head
    if member._regresses:
        return head["kind"], head["scale"].size, head["flat"]
    return head["kind"], head["classes"].dtype, head["classes"].tolist()
