"""What an estimator from a file must be like, before compiled code sees its arrays."""

from sparsekit._layout import check_layers

# Arrays with an element for each feature, and the kind of their numbers.
_PER_FEATURE = {
    "mean": "f",
    "var": "f",
    "n_seen": "f",
    "shift": "f",
    "scale": "f",
    "has_holes": "b",
}


def check_fitted(fitted):
    """Raise ValueError for arrays that would lead kernels out of bounds.

    Parameters
    ----------
    fitted : dict
        Attributes of a fitted estimator by name.

    Raises
    ------
    ValueError
        If they do not belong together. What is missing raises as it is asked for.
    """
    network, training = fitted["_network"], fitted.get("_training")
    check_layers(**network)
    if training is not None and training["best_network"] is not None:
        check_layers(**training["best_network"])
        if training["best_network"]["sizes"].tolist() != network["sizes"].tolist():
            raise ValueError("the best network has other levels")
    _check_moments(network, fitted["_optimizer"], fitted["_rewiring"])
    _check_inputs(fitted["_inputs"], fitted["n_features_in_"], network["sizes"][0])
    _check_outputs(fitted, network["sizes"][-1])


def _check_moments(network, optimizer, rewiring):
    """Check what belongs to a weight or a bias."""
    moments = {k: v for k, v in optimizer.items() if k != "step"}
    noted = ("signs", "initial_weights", "initial_biases")
    moments |= {k: v for k, v in rewiring.items() if k in noted}
    for name, array in moments.items():
        like = network["biases" if "bias" in name else "weights"]
        if array.size not in (0, like.size) or array.dtype != like.dtype:
            raise ValueError(f"{name} does not belong to the network")


def _check_inputs(inputs, n_features, n_inputs):
    """Check what belongs to a feature."""
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


def _check_outputs(fitted, n_outputs):
    """Check that every class has an output: labels are numbers of outputs."""
    if fitted["n_outputs_"] != n_outputs:
        raise ValueError("the outputs are not those of the network")
    if "classes_" in fitted:
        is_alone = fitted["out_activation_"] == "logistic" and n_outputs == 1
        n_classes = fitted["classes_"].size
        if n_classes != n_outputs and not (is_alone and n_classes == 2):
            raise ValueError("the classes are not those of the outputs")
