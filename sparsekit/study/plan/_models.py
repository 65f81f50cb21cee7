"""The models of a study: from names and parameters to estimators."""

from collections.abc import Iterable, Mapping

from sklearn.base import clone

from sparsekit.neural_network import (
    DenseMLPClassifier,
    DenseMLPRegressor,
    DSTMLPClassifier,
    DSTMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPClassifier,
    StaticSparseMLPRegressor,
)
from sparsekit.study.plan._baselines import BASELINE_NAMES, make_baseline
from sparsekit.study.plan._grid import check_name
from sparsekit.tabular import SparseTabularClassifier, SparseTabularRegressor

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
DST_CLASSES = {"classification": DSTMLPClassifier, "regression": DSTMLPRegressor}

# The estimator for tables: a few sparse networks, with parameters of its own.
TABULAR = "sparse_tabular"
TABULAR_CLASSES = {
    "classification": SparseTabularClassifier,
    "regression": SparseTabularRegressor,
}

# What the study itself sets for each fit.
OWN_PARAMS = ("sparsity", "random_state", "n_jobs")


def network_names():
    """Return the names of the networks: the simple ones, then the other methods."""
    simple = tuple(CLASSES["classification"])
    (methods,) = DSTMLPClassifier._parameter_constraints["method"]
    return (*simple, *sorted(methods.options - set(simple)))


def model_names():
    """Return all names of models."""
    return (*network_names(), TABULAR, *BASELINE_NAMES)


def named_models(models):
    """Return `models`, a name or several or a mapping, as a dict of labels."""
    if isinstance(models, str):
        models = [models]
    if not isinstance(models, Mapping):
        names = tuple(models) if isinstance(models, Iterable) else (models,)
        if not all(isinstance(name, str) for name in names):
            raise TypeError(
                "models must be names, or a mapping from labels to names or "
                f"estimators such as models={{'label': estimator}}; got {models!r}."
            )
        models = {name: name for name in names}
    if not models:
        raise ValueError("models is empty: at least one model is needed.")
    for label, model in models.items():
        check_name("model", label)
        is_estimator = hasattr(model, "get_params") and not isinstance(model, type)
        if not isinstance(model, str) and not is_estimator:
            raise TypeError(
                f"models[{label!r}] must be a name or an estimator, got {model!r}."
            )
    return dict(models)


def build_models(models, task, preset_params, estimator_params):
    """Return a dict from the label of each model to an unfitted estimator.

    Parameters
    ----------
    models : mapping of str to str or estimator
        From labels to names of built-in models, or to estimators of one's own.
    task : {"classification", "regression"}
    preset_params : mapping
        Parameters of the networks; each takes those that it has.
    estimator_params : mapping
        The same, but a parameter that no network has is an error.
    """
    built = {
        label: _build(model, task, preset_params, estimator_params)
        for label, model in models.items()
    }
    networks = [built[label] for label, model in models.items() if is_network(model)]
    _check_params(estimator_params, networks)
    return built


def is_network(model):
    """Return whether `model` is the name of one of the networks, or of some of them."""
    return isinstance(model, str) and model in (*network_names(), TABULAR)


def has_sparsity(estimator):
    """Return whether the sparsity of `estimator` can be varied."""
    return "sparsity" in estimator.get_params(deep=False)


def set_known_params(estimator, **params):
    """Set those of `params` that `estimator` has; return it."""
    known = estimator.get_params(deep=False)
    return estimator.set_params(**{k: v for k, v in params.items() if k in known})


def copy_for_fit(estimator, sparsity, seed):
    """Return a copy for one fit: with its sparsity, on one thread, with its seed.

    Parts of an estimator, such as the steps of a pipeline, get thread and seed, too.
    `n_jobs` of None is left alone: it is one thread, and some estimators refuse others.
    """
    return set_known_params(seeded(estimator, seed), sparsity=sparsity)


def seeded(estimator, seed):
    """Return a copy for one fit, on one thread and with its seed, as `copy_for_fit`."""
    copy = clone(estimator)
    params = {}
    for name, value in copy.get_params().items():
        last = name.split("__")[-1]
        if last == "random_state":
            params[name] = seed
        elif last == "n_jobs" and value is not None:
            params[name] = 1
    return copy.set_params(**params)


def _build(model, task, preset_params, estimator_params):
    if not isinstance(model, str):
        return clone(model)
    if model in BASELINE_NAMES:
        return make_baseline(model, task)
    if model == TABULAR:
        # What a preset has is for single networks; what the user asks for is for all.
        return set_known_params(TABULAR_CLASSES[task](), **estimator_params)
    if model not in network_names():
        raise ValueError(
            f"model {model!r} is not known. Known are {', '.join(model_names())}; any "
            "other estimator can be passed as models={'label': estimator}."
        )
    if model in CLASSES[task]:
        return set_known_params(
            CLASSES[task][model](), **{**preset_params, **estimator_params}
        )
    network = DST_CLASSES[task](method=model)
    # How much a rewiring replaces belongs to the method; the preset's share is SET's.
    shared = {k: v for k, v in preset_params.items() if k != "prune_fraction"}
    return set_known_params(network, **{**shared, **estimator_params})


def _check_params(estimator_params, networks):
    for name in estimator_params:
        if name in OWN_PARAMS:
            raise ValueError(
                f"estimator_params must not hold {name!r}: the study sets it, see its "
                "parameters sparsities, seeds and n_jobs."
            )
        if not any(name in network.get_params() for network in networks):
            raise ValueError(
                f"estimator_params has {name!r}, which is a parameter of none of the "
                "networks of this study."
            )
