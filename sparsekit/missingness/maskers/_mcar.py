"""Values missing completely at random."""

from sparsekit.missingness.maskers._base import BaseMasker


class MCARMasker(BaseMasker):
    """Make values missing completely at random (MCAR).

    Every observed cell is made missing with the same probability (or that of its
    column), whatever its value and whatever the other cells hold.

    The random number of a cell is a hash of the seed, the content of its row and its
    column. Therefore a fitted masker gives the same mask to the same row at every call,
    in any order and any subset of rows, for dense and for sparse input. With an int as
    `random_state` the mask is also the same in every cross-validation fold and for
    every candidate of a grid search, and a higher rate masks a superset of the cells.

    Parameters
    ----------
    missing_rate : float in [0, 1] or array-like of shape (n_features,), default=0.2
        Fraction of the cells of X that are made missing, or one rate per column. Cells
        are drawn independently, so the realised share varies around it.
    when : {"both", "fit", "transform"}, default="both"
        When values are made missing:

        - "both": in training and in prediction. ``fit_transform(X)`` equals
          ``fit(X).transform(X)``.
        - "fit": in training only. ``fit_transform`` masks and ``transform`` **returns
          the values as they are**, even for the rows of the fit.
        - "transform": in prediction only. ``fit_transform`` **returns the values as
          they are**, ``transform`` masks.
    rate_unit : {"cells", "columns", "rows"}, default="cells"
        What a single `missing_rate` is a fraction of: "cells" means all cells of X,
        also where `features` names some columns only; "columns" means the cells of the
        columns in `features`; "rows" means the rows, of which so many lose one value or
        more. A rate per column is always a fraction of that column.
    features : array-like of str, int or bool, default=None
        Columns that may be masked: names, indices, or a boolean mask. None means all.
    exact : bool, default=False
        Whether each column loses a fixed number of its observed values: their expected
        number, rounded. The cells are those whose random numbers are smallest, so
        masks stay nested in the rate, but a row's mask depends on the other rows. Takes
        n_samples * n_features numbers of memory, for sparse input as well.
    row_key : {"content", "position"}, default="content"
        What identifies a row. With "content", rows that are equal share a mask. With
        "position" they do not, but the mask of a row depends on its position and on the
        whole table that is passed along with it. Use it for tables with many equal
        rows, for instance with few columns or few distinct values.
    random_state : int, RandomState instance or None, default=None
        Source of the seed, drawn once in each fit. An int gives the same masks in every
        process; None gives new masks at each fit, fixed in the fitted object.

    Attributes
    ----------
    target_rates_ : ndarray of shape (n_features,)
        Probability that a cell of each column is made missing.
    realized_rates_ : ndarray of shape (n_features,)
        Fraction of the cells of each column of the fit data that the mask covers.
    realized_rate_ : float
        Fraction of all cells of the fit data that the masker's mask covers, whatever
        `when` says. Cells that were missing before are not covered.
    seed_ : int
        Seed of the random numbers.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of features seen during fit, if `X` has string column names.

    Warns
    -----
    UserWarning
        In fit, if fewer than half of the rows are distinct and ``row_key="content"``.

    See Also
    --------
    MARMasker : The probability depends on other, observed columns.
    MNARMasker : The probability depends on the value that goes missing.
    MissingnessTransformer : The mechanism is a parameter.
    sklearn.impute.MissingIndicator : Boolean features that mark missing values.

    Notes
    -----
    Missing is NaN. In a sparse matrix a stored NaN is missing and an implicit zero is
    the value zero, which can be masked like any other: it becomes a stored NaN. Values
    that are missing in the input stay missing and take part in the content of the row.

    With :math:`k_i = h(\\mathrm{seed}, x_i)` the hash of row i, a cell is masked where
    :math:`u_{ij} = h(k_i, j) < p_j`. The hash is built from the output function of
    SplitMix64 [2]_. Time is O(n_samples * n_features); for sparse input the memory is
    O(stored + masked cells).

    Put a masker before scalers and imputers, which then see observed values only. In a
    grid search `missing_rate` describes the data and not the model: the best score is
    nearly always that of the lowest rate, so read ``cv_results_`` and set
    ``refit=False``.

    References
    ----------
    .. [1] D. B. Rubin, "Inference and missing data", Biometrika 63(3), 1976.
    .. [2] G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number
       generators", OOPSLA 2014.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.missingness import MCARMasker
    >>> X = np.arange(12.0).reshape(4, 3)
    >>> masker = MCARMasker(missing_rate=0.5, random_state=0).fit(X)
    >>> bool(np.array_equal(np.isnan(masker.transform(X)), masker.mask(X)))
    True
    >>> bool(np.array_equal(masker.mask(X[2:]), masker.mask(X)[2:]))
    True
    >>> masker.propensity(X)[0]
    array([0.5, 0.5, 0.5])
    """

    def __init__(
        self,
        missing_rate=0.2,
        *,
        when="both",
        rate_unit="cells",
        features=None,
        exact=False,
        row_key="content",
        random_state=None,
    ) -> None:
        self.missing_rate = missing_rate
        self.when = when
        self.rate_unit = rate_unit
        self.features = features
        self.exact = exact
        self.row_key = row_key
        self.random_state = random_state

    _rows_share_probabilities = True

    def _probabilities(self):
        return lambda rows, keys, target: self.target_rates_.reshape(1, -1)

    def _column_mechanisms(self):
        return "mcar", "nothing"
