"""Values missing by the label: the probability depends on the target."""

from numbers import Real

import numpy as np
from sklearn.utils import check_array, check_consistent_length, column_or_1d

from sparsekit._utils._magnitudes import LARGEST, TINIEST, units_of
from sparsekit._utils._sklearn_compat import Interval, StrOptions
from sparsekit._utils._validation import refuse_unknown
from sparsekit.missingness.maskers._base import BaseMasker
from sparsekit.missingness.maskers._rates import column_rates, maskable_columns
from sparsekit.missingness.maskers._scores import (
    SHAPES,
    column_moments,
    row_probabilities,
    shaped_scores,
    solve_row_intercepts,
)


class LabelMasker(BaseMasker):
    """Make values missing by the target `y`: **in training data only**.

    Labels are not known when a model predicts. So ``fit_transform(X, y)`` makes values
    missing, and ``transform`` **returns the values as they are**; there is no parameter
    `when`. Use `mask` and `propensity` with `y` to mask other data.

    A missing value then tells something of the label: what a model learns from that
    does not hold for complete data.

    Parameters
    ----------
    missing_rate : float in [0, 1], array-like of shape (n_features,) or dict, \
default=0.2
        Fraction of the cells of X that are made missing, one rate per column, or one
        rate for the rows of each label: ``{label: rate}``. Without a dict the target
        must be a number, and the log-odds follow it.
    shape : {"right", "left", "mid", "tail"}, default="right"
        Which targets make missing values likely: high ones, low ones, those near their
        mean, or those far from it. Ignored for a dict.
    strength : float, default=1.0
        What one standard deviation of the target adds to the log-odds; 0 is MCAR.
        Ignored for a dict.
    rate_unit : {"cells", "columns", "rows"}, default="cells"
        What a single `missing_rate` is a fraction of: all cells of X, the cells of the
        columns in `features`, or the rows, of which so many lose a value. The rates of
        a dict are fractions of the rows' cells, or of their cells in `features`; "rows"
        is refused with it.
    features : array-like of str, int or bool, default=None
        Columns that may be masked: names, indices, or a boolean mask. None means all.
    exact : bool, default=False
        Whether each column loses a fixed number of its observed values: their expected
        number, rounded. A row's mask then depends on the other rows.
    row_key : {"content", "position"}, default="content"
        What identifies a row: its content, so that equal rows share their random
        numbers, or its position in the table.
    random_state : int, RandomState instance or None, default=None
        Source of the seed, drawn once in each fit.

    Attributes
    ----------
    labels_ : ndarray of shape (n_labels,)
        Sorted labels of a dict.
    label_rates_ : ndarray of shape (n_labels, n_features)
        Probability that a cell of each column is masked in the rows of each label of a
        dict.
    intercepts_ : ndarray of shape (n_features,)
        Intercepts of the logistic function, without a dict.
    target_rates_ : ndarray of shape (n_features,)
        Mean probability over the observed cells of each column of the fit data; with a
        dict, over all its rows.
    realized_rates_ : ndarray of shape (n_features,)
        Fraction of the cells of each column of the fit data that the mask covers.
    realized_rate_ : float
        Fraction of all cells of the fit data that the mask covers.
    seed_ : int
        Seed of the random numbers.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of features seen during fit, if `X` has string column names.

    See Also
    --------
    MARMasker : The probability depends on columns of X.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.missingness import LabelMasker
    >>> X = np.arange(12.0).reshape(4, 3)
    >>> y = ["ill", "well", "ill", "well"]
    >>> masker = LabelMasker({"ill": 1.0, "well": 0.0}, random_state=0)
    >>> masker.fit_transform(X, y)
    array([[nan, nan, nan],
           [ 3.,  4.,  5.],
           [nan, nan, nan],
           [ 9., 10., 11.]])
    >>> masker.transform(X[:1])
    array([[0., 1., 2.]])
    """

    _parameter_constraints = {  # noqa: RUF012 (scikit-learn's protocol)
        **BaseMasker._parameter_constraints,
        "missing_rate": [*BaseMasker._parameter_constraints["missing_rate"], dict],
        "shape": [StrOptions(set(SHAPES))],
        "strength": [Interval(Real, 0, None, closed="left")],
    }
    del _parameter_constraints["when"]

    when = "fit"
    _needs_target = True

    def __init__(
        self,
        missing_rate=0.2,
        *,
        shape="right",
        strength=1.0,
        rate_unit="cells",
        features=None,
        exact=False,
        row_key="content",
        random_state=None,
    ) -> None:
        self.missing_rate = missing_rate
        self.shape = shape
        self.strength = strength
        self.rate_unit = rate_unit
        self.features = features
        self.exact = exact
        self.row_key = row_key
        self.random_state = random_state

    def _learn_target(self, y, n_samples):
        y = self._checked_target(y, n_samples)
        if isinstance(self.missing_rate, dict):
            self.labels_ = np.unique(np.asarray(list(self.missing_rate)))
        else:
            unit = units_of(y[:, np.newaxis])
            values = y / unit
            scale = min(float(values.std() * unit[0]), LARGEST)
            self.target_location_ = float(values.mean() * unit[0])
            self.target_scale_ = scale if scale >= TINIEST else 1.0
        return self._scores_of(y)

    def _target_scores(self, y, n_samples):
        return self._scores_of(self._checked_target(y, n_samples))

    def _checked_target(self, y, n_samples):
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is "
                "None: its probabilities depend on the labels."
            )
        refuse_unknown(y)
        y = column_or_1d(y, warn=True)
        check_consistent_length(y, np.empty(n_samples))
        if isinstance(self.missing_rate, dict):
            return y
        if y.dtype.kind not in "biuf":
            raise ValueError(
                "Unknown label type: y must hold numbers unless missing_rate is a dict "
                f"of labels; got an array of {y.dtype}."
            )
        return check_array(y, ensure_2d=False, dtype=np.float64, input_name="y")

    def _scores_of(self, y):
        """Return positions in `labels_`, or shaped and scaled standardised targets."""
        if not isinstance(self.missing_rate, dict):
            # By halves: the distance of two numbers may be twice the largest of all.
            halves = (0.5 * y - 0.5 * self.target_location_) / self.target_scale_
            scores = 2.0 * halves
            return self.strength * shaped_scores(scores, self.shape)
        unknown = np.setdiff1d(y, self.labels_)
        if unknown.size:
            raise ValueError(
                f"y has labels without a rate: {unknown.tolist()}. missing_rate names "
                f"{self.labels_.tolist()}."
            )
        return np.searchsorted(self.labels_, y).astype(np.float64)

    def _maskable(self, n_features):
        if not isinstance(self.missing_rate, dict):
            return super()._maskable(n_features)
        return maskable_columns(0.0, self.features, n_features, self._names())

    def _set_probabilities(self, X, keys, target):
        if not isinstance(self.missing_rate, dict):
            super()._set_probabilities(X, keys, target)
            return
        if self.rate_unit == "rows":
            raise ValueError(
                "rate_unit='rows' cannot be combined with a missing_rate per label, "
                f"{self.missing_rate!r}; use rate_unit='cells' or 'columns'."
            )
        columns, reachable = self._maskable(X.shape[1]), np.ones(X.shape[1])
        by_label = {np.asarray(k).item(): r for k, r in self.missing_rate.items()}
        rates = [by_label[label] for label in self.labels_.tolist()]
        if not all(isinstance(r, Real) and 0 <= r <= 1 for r in rates):
            raise ValueError(
                f"missing_rate={self.missing_rate!r} must have all its values in "
                "[0, 1]."
            )
        self.label_rates_ = np.array(
            [column_rates(r, self.rate_unit, columns, reachable) for r in rates]
        )
        counts = np.bincount(target.astype(np.int64), minlength=len(rates))
        self.target_rates_ = counts @ self.label_rates_ / X.shape[0]

    def _learn(self, X, keys, target):
        patterns = np.zeros(X.shape[0], dtype=np.int64)
        moments = column_moments(X, patterns, 1)
        return np.ones(X.shape[1]), (moments, patterns, target)

    def _calibrate(self, X, rates, learned):
        moments, patterns, scores = learned
        no_group = np.full(X.shape[1], -1)
        self.intercepts_ = solve_row_intercepts(
            X, scores, patterns, no_group, moments, rates
        )

    def _probabilities(self):
        by_label = isinstance(self.missing_rate, dict)
        no_group = np.full(self.n_features_in_, -1)
        logistic = None if by_label else row_probabilities(no_group, self.intercepts_)

        def probabilities(rows, keys, target):
            if target is None:  # the labels are not known: nothing is masked
                return np.zeros(rows.shape)
            if by_label:
                return self.label_rates_[target.astype(np.int64)]
            return logistic(target, np.zeros(len(target), dtype=np.int64))

        return probabilities

    def _column_mechanisms(self):
        return "label", "the target"

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
