"""How much predictions depend on the columns of a table."""

from collections.abc import Callable

import numpy as np

# Rows that are enough to tell, and keep the cost small beside that of training.
MAX_ROWS = 250
BATCH_ROWS = 4000


def sensitivity_shares(
    predict: Callable[[np.ndarray], np.ndarray],
    values: np.ndarray,
    columns: np.ndarray,
    n_columns: int,
    rng: np.random.RandomState,
) -> np.ndarray:
    """Return the share of each column in how predictions change when it is shuffled.

    The mean squared change is twice the total effect of the column on the variance of
    the predictions [1]_, equation 8, but that columns are shuffled and so may be
    combined as they never are.

    Parameters
    ----------
    predict : callable
        Takes values like these.
    values : ndarray of shape (n_samples, n_outputs)
        Encoded rows.
    columns : ndarray of shape (n_outputs,)
        Column that each output is made of. Those of one column are shuffled together.
    n_columns : int
    rng : RandomState

    Returns
    -------
    ndarray of shape (n_columns,)
        Not negative, with a sum of 1, or all 0 if predictions never change. Complexity:
        O(n_columns) predictions of all rows.

    References
    ----------
    .. [1] Jansen, "Analysis of variance designs for model output", Computer Physics
       Communications 117, 1999.
    """
    predicted = predict(values)
    changes = np.zeros(n_columns)
    shuffled, of_columns = [], np.unique(columns)
    for column in of_columns:
        mine = columns == column
        shuffled.append(values.copy())
        shuffled[-1][:, mine] = values[rng.permutation(len(values))][:, mine]
        # Calls for a few hundred rows would mostly be checks of their inputs.
        if len(shuffled) * len(values) >= BATCH_ROWS or column == of_columns[-1]:
            found = predict(np.concatenate(shuffled))
            found = found.reshape(len(shuffled), len(values), -1)
            gaps = (found - predicted.reshape(len(values), -1)) ** 2
            last = np.searchsorted(of_columns, column) + 1
            changes[of_columns[last - len(shuffled) : last]] = gaps.mean(axis=(1, 2))
            shuffled = []
    total = changes.sum()
    return changes / total if total > 0 else changes
