"""A bounded sample of the rows of a stream."""

from numbers import Integral

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length, check_random_state

from sparsekit._sample_ids import check_sample_ids
from sparsekit.continual._difficulty import hard_and_easy, keys_of, shares_of

STRATEGIES = ("reservoir", "class_balanced", "difficulty")


class ReplayBuffer(BaseEstimator):
    """A bounded sample of the rows of a stream, to be learned again later.

    Parameters
    ----------
    size : int, default=500
        Number of rows that are kept at most.
    strategy : {"reservoir", "class_balanced", "difficulty"}, default="reservoir"
        Which rows are kept. "reservoir": each row of the stream with the same
        probability, whatever its length (algorithm R [1]_). "class_balanced": classes
        get equal room as far as they have rows, and within a class each of its rows
        has the same probability (class-balancing reservoir sampling [2]_).
        "difficulty": half of the room is a reservoir. Of the rows that it does not
        hold, a quarter of the room goes to hard ones, drawn with weights d (weighted
        reservoir sampling [3]_), and of the rest another quarter to easy ones, with
        weights 1 - d, where d is their difficulty. The hardest alone would be wrong
        labels above all, and lose to random rows [4]_.
    random_state : int, RandomState instance or None, default=None
        An integer makes what is kept a function of the rows in their order: it does not
        matter how they are cut into calls.

    Attributes
    ----------
    X_ : {ndarray, csr_array} of shape (n_kept, n_features)
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

    def __init__(self, size=500, strategy="reservoir", random_state=None):
        self.size = size
        self.strategy = strategy
        self.random_state = random_state

    def __len__(self):
        return len(self.y_) if hasattr(self, "y_") else 0

    def __sklearn_is_fitted__(self):
        return hasattr(self, "y_")

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
        X : {ndarray, csr_array} of shape (n_drawn, n_features)
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
        is_count = isinstance(n_samples, Integral) and not isinstance(n_samples, bool)
        if not is_count or n_samples < 0:
            raise ValueError(f"n_samples must be an integer >= 0, got {n_samples!r}.")
        if not hasattr(self, "y_"):
            raise ValueError("The buffer holds no rows to draw from; add some first.")
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
        """
        n_drawn = min(n_samples, len(self))
        return self._random.choice(len(self), n_drawn, replace=False)

    def _check(self):
        if not isinstance(self.size, Integral) or self.size < 1:
            raise ValueError(f"size must be an integer > 0, got {self.size!r}.")
        if not isinstance(self.strategy, str) or self.strategy not in STRATEGIES:
            raise ValueError(
                f"strategy must be one of {STRATEGIES}, got {self.strategy!r}."
            )

    def _start(self, X, y):
        seeds = check_random_state(self.random_state).randint(2**31 - 1, size=2)
        self._weighted = np.random.default_rng([*seeds])
        self._keys = np.empty((0, 2))
        # What is kept must not depend on how often rows were drawn.
        self._entry, self._random = (np.random.default_rng(seed) for seed in seeds)
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
        if self.strategy == "class_balanced":
            return self._balanced(y)
        if self.strategy == "reservoir":
            return self._reservoir(len(y), self.size)
        return self._mixture(difficulty)

    def _mixture(self, difficulty):
        n_random, n_hard, n_easy = shares_of(self.size)
        chosen = self._reservoir(difficulty.size, n_random)
        new = keys_of(difficulty, self._weighted.random((difficulty.size, 2)))
        keys = np.concatenate([self._keys, new])
        # Kept rows stand before new ones, but not in the order of the stream.
        age = np.concatenate([self.rows_, self.n_seen_ + np.arange(difficulty.size)])
        others = np.setdiff1d(np.arange(age.size), chosen)
        others = others[np.argsort(age[others])]
        hard, easy = hard_and_easy(keys[others], n_hard, n_easy)
        places = np.concatenate([chosen, others[hard], others[easy]])
        self._keys = keys[places]
        return places

    def _reservoir(self, n_new, size):
        """Return what the slots of a reservoir hold, which are the first ones."""
        n_kept, n_held = len(self), min(self.n_seen_, size)
        n_free = min(size - n_held, n_new)
        places = np.concatenate([np.arange(n_held), n_kept + np.arange(n_free)])
        # One number for each row, so that cutting the stream elsewhere changes none.
        draws = self._entry.random(n_new)
        seen = self.n_seen_ + np.arange(1, n_new + 1)
        slots = (draws * seen).astype(np.int64)
        for row in np.flatnonzero(slots[n_free:] < size) + n_free:
            places[slots[row]] = n_kept + row
        return places

    def _balanced(self, y):
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
