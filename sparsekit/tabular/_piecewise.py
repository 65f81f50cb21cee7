"""Numbers as piecewise linear functions of themselves."""

from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from sparsekit._utils._estimators import DocLinkMixin, unchanged_on_error
from sparsekit._utils._magnitudes import in_units, units_of
from sparsekit._utils._sklearn_compat import (
    Interval,
    StrOptions,
    _align_api_if_sparse,
    _check_feature_names_in,
    _fit_context,
)
from sparsekit._utils._table_values import ramps
from sparsekit._utils._validation import (
    missing_as_nan,
    refuse_all_but_numbers,
    refuse_unknown,
)
from sparsekit.tabular._bins import bin_edges


class PiecewiseLinearEncoder(DocLinkMixin, TransformerMixin, BaseEstimator):
    """Encode each number by where it stands in each of a few bins.

    The range of a column is cut into bins, and each bin becomes an output: 0 for a
    value below it, 1 for one above, and linear in between [1]_. A layer that reads a
    few of these outputs can bend where a bin begins, so that even a neuron with four
    inputs sees more of a column than its size. A missing value stays missing, NaN in
    all outputs of its column, which networks of sparsekit leave out.

    Parameters
    ----------
    n_bins : int, default=8
        Bins of a column, at most. Columns with fewer distinct values get an edge at
        each of them; a column of two values, such as 0 and 1, becomes one output from 0
        to 1; a constant column becomes none.
    strategy : {"quantile", "tree"} or list of array-like, default="quantile"
        Where the bins end. "quantile": equally many training values in each. "tree": at
        the thresholds of a decision tree that predicts `y` from the column alone. Or
        the edges of each column, increasing.
    include_values : bool, default=True
        Whether the value itself stands before its bins, where there is more than one.
        It tells values beyond the outer edges apart, which the bins do not.
    add_indicator : bool, default=False
        Whether columns with missing values in `fit` get one more output, 1 where the
        value is missing and 0 elsewhere.
    target_type : {"auto", "classification", "regression"}, default="auto"
        What trees take `y` for; "auto" tells classes by
        :func:`sklearn.utils.multiclass.type_of_target`.
    sparse_output : bool, default=False
        Whether to return CSR, in which missing values are stored as NaN.

    Attributes
    ----------
    bin_edges_ : list of ndarray of shape (n_edges,)
        Edges of the bins of each column, from the smallest training value to the
        largest; empty for a column without two of them.
    indicator_features_ : ndarray of int
        Columns with an indicator.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where all of them are strings.

    See Also
    --------
    TableEncoder : Encodes whole tables, with text and dates.
    sklearn.preprocessing.SplineTransformer : With ``degree=1``, other functions that
        span the same; a missing value is zero there.

    Notes
    -----
    Complexity: O(n_samples log n_samples) per column in `fit`, O(n_samples * n_bins)
    per column in `transform`.

    References
    ----------
    .. [1] Gorishniy, Rubachev and Babenko, "On embeddings for numerical features in
       tabular deep learning", NeurIPS 2022 (arXiv 2203.05556), equation 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.tabular import PiecewiseLinearEncoder
    >>> X = np.array([[0.0], [1.0], [2.0], [6.0], [np.nan]])
    >>> PiecewiseLinearEncoder(n_bins=3, include_values=False).fit_transform(X)
    array([[ 0.,  0.,  0.],
           [ 1.,  0.,  0.],
           [ 1.,  1.,  0.],
           [ 1.,  1.,  1.],
           [nan, nan, nan]])
    """

    _parameter_constraints: ClassVar[dict] = {
        "n_bins": [Interval(Integral, 1, None, closed="left")],
        "strategy": [StrOptions({"quantile", "tree"}), list, tuple],
        "include_values": ["boolean"],
        "add_indicator": ["boolean"],
        "target_type": [StrOptions({"auto", "classification", "regression"})],
        "sparse_output": ["boolean"],
    }

    def __init__(
        self,
        n_bins=8,
        *,
        strategy="quantile",
        include_values=True,
        add_indicator=False,
        target_type="auto",
        sparse_output=False,
    ) -> None:
        self.n_bins = n_bins
        self.strategy = strategy
        self.include_values = include_values
        self.add_indicator = add_indicator
        self.target_type = target_type
        self.sparse_output = sparse_output

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = self.strategy == "tree"
        return tags

    @unchanged_on_error
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the bins.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Numbers, NaN where a value is missing.
        y : array-like of shape (n_samples,) or None, default=None
            Target; needed with ``strategy="tree"``.

        Returns
        -------
        self : object
            The encoder itself.

        Raises
        ------
        ValueError
            For given edges that do not fit, or trees without a target.
        """
        if self.strategy == "tree":
            if y is None:
                raise ValueError(
                    "strategy='tree' requires y to be passed, but the target y is None."
                )
            refuse_unknown(y)
            X, y = self._checked(X, y, reset=True)
        else:
            X = self._checked(X, reset=True)
        self.bin_edges_ = self._edges(X, y)
        missing = np.isnan(X).any(axis=0) if self.add_indicator else np.empty(0)
        self.indicator_features_ = np.flatnonzero(missing)
        return self

    def _edges(self, X, y):
        if not isinstance(self.strategy, str):
            return _given_edges(self.strategy, X.shape[1])
        classify = False
        if self.strategy == "tree":
            classify = self.target_type == "classification" or (
                self.target_type == "auto"
                and not type_of_target(y).startswith("continuous")
            )
            y = y if classify else _for_trees(y)
        return [
            bin_edges(column, self.n_bins, self.strategy, y, classify) for column in X.T
        ]

    def transform(self, X: Any) -> Any:
        """Encode rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Numbers, NaN where a value is missing.

        Returns
        -------
        {ndarray, CSR array} of shape (n_samples, n_outputs)
            For each column its value, its bins and its indicator, as far as it has
            them.
        """
        check_is_fitted(self)
        X = self._checked(X, reset=False)
        out = np.empty((X.shape[0], sum(self.n_outputs_per_feature_)))
        start = 0
        for j, width in enumerate(self.n_outputs_per_feature_):
            self._encode(j, X[:, j], out[:, start : start + width])
            start += width
        return (
            _align_api_if_sparse(sparse.csr_array(out)) if self.sparse_output else out
        )

    def _encode(self, j, values, out):
        """Write the outputs of column `j`."""
        edges, start = self.bin_edges_[j], 0
        if self.include_values and edges.size > 2:
            out[:, 0] = values
            start = 1
        out[:, start : start + max(edges.size - 1, 0)] = ramps(values, edges)
        if j in self.indicator_features_:
            out[:, -1] = np.isnan(values)

    @property
    def n_outputs_per_feature_(self):
        """Number of outputs of each column, list of int."""
        return [
            max(edges.size - 1, 0)
            + (self.include_values and edges.size > 2)
            + (j in self.indicator_features_)
            for j, edges in enumerate(self.bin_edges_)
        ]

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the outputs.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns; by default those of `fit`, or ``x0``, ``x1``, ...

        Returns
        -------
        ndarray of str objects
            A column ``age`` gives ``age``, ``age_bin0``, ``age_bin1``, ... and
            ``age_missing``; one of two values ``age`` only.
        """
        check_is_fitted(self)
        names = []
        columns = _check_feature_names_in(self, input_features)
        for j, (name, edges) in enumerate(zip(columns, self.bin_edges_, strict=True)):
            if edges.size == 2 or (self.include_values and edges.size > 2):
                names.append(name)
            if edges.size > 2:
                names += [f"{name}_bin{number}" for number in range(edges.size - 1)]
            if j in self.indicator_features_:
                names.append(f"{name}_missing")
        return np.array(names, dtype=object)

    def _checked(self, X, y="no_validation", *, reset):
        refuse_all_but_numbers(X)
        return validate_data(
            self,
            missing_as_nan(X),
            y,
            dtype=np.float64,
            ensure_all_finite="allow-nan",
            reset=reset,
            **({} if isinstance(y, str) else {"multi_output": True}),
        )


def _for_trees(y):
    """Return targets of a regression in units in which trees tell them apart."""
    y = np.asarray(y, dtype=np.float64).reshape(len(y), -1)
    y = in_units(y, units_of(y))
    spread = y.std(axis=0)
    return (y - y.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def _given_edges(edges, n_features):
    """Return the edges that a user gave, checked."""
    if len(edges) != n_features:
        raise ValueError(
            f"strategy holds edges for {len(edges)} columns, but X has {n_features}."
        )
    checked = []
    for j, given in enumerate(edges):
        wrong = f"strategy[{j}] must be finite, increasing numbers, got {given!r}."
        try:
            of_one = np.array(given, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(wrong) from error
        finite = of_one.ndim == 1 and np.isfinite(of_one).all()
        if not finite or not (of_one[:-1] < of_one[1:]).all():
            raise ValueError(wrong)
        checked.append(of_one if of_one.size > 1 else np.empty(0))
    return checked
