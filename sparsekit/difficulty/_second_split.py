"""Second-split forgetting: which samples are forgotten in training on others."""

from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state, indexable

from sparsekit._utils._arrays import sound
from sparsekit._utils._sklearn_compat import _safe_indexing
from sparsekit.difficulty._checks import check_fraction, check_models, labels_of
from sparsekit.difficulty._forgetting import forgetting_events
from sparsekit.difficulty._record import row_index

if TYPE_CHECKING:
    from pandas import DataFrame


def second_split_forgetting(
    network: Any,
    X: Any,
    y: Any,
    *,
    split: float = 0.5,
    epochs: int = 20,
    random_state: Any = None,
) -> "DataFrame":
    """Tell when samples are forgotten in training on other samples [1]_.

    A network is fitted to a random part of the rows and then trained on the others, by
    `partial_fit`. Mislabelled samples of the first part are forgotten soon; rare ones
    are learned late and forgotten late, which training on one part cannot tell apart.

    Parameters
    ----------
    network : estimator
        A classifier of sparsekit; a clone is fitted.
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
        Rows, NaN where a value is missing.
    y : array-like of shape (n_samples,)
        Classes of the rows.
    split : float in (0, 1), default=0.5
        Fraction of the rows in the first part.
    epochs : int, default=20
        Epochs on the second part.
    random_state : int, RandomState instance or None, default=None
        Seed of the split.

    Returns
    -------
    DataFrame
        Indexed like X; rows of the second part have NaN:

        - learned_for_good: presentation from which on the sample stayed right in
          training on the first part, NaN if it did not;
        - forgotten_for_good: epochs on the second part after which it was wrong and
          stayed so; 0 if it was so before them; infinity if it was right at the end;
        - first_part: whether the row belongs to the first part.

    Raises
    ------
    ValueError
        If `split` is not in (0, 1), `epochs` no integer of at least 1, or `y` not
        one-dimensional.
    TypeError
        If `network` is none of sparsekit.

    References
    ----------
    .. [1] Maini, Garg, Lipton and Kolter, "Characterizing datapoints via second-split
       forgetting", NeurIPS 2022.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.difficulty import second_split_forgetting
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(n_iter_no_change=5, random_state=0)
    >>> table = second_split_forgetting(net, X, y, epochs=3, random_state=0)
    >>> int(table["first_part"].sum())
    75
    """
    import pandas as pd

    check_models("network", network, "partial_fit", "record")
    check_fraction("split", split)
    if not isinstance(epochs, Integral) or epochs < 1:
        raise ValueError(f"epochs must be an integer >= 1, got {epochs!r}.")
    X, y = indexable(sound(X), sound(y, "y"))
    labels = labels_of(X, y)
    if labels.ndim > 1:
        raise ValueError(
            f"y must have one class per row, got the shape {labels.shape}."
        )
    n_rows = labels.shape[0]
    mixed = check_random_state(random_state).permutation(n_rows)
    n_first = min(n_rows - 1, max(1, round(split * n_rows)))
    first, second = np.sort(mixed[:n_first]), np.sort(mixed[n_first:])
    model = clone(network).set_params(record="presentation")
    model.fit(_safe_indexing(X, first), _safe_indexing(y, first))
    learned = forgetting_events(model)["learned_for_good"].to_numpy()
    model.set_params(record=None, early_stopping=False)
    held = _safe_indexing(X, first)
    last_right = np.where(model.predict(held) == labels[first], 0, -1)
    for epoch in range(1, epochs + 1):
        model.partial_fit(_safe_indexing(X, second), _safe_indexing(y, second))
        last_right[model.predict(held) == labels[first]] = epoch
    forgotten = np.where(last_right == epochs, np.inf, last_right + 1.0)
    table = pd.DataFrame(
        {"learned_for_good": np.nan, "forgotten_for_good": np.nan, "first_part": False},
        index=row_index(X, n_rows),
    )
    table.iloc[first, 0], table.iloc[first, 1] = learned, forgotten
    table.iloc[first, 2] = True
    return table
