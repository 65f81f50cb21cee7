"""What the columns of a table hold, and how they are read."""

from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data

# Text columns with more distinct values than categories are kept of are refused if more
# than this share of the values are distinct: names and the like say nothing new.
DISTINCT_SHARE = 0.5

# Values of a text column that are tried as dates before all are.
_N_TRIED = 100


def as_frame(X, name="X"):
    """Return a table as a pandas DataFrame; arrays get columns ``x0``, ``x1``, ...

    Parameters
    ----------
    X : DataFrame of pandas or polars, ndarray or nested list
    name : str, default="X"
        What to call it in errors.

    Returns
    -------
    DataFrame
        Not to be changed: it may be the user's.
    """
    import pandas as pd

    if isinstance(X, pd.DataFrame):
        frame = X
    elif hasattr(X, "to_pandas"):
        frame = X.to_pandas()
    else:
        if hasattr(X, "toarray"):
            raise TypeError(
                f"{name} is a sparse matrix, but a table needs dense columns; give "
                f"{name}.toarray(), or fit a network such as SETMLPClassifier to it."
            )
        array = np.asarray(X)
        if array.ndim != 2:
            raise ValueError(
                f"{name} must be a table of two dimensions. Expected 2D array, got "
                f"{array.ndim}D array instead. Reshape your data, for instance with "
                ".reshape(-1, 1) for one column."
            )
        if array.dtype.kind == "c":
            raise ValueError(f"Complex data not supported: {name} holds {array.dtype}.")
        frame = pd.DataFrame(array, columns=[f"x{j}" for j in range(array.shape[1])])
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()].unique().tolist()
        raise ValueError(f"{name} has columns of the same name: {twice}.")
    return frame


def kind_of(column: Any, is_category: bool, max_categories: int) -> str:
    """Return what a column holds: "number", "category" or "date".

    Parameters
    ----------
    column : Series
    is_category : bool
        Whether the user says that it holds categories.
    max_categories : int
        See `TableEncoder`.

    Raises
    ------
    ValueError
        For a column that cannot be read, with its name.
    """
    from pandas.api import types

    if is_category or isinstance(column.dtype, types.CategoricalDtype):
        return "category"
    if types.is_complex_dtype(column.dtype):
        raise ValueError(
            f"Complex data not supported: column {column.name!r} holds {column.dtype}."
        )
    if types.is_numeric_dtype(column.dtype) or types.is_timedelta64_dtype(column.dtype):
        return "number"
    if types.is_datetime64_any_dtype(column.dtype):
        return "date"
    held = types.infer_dtype(column, skipna=True)
    if held in _NUMBERS:
        return "number"
    if held in ("date", "datetime", "datetime64"):
        return "date"
    if held == "string" and _are_dates(column):
        return "date"
    if held != "string":
        raise ValueError(_unreadable(column, held))
    _refuse_free_text(column, max_categories)
    return "category"


# What `infer_dtype` calls columns of Python objects that are numbers.
_NUMBERS = {"boolean", "decimal", "empty", "floating", "integer", "mixed-integer-float"}


def _unreadable(column, held):
    example = next(value for value in column if np.ndim(value) or value is not None)
    return (
        f"Column {column.name!r} of X holds {held} values, for instance "
        f"{str(example)[:80]!r}, and a table needs numbers, truth values, categories, "
        "text or dates; convert it or drop it."
    )


def _are_dates(column):
    """Return whether all texts are dates as ISO 8601 has them."""
    observed = column.dropna()
    head = observed.iloc[:_N_TRIED]
    # Years such as "1999" would pass for dates.
    if observed.empty or not head.str.fullmatch(r"\d{4}-\d{2}-\d{2}.*").all():
        return False
    return _parsed(observed).notna().all()


def _parsed(column):
    """Return a column as dates without time zone, NaT for what is none."""
    import pandas as pd
    from pandas.api import types

    if not types.is_datetime64_any_dtype(column.dtype):
        text = column.astype("string")
        column = pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True)
    return column.dt.tz_localize(None)


def _refuse_free_text(column, max_categories):
    observed = column.dropna()
    n_distinct = observed.nunique()
    if n_distinct > max(max_categories, DISTINCT_SHARE * observed.size):
        raise ValueError(
            f"Column {column.name!r} of X holds text with {n_distinct} distinct values "
            f"in {observed.size} rows, for instance {str(observed.iloc[0])[:80]!r}: "
            "too many to be categories. Drop it, or encode it as numbers, for instance "
            "with TfidfVectorizer and TruncatedSVD in a ColumnTransformer."
        )


def numbers_of(column):
    """Return a column of numbers as float64, NaN where a value is missing."""
    from pandas.api import types

    if types.is_timedelta64_dtype(column.dtype):
        return column.dt.total_seconds().to_numpy(dtype=np.float64)
    try:
        values = column.astype("Float64" if column.dtype == object else column.dtype)
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Column {column.name!r} of X held numbers in fit, and now {error}."
        ) from error
    if np.isinf(numbers).any():
        raise ValueError(f"Column {column.name!r} of X contains infinity.")
    return numbers


def date_parts(column):
    """Return the parts of a column of dates, Series by name.

    Days since 1970, month, day of the month, weekday (Monday is 0) and hour, with
    fractions; missing where a date is. Times are those of the clock where the date was
    noted, or of UTC for text with a time zone.
    """
    import pandas as pd

    dates = _parsed(column)
    wrong = dates.isna() & column.notna()
    if wrong.any():
        raise ValueError(
            f"Column {column.name!r} of X held dates in fit, and now "
            f"{column[wrong].iloc[0]!r}."
        )
    days = (dates - pd.Timestamp(0)) / pd.Timedelta(days=1)
    return {
        "days": days // 1,
        "month": dates.dt.month.astype("Int64"),
        "day": dates.dt.day,
        "weekday": dates.dt.day_of_week.astype("Int64"),
        "hour": days % 1 * 24,
    }


def checked_frame(estimator, X, *, reset):
    """Return a table whose columns are those of `fit`, or are to be if `reset`."""
    frame = as_frame(X)
    for size, what in zip(frame.shape, ("sample", "feature"), strict=True):
        if size < 1:
            raise ValueError(
                f"Found array with 0 {what}(s) (shape={frame.shape}) while a minimum "
                "of 1 is required."
            )
    validate_data(estimator, X, reset=reset, skip_check_array=True)
    return frame
