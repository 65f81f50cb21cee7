"""A table of numbers, categories and dates as an array of numbers."""

from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from sparsekit._utils._estimators import DocLinkMixin, unchanged_on_error
from sparsekit._utils._sklearn_compat import (
    Interval,
    StrOptions,
    _check_feature_names_in,
    _fit_context,
)
from sparsekit._utils._table_values import indicators
from sparsekit.tabular._columns import (
    checked_frame,
    date_parts,
    kind_of,
    numbers_of,
    unreadable,
)

# Parts of a date that are categories rather than sizes.
_CATEGORIES_OF_DATES = ("month", "weekday")


class TableEncoder(DocLinkMixin, TransformerMixin, BaseEstimator):
    """Turn a table into numbers: categories as indicators, dates as their parts.

    Numbers and truth values stay as they are. A category becomes one output per value,
    0 or 1, or a single one where it has two values. A date becomes the days since 1970,
    the month, the day of the month, the weekday and the hour, as far as they vary. A
    missing value (None, NaN, NaT or ``pandas.NA``) is NaN in all outputs of its column,
    which networks of sparsekit leave out. A column without any value has no outputs.

    Parameters
    ----------
    categorical_features : {"from_dtype"} or array-like of {bool, int, str}, \
default="from_dtype"
        Which columns hold categories. "from_dtype": those of type ``category``, and
        those of text that is no date. Otherwise a mask, numbers or names of columns,
        besides which text holds categories all the same.
    max_categories : int, default=32
        Values of a column that get an output of their own, the most frequent ones.
    min_frequency : int, default=5
        Rows that a value must have for an output of its own. The others share one.

    Attributes
    ----------
    columns_ : list of dict
        What the outputs are made of, in order: ``column`` (its number), ``part`` (of a
        date, or None), ``kind`` ("number" or "category"), and for a category
        ``categories`` (values with an output of their own) and ``others`` (whether
        rarer ones share one).
    column_of_outputs_ : ndarray of int
        Number of the column that each output is made of.
    kinds_ : list of str
        What each column was read as: "number", "category", "date", or "empty" where
        it held no value.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where all of them are strings.

    See Also
    --------
    PiecewiseLinearEncoder : Bins of numbers.
    sklearn.preprocessing.OneHotEncoder : Makes a category of missing values.

    Notes
    -----
    A value that was not seen in `fit` counts as rare, and as missing where no value was
    rare. Complexity: O(n_samples * n_outputs).

    Examples
    --------
    >>> import pandas as pd
    >>> from sparsekit.tabular import TableEncoder
    >>> table = pd.DataFrame({"age": [31, None, 58], "job": ["cook", "baker", None]})
    >>> encoder = TableEncoder(min_frequency=1).fit(table)
    >>> encoder.transform(table)
    array([[31.,  1.],
           [nan,  0.],
           [58., nan]])
    >>> encoder.get_feature_names_out()
    array(['age', 'job_cook'], dtype=object)
    """

    _parameter_constraints: ClassVar[dict] = {
        "categorical_features": [StrOptions({"from_dtype"}), "array-like"],
        "max_categories": [Interval(Integral, 1, None, closed="left")],
        "min_frequency": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self, *, categorical_features="from_dtype", max_categories=32, min_frequency=5
    ) -> None:
        self.categorical_features = categorical_features
        self.max_categories = max_categories
        self.min_frequency = min_frequency

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags

    @unchanged_on_error
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn what the columns hold.

        Parameters
        ----------
        X : {DataFrame, array-like} of shape (n_samples, n_features)
            A table of pandas or polars, or numbers.
        y : None
            Not used.

        Returns
        -------
        self : object
            The encoder itself.

        Raises
        ------
        ValueError
            For a column that is neither numbers, truth values, categories, text of few
            values nor dates, with its name.
        """
        frame = checked_frame(self, X, reset=True)
        named = self._named_categories(frame)
        kinds, columns = [], []
        for j in range(frame.shape[1]):
            column = frame.iloc[:, j]
            kinds.append(kind_of(column, named[j], self.max_categories))
            for part, kind, values in _parts(column, kinds[j]):
                plan = {"column": j, "part": part, "kind": kind}
                if kind == "category":
                    plan |= self._categories(values)
                    if _n_groups(plan) > 1:
                        columns.append(plan)
                elif part is None or np.unique(values[~np.isnan(values)]).size > 1:
                    columns.append(plan)
        self.kinds_, self.columns_ = kinds, columns
        return self

    def _named_categories(self, frame):
        """Return for each column whether the user says that it holds categories."""
        is_category = np.zeros(frame.shape[1], dtype=bool)
        wanted = self.categorical_features
        if isinstance(wanted, str):
            return is_category
        wanted = np.asarray(wanted)
        if wanted.dtype.kind == "b" and wanted.shape != is_category.shape:
            raise ValueError(
                f"categorical_features is a mask of {wanted.size} columns, but X has "
                f"{frame.shape[1]}."
            )
        if wanted.size and wanted.dtype.kind not in "biu":
            wanted = frame.columns.get_indexer_for(wanted)
        if wanted.size and wanted.dtype.kind != "b":
            beyond = (wanted < 0) | (wanted >= frame.shape[1])
            if beyond.any():
                unknown = np.asarray(self.categorical_features)[beyond].tolist()
                raise ValueError(
                    f"categorical_features={unknown} are not columns of X, which has "
                    f"{frame.columns.tolist()}."
                )
        if wanted.size:
            is_category[wanted] = True
        return is_category

    def _categories(self, values):
        """Return which values of a column get an output of their own."""
        counts = values.dropna().value_counts(sort=False)
        counts = counts[counts > 0]
        # The most frequent first; ties stay in the order of the table or of the type.
        kept = counts.sort_values(ascending=False, kind="stable")
        kept = kept[kept >= self.min_frequency].index[: self.max_categories].tolist()
        if not kept and counts.size > 1:
            kept = [counts.idxmax()]
        try:
            hash(tuple(kept))
        except TypeError as error:
            raise unreadable(values) from error
        return {"categories": kept, "others": counts.size > len(kept)}

    def transform(self, X: Any) -> np.ndarray:
        """Encode rows.

        Parameters
        ----------
        X : {DataFrame, array-like} of shape (n_samples, n_features)
            The columns of `fit`, in the same order.

        Returns
        -------
        ndarray of shape (n_samples, n_outputs), float64
            NaN where a value is missing.
        """
        check_is_fitted(self)
        frame = checked_frame(self, X, reset=False)
        read: dict = {}
        blocks = [np.empty((len(frame), 0))]
        for plan in self.columns_:
            j = plan["column"]
            if j not in read:
                parts = _parts(frame.iloc[:, j], self.kinds_[j])
                read[j] = {part: values for part, _, values in parts}
            values = read[j][plan["part"]]
            if plan["kind"] == "category":
                blocks.append(_indicators(values, plan))
            else:
                blocks.append(values[:, np.newaxis])
        return np.hstack(blocks)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the outputs.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns; by default those of `fit`, or ``x0``, ``x1``, ...

        Returns
        -------
        ndarray of str objects
            ``age`` for numbers, ``job_cook`` and ``job_others`` for categories,
            ``born_weekday_0`` for parts of dates.
        """
        check_is_fitted(self)
        columns = _check_feature_names_in(self, input_features)
        return np.array([name for name, _ in self._outputs(columns)], dtype=object)

    def _outputs(self, names):
        """Yield the name of each output and the column that it is made of."""
        for plan in self.columns_:
            name = names[plan["column"]]
            if plan["part"] is not None:
                name = f"{name}_{plan['part']}"
            if plan["kind"] == "number":
                yield name, plan["column"]
                continue
            groups = [*plan["categories"], *["others"] * plan["others"]]
            # One output tells two groups apart.
            for group in groups if len(groups) > 2 else groups[:1]:
                yield f"{name}_{group}", plan["column"]

    @property
    def column_of_outputs_(self) -> np.ndarray:
        """Number of the column that each output is made of, ndarray of int."""
        names = range(self.n_features_in_)
        return np.array([column for _, column in self._outputs(names)], dtype=np.int64)


def _n_groups(plan):
    return len(plan["categories"]) + plan["others"]


def _parts(column, kind):
    """Return part, kind and values of what a column is made of."""
    if kind == "empty":
        return []
    if kind == "number":
        return [(None, "number", numbers_of(column))]
    if kind == "category":
        return [(None, "category", column)]
    return [
        (part, "category", values)
        if part in _CATEGORIES_OF_DATES
        else (part, "number", values.to_numpy(dtype=np.float64))
        for part, values in date_parts(column).items()
    ]


def _indicators(values, plan):
    """Return an output for each group of values; one for two groups."""
    import pandas as pd

    values = pd.Series(np.asarray(values, dtype=object), name=values.name)
    n_groups = _n_groups(plan)
    numbers = {value: number for number, value in enumerate(plan["categories"])}
    rest = n_groups - 1 if plan["others"] else np.nan
    missing = values.isna()
    try:
        codes = values.map(numbers)
    except TypeError as error:
        raise unreadable(values) from error
    codes = codes.astype(np.float64).fillna(rest).where(~missing).to_numpy()
    return indicators(codes, n_groups)
