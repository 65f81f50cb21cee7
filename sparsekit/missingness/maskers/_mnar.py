"""Values missing not at random: the probability depends on what goes missing."""

from numbers import Real

import numpy as np
from sklearn.utils import check_random_state

from sparsekit._utils._arrays import read_only
from sparsekit._utils._sklearn_compat import Interval, StrOptions
from sparsekit.kernels import mechanisms
from sparsekit.missingness.maskers._base import BaseMasker
from sparsekit.missingness.maskers._cells import column_blocks
from sparsekit.missingness.maskers._scores import (
    SHAPES,
    RowScores,
    column_moments,
    learn_row_scores,
    row_probabilities,
    shaped_scores,
    solve_row_intercepts,
)

DEPENDENCES = {
    "self": "its own value",
    "quantile": "its own value",
    "latent": "a latent score of all columns",
    "logistic": "its own value and a latent score",
}


class MNARMasker(BaseMasker):
    """Make values missing not at random (MNAR): by the values that go missing.

    With :math:`z_{ij}` the standardised value of a cell, :math:`l_i` a latent score of
    its row (a drawn combination of all columns, of unit variance) and :math:`s` the
    shape,

    ========== =====================================================================
    kind       probability
    ========== =====================================================================
    "self"     :math:`\\mathrm{expit}(\\mathrm{strength} \\cdot s(z_{ij}) + b_j)`
    "quantile" :math:`c_j` where :math:`s(z_{ij})` is in the top share `at_risk` of
               column j, else 0
    "latent"   :math:`\\mathrm{expit}(\\mathrm{strength} \\cdot s(l_i) + b_j)`
    "logistic" :math:`\\mathrm{expit}(\\mathrm{strength} \\cdot
               s((z_{ij} + l_i) / \\sqrt 2) + b_j)`
    ========== =====================================================================

    The intercept :math:`b_j` or level :math:`c_j` is solved in fit, so that the mean
    over the observed cells of column j is its rate to 1e-8 or better, and is used again
    in transform.

    Random numbers are those of `MCARMasker`: a hash of the seed, the content of the row
    and the column. Masks do not depend on the order or the subset of the rows, agree
    for dense and sparse input, and a higher rate masks a superset.

    Parameters
    ----------
    missing_rate : float in [0, 1] or array-like of shape (n_features,), default=0.2
        Fraction of the cells of X that are made missing, or one rate per column.
    kind : {"self", "quantile", "latent", "logistic"}, default="self"
        What the probability depends on: the value itself, smoothly ("self" [1]_) or by
        a threshold ("quantile" [2]_); a latent score of the row that all columns share,
        like the severity of an illness ("latent"); or both ("logistic" [2]_).
    shape : {"right", "left", "mid", "tail"}, default="right"
        Which values make missing likely: high ones, low ones, those near their mean, or
        those far from it [3]_.
    strength : float, default=1.0
        What one standard deviation of the score adds to the log-odds; 0 is MCAR.
        "quantile" ignores it.
    at_risk : float in (0, 1], default=0.5
        Fraction of the values of each column that can be missing with
        ``kind="quantile"``, and so its highest rate. Values that equal the threshold
        are at risk, too. The other kinds ignore it.
    when : {"both", "fit", "transform"}, default="both"
        When values are made missing: in training and prediction, in training only
        (``transform`` **then returns the values as they are**), or in prediction only
        (``fit_transform`` then does).
    rate_unit : {"cells", "columns", "rows"}, default="cells"
        What a single `missing_rate` is a fraction of: all cells of X, the cells of the
        columns in `features`, or the rows, of which so many lose a value.
    features : array-like of str, int or bool, default=None
        Columns that may be masked: names, indices, or a boolean mask. None means all.
    exact : bool, default=False
        Whether each column loses a fixed number of its observed values: their expected
        number, rounded. A row's mask then depends on the other rows.
    row_key : {"content", "position"}, default="content"
        What identifies a row: its content, so that equal rows share a mask, or its
        position in the table.
    random_state : int, RandomState instance or None, default=None
        Source of the seed, drawn once in each fit. It decides on the random numbers and
        on the weights of the latent score.

    Attributes
    ----------
    locations_ : ndarray of shape (n_features,)
        Mean of the observed values of each column.
    scales_ : ndarray of shape (n_features,)
        Standard deviation of the observed values; infinite for constant columns.
    weights_ : ndarray of shape (n_features,)
        Weight of each value's distance from its mean in the latent score; 0 for kinds
        without one.
    score_scale_ : ndarray of shape (1,)
        Standard deviation of the weighted sum over the rows of the fit; the sum divided
        by it is the latent score.
    intercepts_ : ndarray of shape (n_features,)
        Intercepts :math:`b_j`, infinite for rates of 0 and 1; the levels :math:`c_j`
        with ``kind="quantile"``.
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
    MARMasker : The probability depends on columns that stay observed.

    Notes
    -----
    A value that is missing already counts as the mean of its column. The values of a
    constant column are all alike: by themselves they go missing completely at random.

    References
    ----------
    .. [1] M. Le Morvan et al., "NeuMiss networks: differentiable programming for
       supervised learning with missing values", NeurIPS 2020.
    .. [2] B. Muzellec, J. Josse, C. Boyer and M. Cuturi, "Missing data imputation using
       optimal transport", ICML 2020.
    .. [3] R. M. Schouten, P. Lugtig and G. Vink, "Generating missing values for
       simulation purposes: a multivariate amputation procedure", Journal of Statistical
       Computation and Simulation 88(15), 2018.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.missingness import MNARMasker
    >>> X = np.random.default_rng(0).normal(size=(1000, 2))
    >>> masker = MNARMasker(0.3, kind="self", strength=2, random_state=0).fit(X)
    >>> P = masker.propensity(X)
    >>> P.mean(axis=0).round(6)
    array([0.3, 0.3])
    >>> bool(np.array_equal(np.argsort(P[:, 1]), np.argsort(X[:, 1])))
    True
    """

    _parameter_constraints = {  # noqa: RUF012 (scikit-learn's protocol)
        **BaseMasker._parameter_constraints,
        "kind": [StrOptions(set(DEPENDENCES))],
        "shape": [StrOptions(set(SHAPES))],
        "strength": [Interval(Real, 0, None, closed="left")],
        "at_risk": [Interval(Real, 0, 1, closed="right")],
    }

    def __init__(
        self,
        missing_rate=0.2,
        *,
        kind="self",
        shape="right",
        strength=1.0,
        at_risk=0.5,
        when="both",
        rate_unit="cells",
        features=None,
        exact=False,
        row_key="content",
        random_state=None,
    ) -> None:
        self.missing_rate = missing_rate
        self.kind = kind
        self.shape = shape
        self.strength = strength
        self.at_risk = at_risk
        self.when = when
        self.rate_unit = rate_unit
        self.features = features
        self.exact = exact
        self.row_key = row_key
        self.random_state = random_state

    def _learn(self, X, keys, target):
        n_samples, n_features = X.shape
        patterns = np.zeros(n_samples, dtype=np.int64)
        moments = column_moments(X, patterns, 1)
        self.locations_ = moments.location
        with np.errstate(divide="ignore"):
            self.scales_ = 1 / moments.inverse_scale
        self.weights_, latent = np.zeros(n_features), np.zeros(n_samples)
        self.score_scale_ = np.ones(1)
        if self.kind in ("latent", "logistic"):
            drawn = check_random_state(self.seed_ % 2**32).normal(size=n_features)
            self.weights_ = drawn * moments.inverse_scale
            everyone = np.zeros(n_features, dtype=np.int64)
            self.score_scale_, latent = learn_row_scores(
                X, patterns, everyone, self.locations_, self.weights_
            )
        reachable = np.ones(n_features)
        if self.kind == "quantile":
            self._thresholds = np.empty(n_features)
            shape = SHAPES[self.shape]
            for chosen, block in column_blocks(X, np.arange(n_features)):
                location, own_weights = self._cell_parameters(chosen)
                self._thresholds[chosen], reachable[chosen] = (
                    mechanisms.tail_thresholds(
                        block, location, own_weights, shape, self.at_risk
                    )
                )
        return reachable, (moments, latent, reachable)

    def _calibrate(self, X, rates, learned):
        moments, latent, at_risk = learned
        if self.kind == "quantile":
            self.intercepts_ = rates / at_risk
        elif self.kind == "latent":
            scores = self.strength * shaped_scores(latent, self.shape)
            nowhere = np.full(latent.size, 0), np.full(X.shape[1], -1)
            self.intercepts_ = solve_row_intercepts(X, scores, *nowhere, moments, rates)
        else:
            self.intercepts_ = np.full(X.shape[1], -np.inf)
            shape, row_scores = SHAPES[self.shape], read_only(latent / self._spread)
            for chosen, block in column_blocks(X, np.flatnonzero(rates)):
                location, own_weights = self._cell_parameters(chosen)
                self.intercepts_[chosen] = mechanisms.solve_columns(
                    block, location, own_weights, row_scores, shape,
                    float(self.strength), rates[chosen],
                )  # fmt: skip

    def _probabilities(self):
        shape, levels = SHAPES[self.shape], read_only(self.intercepts_)
        cells = *self._cell_parameters(slice(None)), shape
        everyone = np.zeros(self.n_features_in_, dtype=np.int64)
        row_scores = RowScores.of_groups(
            everyone, self.locations_, self.weights_, self.score_scale_
        )
        logistic = row_probabilities(everyone - 1, self.intercepts_)
        strength, spread = float(self.strength), self._spread

        def of_tails(rows, location, own_weights, shape):
            thresholds = read_only(self._thresholds)
            return mechanisms.tail_probabilities(
                rows, location, own_weights, shape, thresholds, levels
            )

        def probabilities(rows, keys, target):
            if self.kind == "quantile":
                return of_tails(rows, *cells)
            latent = np.zeros(len(rows))
            patterns = np.zeros(len(rows), dtype=np.int64)
            if self.kind != "self":
                latent = row_scores.of_rows(rows, patterns)
            if self.kind == "latent":
                scores = strength * shaped_scores(latent, self.shape)
                return logistic(scores, patterns)
            location, own_weights, shape = cells
            return mechanisms.cell_probabilities(
                rows, location, own_weights, read_only(latent / spread), shape,
                strength, levels,
            )  # fmt: skip

        return probabilities

    @property
    def _spread(self):
        """What a cell's own value and its row's latent score are divided by."""
        return np.sqrt(2) if self.kind == "logistic" else 1.0

    def _cell_parameters(self, columns):
        """Return means and weights of the cells' own values."""
        weights = 1 / (self.scales_[columns] * self._spread)
        return read_only(self.locations_[columns]), read_only(weights)

    def _column_mechanisms(self):
        return "mnar", DEPENDENCES[self.kind]
