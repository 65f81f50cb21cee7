"""Margins and errors of the samples in the course of training."""

from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from sparsekit.difficulty._record import record_of, table_of

if TYPE_CHECKING:
    from pandas import DataFrame


def aum_scores(
    record: Any, *, threshold_rows: ArrayLike | None = None, percentile: float = 99
) -> "DataFrame":
    """Area under the margin: the mean margin of each sample over training [1]_.

    The margin is the output of the sample's label minus the largest other output,
    before softmax. Mislabelled samples have low ones.

    Parameters
    ----------
    record : estimator or dict
        A network fitted with `record`, or its `record_`.
    threshold_rows : array-like of int or bool, default=None
        Rows that were given a label of a class that does not exist, about
        ``n_samples / (n_classes + 1)`` of them as in [1]_: they show how low the margin
        of a wrong label is.
    percentile : float in [0, 100], default=99
        Of the scores of `threshold_rows`; below it a sample is suspect.

    Returns
    -------
    DataFrame
        Indexed like the rows of X. ``aum``: for label indicators the mean of the
        smallest margin of a label; for a regression the mean of tolerance minus error.
        With `threshold_rows`, ``suspect``.

    Raises
    ------
    ValueError
        If `threshold_rows` are no rows of the record, or `percentile` is none.

    References
    ----------
    .. [1] Pleiss, Zhang, Elenberg and Weinberger, "Identifying mislabeled data using
       the area under the margin ranking", NeurIPS 2020.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.difficulty import aum_scores
    >>> X, y = load_iris(return_X_y=True)
    >>> y[7] = 2
    >>> net = SETMLPClassifier(n_iter_no_change=3, tol=0.1, random_state=0,
    ...                        record="presentation")
    >>> int(aum_scores(net.fit(X, y))["aum"].argmin())
    7
    """
    record = record_of(record)
    margins = record["margin_mean"].astype(np.float64)
    columns = {"aum": margins}
    if threshold_rows is not None:
        rows = np.asarray(threshold_rows)
        is_mask = rows.dtype == bool and rows.shape == margins.shape
        is_number = rows.dtype.kind in "iu" and rows.ndim == 1 and rows.size > 0
        if not (is_mask and rows.any()) and not (
            is_number and 0 <= rows.min() <= rows.max() < margins.size
        ):
            raise ValueError(
                f"threshold_rows must be numbers of rows, from 0 to {margins.size - 1},"
                f" or a mask of all of them; got {threshold_rows!r}."
            )
        is_number = isinstance(percentile, Real) and not isinstance(percentile, bool)
        if not is_number or not 0 <= percentile <= 100:
            raise ValueError(f"percentile must be in [0, 100], got {percentile!r}.")
        if np.isnan(margins[rows]).all():
            raise ValueError(
                f"threshold_rows={threshold_rows!r} were not trained on and have no "
                "margin."
            )
        limit = np.nanpercentile(margins[rows], percentile)
        columns["suspect"] = margins < limit
    return table_of(record, columns)


def el2n_scores(
    records: Any, *, at: int | str = 10, squared: bool = False
) -> "DataFrame":
    """Error norms early in training, EL2N [1]_.

    The score of a sample is the Euclidean norm of probabilities minus one-hot label, or
    in a regression the root mean square of its residuals, averaged over networks.

    Parameters
    ----------
    records : estimator, dict or list of them
        Networks fitted to the same rows with `record` and different seeds, or their
        `record_`. A single one is noisy: the paper takes ten.
    at : int or "mean", default=10
        Number of the presentation, or epoch, of which the error is taken. A summary
        knows 5, 10 and 20, and "mean" over all; a full store knows each.
    squared : bool, default=False
        Whether to average squared norms (Brier scores), as some published code does:
        another order, unless there is only one network. Not with ``at="mean"``.

    Returns
    -------
    DataFrame
        Indexed like the rows of X. ``el2n``: the mean over the networks that trained on
        the row; ``el2n_std``: standard deviation over them; ``n_networks``.

    Raises
    ------
    ValueError
        If a record does not know the error `at` that presentation.

    References
    ----------
    .. [1] Paul, Ganguli and Dziugaite, "Deep learning on a data diet: finding important
       examples early in training", NeurIPS 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.difficulty import el2n_scores
    >>> X, y = load_iris(return_X_y=True)
    >>> nets = [SETMLPClassifier(random_state=seed, tol=0.1, record="epoch").fit(X, y)
    ...         for seed in range(3)]
    >>> el2n_scores(nets).columns.tolist()
    ['el2n', 'el2n_std', 'n_networks']
    """
    if not isinstance(at, Integral) and not (isinstance(at, str) and at == "mean"):
        raise ValueError(f"at must be a whole number or 'mean', got {at!r}.")
    if not isinstance(squared, bool | np.bool_):
        raise ValueError(f"squared must be True or False, got {squared!r}.")
    if squared and at == "mean":
        raise ValueError(
            "squared=True squares the errors at one presentation, and at='mean' is "
            "over all: give the number of one as at."
        )
    several = records if isinstance(records, list | tuple) else [records]
    several = [record_of(record) for record in several]
    sizes = [record["n_seen"].size for record in several]
    if len(set(sizes)) != 1:
        raise ValueError(f"the records must be of the same rows; they have {sizes}.")
    errors = np.array([_errors(record, at) for record in several], dtype=np.float64)
    errors = errors**2 if squared else errors
    known = ~np.isnan(errors)
    n_known = known.sum(axis=0)
    mean = np.where(known, errors, 0.0).sum(axis=0) / np.maximum(n_known, 1)
    squares = np.where(known, (errors - mean) ** 2, 0.0).sum(axis=0)
    rows = np.flatnonzero(n_known)
    deviation = np.sqrt(squares / np.maximum(n_known, 1))
    columns = {"el2n": mean[rows], "el2n_std": deviation[rows]}
    return table_of(several[0], columns, rows).assign(n_networks=n_known)


def _errors(record, at):
    """Return the error of each row at one presentation, or the mean over all."""
    if at == "mean":
        return record["error_mean"]
    early = record["early_presentations"].tolist()
    if "all_errors" in record and 1 <= at <= record["all_errors"].shape[0]:
        return record["all_errors"][at - 1]
    if at not in early:
        raise ValueError(
            f"at must be one of {early} or 'mean', got {at!r}; a record with "
            "store='full' knows the error of each epoch that was trained."
        )
    errors = record["early_errors"][:, early.index(at)]
    if np.isnan(errors).all():
        raise ValueError(
            f"no sample was presented {at} times; choose another `at` or train longer."
        )
    return errors
