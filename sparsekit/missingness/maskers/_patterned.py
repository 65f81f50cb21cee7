"""Columns that go missing together: blocks, and drop-out."""

from numbers import Integral, Real

import numpy as np
from scipy.optimize import brentq

from sparsekit._utils._sklearn_compat import Interval
from sparsekit.missingness.maskers._base import BaseMasker
from sparsekit.missingness.maskers._rates import selected_columns


class BlockMasker(BaseMasker):
    """Make whole blocks of columns missing together, completely at random.

    The columns of a block share one random number per row: a sensor that fails, a page
    of a questionnaire that is skipped. Each cell is missing with the same probability
    as with `MCARMasker`, but the cells of a block are not independent.

    Parameters
    ----------
    missing_rate : float in [0, 1] or array-like of shape (n_features,), default=0.2
        Fraction of the cells of X that are made missing, or one rate per column; of two
        columns of a block, the one with the higher rate misses a superset.
    blocks : int or list of array-like, default=2
        Number of neighbouring columns per block, or the columns of each block: names or
        indices. Columns outside of all blocks are blocks of their own.
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
        Source of the seed, drawn once in each fit.

    Attributes
    ----------
    target_rates_ : ndarray of shape (n_features,)
        Probability that a cell of each column is made missing.
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
    MonotoneMasker : From some column on, everything is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.missingness import BlockMasker
    >>> X = np.arange(12.0).reshape(3, 4)
    >>> BlockMasker(0.5, blocks=[[0, 3], [1, 2]], random_state=3).fit_transform(X)
    array([[ 0.,  1.,  2.,  3.],
           [ 4., nan, nan,  7.],
           [nan,  9., 10., nan]])
    """

    _parameter_constraints = {  # noqa: RUF012 (scikit-learn's protocol)
        **BaseMasker._parameter_constraints,
        "blocks": [Interval(Integral, 1, None, closed="left"), list, tuple],
    }

    def __init__(
        self,
        missing_rate=0.2,
        *,
        blocks=2,
        when="both",
        rate_unit="cells",
        features=None,
        exact=False,
        row_key="content",
        random_state=None,
    ) -> None:
        self.missing_rate = missing_rate
        self.blocks = blocks
        self.when = when
        self.rate_unit = rate_unit
        self.features = features
        self.exact = exact
        self.row_key = row_key
        self.random_state = random_state

    _rows_share_probabilities = True

    def _probabilities(self):
        return lambda rows, keys, target: self.target_rates_.reshape(1, -1)

    def _units(self, n_features):
        units = np.arange(n_features)
        if isinstance(self.blocks, Integral):
            return units - units % self.blocks
        used = np.zeros(n_features, dtype=bool)
        for block in self.blocks:
            chosen = selected_columns("blocks", block, n_features, self._names())
            if used[chosen].any():
                raise ValueError(
                    f"blocks={self.blocks!r} has columns in more than one block: "
                    f"{chosen[used[chosen]].tolist()}."
                )
            used[chosen] = True
            units[chosen] = chosen[0]
        return units

    def _column_mechanisms(self):
        units = self._units(self.n_features_in_)
        starts = self.get_feature_names_out()[units]
        return "block", np.array([f"the block of {name}" for name in starts])


class MonotoneMasker(BaseMasker):
    """Make a row's values missing from some column on: monotone drop-out.

    If a cell is made missing, so are those to its right: patients who leave a study.
    The probabilities rise from column to column, and do not depend on any value.

    Parameters
    ----------
    missing_rate : float in [0, 1] or array-like of shape (n_features,), default=0.2
        Fraction of the cells of X that are made missing. A single rate means a constant
        hazard: the chance to drop out at a column is the same for all columns, for the
        rows that are still there. One rate per column must not fall from left to right,
        columns of rate 0 apart.
    when : {"both", "fit", "transform"}, default="both"
        When values are made missing: in training and prediction, in training only
        (``transform`` **then returns the values as they are**), or in prediction only
        (``fit_transform`` then does).
    rate_unit : {"cells", "columns", "rows"}, default="cells"
        What a single `missing_rate` is a fraction of: all cells of X, the cells of the
        columns in `features`, or the rows, of which so many lose a value.
    features : array-like of str, int or bool, default=None
        Columns that may be masked, always from left to right: names, indices, or a
        boolean mask. None means all.
    exact : bool, default=False
        Whether each column loses a fixed number of its observed values: their expected
        number, rounded. A row's mask then depends on the other rows.
    row_key : {"content", "position"}, default="content"
        What identifies a row: its content, so that equal rows share a mask, or its
        position in the table.
    random_state : int, RandomState instance or None, default=None
        Source of the seed, drawn once in each fit.

    Attributes
    ----------
    target_rates_ : ndarray of shape (n_features,)
        Probability that a cell of each column is made missing.
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
    BlockMasker : Columns that go missing together.

    Notes
    -----
    With :math:`q` the chance to stay at a column, the k-th column is missing with
    probability :math:`1 - q^k`; q is solved so that their mean is the rate.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.missingness import MonotoneMasker
    >>> X = np.arange(12.0).reshape(3, 4)
    >>> MonotoneMasker(0.5, random_state=1).fit_transform(X)
    array([[ 0.,  1., nan, nan],
           [ 4., nan, nan, nan],
           [ 8.,  9., 10., 11.]])
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

    def _calibrate(self, X, rates, learned):
        columns = self._maskable(X.shape[1])
        if not isinstance(self.missing_rate, Real):
            if (np.diff(rates[columns]) < 0).any():
                raise ValueError(
                    f"missing_rate={self.missing_rate!r} falls from one column to the "
                    "next, but with monotone drop-out it can only rise."
                )
            return
        steps = np.arange(1, columns.size + 1)

        def excess(stay):
            return np.mean(1 - stay**steps) - rates[columns].mean()

        stay = brentq(excess, 0.0, 1.0, xtol=1e-15, rtol=1e-14)
        self.target_rates_ = np.zeros(X.shape[1])
        self.target_rates_[columns] = 1 - stay**steps

    def _probabilities(self):
        return lambda rows, keys, target: self.target_rates_.reshape(1, -1)

    def _units(self, n_features):
        units = np.arange(n_features)
        columns = self._maskable(n_features)
        units[columns] = columns.min(initial=n_features - 1)
        return units

    def _column_mechanisms(self):
        return "monotone", "the columns to its left"
