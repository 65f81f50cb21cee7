"""What all maskers share: seeds, random numbers, masks, scikit-learn's contract."""

import warnings
from abc import ABCMeta, abstractmethod
from numbers import Real

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from sparsekit._layout import canonical
from sparsekit._sklearn_compat import Interval, StrOptions, _fit_context
from sparsekit.missingness._cells import (
    count_masked,
    draw_mask,
    hash_rows,
    with_missing,
)

# Below this share of distinct rows, masks that follow content are too alike to be used
# without a word.
MIN_DISTINCT_SHARE = 0.5


class BaseMasker(
    CallbackSupportMixin,
    OneToOneFeatureMixin,
    TransformerMixin,
    BaseEstimator,
    metaclass=ABCMeta,
):
    """Base class of the maskers; a subclass names its mechanism."""

    _parameter_constraints = {  # noqa: RUF012 (scikit-learn's protocol)
        "missing_rate": [Interval(Real, 0, 1, closed="both"), "array-like"],
        "when": [StrOptions({"both", "fit", "transform"})],
        "rate_unit": [StrOptions({"cells", "columns"})],
        "features": ["array-like", None],
        "row_key": [StrOptions({"content", "position"})],
        "random_state": ["random_state"],
    }

    @property
    @abstractmethod
    def _mechanism(self):
        """The mechanism that supplies the probabilities."""

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Draw the seed and learn the mechanism's probabilities.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Numbers; NaN means missing already, infinite values are refused.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The fitted masker.

        Raises
        ------
        ValueError
            If a parameter or `X` is not valid.
        """
        self._fit(X)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X, y=None):
        """Fit, and return what a pipeline trains on.

        Unless ``when="both"``, this differs from ``fit(X).transform(X)`` on purpose:
        with ``when="fit"`` values are made missing here and nowhere else, with
        ``when="transform"`` everywhere but here.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Numbers; NaN means missing already, infinite values are refused.
        y : None
            Ignored.

        Returns
        -------
        X_out : ndarray or CSR matrix of shape (n_samples, n_features)
            A copy of `X`, with NaN in the masked cells.

        Raises
        ------
        ValueError
            If a parameter or `X` is not valid.
        """
        X, mask = self._fit(X)
        return X.copy() if self.when == "transform" else with_missing(X, mask)

    def transform(self, X):
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
        return with_missing(X, self._draw(X, hash_rows(X)))

    def mask(self, X):
        """Return which cells of `X` this masker makes missing, whatever `when` says.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Numbers; NaN means missing already, infinite values are refused.

        Returns
        -------
        mask : ndarray or CSR matrix of bool, shape (n_samples, n_features)
            True where a value is made missing; False where it was missing already. It
            is a CSR matrix if `X` is sparse.
        """
        X = self._validated(X)
        return self._draw(X, hash_rows(X))

    def propensity(self, X):
        """Return the probability with which each cell of `X`, if observed, is masked.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Numbers; NaN means missing already, infinite values are refused.

        Returns
        -------
        probability : ndarray of shape (n_samples, n_features)
            A read-only view where rows share their probabilities, so that it costs no
            memory for large sparse matrices.
        """
        X = self._validated(X)
        return np.broadcast_to(self._mechanism.propensity(self, X), X.shape)

    def _fit(self, X):
        """Set the fitted attributes; return the validated `X` and its mask."""
        data = {"X": X}
        X = self._validated(X, reset=True)
        context = self._init_callback_context()
        context.call_on_fit_task_begin(estimator=self, **data)
        for name, value in self._mechanism.learn(self, X).items():
            setattr(self, name, value)
        random_state = check_random_state(self.random_state)
        self.seed_ = int(random_state.randint(np.iinfo(np.int64).max, dtype=np.int64))
        hashes = hash_rows(X)
        mask = self._draw(X, hashes)
        n_masked = count_masked(mask)
        self.realized_rate_ = n_masked / (X.shape[0] * X.shape[1])
        if self.row_key == "content" and n_masked:
            _warn_if_few_distinct(hashes)
        context.call_on_fit_task_end(
            estimator=self, reconstruction_attributes={}, **data
        )
        return X, mask

    def _validated(self, X, reset=False):
        if not reset:
            check_is_fitted(self)
        X = validate_data(
            self,
            X,
            reset=reset,
            accept_sparse="csr",
            dtype=(np.float64, np.float32),
            ensure_all_finite="allow-nan",
        )
        return canonical(X)

    def _draw(self, X, hashes):
        return draw_mask(
            X, hashes, self.seed_, self.row_key, self._mechanism.propensity(self, X)
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        # scikit-learn's name for "fit_transform is not fit().transform()" and "a row's
        # result depends on the other rows"; no result here differs between two calls.
        tags.non_deterministic = self.when != "both" or self.row_key == "position"
        return tags


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
