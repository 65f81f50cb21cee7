"""Folds of one table: fits, scores and seconds."""

import time

import numpy as np
from joblib import parallel_config
from sklearn.metrics import (
    accuracy_score,
    log_loss,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold
from sklearn.utils.parallel import Parallel, delayed
from threadpoolctl import threadpool_limits

from sparsekit._utils._one_line import shown
from sparsekit.study.plan._models import seeded, set_known_params
from sparsekit.study.run._progress import show_progress
from sparsekit.study.run._run import (
    TRIAL_EPOCHS,
    fit_model,
    n_weights,
    study_environment,
)

# The models of ours whose compiled code this process has.
_LOADED: set[tuple[str, type]] = set()


def make_splits(y, task, folds, repeats, seed):
    """Return the training and test rows of each fold of each repeat.

    Raises
    ------
    ValueError
        If a fold would have no row of a class, or too few to score.
    """
    if task == "classification":
        counts = np.bincount(y)
        if counts.min() < folds:
            raise ValueError(
                f"folds={folds}, but a class has {counts.min()} rows, and each fold "
                "needs one: take fewer folds, or remove or merge rare classes."
            )
        make = RepeatedStratifiedKFold
    else:
        if len(y) < 2 * folds:
            raise ValueError(
                f"folds={folds}, but there are {len(y)} rows, and each fold needs two: "
                "take fewer folds."
            )
        make = RepeatedKFold
    splits = make(n_splits=folds, n_repeats=repeats, random_state=seed)
    return list(splits.split(np.empty((len(y), 1)), y))


def fit_folds(X, y, task, models, splits, seed, n_jobs, stream):
    """Return a row (dict) for each model and split.

    Parameters
    ----------
    X : DataFrame
    y : ndarray
    task : {"classification", "regression"}
    models : dict of str to estimator
    splits : list of (ndarray, ndarray)
    seed : int
    n_jobs : int or None
    stream : file or None
        Where progress goes.
    """
    jobs = [
        (label, model, number)
        for number in range(len(splits))
        for label, model in models.items()
    ]
    with study_environment(), show_progress(len(jobs), stream) as advance:
        # Before several workers ask for the compiled code at once.
        for label, model in models.items():
            _load_kernels(label, model, X.iloc[splits[0][0]], y[splits[0][0]])
        found = Parallel(n_jobs=n_jobs, return_as="generator")(
            delayed(_row)(X, y, task, label, model, number, splits[number], seed)
            for label, model, number in jobs
        )
        rows = []
        for row in found:
            rows.append(row)
            advance(1)
    return rows


def _load_kernels(label, model, X, y):
    """Have this process compile or load what a model of ours needs.

    It is no part of the seconds of a fit.
    """
    is_ours = type(model).__module__.startswith("sparsekit.")
    if is_ours and (label, type(model)) not in _LOADED:
        trial = set_known_params(seeded(model, 0), max_iter=TRIAL_EPOCHS)
        _fit(label, trial, X, y)
        _LOADED.add((label, type(model)))


def _row(X, y, task, label, model, number, split, seed):
    train, test = split
    fold_seed = np.random.SeedSequence((seed, number)).generate_state(1)[0]
    with threadpool_limits(1), parallel_config("sequential"):
        _load_kernels(label, model, X.iloc[train], y[train])
        fitted = seeded(model, int(fold_seed))
        start = time.perf_counter()
        _fit(label, fitted, X.iloc[train], y[train])
        seconds = time.perf_counter() - start
        return {
            "split": number,
            "model": label,
            **_scores(fitted, X.iloc[test], y[test], task),
            "fit_time": seconds,
            "n_weights": n_weights(fitted),
            "n_train": len(train),
            "n_test": len(test),
        }


def _fit(label, model, X, y):
    try:
        fit_model(model, X, y)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"model {shown(label)} cannot be fitted to this table: {error}"
        ) from error


def _scores(model, X, y, task):
    if task == "regression":
        predicted = model.predict(X)
        rmse = float(root_mean_squared_error(y, predicted))
        return {"rmse": rmse, "r2": float(r2_score(y, predicted))}
    probabilities = model.predict_proba(X)
    labels = np.arange(probabilities.shape[1])
    of_auc = probabilities[:, 1] if labels.size == 2 else probabilities
    return {
        "log_loss": float(log_loss(y, probabilities, labels=labels)),
        "accuracy": float(accuracy_score(y, probabilities.argmax(axis=1))),
        "auc": float(roc_auc_score(y, of_auc, multi_class="ovr", labels=labels)),
    }
