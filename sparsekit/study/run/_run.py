"""Carry out a plan: masks, fits and scores, spread over workers."""

import time
import warnings
from contextlib import contextmanager, nullcontext

import numpy as np
from joblib import parallel_config
from joblib.parallel import get_active_backend
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.parallel import Parallel, delayed
from threadpoolctl import threadpool_limits

from sparsekit._utils._cluster import WORKER_SECONDS, run_on_cluster
from sparsekit.study.plan._models import copy_for_fit, set_known_params
from sparsekit.study.plan._plan import row_key
from sparsekit.study.plan._study_table import missing_fraction
from sparsekit.study.run._progress import show_progress

# Two epochs, so that a model which rewires between epochs does so in its trial.
TRIAL_EPOCHS = 2

# How the warning begins that a network gives when Ctrl-C ends its training. A match by
# text, since scikit-learn's MLPs, which may take part, share the text but no class.
INTERRUPTED = "Training interrupted by user"


def run_plan(
    plan,
    store,
    *,
    trial=nullcontext,
    n_jobs=None,
    client=None,
    client_timeout=WORKER_SECONDS,
    stream=None,
):
    """Try the models, then fit all that `store` has not.

    Parameters
    ----------
    plan : Plan
    store : ResultStore
        Gets the rows of each job when it ends; an interrupt leaves those of all jobs
        that have ended.
    trial : callable, default=nullcontext
        Returns a context manager that sees the errors of the trial.
    n_jobs : int, default=None
        Number of jobs that run at the same time.
    client : distributed.Client, default=None
        Fits on the workers of a dask cluster.
    client_timeout : float, default=WORKER_SECONDS
        Seconds to wait for a worker where the cluster has none.
    stream : file, default=None
        Where progress goes.
    """
    with trial():
        try_models(plan, store.done)
    collect_rows(plan, store, n_jobs, client, client_timeout, stream)


def collect_rows(
    plan, store, n_jobs=None, client=None, client_timeout=None, stream=None
):
    """Fit every model of the plan that `store` has not; give it rows as each job ends.

    The order of the rows depends on the scheduling, nothing else does.
    """
    done = store.done
    jobs, n_done = plan.jobs(done), plan.n_fits_done(done)
    with study_environment(), show_progress(plan.n_fits, stream, n_done) as advance:
        for rows in _results(plan, jobs, n_jobs, client, client_timeout):
            # Of a fit with several rows, some may have been there before.
            store.add([row for row in rows if row_key(row) not in done])
            advance(len({row["sparsity"] for row in rows}))


def try_models(plan, done=frozenset()):
    """Fit each model for two epochs, at its highest sparsity and missing rate.

    What an estimator refuses is thus found before the study starts, and the compiled
    code is in the disk cache before several workers ask for it at once. Models whose
    fits are all `done` are left out.
    """
    needed = {(job.dataset, job.model) for job in plan.jobs(done)}
    with study_environment():
        for name, table in plan.tables.items():
            train, _ = table.split(plan.seeds[0])
            X = table.masked(plan.mechanisms[0], max(plan.missing_rates), seed=0)
            y = table.scaled_target(train)
            for label, model in plan.models[name].items():
                if (name, label) in needed:
                    trial = copy_for_fit(model, max(plan.sparsities_of(label)), seed=0)
                    fit_model(
                        set_known_params(trial, max_iter=TRIAL_EPOCHS),
                        X[train],
                        y[train],
                    )


def run_job(table, model, job):
    """Return the rows (dicts) of the job's fits, one for each of its conditions."""
    split_seed, mask_seed, network_seed = (
        int(seed) for seed in np.random.SeedSequence(job.seed).generate_state(3)
    )
    train, test = table.split(split_seed)
    mechanism, when = job.conditions[0]  # all make the same table
    X = table.masked(mechanism, job.missing_rate, mask_seed)
    y = table.scaled_target(train)
    common = {
        "dataset": job.dataset,
        "missing_rate": job.missing_rate,
        "realized_missing_rate": missing_fraction(X),
        "model": job.model,
        "seed": job.seed,
        "metric": table.metric,
        "n_train": len(train),
        "n_test": len(test),
    }
    X_train = (table.X if when == "transform" else X)[train]
    X_test = (table.X if when == "fit" else X)[test]
    rows = []
    with threadpool_limits(1), parallel_config("sequential"):
        for sparsity in job.sparsities:
            fitted = copy_for_fit(model, sparsity, network_seed)
            start = time.perf_counter()
            fit_model(fitted, X_train, y[train])
            seconds = time.perf_counter() - start
            row = {
                **common,
                "sparsity": sparsity,
                "score": float(fitted.score(X_test, y[test])),
                "n_connections": n_weights(fitted),
                "n_iter": n_iterations(fitted),
                "fit_time": seconds,
            }
            rows += [{**row, "mechanism": m, "when": w} for m, w in job.conditions]
    return rows


def _results(plan, jobs, n_jobs, client, client_timeout):
    """Return an iterator over the rows of each job, as the jobs end."""
    if client is not None:
        calls = ((job.dataset, _model(plan, job), job) for job in jobs)
        return run_on_cluster(client, run_job, plan.tables, calls, client_timeout)
    backend, _ = get_active_backend()
    # joblib's multiprocessing backend returns everything at the end or not at all.
    one_by_one = backend.supports_return_generator
    parallel = Parallel(
        n_jobs=n_jobs, return_as="generator_unordered" if one_by_one else "list"
    )
    return parallel(
        delayed(run_job)(plan.tables[job.dataset], _model(plan, job), job)
        for job in jobs
    )


def _model(plan, job):
    return plan.models[job.dataset][job.model]


@contextmanager
def study_environment():
    """One thread for each fit, and no warning that training ended at its last epoch.

    A study trains for a fixed number of epochs: reaching it is no failure. Workers get
    the warning filters from scikit-learn's `Parallel`.
    """
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("error", INTERRUPTED, UserWarning)
        yield


def fit_model(model, X, y):
    """Fit a model; an interrupt ends the study, not only this fit.

    Networks, scikit-learn's too, answer Ctrl-C in `fit` with a warning and stay usable.
    """
    try:
        model.fit(X, y)
    except UserWarning as warning:
        if INTERRUPTED in str(warning):
            raise KeyboardInterrupt from None
        raise


def n_weights(model):
    """Return the number of weights: connections, or coefficients; NaN for trees."""
    model = _learner(model)
    if hasattr(model, "n_connections_"):
        return int(model.n_connections_)
    if hasattr(model, "coefs_"):
        return sum(int(coef.size) for coef in model.coefs_)
    if hasattr(model, "coef_"):
        return int(np.size(model.coef_))
    return np.nan


def n_iterations(model):
    """Return the number of epochs, trees or steps; NaN for models without."""
    n_iter = getattr(_learner(model), "n_iter_", None)
    return np.nan if n_iter is None else int(np.max(n_iter))


def _learner(model):
    """Return what learned the target, inside pipelines, searches and scalers of it."""
    while True:
        if hasattr(model, "best_estimator_"):
            model = model.best_estimator_
        elif hasattr(model, "regressor_"):
            model = model.regressor_
        elif hasattr(model, "steps"):
            model = model.steps[-1][1]
        else:
            return model
