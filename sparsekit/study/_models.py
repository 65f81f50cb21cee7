"""The models of a study: from names and parameters to estimators."""

from collections.abc import Mapping

from sklearn.base import clone

from sparsekit.neural_network import (
    DenseMLPClassifier,
    DenseMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPClassifier,
    StaticSparseMLPRegressor,
)

CLASSES: dict[str, dict[str, type]] = {
    "classification": {
        "dense": DenseMLPClassifier,
        "static": StaticSparseMLPClassifier,
        "set": SETMLPClassifier,
    },
    "regression": {
        "dense": DenseMLPRegressor,
        "static": StaticSparseMLPRegressor,
        "set": SETMLPRegressor,
    },
}
MODEL_NAMES = tuple(CLASSES["classification"])

# What the study itself sets for each fit.
OWN_PARAMS = ("sparsity", "random_state")


def build_models(models, task, preset_params, estimator_params):
    """Return a dict from the label of each model to an unfitted estimator.

    Parameters
    ----------
    models : sequence of str, or mapping of str to str or estimator
        Names of built-in models; a mapping gives labels of one's own.
    task : {"classification", "regression"}
    preset_params : mapping
        Parameters of the built-in models; each takes those that it has.
    estimator_params : mapping
        The same, but a parameter that no model has is an error.
    """
    if isinstance(models, str):
        models = [models]
    if not models:
        raise ValueError("models is empty: at least one model is needed.")
    if not isinstance(models, Mapping):
        models = {name: name for name in models}
    params = {**preset_params, **estimator_params}
    built = {label: _build(model, task, params) for label, model in models.items()}
    named = [built[label] for label, model in models.items() if isinstance(model, str)]
    _check_params(estimator_params, named)
    return built


def has_sparsity(estimator):
    """Return whether the sparsity of `estimator` can be varied."""
    return "sparsity" in estimator.get_params(deep=False)


def set_known_params(estimator, **params):
    """Set those of `params` that `estimator` has; return it."""
    known = estimator.get_params(deep=False)
    return estimator.set_params(**{k: v for k, v in params.items() if k in known})


def _build(model, task, params):
    if not isinstance(model, str):
        return clone(model)
    if model not in CLASSES[task]:
        raise ValueError(
            f"model {model!r} is not known. Known are {', '.join(MODEL_NAMES)}; any "
            "other estimator can be passed as models={'label': estimator}."
        )
    return set_known_params(CLASSES[task][model](), **params)


def _check_params(estimator_params, estimators):
    for name in estimator_params:
        if name in OWN_PARAMS:
            raise ValueError(
                f"estimator_params must not hold {name!r}: the study sets it, see its "
                "parameters sparsities and seeds."
            )
        if not any(name in estimator.get_params() for estimator in estimators):
            raise ValueError(
                f"estimator_params has {name!r}, which is a parameter of none of the "
                "models of this study."
            )
