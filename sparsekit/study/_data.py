"""The data of a study: checked once, before any work."""

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import LabelEncoder
from sklearn.utils import check_array, check_consistent_length, column_or_1d

# A whole-number target with more distinct values is taken for a quantity.
MAX_INFERRED_CLASSES = 20


def default_data():
    """Return X and y of Breast Cancer Wisconsin, 569 rows and 30 features."""
    return load_breast_cancer(return_X_y=True)


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
    name = getattr(y, "name", None) or "y"
    X = check_array(
        X,
        accept_sparse="csr",
        dtype=(np.float64, np.float32),
        ensure_all_finite="allow-nan",
        ensure_min_samples=4,
    )
    _check_target_is_complete(y, name)
    y = column_or_1d(y)
    check_consistent_length(X, y)
    if task == "auto":
        task = infer_task(y)
    if task == "classification":
        return X, _class_codes(y, name), task
    if task == "regression":
        return X, _quantities(y, name), task
    raise ValueError(
        f"task={task!r} is not known: 'auto', 'classification' or 'regression'."
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
    codes = encoder.fit_transform(y)
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
