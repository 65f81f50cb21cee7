"""What all maskers share: seeds, random numbers, masks, scikit-learn's contract."""

import warnings
from abc import ABCMeta, abstractmethod
from numbers import Real
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from sparsekit._utils._arrays import admitted, canonical
from sparsekit._utils._estimators import DocLinkMixin, unchanged_on_error
from sparsekit._utils._sklearn_compat import Interval, StrOptions, _fit_context
from sparsekit._utils._validation import refuse_words
from sparsekit.missingness.maskers._cells import (
    count_masked,
    draw_exact,
    draw_mask,
    hash_rows,
    row_chunks,
    row_keys,
    with_missing,
)
from sparsekit.missingness.maskers._rates import column_rates, maskable_columns
from sparsekit.missingness.maskers._row_rate import solve_row_rate

if TYPE_CHECKING:
    from pandas import DataFrame

# Below this share of distinct rows, masks that follow content are too alike to be used
# without a word.
MIN_DISTINCT_SHARE = 0.5


class BaseMasker(
    DocLinkMixin,
    CallbackSupportMixin,
    OneToOneFeatureMixin,
    TransformerMixin,
    BaseEstimator,
    metaclass=ABCMeta,
):
    """Base class of the maskers.

    A subclass says what the probabilities depend on. It learns in `_learn` what the
    rate does not change, calibrates in `_calibrate` what the rate does change, and
    hands out in `_probabilities` a function that computes the probabilities of rows.
    """

    _parameter_constraints = {  # noqa: RUF012 (scikit-learn's protocol)
        "missing_rate": [Interval(Real, 0, 1, closed="both"), "array-like"],
        "when": [StrOptions({"both", "fit", "transform"})],
        "rate_unit": [StrOptions({"cells", "columns", "rows"})],
        "features": ["array-like", None],
        "exact": ["boolean"],
        "row_key": [StrOptions({"content", "position"})],
        "random_state": ["random_state"],
    }

    @unchanged_on_error
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None) -> Self:
        """Draw the seed and learn the probabilities.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Numbers; NaN means missing already, infinite values are refused.
        y : array-like of shape (n_samples,), default=None
            Ignored, unless the mechanism depends on the target.

        Returns
        -------
        self : object
            The fitted masker.

        Raises
        ------
        ValueError
            If a parameter or `X` is not valid.
        """
        self._fit(X, y)
        return self

    @unchanged_on_error
    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X, y=None) -> Any:
        """Fit, and return what a pipeline trains on.

        Unless ``when="both"``, this differs from ``fit(X).transform(X)`` on purpose:
        with ``when="fit"`` values are made missing here and nowhere else, with
        ``when="transform"`` everywhere but here.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Numbers; NaN means missing already, infinite values are refused.
        y : array-like of shape (n_samples,), default=None
            Ignored, unless the mechanism depends on the target.

        Returns
        -------
        X_out : ndarray or CSR matrix of shape (n_samples, n_features)
            A copy of `X`, with NaN in the masked cells.

        Raises
        ------
        ValueError
            If a parameter or `X` is not valid.
        """
        X, mask = self._fit(X, y)
        return X.copy() if self.when == "transform" else with_missing(X, mask)

    def transform(self, X) -> Any:
        """Return a copy of `X` with the masked cells missing.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Numbers; NaN means missing already, infinite values are refused.

        Returns
        -------
        X_out : ndarray or CSR matrix of shape (n_samples, n_features)
            A copy of `X` with NaN in the masked cells; without any with ``when="fit"``.
        """
        X = self._validated(X)
        if self.when == "fit":
            return X.copy()
        return with_missing(X, self._draw(X, self._keys(hash_rows(X))))

    def mask(self, X, y=None) -> Any:
        """Return which cells of `X` this masker makes missing, whatever `when` says.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Numbers; NaN means missing already, infinite values are refused.
        y : array-like of shape (n_samples,), default=None
            Ignored, unless the mechanism depends on the target.

        Returns
        -------
        mask : ndarray or CSR matrix of bool, shape (n_samples, n_features)
            True where a value is made missing; False where it was missing already. It
            is a CSR matrix if `X` is sparse.
        """
        X = self._validated(X)
        target = self._target_scores(y, X.shape[0])
        return self._draw(X, self._keys(hash_rows(X)), target)

    def propensity(self, X, y=None) -> Any:
        """Return the probability with which each cell of `X`, if observed, is masked.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Numbers; NaN means missing already, infinite values are refused.
        y : array-like of shape (n_samples,), default=None
            Ignored, unless the mechanism depends on the target.

        Returns
        -------
        probability : ndarray of shape (n_samples, n_features)
            A read-only view where rows share their probabilities, so that it costs no
            memory for large sparse matrices.
        """
        X = self._validated(X)
        target = self._target_scores(y, X.shape[0])
        keys = self._keys(hash_rows(X))
        chunks = [p for _, p in self._probability_chunks(X, keys, target)]
        if self._rows_share_probabilities:
            return np.broadcast_to(chunks[0], X.shape)
        return np.concatenate(chunks)

    def describe(self) -> "DataFrame":
        """Return what the masker does to each column, and did to the fit data.

        Returns
        -------
        table : pandas.DataFrame
            One row per column of X, indexed by its name, with the columns

            - ``mechanism``: name of the mechanism, empty where nothing is masked;
            - ``depends_on``: what the probability of a cell depends on;
            - ``target_rate``: mean probability over the observed cells of the fit data;
            - ``realized_rate``: fraction of the cells that were masked there.
        """
        import pandas as pd

        check_is_fitted(self)
        masked = self.target_rates_ > 0
        names, causes = self._column_mechanisms()
        return pd.DataFrame(
            {
                "mechanism": np.where(masked, names, ""),
                "depends_on": np.where(masked, causes, ""),
                "target_rate": self.target_rates_,
                "realized_rate": self.realized_rates_,
            },
            index=pd.Index(self.get_feature_names_out(), name="column"),
        )

    # What a mechanism consists of -----------------------------------------------------

    _rows_share_probabilities = False  # if true, the function returns one row
    _needs_target = False

    def _maskable(self, n_features):
        """Return the sorted indices of the columns that may be masked."""
        return maskable_columns(
            self.missing_rate, self.features, n_features, self._names()
        )

    def _learn(self, X, keys, target):
        """Learn what does not depend on the rate.

        Parameters
        ----------
        X : canonical ndarray or CSR matrix of shape (n_samples, n_features)
        keys : ndarray of shape (n_samples,), dtype uint64
        target : ndarray of shape (n_samples,) or None
            Scores made of `y`, where the mechanism depends on it.

        Returns
        -------
        reachable : ndarray of shape (n_features,)
            Highest rate of each column.
        learned : object
            What `_calibrate` needs besides.
        """
        return np.ones(X.shape[1]), None

    def _calibrate(self, X, rates, learned):
        """Set the attributes that give each column its rate on the fit data."""

    @abstractmethod
    def _probabilities(self):
        """Return a function of dense rows, their keys and their target scores."""

    def _units(self, n_features):
        """Return for each column which of its row's random numbers it uses."""
        return np.arange(n_features)

    @abstractmethod
    def _column_mechanisms(self):
        """Return a name and a dependence for all columns: scalars or arrays of str."""

    # The same for all mechanisms ------------------------------------------------------

    def _fit(self, X, y):
        """Set the fitted attributes; return the validated `X` and its mask."""
        data = {"X": X} if y is None else {"X": X, "y": y}
        X = self._validated(X, reset=True)
        context = self._init_callback_context()
        context.call_on_fit_task_begin(estimator=self, **data)
        random_state = check_random_state(self.random_state)
        self.seed_ = int(random_state.randint(np.iinfo(np.int64).max, dtype=np.int64))
        target = self._learn_target(y, X.shape[0])
        hashes = hash_rows(X)
        keys = self._keys(hashes)
        self._set_probabilities(X, keys, target)
        mask = self._draw(X, keys, target)
        self._set_realized(mask)
        if self.row_key == "content" and self.realized_rate_:
            _warn_if_few_distinct(hashes)
        context.call_on_fit_task_end(
            estimator=self, reconstruction_attributes={}, **data
        )
        return X, mask

    def _set_probabilities(self, X, keys, target):
        """Learn and calibrate the mechanism on validated data."""
        reachable, learned = self._learn(X, keys, target)
        columns = self._maskable(X.shape[1])
        if self.rate_unit == "rows" and isinstance(self.missing_rate, Real):
            if self.exact:
                raise ValueError(
                    "exact=True fixes the number of cells per column and cannot be "
                    "combined with rate_unit='rows'."
                )

            def calibrate(rates):
                self.target_rates_ = rates
                self._calibrate(X, rates, learned)
                return self._probability_chunks(X, keys, target)

            units = self._units(X.shape[1])
            rates = solve_row_rate(
                self.missing_rate, X, columns, reachable, units, calibrate
            )
        else:
            rates = column_rates(self.missing_rate, self.rate_unit, columns, reachable)
        self.target_rates_ = rates
        self._calibrate(X, rates, learned)

    def _set_realized(self, mask):
        counts = count_masked(mask)
        self.realized_rates_ = counts / mask.shape[0]
        self.realized_rate_ = int(counts.sum()) / (mask.shape[0] * mask.shape[1])

    def _validated(self, X, reset=False):
        if not reset:
            check_is_fitted(self)
        refuse_words(X)
        X = validate_data(
            self,
            admitted(X),
            reset=reset,
            accept_sparse="csr",
            dtype=(np.float64, np.float32),
            ensure_all_finite="allow-nan",
        )
        return canonical(X)

    def _learn_target(self, y, n_samples):
        """Learn how to score the target; return the scores of the fit data."""
        return None

    def _target_scores(self, y, n_samples):
        """Return the scores of the target, where the mechanism depends on it."""
        return None

    def _names(self):
        return getattr(self, "feature_names_in_", None)

    def _keys(self, hashes):
        return row_keys(hashes, self.seed_, self.row_key)

    def _draw(self, X, keys, target=None):
        draw = draw_exact if self.exact else draw_mask
        chunks = self._probability_chunks(X, keys, target)
        return draw(X, keys, chunks, self._units(X.shape[1]))

    def _probability_chunks(self, X, keys, target):
        """Yield consecutive slices of rows and the probabilities of their cells."""
        probabilities = self._probabilities()
        if self._rows_share_probabilities:
            shared = probabilities(None, None, None)
            yield slice(0, X.shape[0]), _checked(self, shared, (1, X.shape[1]))
            return
        for rows, values in row_chunks(X):
            scores = None if target is None else target[rows]
            chunk = probabilities(values, keys[rows], scores)
            yield rows, _checked(self, chunk, values.shape)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        # scikit-learn's name for "fit_transform is not fit().transform()" and "a row's
        # result depends on the other rows"; no result here differs between two calls.
        tags.non_deterministic = (
            self.when != "both"
            or self.row_key == "position"
            or self.exact
            or self._needs_target
        )
        return tags


def _checked(masker, probabilities, shape):
    """Return what a mechanism answers; kernels read `shape` of it, whatever it is."""
    is_real = isinstance(probabilities, np.ndarray) and probabilities.dtype == float
    if not is_real or probabilities.shape not in (shape, (1, shape[1])):
        raise ValueError(
            f"{type(masker).__name__}._probabilities must return a function whose "
            f"result is an ndarray of float64 of shape {shape}, got "
            f"{getattr(probabilities, 'dtype', type(probabilities).__name__)} of shape "
            f"{np.shape(probabilities)}."
        )
    if np.isnan(probabilities.sum()):
        column = int(np.isnan(probabilities).any(axis=0).argmax())
        raise ValueError(
            f"{type(masker).__name__} has no probability for a value in column "
            f"{column} of X: values lie so far from those of fit that their score is "
            "beyond all numbers. Clip or transform them."
        )
    return probabilities


def _warn_if_few_distinct(hashes):
    n_distinct = np.unique(hashes).size
    if n_distinct < MIN_DISTINCT_SHARE * hashes.size:
        warnings.warn(
            f"X has {n_distinct} distinct rows among {hashes.size}. Rows with equal "
            "content share a mask with row_key='content', so the missingness is hardly "
            "random here; use row_key='position'.",
            UserWarning,
            stacklevel=5,
        )
