"""A bounded sample of the rows of a stream."""

from numbers import Integral

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length, check_random_state

STRATEGIES = ("reservoir", "class_balanced")


class ReplayBuffer(BaseEstimator):
    """A bounded sample of the rows of a stream, to be learned again later.

    Parameters
    ----------
    size : int, default=500
        Number of rows that are kept at most.
    strategy : {"reservoir", "class_balanced"}, default="reservoir"
        Which rows are kept. "reservoir": each row of the stream with the same
        probability, whatever its length (algorithm R [1]_). "class_balanced": classes
        get equal room as far as they have rows, and within a class each of its rows
        has the same probability (class-balancing reservoir sampling [2]_).
    random_state : int, RandomState instance or None, default=None
        An integer makes what is kept a function of the rows in their order: it does not
        matter how they are cut into calls.

    Attributes
    ----------
    X_ : {ndarray, csr_array} of shape (n_kept, n_features)
        The rows that are kept.
    y_ : ndarray of shape (n_kept,) or (n_kept, n_outputs)
    sample_weight_ : ndarray of shape (n_kept,)
    rows_ : ndarray of int64, shape (n_kept,)
        Number of each row in the stream, from 0.
    n_seen_ : int
        Rows of the stream so far.

    References
    ----------
    .. [1] Vitter, "Random sampling with a reservoir", ACM TOMS 11, 1985.
    .. [2] Chrysakis and Moens, "Online continual learning from imbalanced data", ICML
       2020, algorithm 2.

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

    def __init__(self, size=500, strategy="reservoir", random_state=None):
        self.size = size
        self.strategy = strategy
        self.random_state = random_state

    def __len__(self):
        return len(self.y_) if hasattr(self, "y_") else 0

    def __sklearn_is_fitted__(self):
        return hasattr(self, "y_")

    def add(self, X, y, sample_weight=None):
        """Offer rows of the stream to the buffer.

        Parameters
        ----------
        X : {ndarray, sparse matrix} of shape (n_samples, n_features)
            Dense or sparse, the same in all calls.
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            "class_balanced" takes one class per row.
        sample_weight : ndarray of shape (n_samples,), default=None
            Kept with the rows; None means 1. It does not change what is kept.

        Returns
        -------
        self : object
            The buffer. Complexity: O(n_samples), and where a row enters, a copy of the
            buffer.

        Raises
        ------
        ValueError
            If a parameter is none of those allowed, or the rows do not fit those that
            are kept.
        """
        self._check()
        X = sparse.csr_array(X) if sparse.issparse(X) else np.asarray(X)
        y = np.asarray(y)
        if X.ndim < 2 or y.ndim < 1:
            raise ValueError(
                "X must be two-dimensional and y have a value for each row; got shapes "
                f"{X.shape} and {y.shape}."
            )
        weights = np.ones(len(y)) if sample_weight is None else sample_weight
        weights = np.asarray(weights, dtype=np.float64)
        check_consistent_length(X, y, weights)
        if not hasattr(self, "y_"):
            self._start(X, y)
        self._check_alike(X, y)
        choose = self._reservoir if self.strategy == "reservoir" else self._balanced
        n_kept = len(self)
        places = choose(y)  # of each slot, in the kept rows followed by the new ones
        if (places >= n_kept).any():
            numbers = np.arange(self.n_seen_, self.n_seen_ + len(y))
            stack = sparse.vstack if sparse.issparse(X) else np.concatenate
            self.X_ = stack([self.X_, X])[places]
            self.y_ = np.concatenate([self.y_, y])[places]
            both = np.concatenate([self.sample_weight_, weights])
            self.sample_weight_ = both[places]
            self.rows_ = np.concatenate([self.rows_, numbers])[places]
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
        X : {ndarray, csr_array} of shape (n_drawn, n_features)
        y : ndarray of shape (n_drawn,) or (n_drawn, n_outputs)
        sample_weight : ndarray of shape (n_drawn,)

        Raises
        ------
        ValueError
            If no row was ever added, or `n_samples` is no whole number of at least 0.
        """
        if not isinstance(n_samples, Integral) or n_samples < 0:
            raise ValueError(f"n_samples must be an integer >= 0, got {n_samples!r}.")
        if not hasattr(self, "y_"):
            raise ValueError("The buffer is empty; add rows first.")
        n_drawn = min(n_samples, len(self))
        rows = self._random.choice(len(self), n_drawn, replace=False)
        return self.X_[rows], self.y_[rows], self.sample_weight_[rows]

    def _check(self):
        if not isinstance(self.size, Integral) or self.size < 1:
            raise ValueError(f"size must be an integer > 0, got {self.size!r}.")
        if not isinstance(self.strategy, str) or self.strategy not in STRATEGIES:
            raise ValueError(
                f"strategy must be one of {STRATEGIES}, got {self.strategy!r}."
            )

    def _start(self, X, y):
        seeds = check_random_state(self.random_state).randint(2**31 - 1, size=2)
        # What is kept must not depend on how often rows were drawn.
        self._entry, self._random = (np.random.default_rng(seed) for seed in seeds)
        self.X_, self.y_ = X[:0], y[:0]
        self.sample_weight_ = np.empty(0)
        self.rows_ = np.empty(0, dtype=np.int64)
        self.n_seen_ = 0
        self._n_of_class, self._full = {}, set()

    def _check_alike(self, X, y):
        if sparse.issparse(X) != sparse.issparse(self.X_):
            raise ValueError("X must be dense in all calls, or sparse in all calls.")
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

    def _reservoir(self, y):
        """Return which row each slot holds afterwards, counted over kept and new."""
        n_kept = len(self)
        n_free = min(self.size - n_kept, len(y))
        places = np.arange(n_kept + n_free)
        # One number for each row, so that cutting the stream elsewhere changes none.
        draws = self._entry.random(len(y))
        seen = self.n_seen_ + np.arange(1, len(y) + 1)
        slots = (draws * seen).astype(np.int64)
        for row in np.flatnonzero(slots[n_free:] < self.size) + n_free:
            places[slots[row]] = n_kept + row
        return places

    def _balanced(self, y):
        """Return which row each slot holds afterwards, counted over kept and new."""
        places = list(range(len(self)))
        slots_of = {}
        for slot, label in enumerate(self.y_.tolist()):
            slots_of.setdefault(label, []).append(slot)
        draws = self._entry.random((len(y), 2))
        for row, label in enumerate(y.tolist(), start=len(self)):
            self._n_of_class[label] = self._n_of_class.get(label, 0) + 1
            mine = slots_of.setdefault(label, [])
            if len(places) < self.size:
                mine.append(len(places))
                places.append(row)
                continue
            largest = max(len(slots) for slots in slots_of.values())
            self._full |= {k for k, slots in slots_of.items() if len(slots) == largest}
            enters, which = draws[row - len(self)]
            if label not in self._full:
                # In the order of slots, as they come when the buffer is read anew.
                rich = [s for s in slots_of.values() if len(s) == largest]
                pool = sorted(slot for slots in rich for slot in slots)
                slot = pool[int(which * len(pool))]
                next(s for s in rich if slot in s).remove(slot)
                mine.append(slot)
                places[slot] = row
            elif enters * self._n_of_class[label] < len(mine):
                places[sorted(mine)[int(which * len(mine))]] = row
        return np.array(places, dtype=np.int64)
