"""The masker whose mechanism is a parameter."""

from sparsekit._sklearn_compat import StrOptions
from sparsekit.missingness._base import BaseMasker
from sparsekit.missingness._mechanisms import MECHANISMS


class MissingnessTransformer(BaseMasker):
    """Make values missing by the mechanism of your choice.

    The same transformer as the masker of that mechanism, with the mechanism as a
    parameter, so that a grid search can go over mechanisms.

    Parameters
    ----------
    mechanism : {"mcar"}, default="mcar"
        Why values are missing: "mcar", completely at random, see `MCARMasker`.
    missing_rate : float in [0, 1] or array-like of shape (n_features,), default=0.2
        Share of the cells of X that are made missing, or one share per column.
    when : {"both", "fit", "transform"}, default="both"
        When values are made missing: in training and prediction, in training only
        (**``transform`` then returns the values as they are**), or in prediction only
        (``fit_transform`` then does).
    rate_unit : {"cells", "columns"}, default="cells"
        What a single `missing_rate` is a share of: all cells of X, or the cells of the
        columns in `features`.
    features : array-like of str, int or bool, default=None
        Columns that may be masked: names, indices, or a boolean mask. None means all.
    row_key : {"content", "position"}, default="content"
        What identifies a row: its content, so that equal rows share a mask, or its
        position in the table.
    random_state : int, RandomState instance or None, default=None
        Source of the seed, drawn once in each fit. An int gives the same masks in every
        process; None gives new masks at each fit, fixed in the fitted object.

    Attributes
    ----------
    target_rates_ : ndarray of shape (n_features,)
        Probability that a cell of each column is made missing.
    realized_rate_ : float
        Share of all cells of the fit data that the masker's mask covers, whatever
        `when` says. Cells that were missing before are not covered.
    seed_ : int
        Seed of the random numbers. Mechanisms with the same seed compare the same
        random numbers with different probabilities.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of features seen during fit, if `X` has string column names.

    See Also
    --------
    MCARMasker : Missing completely at random, with all the details.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.missingness import MissingnessTransformer
    >>> X = np.arange(12.0).reshape(4, 3)
    >>> masker = MissingnessTransformer("mcar", [0.0, 1.0, 0.0], random_state=0)
    >>> masker.fit_transform(X)
    array([[ 0., nan,  2.],
           [ 3., nan,  5.],
           [ 6., nan,  8.],
           [ 9., nan, 11.]])
    """

    _parameter_constraints = {  # noqa: RUF012 (scikit-learn's protocol)
        **BaseMasker._parameter_constraints,
        "mechanism": [StrOptions(set(MECHANISMS))],
    }

    def __init__(
        self,
        mechanism="mcar",
        missing_rate=0.2,
        *,
        when="both",
        rate_unit="cells",
        features=None,
        row_key="content",
        random_state=None,
    ):
        self.mechanism = mechanism
        self.missing_rate = missing_rate
        self.when = when
        self.rate_unit = rate_unit
        self.features = features
        self.row_key = row_key
        self.random_state = random_state

    @property
    def _mechanism(self):
        return MECHANISMS[self.mechanism]
