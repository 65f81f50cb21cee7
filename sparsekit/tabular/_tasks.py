"""Fits of several networks as tasks that callbacks of scikit-learn see."""

from joblib import Parallel, delayed


def fitted_in_tasks(caller, context, name, networks, X, y, weights):
    """Fit networks, each in a task of its own, as many at a time as `caller` says.

    Parameters
    ----------
    caller : estimator
        Whose fit this is, with `n_jobs`.
    context : sklearn.callback.CallbackContext
        Of that fit.
    name : str
        Of the tasks.
    networks : list of estimators
    X, y : array-like
    weights : dict
        Further arguments of their `fit`.

    Returns
    -------
    list of estimators
        Fitted, in other processes perhaps.
    """
    tasks = [context.subcontext(task_name=name) for _ in networks]
    return Parallel(n_jobs=caller.n_jobs)(
        delayed(fitted_in_task)(caller, task, network, X, y, weights)
        for task, network in zip(tasks, networks, strict=True)
    )


def fitted_in_task(caller, task, network, X, y, weights):
    """Fit one network; callbacks that go on to parts of estimators see its epochs."""
    with task.propagate_callback_context(network):
        task.call_on_fit_task_begin(estimator=caller, X=X, y=y)
        network.fit(X, y, **weights)
    task.call_on_fit_task_end(estimator=caller, X=X, y=y)
    return network
