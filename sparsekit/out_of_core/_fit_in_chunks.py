"""`partial_fit` over the chunks of a table that stays on disk."""

import warnings
from numbers import Integral
from typing import TypeVar

import numpy as np
from sklearn.base import is_classifier
from sklearn.utils import check_random_state

from sparsekit.out_of_core._chunks import all_blocks, chunks
from sparsekit.out_of_core._open import open_source

Estimator = TypeVar("Estimator")


def fit_in_chunks(
    estimator: Estimator,
    source,
    target,
    *,
    columns=None,
    sample_weight=None,
    epochs=1,
    chunk_rows=50_000,
    classes=None,
    transformer=None,
    na_values=None,
    shuffle=True,
    random_state=None,
) -> Estimator:
    """Train an estimator with `partial_fit` on a table that need not fit in memory.

    Parameters
    ----------
    estimator : object
        Has `partial_fit`. It is trained in place; one that is fitted already goes on.
    source : str, path-like, list of them, pyarrow object, or ndarray of shape \
(n_rows, n_columns)
        - Names of Parquet files (.parquet), or a folder of them; of Arrow files
          (.arrow, .feather, .ipc); of CSV files with a header line, separated by commas
          (.csv, .csv.gz); or the name of a .npy file.
        - A ``pyarrow.dataset.Dataset`` or ``pyarrow.Table``.
        - An array, such as ``np.memmap``.
    target : str, int, list of them, ndarray, path-like or None
        Column to learn; a list for several outputs. If `source` is an array: an index,
        or another array, or the name of a .npy file, of shape (n_rows,) or (n_rows,
        n_outputs). None for estimators that learn no target.
    columns : list of str or of int, default=None
        The features, in this order. None means all columns but the target, the weights,
        and names of rows, see Warns.
    sample_weight : str, int, ndarray or path-like, default=None
        The weights of the rows, given as the target is.
    epochs : int, default=1
        Passes over the table.
    chunk_rows : int, default=50,000
        Rows per call of `partial_fit`, from half as many to one and a half times as
        many. A table with fewer rows is one chunk.
    classes : array-like of shape (n_classes,), default=None
        All classes of a classifier. None means those of the fitted estimator or, if it
        is not fitted, those that a first pass over the target finds.
    transformer : object, default=None
        Has `transform`, and is fitted; the features of each chunk go through it. With
        it, columns need not be numbers.
    na_values : str, float or list of these, default=None
        Codes that stand for a missing value in a table with names, such as -999 or "?",
        beside empty cells. A number stands for all cells of this value.
    shuffle : bool, default=True
        Whether to read the pieces of the table in another order in each epoch, and to
        shuffle the rows within a chunk.
    random_state : int, RandomState instance or None, default=None
        Of the shuffling.

    Returns
    -------
    estimator : object
        The estimator that was given.

    Raises
    ------
    TypeError
        If the estimator has no `partial_fit`, or the source is of none of these kinds.
    ValueError
        If a parameter is out of range, a column is not there or holds no numbers, a
        target or weight is missing, or there are no rows.
    ImportError
        If pyarrow is needed and not installed.

    Warns
    -----
    UserWarning
        If `columns` is None and a column is left out since it has no name, or is the
        index of a DataFrame; or if rows are shorter than the header of a CSV file.

    Notes
    -----
    Of a table with names, the estimator gets DataFrames. Features are float64, or
    float32 if all of them are at most that; what is missing is NaN.

    Memory beside the estimator: about ``4 * 8 * chunk_rows * n_columns`` bytes. To this
    come the pages of a Parquet file that are being decoded, some 2 MB per column, and
    whole record batches of an Arrow file if they are compressed. Time per epoch: that
    of reading the table once, and of `partial_fit`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import SGDClassifier
    >>> from sparsekit.out_of_core import fit_in_chunks
    >>> X = np.random.default_rng(0).normal(size=(1000, 3))
    >>> y = np.where(X[:, 0] > 0, "high", "low")
    >>> linear = SGDClassifier(random_state=0)
    >>> _ = fit_in_chunks(linear, X, y, epochs=5, chunk_rows=100, random_state=0)
    >>> linear.classes_.tolist(), bool(linear.score(X, y) > 0.9)
    (['high', 'low'], True)
    """
    if not hasattr(estimator, "partial_fit"):
        raise TypeError(f"estimator must have partial_fit; {estimator!r} has none.")
    _check_count("epochs", epochs)
    _check_count("chunk_rows", chunk_rows)
    if transformer is not None and not hasattr(transformer, "transform"):
        raise TypeError(f"transformer must have transform; {transformer!r} has none.")
    rng = check_random_state(random_state)
    table = open_source(
        source,
        target,
        columns,
        sample_weight,
        na_values,
        chunk_rows,
        transformer is None,
    )
    for note in table.notes:
        warnings.warn(f"{table.name}: {note}.", UserWarning, stacklevel=2)
    known = _known_classes(estimator, table, target, classes)
    for _ in range(epochs):
        for X, y, weight in chunks(table, chunk_rows, rng if shuffle else None):
            if transformer is not None:
                X = transformer.transform(X)
            targets = () if y is None else (y,)
            weights = {} if weight is None else {"sample_weight": weight}
            estimator.partial_fit(X, *targets, **known, **weights)
            # Not needed any more while the next chunk is read.
            del X, y, weight, targets, weights
    return estimator


def _check_count(name, value):
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be an integer > 0, got {value!r}.")


def _known_classes(estimator, table, target, classes):
    """Return the argument that tells a classifier its classes."""
    if classes is not None:
        return {"classes": np.asarray(classes)}
    # What is no estimator of scikit-learn has no tags that would tell.
    classifies = hasattr(estimator, "__sklearn_tags__") and is_classifier(estimator)
    if not classifies or hasattr(estimator, "classes_"):
        return {}
    if target is None:
        raise ValueError(f"target=None, but {estimator!r} is a classifier.")
    if table.n_outputs > 1:
        # Label indicators: each column has the classes 0 and 1.
        return {"classes": np.arange(table.n_outputs)}
    found = np.empty(0)
    for _, y, _ in all_blocks(table, features=False):
        labels = np.unique(y)
        found = np.union1d(found, labels) if found.size else labels
    return {"classes": found}
