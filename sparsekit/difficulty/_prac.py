"""Pruning-aware critical sets: the samples that sparse training needs most."""

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from sparsekit.difficulty._checks import check_models
from sparsekit.difficulty._forgetting import forgetting_events
from sparsekit.difficulty._record import lost_at_rewirings, record_of, table_of

if TYPE_CHECKING:
    from pandas import DataFrame


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
    TypeError
        If `before` or `after` cannot predict, or `record` is none.

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
    >>> net = SETMLPClassifier(record="rewiring").fit(X, y)
    >>> prac_set(net).columns.tolist()
    ['forgotten', 'lost', 'differs', 'selected']
    """
    if (before is None) != (after is None) or (before is None) != (X is None):
        given = {"before": before, "after": after, "X": X}
        absent = [name for name, value in given.items() if value is None]
        raise ValueError(
            f"before, after and X must be given together; None is {', '.join(absent)}."
        )
    if before is not None:
        check_models("before", before, "predict")
        check_models("after", after, "predict")
    if not isinstance(threshold, Real):
        raise ValueError(f"threshold must be a number, got {threshold!r}.")
    record = record_of(record)
    n_rows = record["n_seen"].size
    events = forgetting_events(record, never_learned="inf")["n_forgotten"]
    forgotten = (events > threshold).to_numpy()
    lost, differs = lost_at_rewirings(record), np.zeros(n_rows, dtype=bool)
    if before is not None:
        differs = np.asarray(before.predict(X) != after.predict(X))
        if differs.shape != (n_rows,):
            raise ValueError(
                f"X must be the {n_rows} rows of the record; predictions have shape "
                f"{differs.shape}."
            )
    columns = {"forgotten": forgotten, "lost": lost, "differs": differs}
    return table_of(record, columns | {"selected": forgotten | lost | differs})
