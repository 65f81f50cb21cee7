"""The comparison of models on one table as a Python function."""

import sys
from numbers import Integral

import numpy as np

from sparsekit.study.one_table._comparison import TableComparison, check_metric
from sparsekit.study.one_table._folds import fit_folds, make_splits
from sparsekit.study.one_table._models import build_table_models
from sparsekit.study.plan._data import check_target
from sparsekit.tabular import TableEncoder


def compare_on_table(
    X,
    y,
    *,
    models=None,
    task="auto",
    metric="loss",
    folds=5,
    repeats=1,
    n_jobs=None,
    random_state=0,
    progress=False,
) -> TableComparison:
    """Compare `SparseTabular*` with the usual models on one table as it is.

    All models get the same folds. Numbers, truth values, categories, text, dates and
    missing values are taken as they are; each model gets what it needs of them.

    Parameters
    ----------
    X : {DataFrame, array-like} of shape (n_samples, n_features)
        A table of pandas or polars, or numbers; NaN, None, NaT or ``pandas.NA`` where a
        value is missing.
    y : array-like of shape (n_samples,)
        Classes, or quantities.
    models : str, sequence of str, or mapping, default=None
        The models by name, see Notes; None means all. A mapping goes from a label to a
        name, or to an estimator that takes the table as it is.
    task : {"auto", "classification", "regression"}, default="auto"
        "auto" takes text, booleans, and whole numbers with at most 20 distinct values
        for classes, everything else for a quantity.
    metric : {"loss", "accuracy", "auc", "r2"}, default="loss"
        What the models are compared by; the others are reported, too. The loss is the
        log-loss of classes, and the root mean squared error of quantities.
    folds : int, default=5
        Parts of the rows, each of which is predicted once by models of the others.
    repeats : int, default=1
        How often, with other folds.
    n_jobs : int, default=None
        Number of fits that run at the same time, as in joblib. Each runs on one thread,
        so that their times can be compared.
    random_state : int, default=0
        Seed of folds and models.
    progress : bool, default=False
        Whether to show progress, and the time left, on the standard error stream.

    Returns
    -------
    comparison : TableComparison
        With ``table``, ``verdict``, ``rows``, ``report()`` and ``plot()``.

    Raises
    ------
    TypeError or ValueError
        If a parameter, a column (with its name) or the target cannot be used, or a
        model cannot be fitted.

    See Also
    --------
    missingness_study : Models on tables with more and more missing values.

    Notes
    -----
    The models are

    - "sparse_tabular", `SparseTabularClassifier` or `SparseTabularRegressor`, with its
      defaults;
    - "boosting", `HistGradientBoosting*` of scikit-learn with native categories and
      its defaults, and "boosting_stopped", the same with early stopping, at most 500
      rounds and a rate of 0.05;
    - "random_forest", "linear" (logistic or ridge regression) and "mlp", of
      scikit-learn: numbers and dates with means where a value is missing and an
      indicator of that, categories one-hot, all scaled. Each chooses one of three
      candidates by the loss of one hold-out split of the training rows (a quarter) and
      learns again from all of them: ``min_samples_leaf`` 1, 4, 16; ``C`` 0.01, 0.1, 1
      or ``alpha`` 1, 10, 100; ``alpha`` 0.0001, 0.1, 3.
    - "prior", which predicts the class frequencies, or the mean.

    The seconds of a fit include such a choice, and that of `SparseTabular*`. That
    training ends at its last epoch (``ConvergenceWarning``) is not reported. The result
    does not depend on `n_jobs`; ``fit_time`` apart.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from sparsekit.study import compare_on_table
    >>> rng = np.random.default_rng(0)
    >>> table = pd.DataFrame({"age": rng.normal(50, 10, 120), "town": ["A", "B"] * 60})
    >>> ill = np.where(table["age"] > 50, "yes", "no")
    >>> table.loc[::9, "age"] = np.nan
    >>> comparison = compare_on_table(table, ill, models=["linear", "prior"], folds=3)
    >>> comparison.table.index.tolist()
    ['linear', 'prior']
    """
    folds = _checked_count("folds", folds, 2)
    repeats = _checked_count("repeats", repeats, 1)
    seed = _checked_count("random_state", random_state, 0, 2**32 - 1)
    if n_jobs is not None and (not isinstance(n_jobs, Integral) or n_jobs == 0):
        raise ValueError(
            f"n_jobs={n_jobs!r} is no number of fits: None, -1, or 1 and more."
        )
    encoder = TableEncoder().fit(X)
    if not encoder.columns_:
        raise ValueError("X has no column that varies: there is nothing to learn from.")
    frame = _frame(X)
    y, task = check_target(y, len(frame), task)
    check_metric(metric, task)
    built = build_table_models(models, task, encoder.kinds_)
    rows = fit_folds(
        frame,
        y,
        task,
        built,
        make_splits(y, task, folds, repeats, seed),
        seed,
        n_jobs,
        sys.stderr if progress else None,
    )
    import pandas as pd

    return TableComparison(pd.DataFrame(rows), metric)


def _frame(X):
    """Return a table that `TableEncoder` has accepted as a DataFrame of pandas."""
    import pandas as pd

    if hasattr(X, "to_pandas"):
        X = X.to_pandas()
    if not isinstance(X, pd.DataFrame):
        array = np.asarray(X)
        X = pd.DataFrame(array, columns=[f"x{j}" for j in range(array.shape[1])])
    return X.reset_index(drop=True)


def _checked_count(name, value, least, most=None):
    valid = isinstance(value, Integral) and not isinstance(value, bool)
    if not valid or value < least or (most is not None and value > most):
        end = "" if most is None else f", {most} at most"
        raise ValueError(
            f"{name}={value!r} must be a whole number, {least} or more{end}."
        )
    return int(value)
