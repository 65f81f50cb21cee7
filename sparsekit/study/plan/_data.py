"""The data of a study: checked once, before any work."""

from collections.abc import Mapping

import numpy as np
from sklearn.preprocessing import LabelEncoder
from sklearn.utils import check_array, column_or_1d

from sparsekit._utils._arrays import sound
from sparsekit.study.plan._builtin_tables import BUILTIN_TABLES
from sparsekit.study.plan._grid import check_name
from sparsekit.study.plan._study_table import StudyTable

# The name, in results, of a table that was given as X and y.
OWN_NAME = "data"

# A whole-number target with more distinct values is taken for a quantity.
MAX_INFERRED_CLASSES = 20


def check_tables(X, y, datasets, task, test_size):
    """Return a dict from names to checked tables.

    Parameters
    ----------
    X, y : array-like or None
        One table of the user's own.
    datasets : str, sequence of str, mapping, or None
        Names of built-in tables; a mapping goes from a name to a pair (X, y) or to the
        name of a built-in table.
    task : {"auto", "classification", "regression"}
    test_size : float or int

    Raises
    ------
    ValueError
        If a table cannot be used for a study, with its name if there are several.
    """
    if (X is None) != (y is None):
        raise ValueError("Give both X and y, or neither.")
    if X is not None and datasets is not None:
        raise ValueError("Give X and y, or datasets, but not both.")
    if X is not None:
        return {OWN_NAME: StudyTable(OWN_NAME, *check_data(X, y, task), test_size)}
    if isinstance(datasets, str):
        datasets = [datasets]
    if not datasets:
        raise ValueError("datasets is empty: at least one table is needed.")
    if not isinstance(datasets, Mapping):
        if not all(isinstance(name, str) for name in datasets):
            raise TypeError(
                "datasets must be names, or a mapping such as {'name': (X, y)}; got "
                f"{type(datasets).__name__} of other things."
            )
        datasets = {name: name for name in datasets}
    return {
        name: _checked(name, data, task, test_size, several=len(datasets) > 1)
        for name, data in datasets.items()
    }


def _checked(name, data, task, test_size, *, several):
    check_name("dataset", name)
    try:
        if isinstance(data, str):
            if data not in BUILTIN_TABLES:
                raise ValueError(
                    f"dataset {data!r} is not known. Known are "
                    f"{', '.join(BUILTIN_TABLES)}; any other can be passed as "
                    "datasets={'name': (X, y)}."
                )
            builtin = BUILTIN_TABLES[data]
            task = builtin.task if task == "auto" else task
            data = builtin.load()
        if not isinstance(data, tuple | list) or len(data) != 2:
            raise ValueError("each of datasets must be a name or a pair (X, y).")
        return StudyTable(name, *check_data(*data, task), test_size)
    except (ValueError, TypeError) as error:
        if not several:
            raise
        raise type(error)(f"dataset {name!r}: {error}") from error


def infer_task(y):
    """Return "classification" or "regression", by the type of the target.

    Text, booleans and categories are classes. So are whole numbers with at most 20
    distinct values; all other numbers are quantities.
    """
    values = np.asarray(y)
    if values.dtype.kind not in "iuf":
        return "classification"
    distinct = np.unique(values)
    whole = np.array_equal(distinct, np.round(distinct))
    few = distinct.size <= MAX_INFERRED_CLASSES
    return "classification" if whole and few else "regression"


def check_data(X, y, task):
    """Return X (float array or CSR), y (class codes or float) and the task.

    Raises
    ------
    ValueError
        If X or y cannot be used for a study, with the reason.
    """
    _check_columns_are_numbers(X)
    X = check_array(
        sound(X),
        accept_sparse="csr",
        dtype=(np.float64, np.float32),
        ensure_all_finite="allow-nan",
        ensure_min_samples=4,
        input_name="X",
    )
    y, task = check_target(y, X.shape[0], task)
    return X, y, task


def check_target(y, n_rows, task):
    """Return y (class codes or float) and the task.

    Raises
    ------
    ValueError
        If y cannot be used as the target of so many rows, with the reason.
    """
    name = getattr(y, "name", None) or "y"
    y = column_or_1d(y)
    _check_target_is_complete(y, name)
    if len(y) != n_rows:
        raise ValueError(
            f"target {name!r} has {len(y)} values, but X has {n_rows} rows."
        )
    if task == "auto":
        task = infer_task(y)
    if task == "classification":
        return _class_codes(y, name), task
    if task == "regression":
        return _quantities(y, name), task
    raise ValueError(
        f"task={task!r} is not known: 'auto', 'classification' or 'regression'."
    )


def _check_columns_are_numbers(X):
    """Name the columns of a DataFrame that cannot be features."""
    import pandas as pd

    if not isinstance(X, pd.DataFrame):
        return
    text = []
    for j, column in enumerate(X.columns):
        try:
            X.iloc[:, j].astype(np.float64)
        except (TypeError, ValueError):
            text.append(str(column))
    if text:
        raise ValueError(
            f"X has columns that are not numeric: {', '.join(map(repr, text))}. Encode "
            "them as numbers, or leave them out."
        )


def _check_target_is_complete(y, name):
    import pandas as pd

    n_missing = int(np.sum(pd.isna(np.asarray(y))))
    if n_missing:
        raise ValueError(
            f"target {name!r} is missing in {n_missing} of {len(y)} rows. Remove these "
            "rows, or fill in their target."
        )


def _class_codes(y, name):
    encoder = LabelEncoder()
    try:
        codes = encoder.fit_transform(y)
    except TypeError as error:
        raise ValueError(
            f"target {name!r} mixes text with other values: make all of them text, or "
            "all of them numbers."
        ) from error
    counts = np.bincount(codes)
    if counts.size < 2:
        raise ValueError(
            f"target {name!r} has one class only, {encoder.classes_[0]!s}: "
            "classification needs at least two."
        )
    if counts.min() < 2:
        raise ValueError(
            f"target {name!r}: class {encoder.classes_[counts.argmin()]!s} has one row "
            "only, but train and test rows of every class are needed. Remove the row, "
            "or choose the task 'regression' if the target is a quantity."
        )
    return codes


def _quantities(y, name):
    try:
        values = np.asarray(y, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"target {name!r} holds values that are not numbers ({error}): choose the "
            "task 'classification'."
        ) from error
    if not np.isfinite(values).all():
        raise ValueError(f"target {name!r} has infinite values.")
    if np.ptp(values) == 0:
        raise ValueError(f"target {name!r} is constant: there is nothing to learn.")
    return values
