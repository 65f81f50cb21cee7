"""What a predictor from a file must be like, before it predicts."""

import numpy as np

from sparsekit._utils._arrays import check_layers

_MISSING_INPUTS = (None, "sample", "neuron", "expected")
_HEADS = ("softmax", "logistic", "labels", "identity", "exp")
_ENTRIES = {
    "network": ("sizes", "indptr", "indices", "weights", "biases", "kinds", "slopes"),
    "inputs": ("shift", "scale", "indicators"),
    "missing_inputs": ("kind", "typical", "root", "mean", "variance", "allowed"),
    "head": ("kind",),
}
_OF_HEADS = {"identity": ("shift", "scale", "flat"), "exp": ("scale", "flat")}
_ACTIVATIONS = ("piecewise", "logistic", "tanh")


def check_parts(network, inputs, missing_inputs, head, activation, feature_names):
    """Raise unless the parts of a predictor belong together.

    Parameters
    ----------
    network, inputs, missing_inputs, head, activation, feature_names
        See `SparsePredictor`.

    Raises
    ------
    TypeError
        If a part is no dict.
    ValueError
        If an entry is missing, not known, or does not belong to the others.
    """
    parts = {
        "network": network,
        "inputs": inputs,
        "missing_inputs": missing_inputs,
        "head": head,
    }
    for name, part in parts.items():
        _check_names(name, part, _ENTRIES[name])
    check_layers(**network)
    n_inputs, n_outputs = int(network["sizes"][0]), int(network["sizes"][-1])
    n_features = _check_inputs(inputs, n_inputs)
    _check_missing_inputs(missing_inputs, n_features)
    _check_head(head, n_outputs)
    if activation not in _ACTIVATIONS:
        raise ValueError(f"activation {activation!r:.20} is not known")
    if feature_names is not None and (
        not isinstance(feature_names, list) or len(feature_names) != n_features
    ):
        raise ValueError("the names are not those of the features")


def _check_names(name, part, entries):
    if not isinstance(part, dict):
        raise TypeError(f"{name} must be a dict, got {type(part).__name__}")
    absent = [entry for entry in entries if entry not in part]
    if absent:
        raise ValueError(f"{name} has no {', '.join(absent)}")


def _check_inputs(inputs, n_inputs):
    """Check what belongs to a feature; return their number."""
    indicators = _vector(inputs["indicators"], "i", None, "indicators")
    n_features = n_inputs - indicators.size
    for name in ("shift", "scale"):
        _vector(inputs[name], "f", n_features, name)
    if indicators.size and not 0 <= indicators.min() <= indicators.max() < n_features:
        raise ValueError("an indicator belongs to no feature")
    return n_features


def _check_missing_inputs(missing_inputs, n_features):
    if missing_inputs["kind"] not in _MISSING_INPUTS:
        raise ValueError("what becomes of missing inputs is not known")
    for name in ("allowed", "root"):
        if not isinstance(missing_inputs[name], bool):
            raise ValueError(f"{name} is neither true nor false")
    if not isinstance(missing_inputs["typical"], float):
        raise ValueError("typical is no number")
    size = n_features if missing_inputs["kind"] == "expected" else None
    for name in ("mean", "variance"):
        _vector(missing_inputs[name], "f", size, name)


def _check_head(head, n_outputs):
    if head["kind"] not in _HEADS:
        raise ValueError("what the outputs mean is not known")
    _check_names("head", head, _OF_HEADS.get(head["kind"], ("classes",)))
    if head["kind"] in _OF_HEADS:
        for name in _OF_HEADS[head["kind"]][:-1]:
            _vector(head[name], "f", n_outputs, name)
        if head["kind"] == "exp" and (head["scale"] <= 0).any():
            raise ValueError("scale is not positive")
        if not isinstance(head["flat"], bool):
            raise ValueError("flat is neither true nor false")
        return
    size = 2 if head["kind"] == "logistic" else n_outputs
    _vector(head["classes"], None, size, "classes")
    if head["kind"] == "logistic" and n_outputs != 1:
        raise ValueError("the outputs are not those of two classes")


def _vector(array, kind, size, name):
    """Return an array of one dimension; None allows any kind of number, or any size."""
    is_vector = isinstance(array, np.ndarray) and array.ndim == 1
    if not is_vector or (kind is not None and array.dtype.kind != kind):
        raise ValueError(f"{name} has another type or shape")
    if size is not None and array.size != size:
        raise ValueError(f"{name} does not belong to the network")
    if kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"{name} is not finite")
    return array
