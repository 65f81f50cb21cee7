"""Forgetting events: samples that were right, and then wrong."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sparsekit.difficulty._record import record_of, rewirings_of, table_of

if TYPE_CHECKING:
    from pandas import DataFrame

CAUSES = ("gradient", "prune", "grow")
SOURCES = ("training", *CAUSES, "all")
NEVER_LEARNED = ("max", "inf", "nan", "zero")


def forgetting_events(
    record: Any, *, source: str = "training", never_learned: str = "max"
) -> "DataFrame":
    """Count how often each sample was forgotten.

    A forgetting event [1]_ is a sample that was predicted right and, when it is next
    looked at, is predicted wrong. A regression counts as right within the record's
    tolerance.

    Parameters
    ----------
    record : estimator or dict
        A network fitted with `record`, or its `record_`.
    source : {"training", "gradient", "prune", "grow", "all"}, default="training"
        "training" counts between presentations (or epochs). The others count between
        evaluations around rewirings and need ``record="rewiring"``: what gradient
        steps, pruning or growth made the network forget, or "all" of them. Samples
        that were not evaluated have NaN.
    never_learned : {"max", "inf", "nan", "zero"}, default="max"
        Number of events of a sample that was never right, of which published code
        makes different things: the number of times that it was looked at (as in the
        code of [1]_), infinity, NaN, or the zero that counting gives.

    Returns
    -------
    DataFrame
        Indexed like the rows of X:

        - n_forgotten: number of events;
        - never_learned: whether the sample was never right;
        - unforgettable: whether it was learned and never forgotten;
        - rate: `n_forgotten` per time that it was looked at, since counts grow with
          the length of training;
        - accuracy: fraction of the times that it was right;
        - first_learned: number of the presentation at which it was first right, from 1;
        - learned_for_good: that from which on it stayed right. NaN if it did not.

        The last three are those of the presentations, whatever the `source`. Rows
        that were held out of training have NaN.

    Raises
    ------
    ValueError
        If `source` or `never_learned` is not valid, or the record holds
        nothing about rewirings where `source` needs them.

    References
    ----------
    .. [1] Toneva, Sordoni, Tachet des Combes, Trischler, Bengio and Gordon, "An
       empirical study of example forgetting during deep neural network learning", ICLR
       2019.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.difficulty import forgetting_events
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(record="presentation")
    >>> events = forgetting_events(net.fit(X, y))
    >>> events.shape
    (150, 7)
    """
    if not isinstance(source, str) or source not in SOURCES:
        raise ValueError(f"source must be one of {SOURCES}, got {source!r}.")
    if not isinstance(never_learned, str) or never_learned not in NEVER_LEARNED:
        raise ValueError(
            f"never_learned must be one of {NEVER_LEARNED}, got {never_learned!r}."
        )
    record = record_of(record)
    if source == "training":
        rows = None
        count, n_looks = record["n_forgotten"], record["n_seen"]
        never = record["n_correct"] == 0
    else:
        rewirings = rewirings_of(record)
        rows = rewirings["rows"]
        events = rewirings["n_forgotten"]
        mine = slice(None) if source == "all" else [CAUSES.index(source)]
        count = events[:, mine].sum(axis=1)
        n_looks = rewirings["n_evaluated"]
        never = (rewirings["correct"] != 1) & (events.sum(axis=1) == 0)
    substitute = {"max": n_looks, "inf": np.inf, "nan": np.nan, "zero": 0.0}
    number = np.where(never, substitute[never_learned], count)
    table = table_of(
        record,
        {
            "n_forgotten": number,
            "never_learned": never,
            "unforgettable": ~never & (count == 0),
            "rate": number / np.maximum(n_looks, 1),
        },
        rows,
    )
    return table.join(table_of(record, _learning(record)))


def _learning(record):
    """Return when each sample was learned, by number of its presentation."""
    first = record["first_learned"].astype(float)
    last_wrong = record["last_wrong"]
    return {
        "accuracy": record["n_correct"] / np.maximum(record["n_seen"], 1),
        "first_learned": np.where(first > 0, first, np.nan),
        "learned_for_good": np.where(record["correct"] == 1, last_wrong + 1.0, np.nan),
    }
