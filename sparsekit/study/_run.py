"""Carry out a plan: masks, fits and scores, spread over joblib's workers."""

import time
import warnings
from contextlib import contextmanager

import numpy as np
from joblib.parallel import get_active_backend
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.parallel import Parallel, delayed
from threadpoolctl import threadpool_limits

from sparsekit.study._models import set_known_params
from sparsekit.study._plan import mask_table, split_rows
from sparsekit.study._progress import show_progress

# Two epochs, so that a model which rewires between epochs does so in its trial.
TRIAL_EPOCHS = 2

# How the warning begins that a network gives when Ctrl-C ends its training. A match by
# text, since scikit-learn's MLPs, which may take part, share the text but no class.
INTERRUPTED = "Training interrupted by user"


def collect_rows(plan, n_jobs, stream, rows):
    """Fit every model of the plan; extend the list `rows` as each job ends.

    The order of the rows depends on the scheduling, nothing else does. Whoever called
    has what is finished when an interrupt ends this early. Progress goes to `stream`.
    """
    jobs = (delayed(run_job)(plan, job) for job in plan.jobs())
    with (
        _study_environment(),
        show_progress(plan.n_fits, stream) as advance,
    ):
        for new_rows in _parallel(n_jobs)(jobs):
            rows.extend(new_rows)
            advance(len(new_rows))


def try_models(plan):
    """Fit each model for two epochs, at its highest sparsity, on the most holes.

    What an estimator refuses is thus found before the study starts, and the compiled
    code is in the disk cache before several workers ask for it at once.
    """
    train, _ = split_rows(plan, plan.seeds[0])
    X = mask_table(plan, plan.mechanisms[0], max(plan.missing_rates), seed=0)
    with _study_environment():
        for label, model in plan.models.items():
            trial = set_known_params(
                clone(model),
                sparsity=max(plan.sparsities_of(label)),
                random_state=0,
                max_iter=TRIAL_EPOCHS,
            )
            _fit(trial, X[train], _training_scale(plan, train)[train])


def run_job(plan, job):
    """Return one row (a dict) per sparsity of the job."""
    split_seed, mask_seed, network_seed = (
        int(seed) for seed in np.random.SeedSequence(job.seed).generate_state(3)
    )
    train, test = split_rows(plan, split_seed)
    X = mask_table(plan, job.mechanism, job.missing_rate, mask_seed)
    y = _training_scale(plan, train)
    common = {
        "mechanism": job.mechanism,
        "when": job.when,
        "missing_rate": job.missing_rate,
        "realized_missing_rate": _share_of_nan(X),
        "model": job.model,
        "seed": job.seed,
        "metric": "accuracy" if plan.task == "classification" else "r2",
    }
    X_train = (plan.X if job.when == "transform" else X)[train]
    X_test = (plan.X if job.when == "fit" else X)[test]
    rows = []
    with threadpool_limits(limits=1):
        for sparsity in job.sparsities:
            model = set_known_params(
                clone(plan.models[job.model]),
                sparsity=sparsity,
                random_state=network_seed,
            )
            start = time.perf_counter()
            _fit(model, X_train, y[train])
            seconds = time.perf_counter() - start
            rows.append(
                {
                    **common,
                    "sparsity": sparsity,
                    "score": float(model.score(X_test, y[test])),
                    "n_connections": getattr(model, "n_connections_", np.nan),
                    "n_iter": getattr(model, "n_iter_", np.nan),
                    "fit_time": seconds,
                }
            )
    return rows


@contextmanager
def _study_environment():
    """One thread for each fit, and no warning that training ended at its last epoch.

    A study trains for a fixed number of epochs: reaching it is no failure. Workers get
    the warning filters from scikit-learn's `Parallel`.
    """
    with warnings.catch_warnings(), threadpool_limits(limits=1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("error", INTERRUPTED, UserWarning)
        yield


def _fit(model, X, y):
    """Fit a model; an interrupt ends the study, not only this fit.

    Networks, scikit-learn's too, answer Ctrl-C in `fit` with a warning and stay usable.
    """
    try:
        model.fit(X, y)
    except UserWarning as warning:
        if INTERRUPTED in str(warning):
            raise KeyboardInterrupt from None
        raise


def _parallel(n_jobs):
    backend, _ = get_active_backend()
    # joblib's multiprocessing backend returns everything at the end or not at all.
    one_by_one = backend.supports_return_generator
    return Parallel(
        n_jobs=n_jobs, return_as="generator_unordered" if one_by_one else "list"
    )


def _training_scale(plan, train):
    """Return the target; a quantity in units of its training rows' deviation.

    R2 does not change when target and prediction are shifted and scaled alike, but the
    learning rate of a network fits targets near 1 only.
    """
    if plan.task == "classification":
        return plan.y
    scale = plan.y[train].std()
    return (plan.y - plan.y[train].mean()) / (scale if scale > 0 else 1.0)


def _share_of_nan(X):
    values = X.data if issparse(X) else X
    return float(np.isnan(values).sum() / (X.shape[0] * X.shape[1]))
