"""Checks of the layers that public functions are given."""

from itertools import pairwise

import numpy as np

from sparsekit.topology._layer import Layer


def check_type(layer, name="layer"):
    """Raise TypeError unless `layer` is a Layer."""
    if not isinstance(layer, Layer):
        raise TypeError(f"{name} must be a Layer, got {type(layer).__name__}.")


def check_types(layers):
    """Raise unless `layers` is a list or tuple of one Layer or more."""
    if not isinstance(layers, list | tuple) or isinstance(layers, Layer):
        raise TypeError(
            f"layers must be a list or tuple of Layer, got {type(layers).__name__}."
        )
    if not layers:
        raise ValueError("layers is empty; it must hold all layers of a network.")
    for number, layer in enumerate(layers):
        check_type(layer, f"layers[{number}]")


def check_layer(layer, name="layer"):
    """Raise unless the arrays of a Layer are those of one; O(connections).

    Raises
    ------
    TypeError
        If it is no Layer.
    ValueError
        If rows do not divide the connections, or one comes from a neuron that does not
        exist.
    """
    check_type(layer, name)
    for part in ("indptr", "indices"):
        array = getattr(layer, part)
        if not _is_vector(array, "iu"):
            raise ValueError(f"{name}: {part} must be a vector of whole numbers.")
    if not _is_vector(layer.weights, "f") or layer.weights.size != layer.indices.size:
        raise ValueError(
            f"{name}: weights must be a vector of floats, one for each of indices."
        )
    indptr, indices = layer.indptr, layer.indices
    divides = indptr.size > 1 and indptr[0] == 0 and indptr[-1] == indices.size
    if not divides or (np.diff(indptr.astype(np.int64)) < 0).any():
        raise ValueError(
            f"{name}: indptr must rise from 0 to the {indices.size} connections."
        )
    if not isinstance(layer.n_in, int | np.integer) or (
        indices.size and not 0 <= indices.min() <= indices.max() < layer.n_in
    ):
        raise ValueError(
            f"{name}: indices must be numbers of inputs, from 0 to n_in - 1, with "
            f"n_in={layer.n_in!r}."
        )


def check_layers(layers):
    """Raise unless `layers` are those of one network, see `check_layer`."""
    check_types(layers)
    for number, layer in enumerate(layers):
        check_layer(layer, f"layers[{number}]")
    for number, (layer, above) in enumerate(pairwise(layers), start=1):
        if layer.n_out != above.n_in:
            raise ValueError(
                f"layers[{number}] reads {above.n_in} neurons, and the layer below it "
                f"has {layer.n_out}."
            )


def check_generator(rng):
    """Raise TypeError unless `rng` is a numpy Generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a numpy.random.Generator, got {type(rng).__name__}."
        )


def _is_vector(array, kinds):
    is_array = isinstance(array, np.ndarray) and array.ndim == 1
    return is_array and array.dtype.kind in kinds
