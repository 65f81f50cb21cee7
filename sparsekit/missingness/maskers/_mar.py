"""Values missing at random: the probability depends on observed values."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state

from sparsekit._utils._magnitudes import in_units, units_of
from sparsekit._utils._sklearn_compat import Interval, StrOptions
from sparsekit.missingness.maskers._base import BaseMasker
from sparsekit.missingness.maskers._cells import assign_patterns, hash_rows
from sparsekit.missingness.maskers._rates import column_positions, selected_columns
from sparsekit.missingness.maskers._scores import (
    SHAPES,
    RowScores,
    column_moments,
    learn_row_scores,
    linked_scores,
    maskable_share,
    row_probabilities,
    score_knots,
    shaped_scores,
    solve_row_intercepts,
)


class MARMasker(BaseMasker):
    """Make values missing at random (MAR): by the values of columns that stay observed.

    The probability of a cell is logistic in a score of *drivers*, columns that are
    never masked in the same row:

    .. math:: P_{ij} = \\mathrm{expit}(\\mathrm{strength} \\cdot t_i + b_j)

    with :math:`t_i` the shaped and linked score of the drivers of row i. The intercept
    :math:`b_j` is solved in fit, so that the mean over the observed cells of column j
    is its rate to 1e-8 or better, and is used again in transform.

    Either the same columns are drivers in every row, or the columns rotate: they are
    divided into groups, each row is assigned to a group by its hash, the columns of
    this group stay observed in the row and drive the others. Every column can be
    missing then, and given a row's group its probabilities depend on observed values
    only, so the mechanism is still MAR [2]_. Without groups, a logistic model for
    column after column would not be.

    Random numbers are those of `MCARMasker`: a hash of the seed, the content of the row
    and the column. Masks do not depend on the order or the subset of the rows, agree
    for dense and sparse input, and a higher rate masks a superset.

    Parameters
    ----------
    missing_rate : float in [0, 1] or array-like of shape (n_features,), default=0.2
        Fraction of the cells of X that are made missing, or one rate per column.
    drivers : "rotate", int, array-like or dict, default="rotate"
        Columns that the probabilities depend on:

        - "rotate": `n_patterns` groups of columns take turns.
        - int: so many columns, drawn once.
        - array-like of names, indices or booleans: these columns.
        - dict: these columns, with the weights of their standardised values.

        Without a dict all drivers weigh the same.
    n_patterns : int, default=10
        Number of groups of columns with ``drivers="rotate"``, at most one per column.
        A column can be missing in the rows of the other groups only, so no rate can
        exceed about ``1 - 1 / n_patterns``.
    link : {"logistic", "rank", "groups"}, default="logistic"
        What enters the logistic function: the score itself; the normal score of its
        rank in the fit data, which outliers do not move; or whether it is above the
        median, so that two groups of rows have odds of 1 to ``exp(strength)`` [3]_.
    shape : {"right", "left", "mid", "tail"}, default="right"
        Which scores make missing values likely: high ones, low ones, those near their
        mean, or those far from it.
    strength : float, default=1.0
        What one standard deviation of the score adds to the log-odds. 0 is MCAR.
    when : {"both", "fit", "transform"}, default="both"
        When values are made missing: in training and prediction, in training only
        (``transform`` **then returns the values as they are**), or in prediction only
        (``fit_transform`` then does).
    rate_unit : {"cells", "columns", "rows"}, default="cells"
        What a single `missing_rate` is a fraction of: all cells of X, the cells of the
        columns that can be missing, or the rows, of which so many lose a value.
    features : array-like of str, int or bool, default=None
        Columns that may be masked: names, indices, or a boolean mask. None means all
        that are not drivers. With "rotate" they are the columns that take turns.
    exact : bool, default=False
        Whether each column loses a fixed number of its observed values: their expected
        number, rounded. A row's mask then depends on the other rows.
    row_key : {"content", "position"}, default="content"
        What identifies a row: its content, so that equal rows share a mask, or its
        position in the table.
    random_state : int, RandomState instance or None, default=None
        Source of the seed, drawn once in each fit. It decides on the random numbers, on
        drawn drivers and on rotating groups.

    Attributes
    ----------
    driver_groups_ : ndarray of int, shape (n_features,)
        Group in which each column is a driver; -1 for columns that never are. Without
        rotation there is the group 0 only.
    weights_ : ndarray of shape (n_features,)
        Weight of each driver's distance from its mean: the weight that was given over
        the standard deviation of its observed values.
    score_scales_ : ndarray of shape (n_groups,)
        Standard deviation of each group's weighted sum over the rows of the fit where
        the group drives; the sum divided by it is the score.
    locations_ : ndarray of shape (n_features,)
        Mean of the observed values of each column.
    intercepts_ : ndarray of shape (n_features,)
        Intercepts :math:`b_j`; infinite for rates of 0 and 1.
    target_rates_ : ndarray of shape (n_features,)
        Mean probability over the observed cells of each column of the fit data.
    realized_rates_ : ndarray of shape (n_features,)
        Fraction of the cells of each column of the fit data that the mask covers.
    realized_rate_ : float
        Fraction of all cells of the fit data that the mask covers, whatever `when`
        says.
    seed_ : int
        Seed of the random numbers.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of features seen during fit, if `X` has string column names.

    See Also
    --------
    MCARMasker : Missing completely at random; random numbers and `when` in detail.
    MNARMasker : The probability depends on the value that goes missing.

    Notes
    -----
    A driver that is missing already counts as the mean of its column. A constant driver
    has no say. Columns of integers, booleans and encoded categories are numbers like
    any others; X becomes a table of floats, to hold NaN.

    Shapes are those of [1]_. Means, scales, medians, ranks and intercepts are learned
    in fit: they differ a little from one cross-validation fold to another, the random
    numbers, groups and drawn drivers do not, given an int as `random_state`.

    References
    ----------
    .. [1] R. M. Schouten, P. Lugtig and G. Vink, "Generating missing values for
       simulation purposes: a multivariate amputation procedure", Journal of Statistical
       Computation and Simulation 88(15), 2018.
    .. [2] D. B. Rubin, "Inference and missing data", Biometrika 63(3), 1976.
    .. [3] T. Rockel, "missMethods: methods for missing data", R package, 2022
       (``delete_MAR_1_to_x``; there the ratio is one of probabilities, here of odds).

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.missingness import MARMasker
    >>> X = np.random.default_rng(0).normal(size=(1000, 3))
    >>> masker = MARMasker(0.3, drivers=[0], strength=2, random_state=0).fit(X)
    >>> P = masker.propensity(X)
    >>> P.mean(axis=0).round(6)
    array([0.  , 0.45, 0.45])
    >>> bool(P[X[:, 0] > 1, 1].min() > P[X[:, 0] < 0, 1].max())
    True
    """

    _parameter_constraints = {  # noqa: RUF012 (scikit-learn's protocol)
        **BaseMasker._parameter_constraints,
        "drivers": [
            StrOptions({"rotate"}),
            Interval(Integral, 1, None, closed="left"),
            "array-like",
            dict,
        ],
        "n_patterns": [Interval(Integral, 2, None, closed="left")],
        "link": [StrOptions({"logistic", "rank", "groups"})],
        "shape": [StrOptions(set(SHAPES))],
        "strength": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        missing_rate=0.2,
        *,
        drivers="rotate",
        n_patterns=10,
        link="logistic",
        shape="right",
        strength=1.0,
        when="both",
        rate_unit="cells",
        features=None,
        exact=False,
        row_key="content",
        random_state=None,
    ) -> None:
        self.missing_rate = missing_rate
        self.drivers = drivers
        self.n_patterns = n_patterns
        self.link = link
        self.shape = shape
        self.strength = strength
        self.when = when
        self.rate_unit = rate_unit
        self.features = features
        self.exact = exact
        self.row_key = row_key
        self.random_state = random_state

    def row_groups(self, X):
        """Return the group of columns that stays observed in each row.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows, NaN where a value is missing.

        Returns
        -------
        groups : ndarray of int, shape (n_samples,)
            Values of `driver_groups_`; all 0 without rotation.
        """
        X = self._validated(X)
        return self._patterns(self._keys(hash_rows(X)))

    def _patterns(self, keys):
        return assign_patterns(keys, self.driver_groups_.max() + 1)

    def _learn(self, X, keys, target):
        n_samples, n_features = X.shape
        if n_features < 2:
            raise ValueError(
                "MARMasker needs a driver and a column to mask, so two columns or "
                f"more; X has n_features={n_features}."
            )
        if n_samples < 2 and isinstance(self.drivers, str):
            raise ValueError(
                "drivers='rotate' needs two rows or more, in which groups of columns "
                f"take turns; X has n_samples={n_samples}."
            )
        columns = super()._maskable(n_features)
        self.driver_groups_, weights = self._groups_and_weights(columns, n_features)
        patterns = self._patterns(keys)
        moments = column_moments(X, patterns, self.driver_groups_.max() + 1)
        self.locations_ = moments.location
        self.weights_ = np.where(
            self.driver_groups_ >= 0, weights * moments.inverse_scale, 0.0
        )
        self.score_scales_, scores = learn_row_scores(
            X, patterns, self.driver_groups_, self.locations_, self.weights_
        )
        self._knots = None
        if self.link != "logistic":
            shaped = shaped_scores(scores, self.shape)
            self._knots = score_knots(shaped, patterns, self.score_scales_.size)
        learned = moments, patterns, self._linked(scores, patterns)
        return maskable_share(moments.counts, self.driver_groups_), learned

    def _maskable(self, n_features):
        columns = super()._maskable(n_features)
        if isinstance(self.drivers, str):
            return columns
        return np.setdiff1d(columns, np.flatnonzero(self.driver_groups_ == 0))

    def _calibrate(self, X, rates, learned):
        moments, patterns, scores = learned
        self.intercepts_ = solve_row_intercepts(
            X, scores, patterns, self.driver_groups_, moments, rates
        )

    def _linked(self, scores, patterns):
        shaped = shaped_scores(scores, self.shape)
        linked = linked_scores(shaped, patterns, self.link, self._knots)
        return self.strength * linked

    def _probabilities(self):
        row_scores = RowScores.of_groups(
            self.driver_groups_, self.locations_, self.weights_, self.score_scales_
        )
        logistic = row_probabilities(self.driver_groups_, self.intercepts_)

        def probabilities(rows, keys, target):
            patterns = self._patterns(keys)
            scores = row_scores.of_rows(rows, patterns)
            return logistic(self._linked(scores, patterns), patterns)

        return probabilities

    def _groups_and_weights(self, columns, n_features):
        """Return the group of each column (-1 for none) and its weight as a driver."""
        groups, weights = np.full(n_features, -1), np.ones(n_features)
        if isinstance(self.drivers, str):
            n_groups = min(self.n_patterns, columns.size)
            if n_groups < 2:
                raise ValueError(
                    "drivers='rotate' needs two columns or more to take turns, but "
                    f"only {columns.size} may be masked: name the drivers."
                )
            parts = np.array_split(self._rng().permutation(columns), n_groups)
            for k, part in enumerate(parts):
                groups[part] = k
            return groups, weights
        if isinstance(self.drivers, Integral):
            chosen = self._drawn_drivers(columns, n_features)
        elif isinstance(self.drivers, dict):
            given = "drivers", list(self.drivers), n_features, self._names()
            chosen = selected_columns(*given)
            weights[column_positions(*given)] = self._given_weights()
        else:
            given = "drivers", self.drivers, n_features, self._names()
            chosen = selected_columns(*given)
        self._check_apart(columns, chosen)
        groups[chosen] = 0
        return groups, weights

    def _given_weights(self):
        weights = list(self.drivers.values())
        if not all(isinstance(w, Real) and np.isfinite(w) for w in weights):
            raise ValueError(
                f"drivers={self.drivers!r} must have finite numbers as weights."
            )
        # Only their ratios count.
        weights = np.array(weights, dtype=np.float64)
        return in_units(weights[:, np.newaxis], units_of(weights[:, np.newaxis]))[:, 0]

    def _drawn_drivers(self, columns, n_features):
        """Return drawn drivers; columns that are named to be masked are left out."""
        candidates = np.arange(n_features)
        if self._names_columns:
            candidates = np.setdiff1d(candidates, columns)
        limit = candidates.size - (not self._names_columns)
        if self.drivers > limit:
            raise ValueError(
                f"drivers={self.drivers} cannot be drawn from X's {n_features} columns "
                f"and leave those that are to be masked: at most {limit} is possible."
            )
        return self._rng().permutation(candidates)[: self.drivers]

    def _check_apart(self, columns, drivers):
        both = np.intersect1d(columns, drivers)
        if self._names_columns and both.size:
            raise ValueError(
                f"drivers={self.drivers!r} and the columns to be masked share the "
                f"columns {both.tolist()}: a driver that can be missing is not MAR. "
                "Take them out of features, give them a missing_rate of 0, or set "
                "drivers='rotate'."
            )

    @property
    def _names_columns(self):
        """Whether parameters say which columns are to be masked."""
        return self.features is not None or not isinstance(self.missing_rate, Real)

    def _rng(self):
        return check_random_state(self.seed_ % 2**32)

    def _column_mechanisms(self):
        names = self.get_feature_names_out()
        groups = self.driver_groups_
        if isinstance(self.drivers, str):
            return "mar", np.array(
                [f"groups other than {k} of {groups.max() + 1}" for k in groups]
            )
        drivers = names[groups == 0]
        shown = ", ".join(drivers[:3])
        return "mar", shown + (", ..." if drivers.size > 3 else "")
