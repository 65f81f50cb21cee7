"""A table's columns as the numbers that networks see, with numpy alone."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from sparsekit._utils._table_values import indicators, n_indicators, ramps
from sparsekit._utils._validation import missing_as_nan

TABLE_PARTS = ("names", "kinds", "columns", "edges")

_KINDS = ("number", "category", "date")

# Parts of dates, and which of them are categories.
DATE_PARTS = {
    "days": "number",
    "month": "category",
    "day": "number",
    "weekday": "category",
    "hour": "number",
}
_ENTRIES = {"column", "part", "kind"}
_OF_CATEGORIES = {"categories", "others"}


class TableColumns:
    """What the columns of a table become.

    Parameters
    ----------
    names, kinds : list of str
        Name of each column, and what it holds: "number", "category" or "date".
    columns : list of dict
        What numbers are made of, in order: `column`, `part` (of a date, or None),
        `kind` ("number" or "category"), and for a category `categories` (values with an
        output of their own) and `others` (whether rarer ones share one).
    edges : list of ndarray or None
        Edges of the bins of each number; None without bins.

    Raises
    ------
    ValueError
        If they do not belong together.
    """

    def __init__(self, names, kinds, columns, edges) -> None:
        self.names, self.kinds = names, kinds
        self.columns, self.edges = columns, edges
        self._check()

    @property
    def n_outputs(self):
        """How many numbers networks see of each row."""
        if self.edges is None:
            return self.n_read
        return sum(max(e.size - 1, 0) + (e.size > 2) for e in self.edges)

    @property
    def n_read(self):
        """How many numbers are made of each row, before bins."""
        return sum(
            n_indicators(n_groups(plan)) if plan["kind"] == "category" else 1
            for plan in self.columns
        )

    def packed(self, arrays):
        """Return what JSON can hold; the edges of all bins become two arrays."""
        if self.edges is not None:
            arrays["table.edges"] = np.concatenate([np.empty(0), *self.edges])
            arrays["table.n_edges"] = np.array([e.size for e in self.edges], np.int64)
        return {"names": self.names, "kinds": self.kinds, "columns": self.columns}

    @staticmethod
    def unpacked(document, arrays):
        """Return the arguments that `packed` was about."""
        edges = None
        if arrays:
            sizes = arrays["n_edges"]
            if sizes.ndim != 1 or sizes.dtype.kind != "i" or (sizes < 0).any():
                raise ValueError("the numbers of edges are none")
            if sizes.sum() != arrays["edges"].size:
                raise ValueError("the edges are not those of the bins")
            edges = np.split(arrays["edges"], np.cumsum(sizes)[:-1])
        return {part: document[part] for part in TABLE_PARTS[:3]} | {"edges": edges}

    def _check(self):
        """Raise ValueError unless all is as an encoder would have left it."""
        names, kinds = self.names, self.kinds
        for texts in (names, kinds):
            if not isinstance(texts, list) or not all(
                isinstance(t, str) for t in texts
            ):
                raise ValueError("names and kinds of columns must be text")
        if not names or len(set(names)) < len(names) or len(kinds) != len(names):
            raise ValueError("the names are not those of the columns")
        if not set(kinds) <= set(_KINDS) or not isinstance(self.columns, list):
            raise ValueError("what the columns hold is not known")
        for plan in self.columns:
            _check_plan(plan, kinds)
        if self.edges is None:
            return
        if not isinstance(self.edges, list) or len(self.edges) != self.n_read:
            raise ValueError("the bins are not those of the columns")
        for edges in self.edges:
            is_vector = isinstance(edges, np.ndarray) and edges.ndim == 1
            if not is_vector or edges.dtype != np.float64 or edges.size == 1:
                raise ValueError("bins have edges of another type or shape")
            if not np.isfinite(edges).all() or not (np.diff(edges) > 0).all():
                raise ValueError("the edges of bins do not increase")

    def values(self, X):
        """Return the numbers that networks see of rows.

        Parameters
        ----------
        X : dict of str to array-like, list of dict, or table of two dimensions
            Columns by name, rows by name, or columns in the order of `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_outputs), float64
            NaN where a value is missing.

        Raises
        ------
        ValueError
            For columns that are absent, not known, of different lengths, or of values
            that they did not hold when the network was fitted.
        """
        given = self._columns_of(X)
        read: dict = {}
        blocks = [np.empty((given[0].size, 0))]
        for plan in self.columns:
            j = plan["column"]
            if j not in read:
                read[j] = _parts(given[j], self.kinds[j], self.names[j])
            values = read[j][plan["part"]]
            if plan["kind"] == "category":
                blocks.append(indicators(_codes(values, plan), n_groups(plan)))
            else:
                blocks.append(values[:, np.newaxis])
        values = np.hstack(blocks)
        return values if self.edges is None else self._binned(values)

    def _binned(self, values):
        blocks = [np.empty((len(values), 0))]
        for column, edges in zip(values.T, self.edges, strict=True):
            if edges.size > 2:
                blocks.append(column[:, np.newaxis])
            blocks.append(ramps(column, edges))
        return np.hstack(blocks)

    def _columns_of(self, X):
        """Return the columns in the order of `fit`, arrays of one dimension."""
        if hasattr(X, "columns"):
            X = {str(name): X[name] for name in X.columns}
        elif isinstance(X, list | tuple) and X and isinstance(X[0], dict):
            X = _columns_of_rows(X)
        if not isinstance(X, dict):
            X = np.asarray(X)
            if X.ndim != 2 or X.shape[1] != len(self.names):
                raise ValueError(
                    "X must be a dict of columns, a list of dicts or of the shape "
                    f"(n_samples, {len(self.names)}), got the shape {X.shape}."
                )
            X = dict(zip(self.names, X.T, strict=True))
        absent = [name for name in self.names if name not in X]
        unknown = [name for name in X if name not in set(self.names)]
        if absent or unknown:
            raise ValueError(
                f"X must have the columns of fit. Absent: {absent}. Not known: "
                f"{unknown}."
            )
        columns = [_one_column(name, X[name]) for name in self.names]
        sizes = {name: c.size for name, c in zip(self.names, columns, strict=True)}
        if len(set(sizes.values())) > 1:
            raise ValueError(f"The columns of X have different lengths: {sizes}.")
        return columns


def n_groups(plan):
    """Return how many groups the values of a column of categories make."""
    return len(plan["categories"]) + plan["others"]


def _check_plan(plan, kinds):
    """Raise ValueError unless a plan is one for a table of columns of these kinds."""
    is_category = isinstance(plan, dict) and plan.get("kind") == "category"
    wanted = _ENTRIES | _OF_CATEGORIES if is_category else _ENTRIES
    if not isinstance(plan, dict) or plan.keys() != wanted:
        raise ValueError(f"{plan!r:.50} is no plan of a column")
    j, part, kind = plan["column"], plan["part"], plan["kind"]
    if type(j) is not int or not 0 <= j < len(kinds):
        raise ValueError("a plan belongs to no column")
    wanted = DATE_PARTS.get(part) if kinds[j] == "date" else kinds[j]
    if kind != wanted or (kinds[j] != "date" and part is not None):
        raise ValueError(f"column {j} holds nothing of the kind {kind!r:.20}")
    if not is_category:
        return
    categories = plan["categories"]
    if not isinstance(categories, list) or not categories:
        raise ValueError(f"column {j} has no categories")
    if not all(isinstance(value, str | int | float) for value in categories):
        raise ValueError(f"column {j} has categories that are neither text nor numbers")
    if any(isinstance(v, int) and not -(2**63) <= v < 2**64 for v in categories):
        raise ValueError(f"column {j} has categories that no array of numbers holds")
    if len(set(categories)) < len(categories) or not isinstance(plan["others"], bool):
        raise ValueError(f"the categories of column {j} are not distinct")


def _columns_of_rows(rows):
    """Return the columns of dicts; what a row leaves out is missing."""
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("X holds rows that are no dict beside others that are.")
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def _one_column(name, values):
    """Return a column as an array, of objects where it holds something but numbers."""
    if getattr(getattr(values, "dtype", None), "tz", None) is not None:
        values = values.dt.tz_localize(None)  # what the clock showed there
    if isinstance(values, list | tuple):
        # Beside text, None would become text in an array of numpy's choice.
        values = np.asarray(values, dtype=object)
    values = np.asarray(values)
    if values.ndim != 1:
        raise ValueError(
            f"Column {name!r} of X must have one dimension, got {values.shape}."
        )
    return missing_as_nan(values)


def _parts(values, kind, name):
    if kind == "date":
        return _date_parts(_dates(values, name))
    return {None: _numbers(values, name) if kind == "number" else values}


def _numbers(values, name):
    if values.dtype.kind == "m":
        numbers = values / np.timedelta64(1, "s")
    elif values.dtype.kind in "biuf":
        numbers = values.astype(np.float64)
    else:
        try:
            numbers = np.array([_number(value) for value in values.tolist()])
        except (OverflowError, TypeError, ValueError) as error:
            raise ValueError(
                f"Column {name!r} of X held numbers in fit, and now {error}."
            ) from error
    if np.isinf(numbers).any():
        raise ValueError(f"Column {name!r} of X contains infinity.")
    return numbers


def _number(value):
    if value is None:
        return np.nan
    if isinstance(value, str | bytes):
        raise TypeError(f"text, {value!r:.80}")
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


def _is_hole(value):
    return value is None or value != value


def _codes(values, plan):
    """Return the number of the group of each value, NaN where it is missing."""
    numbers = {value: float(code) for code, value in enumerate(plan["categories"])}
    others = float(len(numbers)) if plan["others"] else np.nan
    found = (
        np.nan if _is_hole(value) else numbers.get(value, others)
        for value in values.tolist()
    )
    return np.fromiter(found, dtype=np.float64, count=values.size)


def _dates(values, name):
    """Return dates without time zone, datetime64, NaT where one is missing."""
    if values.dtype.kind == "M":
        return values
    return np.array(
        [_date(value, name) for value in values.tolist()], dtype="datetime64[us]"
    )


def _date(value, name):
    if _is_hole(value):
        return np.datetime64("NaT")
    try:
        found = _moment(value)
    except (OverflowError, TypeError, ValueError) as error:
        raise ValueError(
            f"Column {name!r} of X held dates in fit, and now {value!r}."
        ) from error
    return np.datetime64(found, "us")


def _moment(value):
    """Return a date, text or object, as what the clock showed; in UTC with a zone."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    elif not isinstance(value, datetime | np.datetime64):
        raise TypeError(f"{value!r} is no date")
    if getattr(value, "tzinfo", None) is not None:
        value = value.astimezone(UTC).replace(tzinfo=None)
    return value


def _date_parts(dates):
    """Return the parts of dates, arrays of float64 by name."""
    missing = np.isnat(dates)
    day, month = dates.astype("datetime64[D]"), dates.astype("datetime64[M]")
    of_month = (day - month.astype("datetime64[D]")) / np.timedelta64(1, "D") + 1.0
    months = np.where(missing, np.nan, month.astype(np.int64) % 12 + 1.0)
    days = (day - np.datetime64(0, "D")) / np.timedelta64(1, "D")
    return {
        "days": days,
        "month": months,
        "day": of_month,
        "weekday": (days + 3.0) % 7.0,
        # From midnight on: the days since 1970 would round it.
        "hour": (dates - day) / np.timedelta64(1, "h"),
    }
