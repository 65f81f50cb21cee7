"""What a fitted model says about itself: its weights, and how long it trained."""

import numpy as np


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
