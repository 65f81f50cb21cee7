"""Scores of models trained on fewer and fewer rows, beside random rows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.utils import check_random_state, indexable

from sparsekit._utils._arrays import sound
from sparsekit._utils._sklearn_compat import _safe_indexing
from sparsekit.difficulty._checks import check_fraction
from sparsekit.difficulty._report import difficulty_report
from sparsekit.difficulty._select import SELECTION_STRATEGIES, select
from sparsekit.difficulty._selection import RANKINGS

if TYPE_CHECKING:
    from pandas import DataFrame


def selection_curve(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    by: Sequence[str] = ("difficulty",),
    keep_fractions: Sequence[float] = (0.2, 0.4, 0.6, 0.8, 1.0),
    strategy: str = "stratified",
    drop_hardest: float = 0.0,
    cv: Any = 5,
    scoring: Any = None,
    random_state: Any = None,
) -> "DataFrame":
    """Score a network that is trained on ever smaller selections of its rows.

    Parameters
    ----------
    estimator : estimator
        A network of sparsekit.
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
        Rows, NaN where a value is missing.
    y : array-like of shape (n_samples,)
        Classes or targets of the rows.
    by : sequence of str, default=("difficulty",)
        Rankings of :class:`HardSampleSelector`. Random selections come beside them,
        whether asked for or not.
    keep_fractions : sequence of float in (0, 1], default=(0.2, 0.4, 0.6, 0.8, 1.0)
        Fractions of the training rows.
    strategy : {"stratified", "hardest", "easiest"}, default="stratified"
        Which rows a ranking selects: of all difficulties, or from one end.
    drop_hardest : float in [0, 1), default=0.0
        Fraction of the rows, the hardest, that no ranking selects but the random one.
    cv : int, cross-validation generator or iterable, default=5
        Rows are scored and selected within the training rows of each split.
    scoring : str, callable or None, default=None
        None takes the estimator's `score`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws.

    Returns
    -------
    DataFrame
        One row per ranking, fraction and split: by, keep_fraction, split, n_samples,
        score.

    Raises
    ------
    ValueError
        If a parameter is not valid.

    Notes
    -----
    One fit per split to score the rows, and one per row of the result.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.difficulty import selection_curve
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(tol=0.01, n_iter_no_change=5, random_state=0)
    >>> curve = selection_curve(net, X, y, keep_fractions=[0.5], cv=2, random_state=0)
    >>> curve["by"].tolist()
    ['difficulty', 'difficulty', 'random', 'random']
    """
    import pandas as pd

    keep_fractions = _checked(by, keep_fractions, strategy, drop_hardest)
    rankings = [name for name in by if name != "random"]
    X, y = indexable(sound(X), sound(y, "y"))
    rng = check_random_state(random_state)
    scorer = check_scoring(estimator, scoring)
    splits = check_cv(cv, y, classifier=is_classifier(estimator)).split(X, y)
    found = []
    for number, (train, test) in enumerate(splits):
        rows = _safe_indexing(X, train), _safe_indexing(y, train)
        held = _safe_indexing(X, test), _safe_indexing(y, test)
        for name, scores in _rankings(estimator, rows, rankings, rng).items():
            how = ("hardest", 0.0) if name == "random" else (strategy, drop_hardest)
            for fraction in keep_fractions:
                taken = select(scores, fraction, *how, rng)
                model = clone(estimator)
                model.fit(*(_safe_indexing(part, taken) for part in rows))
                score = float(scorer(model, *held))
                found.append((name, float(fraction), number, taken.size, score))
    columns = ["by", "keep_fraction", "split", "n_samples", "score"]
    table = pd.DataFrame(found, columns=columns)
    return table.sort_values(["by", "keep_fraction", "split"], ignore_index=True)


def _checked(by, keep_fractions, strategy, drop_hardest):
    """Return the fractions to keep as a list; raise if anything is out of range."""
    known = [*RANKINGS, "random"]
    are_names = np.iterable(by) and all(isinstance(name, str) for name in by)
    if isinstance(by, str) or not are_names or not set(by) <= set(known):
        raise ValueError(f"by must be a sequence of {known}, got {by!r}.")
    if not isinstance(strategy, str) or strategy not in SELECTION_STRATEGIES:
        raise ValueError(
            f"strategy must be one of {SELECTION_STRATEGIES}, got {strategy!r}."
        )
    if not np.iterable(keep_fractions):
        raise ValueError(
            f"keep_fractions must be a sequence of fractions, got {keep_fractions!r}."
        )
    fractions = list(keep_fractions)
    for fraction in fractions:
        check_fraction("each of keep_fractions", fraction, most=True)
    check_fraction("drop_hardest", drop_hardest, least=True)
    return fractions


def _rankings(estimator, rows, names, rng):
    """Return the scores of the rows by each ranking, and by chance."""
    scores = {}
    if names:
        scored = clone(estimator).set_params(record="presentation").fit(*rows)
        report = difficulty_report(scored)
        for name in names:
            column, sign = RANKINGS[name]
            scores[name] = sign * report[column].to_numpy()
    n_rows = scores[names[0]].size if names else len(np.asarray(rows[1]))
    return scores | {"random": rng.uniform(size=n_rows)}
