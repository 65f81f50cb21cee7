"""Samples on which pruned and unpruned networks differ, and the sets made of them."""

from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from sparsekit.difficulty._forgetting import forgetting_events
from sparsekit.difficulty._record import record_of, rewirings_of, row_index, table_of

if TYPE_CHECKING:
    from pandas import DataFrame


def pruning_identified_exemplars(
    networks: Sequence[Any], others: Sequence[Any], X: Any, y: Any = None
) -> "DataFrame":
    """Find samples that two sets of networks mostly predict differently [1]_.

    Parameters
    ----------
    networks, others : list of classifiers
        For instance dense and sparse networks, which differ in their seeds. The paper
        takes 30 of each.
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
        Often the test set.
    y : array-like of shape (n_samples,), default=None
        True labels.

    Returns
    -------
    DataFrame
        Indexed like X: ``modal`` and ``modal_of_others``, the most frequent predictions
        (the first in sorted order of equally frequent ones); ``agreement`` and
        ``agreement_of_others``, shares of the networks that predict these; ``pie``,
        whether they differ. With `y`, ``gain``: share of `others` that are right minus
        that of `networks`.

    Raises
    ------
    ValueError
        If `y` does not have a label for each row.

    References
    ----------
    .. [1] Hooker, Courville, Clark, Dauphin and Frome, "What do compressed deep neural
       networks forget?", arXiv 1911.05248, 2019.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import DenseMLPClassifier, SETMLPClassifier
    >>> from sparsekit.difficulty import pruning_identified_exemplars
    >>> X, y = load_iris(return_X_y=True)
    >>> dense, sparse = ([net(early_stopping=True, random_state=seed).fit(X, y)
    ...                   for seed in range(3)]
    ...                  for net in (DenseMLPClassifier, SETMLPClassifier))
    >>> pruning_identified_exemplars(dense, sparse, X)["pie"].dtype
    dtype('bool')
    """
    import pandas as pd

    here, there = (
        np.array([network.predict(X) for network in several])
        for several in (networks, others)
    )
    modal, agreement = _modal(here)
    other_modal, other_agreement = _modal(there)
    columns = {
        "modal": modal,
        "modal_of_others": other_modal,
        "agreement": agreement,
        "agreement_of_others": other_agreement,
        "pie": modal != other_modal,
    }
    if y is not None:
        y = np.asarray(y)
        if y.shape != here.shape[1:]:
            raise ValueError(
                f"y must have a label for each of the {len(modal)} rows of X, shape "
                f"{here.shape[1:]}; got {y.shape}."
            )
        columns["gain"] = (there == y).mean(axis=0) - (here == y).mean(axis=0)
    return pd.DataFrame(columns, index=row_index(X, modal.size))


def _modal(predictions):
    """Return the most frequent label of each column, and its share."""
    labels = np.unique(predictions)
    counts = np.array([(predictions == label).sum(axis=0) for label in labels])
    return labels[counts.argmax(axis=0)], counts.max(axis=0) / predictions.shape[0]


def prac_set(
    record: Any,
    *,
    threshold: int = 0,
    before: Any = None,
    after: Any = None,
    X: Any = None,
) -> "DataFrame":
    """Pruning-aware critical set: the samples that sparse training needs most [1]_.

    It joins the samples that were forgotten more than `threshold` times in training,
    those never learned among them, with the samples that sparsity costs. In [1]_ the
    latter are those on which the dense network `before` pruning and the pruned network
    `after` it differ. A network that is sparse from the beginning has no dense one;
    there a record of rewirings tells which samples a rewiring made forgotten that
    stayed wrong at every later evaluation. This second form is sparsekit's own.

    Parameters
    ----------
    record : estimator or dict
        A network fitted with `record`, or its `record_`.
    threshold : int, default=0
        Largest number of forgetting events of a sample that is left out.
    before, after : classifiers, default=None
        Networks before and after pruning; their labels are compared, not those of y.
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features), \
            default=None
        The training rows, with `before` and `after`.

    Returns
    -------
    DataFrame
        Indexed like the rows of X: ``forgotten``, ``lost`` (at a rewiring; False
        without such a record), ``differs`` (False without networks) and ``selected``,
        their union.

    Raises
    ------
    ValueError
        If `before`, `after` and `X` are not given together, or `X` has other rows than
        the record.

    References
    ----------
    .. [1] Zhang, Chen, Chen and Wang, "Efficient lottery ticket finding: less data is
       more", ICML 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.difficulty import prac_set
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(early_stopping=True, record="rewiring").fit(X, y)
    >>> prac_set(net).columns.tolist()
    ['forgotten', 'lost', 'differs', 'selected']
    """
    if (before is None) != (after is None) or (before is None) != (X is None):
        given = {"before": before, "after": after, "X": X}
        absent = [name for name, value in given.items() if value is None]
        raise ValueError(
            f"before, after and X must be given together; None is {', '.join(absent)}."
        )
    if not isinstance(threshold, Real):
        raise ValueError(f"threshold must be a number, got {threshold!r}.")
    record = record_of(record)
    n_rows = record["n_seen"].size
    events = forgetting_events(record, never_learned="inf")["n_forgotten"]
    forgotten = (events > threshold).to_numpy()
    lost, differs = np.zeros(n_rows, dtype=bool), np.zeros(n_rows, dtype=bool)
    if record["rewirings"] is not None:
        rewirings = rewirings_of(record)
        lost[rewirings["rows"]] = rewirings["lost_at"] > 0
    if before is not None:
        differs = before.predict(X) != after.predict(X)
        if differs.shape != (n_rows,):
            raise ValueError(
                f"X must be the {n_rows} rows of the record; predictions have shape "
                f"{differs.shape}."
            )
    columns = {"forgotten": forgotten, "lost": lost, "differs": differs}
    return table_of(record, columns | {"selected": forgotten | lost | differs})
