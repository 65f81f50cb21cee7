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

    frame = X.to_pandas() if hasattr(X, "to_pandas") else X
    if not isinstance(frame, pd.DataFrame):
        if hasattr(X, "toarray"):
            raise TypeError(
                f"{name} is a sparse matrix, but a table needs dense columns; give "
                f"{name}.toarray(), or fit a network such as SETMLPClassifier to it."
            )
        array = np.asarray(frame)
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
    """Return what a column holds: "number", "category", "date" or "empty".

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

    if column.isna().all():
        return "empty"
    if is_category or isinstance(column.dtype, types.CategoricalDtype):
        return "category"
    if types.is_complex_dtype(column.dtype):
        raise ValueError(
            f"Complex data not supported: column {column.name!r} holds {column.dtype}."
        )
    held = _held(column)
    if held in _NUMBERS or held in _DURATIONS:
        return "number"
    if held in _DATES:
        return "date"
    if held == "string" and _are_dates(column):
        return "date"
    if held != "string":
        raise unreadable(column)
    _refuse_free_text(column, max_categories)
    return "category"


# What `infer_dtype` calls columns of numbers, of dates and of durations.
_NUMBERS = {"boolean", "decimal", "floating", "integer", "mixed-integer-float"}
_DATES = {"date", "datetime", "datetime64"}
_DURATIONS = {"timedelta", "timedelta64"}


def _held(column):
    """Return what pandas calls the values of a column; "empty" if there are none."""
    from pandas.api import types

    if types.is_numeric_dtype(column.dtype):
        return "floating"
    # Among objects, NaT counts as a value.
    return types.infer_dtype(column.dropna())


def unreadable(column):
    """Return the error about a column that holds what no table can."""
    example, held = column.dropna().iloc[0], _held(column)
    return ValueError(
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
    # What numpy holds: not all types of pyarrow can be computed with.
    return column.dt.tz_localize(None).astype("datetime64[us]")


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
    """Return a column of numbers as float64, NaN where a value is missing.

    Durations are seconds.
    """
    import pandas as pd

    held = _held(column)
    if held in _DATES:
        raise ValueError(
            f"Column {column.name!r} of X held numbers in fit, and now dates."
        )
    try:
        if held in _DURATIONS:
            column = pd.to_timedelta(column.astype(object)).dt.total_seconds()
        elif column.dtype == object:
            column = column.where(column.notna(), None).astype("Float64")
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(
            f"Column {column.name!r} of X holds numbers, and one is none: {error}."
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
            f"Column {column.name!r} of X holds dates, and {column[wrong].iloc[0]!r} "
            "is none."
        )
    midnights = dates.dt.normalize()
    return {
        "days": (midnights - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1),
        "month": dates.dt.month.astype("Int64"),
        "day": dates.dt.day,
        "weekday": dates.dt.day_of_week.astype("Int64"),
        "hour": (dates - midnights) / pd.Timedelta(hours=1),
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
