"""What an estimator from a file must be like, before compiled code sees its arrays."""

import numpy as np
from sklearn.base import is_classifier

from sparsekit._utils._arrays import check_layers
from sparsekit.network import Protection, SparseNetwork
from sparsekit.neural_network.checkpoint import _schema as schema

# Arrays with an element for each feature, and the kind of their numbers.
_PER_FEATURE = {
    "mean": "f",
    "var": "f",
    "unit": "f",
    "n_seen": "f",
    "n_nonzero": "f",
    "shift": "f",
    "scale": "f",
    "has_missing": "b",
}

_MOMENTS = ("weight_first", "weight_second", "bias_first", "bias_second")
_OPTIMIZER = dict.fromkeys(_MOMENTS, schema.is_array) | {
    "weight_born": schema.is_vector("i"),
    "step": schema.is_count,
}


def check_fitted(fitted, estimator):
    """Raise ValueError for what would lead kernels, or methods, astray.

    Parameters
    ----------
    fitted : dict
        Attributes of a fitted estimator by name.
    estimator : BaseSparseMLP
        As it is before a fit.

    Raises
    ------
    ValueError
        If they do not belong together, one is missing, or one hides a method.
    """
    _check_attributes(fitted, estimator)
    network, training = fitted["_network"], fitted.get("_training")
    check_layers(**network)
    if training is not None and training["best_network"] is not None:
        check_layers(**training["best_network"])
        if training["best_network"]["sizes"].tolist() != network["sizes"].tolist():
            raise ValueError("the best network has other levels")
    _check_moments(network, fitted["_optimizer"], fitted["_rewiring"])
    _check_positions(network, fitted)
    _check_inputs(fitted["_inputs"], fitted["n_features_in_"], network["sizes"][0])
    _check_outputs(fitted, network["sizes"][-1])


def _check_attributes(fitted, estimator):
    """Check that nothing is missing, of another type, or in place of a method."""
    own = schema.CLASSIFIER if is_classifier(estimator) else schema.REGRESSOR
    schema.check_types(fitted, schema.ATTRIBUTES | own)
    schema.check_types(fitted["_rewiring"], schema.REWIRING)
    # A user's own attributes are welcome; one in the place of a method is not.
    unknown = fitted.keys() - schema.ATTRIBUTES - own.keys() - schema.OPTIONAL.keys()
    shadows = [name for name in sorted(unknown) if hasattr(type(estimator), name)]
    if shadows:
        raise ValueError(f"{shadows[0]} is no attribute of a network")
    for name in fitted.keys() & schema.OPTIONAL.keys():
        schema.check_types(fitted, {name: schema.OPTIONAL[name]})
    if "_training" in fitted:
        schema.check_types(fitted["_training"], schema.TRAINING)
    names = fitted.get("feature_names_in_")
    if names is not None and len(names) != fitted["n_features_in_"]:
        raise ValueError("the names are not those of the features")


def _check_positions(network, fitted):
    """Check what belongs to layers, and names their connections by positions."""
    positions = np.multiply(network["sizes"][:-1], network["sizes"][1:])
    explored = fitted["_rewiring"].get("exploration")
    if explored is not None:
        schema.check_types(explored, schema.EXPLORATION)
        _check_rising(explored["seen"], int(positions.sum()), "seen")
    rewiring, training = fitted["_rewiring"], fitted.get("_training") or {}
    if "births" in rewiring:
        schema.check_types(rewiring, {"n_rewirings": schema.is_count})
        _check_births(network, rewiring["births"])
    if training.get("best_births") is not None:
        _check_births(training["best_network"], training["best_births"])
    if rewiring.get("dropped_weights") is not None:
        _check_dropped(network, rewiring["dropped_weights"], positions)
    states = rewiring.get("states", {})
    schema.check_types(states, dict.fromkeys(states, schema.STATES))
    if any(len(noted["layers"]) != positions.size for noted in states.values()):
        raise ValueError("what strategies noted is of other layers")
    protection = fitted.get("_protection")
    if protection is not None:
        schema.check_types(protection, schema.PROTECTION)
        if len(protection["positions"]) != positions.size:
            raise ValueError("the protected connections are of other layers")
        for mine, n_positions in zip(protection["positions"], positions, strict=True):
            schema.check_types(
                {"protected": mine}, {"protected": schema.is_vector("i")}
            )
            _check_rising(mine, int(n_positions), "protected")
        Protection(**protection).masks(SparseNetwork(**network))


def _check_births(network, births):
    """Check the number of the rewiring in which each connection grew."""
    is_like = isinstance(births, np.ndarray) and births.dtype == np.int32
    if not is_like or births.shape != network["weights"].shape:
        raise ValueError("births do not belong to the network")


def _check_dropped(network, dropped, n_positions):
    """Check the weights of dropped connections, by position."""
    if not schema.is_list(dropped) or len(dropped) != n_positions.size:
        raise ValueError("the dropped weights are of other layers")
    for (positions, weights), end in zip(dropped, n_positions, strict=True):
        schema.check_types(
            {"positions": positions, "weights": weights},
            {"positions": schema.is_vector("i"), "weights": schema.is_vector("f")},
        )
        _check_rising(positions, int(end), "dropped_weights")
        is_like = weights.dtype == network["weights"].dtype
        if not is_like or weights.shape != positions.shape:
            raise ValueError("the dropped weights do not belong to the network")


def _check_rising(positions, end, name):
    inside = not positions.size or 0 <= positions[0] <= positions[-1] < end
    if positions.dtype != np.int64 or not inside or (np.diff(positions) <= 0).any():
        raise ValueError(f"{name} are no positions of the network")


def _check_moments(network, optimizer, rewiring):
    """Check what belongs to a weight or a bias."""
    schema.check_types(optimizer, _OPTIMIZER)
    if len(optimizer) != len(_OPTIMIZER):
        raise ValueError("the optimizer remembers something else")
    moments = {name: optimizer[name] for name in _MOMENTS}
    born = optimizer["weight_born"]
    if born.size and (
        born.shape != network["weights"].shape
        or born.dtype != np.int32
        or not 0 <= born.min() <= born.max() <= optimizer["step"]
    ):
        raise ValueError("weight_born does not belong to the network")
    noted = ("signs", "initial_weights", "initial_biases")
    moments |= {k: v for k, v in rewiring.items() if k in noted}
    for name, array in moments.items():
        like = network["biases" if "bias" in name else "weights"]
        is_like = isinstance(array, np.ndarray) and array.dtype == like.dtype
        # Only plain gradient descent has no second moments, of weights and of biases.
        may_be_empty = "second" in name and not any(
            optimizer[second].size for second in ("weight_second", "bias_second")
        )
        if not is_like or (array.shape != like.shape and not may_be_empty):
            raise ValueError(f"{name} does not belong to the network")


def _check_inputs(inputs, n_features, n_inputs):
    """Check what belongs to a feature."""
    schema.check_types(inputs, {name: schema.is_array for name in _PER_FEATURE})
    schema.check_types(
        inputs, {"indicators": schema.is_array, "n_rows": schema.is_real}
    )
    indicators = inputs["indicators"]
    if n_features + indicators.size != n_inputs:
        raise ValueError("the features are not those of the network")
    if indicators.dtype.kind != "i" or indicators.ndim != 1:
        raise ValueError("an indicator belongs to no feature")
    if indicators.size and not 0 <= indicators.min() <= indicators.max() < n_features:
        raise ValueError("an indicator belongs to no feature")
    for name, kind in _PER_FEATURE.items():
        if inputs[name].shape != (n_features,) or inputs[name].dtype.kind != kind:
            raise ValueError(f"{name} does not belong to the features")
    for name in ("mean", "var", "unit", "n_seen", "n_nonzero", "shift", "scale"):
        if not np.isfinite(inputs[name]).all():
            raise ValueError(f"{name} is not finite")
    if (inputs["unit"] <= 0).any():
        raise ValueError("unit is not positive")


def _check_outputs(fitted, n_outputs):
    """Check that labels are no numbers of outputs that are not there."""
    if fitted["n_outputs_"] != n_outputs:
        raise ValueError("the outputs are not those of the network")
    classes = fitted.get("classes_")
    if classes is None:
        for name in ("_target_shift", "_target_scale"):
            if fitted[name].size != n_outputs or not np.isfinite(fitted[name]).all():
                raise ValueError(f"{name} does not belong to the outputs")
        if fitted["out_activation_"] not in ("identity", "exp"):
            raise ValueError("the outputs are not those of a regression")
        if fitted["out_activation_"] == "exp" and (fitted["_target_scale"] <= 0).any():
            raise ValueError("_target_scale is not positive")
        return
    # Labels are found by bisection.
    if classes.ndim != 1 or not np.array_equal(classes, np.unique(classes)):
        raise ValueError("the classes are not sorted and distinct")
    is_alone = fitted["out_activation_"] == "logistic" and not fitted["_multilabel"]
    if classes.size != (2 if is_alone else n_outputs):
        raise ValueError("the classes are not those of the network")
