"""Fits and scores: a row of results for each table, model and fold."""

import os
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, log_loss, r2_score, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold
from threadpoolctl import threadpool_limits

from benchmarks.tables.models import MODELS
from benchmarks.tables.sources import half_of, load

# Rows up to which a table is small, and repeats its folds.
SMALL = 5000

# Columns of the results; a score that does not apply is empty.
COLUMNS = (
    "table",
    "half",
    "task",
    "n_rows",
    "n_columns",
    "missing",
    "model",
    "fold",
    "loss",
    "accuracy",
    "auc",
    "calibration_error",
    "rmse",
    "r2",
    "seconds",
    "n_connections",
    "n_dense",
)

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def run(sources, models, path, *, n_repeats=2, n_jobs=1):
    """Fit models to tables; add rows to a CSV file, and leave out those that it has.

    Parameters
    ----------
    sources : sequence of Source
    models : sequence of str
    path : Path
    n_repeats : int, default=2
        Repeats of the three folds of a table of up to 5,000 rows; others have one.
    n_jobs : int, default=1
        Processes; times are those of the processor, of one thread.

    Returns
    -------
    DataFrame
        All rows of the file.
    """
    for name in _THREADS:
        os.environ[name] = "1"
    path = Path(path)
    known = pd.read_csv(path) if path.exists() else pd.DataFrame()
    done = (
        set() if known.empty else set(zip(known["table"], known["model"], strict=True))
    )
    jobs = [
        (source, model)
        for source in sources
        for model in models
        if (source.name, model) not in done
    ]
    found = Parallel(n_jobs=n_jobs, return_as="generator_unordered")(
        delayed(rows_of)(source, model, n_repeats) for source, model in jobs
    )
    for rows in found:
        frame = pd.DataFrame(rows, columns=COLUMNS)
        frame.to_csv(path, mode="a", header=not path.exists(), index=False)
        means = frame.groupby(["table", "model"])["loss"].mean()
        print(means.to_string(header=False))
    return pd.read_csv(path)


def rows_of(source, model, n_repeats):
    """Return the rows of one table and one model."""
    X, y = load(source)
    classify = source.task == "classification"
    described = {
        "table": source.name,
        "half": half_of(source),
        "task": source.task,
        "n_rows": len(X),
        "n_columns": X.shape[1],
        "missing": round(float(X.isna().mean().mean()), 4),
        "model": model,
    }
    rows = []
    for fold, (train, test) in enumerate(folds(y, classify, n_repeats)):
        fitted, seconds = _fitted(MODELS[model](classify), X.iloc[train], y[train])
        rows.append(
            {
                **described,
                "fold": fold,
                **scores(fitted, X.iloc[test], y[test], classify),
                "seconds": seconds,
                "n_connections": getattr(fitted, "n_connections_", np.nan),
                "n_dense": _dense_connections(fitted),
            }
        )
    return rows


def folds(y, classify, n_repeats=2):
    """Return the training and test rows of each fold."""
    make = StratifiedKFold if classify else KFold
    repeats = n_repeats if len(y) <= SMALL else 1
    return [
        split
        for repeat in range(repeats)
        for split in make(3, shuffle=True, random_state=repeat).split(y, y)
    ]


def _fitted(model, X, y):
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        # Of scikit-learn's grids about classes that a fold has not, and the like.
        warnings.simplefilter("ignore", UserWarning)
        begin = time.process_time()
        model.fit(X, y)
        return model, time.process_time() - begin


def _dense_connections(fitted):
    """Return how many connections dense members of the same sizes would have."""
    if not hasattr(fitted, "members_"):
        return np.nan
    return sum(round(m.n_connections_ / (1 - m.sparsity_)) for m in fitted.members_)


def scores(fitted, X, y, classify):
    """Return the scores of a fitted model, NaN for what does not apply."""
    if not classify:
        predicted = fitted.predict(X)
        rmse = float(np.sqrt(np.mean((y - predicted) ** 2)))
        return {"loss": rmse, "rmse": rmse, "r2": r2_score(y, predicted)}
    probabilities = fitted.predict_proba(X)
    labels = np.arange(probabilities.shape[1])
    binary = labels.size == 2
    of_auc = probabilities[:, 1] if binary else probabilities
    return {
        "loss": log_loss(y, probabilities, labels=labels),
        "accuracy": accuracy_score(y, probabilities.argmax(axis=1)),
        "auc": roc_auc_score(y, of_auc, multi_class="ovr", labels=labels),
        "calibration_error": calibration_error(y, probabilities),
    }


def calibration_error(y, probabilities, n_bins=15):
    """Return the expected calibration error of the most probable class.

    Guo et al., "On calibration of modern neural networks", ICML 2017, equation 3.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == y
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    sums = np.bincount(bins, right.astype(float) - confidence, minlength=n_bins)
    return float(np.abs(sums).sum() / y.size)
