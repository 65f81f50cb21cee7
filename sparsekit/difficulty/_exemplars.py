"""Pruning-identified exemplars: samples on which two sets of networks differ."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sparsekit._utils._validation import refuse_unknown
from sparsekit.difficulty._checks import check_models
from sparsekit.difficulty._record import row_index

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
        ``agreement_of_others``, fractions of the networks that predict these; ``pie``,
        whether they differ. With `y`, ``gain``: fraction of `others` that are right
        minus that of `networks`.

    Raises
    ------
    ValueError
        If `y` or a prediction does not have a label for each row, or a set of networks
        is empty.
    TypeError
        If a network cannot predict.

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
    >>> dense, sparse = ([net(random_state=seed).fit(X, y)
    ...                   for seed in range(3)]
    ...                  for net in (DenseMLPClassifier, SETMLPClassifier))
    >>> pruning_identified_exemplars(dense, sparse, X)["pie"].dtype
    dtype('bool')
    """
    import pandas as pd

    here = _predictions("networks", networks, X)
    there = _predictions("others", others, X)
    if here.ndim != 2 or here.shape[1:] != there.shape[1:]:
        raise ValueError(
            "networks and others must predict one label for each row of X; their "
            f"predictions have the shapes {here.shape[1:]} and {there.shape[1:]}."
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
        refuse_unknown(y)
        y = np.asarray(y)
        if y.shape != here.shape[1:]:
            raise ValueError(
                f"y must have a label for each of the {len(modal)} rows of X, shape "
                f"{here.shape[1:]}; got {y.shape}."
            )
        columns["gain"] = (there == y).mean(axis=0) - (here == y).mean(axis=0)
    return pd.DataFrame(columns, index=row_index(X, modal.size))


def _predictions(name, networks, X):
    """Return what each network predicts, shape (n_networks, n_samples)."""
    networks = check_models(name, networks, "predict")
    return np.array([network.predict(X) for network in networks])


def _modal(predictions):
    """Return the most frequent label of each column, and its share."""
    labels = np.unique(predictions)
    counts = np.array([(predictions == label).sum(axis=0) for label in labels])
    return labels[counts.argmax(axis=0)], counts.max(axis=0) / predictions.shape[0]
