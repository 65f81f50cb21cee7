"""All scores of a record in one table, with a reason for each sample."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sparsekit.difficulty._cartography import cartography
from sparsekit.difficulty._forgetting import forgetting_events
from sparsekit.difficulty._gradients import gradient_coverage
from sparsekit.difficulty._margins import aum_scores, el2n_scores
from sparsekit.difficulty._record import lost_at_rewirings, record_of

if TYPE_CHECKING:
    from pandas import DataFrame

# Below that, a sample finds clearly less of its gradient on the topology than by luck.
UNDERSERVED_BELOW = 0.9


def difficulty_report(network: Any, X: Any = None, y: Any = None) -> "DataFrame":
    """Put the scores of a record into one table, and say why a sample is hard.

    Parameters
    ----------
    network : estimator or dict
        A network fitted with `record`, or its `record_`.
    X, y : array-like, default=None
        The training rows: with them, and a network, the table has
        :func:`gradient_coverage`, and samples can be underserved.

    Returns
    -------
    DataFrame
        Indexed like the rows of X; rows that were held out have NaN. The columns of
        :func:`cartography`; ``n_forgotten``, ``never_learned``, ``aum``, and ``error``,
        the mean of the errors of which :func:`el2n_scores` takes one; ``coverage`` and
        ``lift``; then

        - difficulty: mean of the ranks by confidence, `n_forgotten`, `aum` and `error`,
          from 0 (easiest) to 1;
        - reason: the first that holds of

          - "pruned_away": made forgotten by a rewiring, and wrong at every later
            evaluation (with ``record="rewiring"``);
          - "suspect_label": wrong at the end, with a mean margin below 0: training
            preferred another label throughout;
          - "underserved": a lift below 0.9 and a confidence below 0.5, or forgotten;
          - "ambiguous": a confidence below 0.5, or forgotten;
          - "easy".

    Raises
    ------
    ValueError
        If `X` and `y` are not given together, or with a record rather than a network;
        if the network has no record.

    Notes
    -----
    Whether a hard sample is rare or mislabelled cannot be told from one fit; see
    :func:`second_split_forgetting`.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.difficulty import difficulty_report
    >>> X, y = load_iris(return_X_y=True)
    >>> y[7] = 2
    >>> net = SETMLPClassifier(random_state=0, tol=0.01, record="presentation")
    >>> report = difficulty_report(net.fit(X, y))
    >>> report["reason"][7]
    'suspect_label'
    """
    if (X is None) != (y is None):
        raise ValueError(
            f"X and y must be given together; None is {'X' if X is None else 'y'}."
        )
    record = record_of(network)
    if X is not None and isinstance(network, dict):
        raise ValueError(
            "X and y ask for gradients, which a record does not hold: give the network "
            "in its place."
        )
    table = cartography(record)
    events = forgetting_events(record)
    table["n_forgotten"] = events["n_forgotten"]
    table["never_learned"] = events["never_learned"]
    table["aum"] = aum_scores(record)["aum"]
    table["error"] = el2n_scores(record, at="mean")["el2n"]
    if X is not None:
        coverage = gradient_coverage(network, X, y)
        if len(coverage) != len(table):
            raise ValueError(
                f"X has {len(coverage)} rows; the network was trained on {len(table)}."
            )
        for name in ("coverage", "lift"):
            table[name] = np.where(
                table["error"].isna(), np.nan, coverage[name].to_numpy()
            )
    harder = (-table["confidence"], table["n_forgotten"], -table["aum"], table["error"])
    n_ranks = max(1, int(table["error"].notna().sum()) - 1)
    table["difficulty"] = sum((score.rank() - 1) / n_ranks for score in harder) / 4
    table["reason"] = _reasons(record, table, events)
    return table


def _reasons(record, table, events):
    """Return the first reason that holds of each sample; None if it was held out."""
    confidence, aum = table["confidence"].to_numpy(), table["aum"].to_numpy()
    # Samples that were never learned count as forgotten, see `forgetting_events`.
    shaky = (confidence < 0.5) | (events["n_forgotten"] > 0).to_numpy()
    pruned_away = lost_at_rewirings(record)
    underserved = np.zeros(len(table), dtype=bool)
    if "lift" in table:
        underserved = shaky & (table["lift"] < UNDERSERVED_BELOW).to_numpy()
    reasons = np.select(
        [pruned_away, (record["correct"] == 0) & (aum < 0), underserved, shaky],
        ["pruned_away", "suspect_label", "underserved", "ambiguous"],
        "easy",
    ).astype(object)
    reasons[record["n_seen"] == 0] = None
    return reasons
