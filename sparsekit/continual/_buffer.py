"""A bounded sample of the rows of a stream."""

from numbers import Integral

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length, check_random_state

from sparsekit._utils._arrays import sound
from sparsekit._utils._estimators import unchanged_on_error
from sparsekit._utils._sklearn_compat import _align_api_if_sparse
from sparsekit._utils._validation import check_sample_ids
from sparsekit.continual._places import (
    class_balanced,
    keys_of,
    mixture,
    reservoir,
    shares_of,
)

BUFFER_STRATEGIES = ("reservoir", "class_balanced", "difficulty")


class ReplayBuffer(BaseEstimator):
    """A bounded sample of the rows of a stream, to be learned again later.

    Parameters
    ----------
    size : int, default=500
        Number of rows that are kept at most.
    strategy : {"reservoir", "class_balanced", "difficulty"}, default="reservoir"
        Which rows are kept. "reservoir": each row of the stream with the same
        probability, whatever its length (algorithm R [1]_). "class_balanced": classes
        get equal parts of the buffer as far as they have rows, and within a class each
        of its rows has the same probability (class-balancing reservoir sampling [2]_).
        "difficulty": half of the buffer is a reservoir. Of the rows that it does not
        hold, a quarter of the buffer goes to hard ones, drawn with weights d (weighted
        reservoir sampling [3]_), and of the rest another quarter to easy ones, with
        weights 1 - d, where d is their difficulty. The hardest alone would be wrong
        labels above all, and lose to random rows [4]_.
    random_state : int, RandomState instance or None, default=None
        An integer makes what is kept a function of the rows in their order: it does not
        matter how they are cut into calls.

    Attributes
    ----------
    X_ : {ndarray, CSR matrix} of shape (n_kept, n_features)
        The rows that are kept.
    y_ : ndarray of shape (n_kept,) or (n_kept, n_outputs)
    sample_weight_ : ndarray of shape (n_kept,)
    difficulty_ : ndarray of shape (n_kept,)
        As they were given; NaN where they were not. With "difficulty", random rows come
        first, then hard ones, then easy ones.
    sample_ids_ : ndarray of object, shape (n_kept,)
        Identities; None for rows without one.
    rows_ : ndarray of int64, shape (n_kept,)
        Number of each row in the stream, from 0.
    n_seen_ : int
        Rows of the stream so far.

    References
    ----------
    .. [1] Vitter, "Random sampling with a reservoir", ACM TOMS 11, 1985.
    .. [2] Chrysakis and Moens, "Online continual learning from imbalanced data", ICML
       2020, algorithm 2.
    .. [3] Efraimidis and Spirakis, "Weighted random sampling with a reservoir",
       Information Processing Letters 97, 2006, algorithm A-Res.
    .. [4] Zheng, Liu, Lai and Prakash, "Coverage-centric coreset selection for high
       pruning rates", ICLR 2023, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.continual import ReplayBuffer
    >>> buffer = ReplayBuffer(3, random_state=0)
    >>> for row in range(10):
    ...     buffer = buffer.add(np.array([[row]]), np.array([row % 2]))
    >>> len(buffer), buffer.n_seen_
    (3, 10)
    >>> X, y, sample_weight = buffer.sample(2)
    >>> X.shape, y.shape
    ((2, 1), (2,))
    """

    def __init__(self, size=500, strategy="reservoir", random_state=None) -> None:
        self.size = size
        self.strategy = strategy
        self.random_state = random_state

    def __len__(self):
        return len(self.y_) if hasattr(self, "y_") else 0

    def __sklearn_is_fitted__(self):
        return hasattr(self, "y_")

    @unchanged_on_error
    def add(self, X, y, sample_weight=None, difficulty=None, sample_ids=None):
        """Offer rows of the stream to the buffer.

        Parameters
        ----------
        X : {ndarray, sparse matrix} of shape (n_samples, n_features)
            Dense or sparse, the same in all calls.
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            "class_balanced" takes one class per row.
        sample_weight : ndarray of shape (n_samples,), default=None
            Kept with the rows; None means 1. It does not change what is kept.
        difficulty : ndarray of shape (n_samples,), default=None
            How hard the rows are, from 0 to 1, for "difficulty". NaN, or None for all
            rows, means unknown, and counts as 1/2.
        sample_ids : array-like of shape (n_samples,), default=None
            Identities that are kept with the rows: integers or strings, no two alike
            in a call; None for a row without one.

        Returns
        -------
        self : object
            The buffer. Complexity: O(n_samples), and where a row enters, a copy of the
            buffer.

        Raises
        ------
        ValueError
            If a parameter is not valid, or the rows do not fit those that
            are kept.
        """
        self._check()
        X = sparse.csr_array(sound(X)) if sparse.issparse(X) else np.asarray(X)
        X = _align_api_if_sparse(X)
        y = np.asarray(y)
        if X.ndim < 2 or y.ndim < 1:
            raise ValueError(
                "X must be two-dimensional and y have a value for each row; got shapes "
                f"{X.shape} and {y.shape}."
            )
        weights = np.ones(len(y)) if sample_weight is None else sample_weight
        weights = np.asarray(weights, dtype=np.float64)
        if difficulty is None:
            difficulty = np.full(len(y), np.nan)
        difficulty = np.asarray(difficulty, dtype=np.float64)
        check_consistent_length(X, y, weights, difficulty)
        ids = np.empty(len(y), dtype=object)
        if sample_ids is not None:
            ids[:] = check_sample_ids(sample_ids, len(y))
        if not hasattr(self, "y_"):
            self._start(X, y)
        self._check_alike(X, y)
        # Of each slot, in the kept rows followed by the new ones.
        places = self._places(y, difficulty)
        if not np.array_equal(places, np.arange(len(self))):
            new = {
                "y_": y,
                "sample_weight_": weights,
                "difficulty_": difficulty,
                "sample_ids_": ids,
                "rows_": np.arange(self.n_seen_, self.n_seen_ + len(y)),
            }
            stack = sparse.vstack if sparse.issparse(X) else np.concatenate
            self.X_ = stack([self.X_, X])[places]
            for name, values in new.items():
                both = np.concatenate([getattr(self, name), values])
                setattr(self, name, both[places])
        self.n_seen_ += len(y)
        return self

    def sample(self, n_samples):
        """Draw rows without replacement.

        Parameters
        ----------
        n_samples : int
            All rows come where fewer are kept.

        Returns
        -------
        X : {ndarray, CSR matrix} of shape (n_drawn, n_features)
            Rows, dense or sparse as they were added.
        y : ndarray of shape (n_drawn,) or (n_drawn, n_outputs)
            Their classes or targets.
        sample_weight : ndarray of shape (n_drawn,)
            Their weights.

        Raises
        ------
        ValueError
            If no row was ever added, or `n_samples` is no whole number of at least 0.
        """
        slots = self.draw_slots(n_samples)
        return self.X_[slots], self.y_[slots], self.sample_weight_[slots]

    def draw_slots(self, n_samples):
        """Draw rows without replacement, as `sample` does; return where they stand.

        Parameters
        ----------
        n_samples : int
            All rows come where fewer are kept.

        Returns
        -------
        ndarray of int
            Places in `X_`, `y_`, `sample_weight_`, `difficulty_` and `sample_ids_`.

        Raises
        ------
        ValueError
            If no row was ever added, or `n_samples` is no whole number of at least 0.
        """
        is_count = isinstance(n_samples, Integral) and not isinstance(n_samples, bool)
        if not is_count or n_samples < 0:
            raise ValueError(f"n_samples must be an integer >= 0, got {n_samples!r}.")
        if not hasattr(self, "y_"):
            raise ValueError("The buffer holds no rows to draw from; add some first.")
        n_drawn = min(n_samples, len(self))
        return self._draw_rng.choice(len(self), n_drawn, replace=False)

    def _check(self):
        if not isinstance(self.size, Integral) or self.size < 1:
            raise ValueError(f"size must be an integer > 0, got {self.size!r}.")
        if not isinstance(self.strategy, str) or self.strategy not in BUFFER_STRATEGIES:
            raise ValueError(
                f"strategy must be one of {BUFFER_STRATEGIES}, got {self.strategy!r}."
            )

    def _start(self, X, y):
        seeds = check_random_state(self.random_state).randint(2**31 - 1, size=2)
        self._key_rng = np.random.default_rng([*seeds])
        self._keys = np.empty((0, 2))
        # What is kept must not depend on how often rows were drawn.
        self._entry_rng, self._draw_rng = (
            np.random.default_rng(seed) for seed in seeds
        )
        self.X_, self.y_ = X[:0], y[:0]
        self.sample_weight_, self.difficulty_ = np.empty(0), np.empty(0)
        self.sample_ids_ = np.empty(0, dtype=object)
        self.rows_ = np.empty(0, dtype=np.int64)
        self.n_seen_ = 0
        self._n_of_class, self._full = {}, set()

    def _check_alike(self, X, y):
        if sparse.issparse(X) != sparse.issparse(self.X_):
            kinds = ("sparse", "dense")
            given, kept = kinds if sparse.issparse(X) else reversed(kinds)
            raise ValueError(
                f"X must be {kept} as the rows that are kept, got {given}."
            )
        if X.shape[1:] != self.X_.shape[1:] or y.shape[1:] != self.y_.shape[1:]:
            raise ValueError(
                f"Rows of X and y have the shapes {X.shape[1:]} and {y.shape[1:]}; "
                f"{self.X_.shape[1:]} and {self.y_.shape[1:]} are kept."
            )
        if self.strategy == "class_balanced" and y.ndim > 1:
            raise ValueError(
                "strategy='class_balanced' needs one class per row; y has the shape "
                f"{y.shape}."
            )

    def _places(self, y, difficulty):
        """Return which row each slot holds afterwards, counted over kept and new."""
        n_kept, n_seen = len(self), self.n_seen_
        # One number for each row, so that cutting the stream elsewhere changes none.
        if self.strategy == "class_balanced":
            draws = self._entry_rng.random((len(y), 2))
            labels = self.y_.tolist(), y.tolist()
            self._n_of_class, self._full = dict(self._n_of_class), set(self._full)
            return class_balanced(
                *labels, self.size, draws, self._n_of_class, self._full
            )
        draws = self._entry_rng.random(len(y))
        if self.strategy == "reservoir":
            return reservoir(n_kept, n_seen, self.size, draws)
        n_random, n_hard, n_easy = shares_of(self.size)
        chosen = reservoir(n_kept, n_seen, n_random, draws)
        new = keys_of(difficulty, self._key_rng.random((len(y), 2)))
        keys = np.concatenate([self._keys, new])
        rows = np.concatenate([self.rows_, n_seen + np.arange(len(y))])
        places = mixture(chosen, rows, keys, n_hard, n_easy)
        self._keys = keys[places]
        return places
