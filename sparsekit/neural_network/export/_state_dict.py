"""Weights and masks as PyTorch's `state_dict` has them, and back."""

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from sparsekit.network import OptimizerState, SparseNetwork, activation_table
from sparsekit.topology import PerLayer

# What stands for the weights of a layer in each layout, behind its prefix.
_SUFFIXES = {
    "masked": ("weight_orig", "weight_mask"),
    "dense": ("weight",),
    "csr": ("crow_indices", "col_indices", "values"),
}


def to_state_dict(estimator: Any, layout: str = "masked") -> dict[str, np.ndarray]:
    """Return weights and biases of a fitted network by the names that PyTorch uses.

    The names are those of a ``torch.nn.Sequential`` of linear layers with activations
    between them: "0.weight", "0.bias", "2.weight" and so on. PyTorch is not needed; it
    takes the arrays by ``{name: torch.from_numpy(array) ...}``.

    Parameters
    ----------
    estimator : DSTMLPClassifier, SETMLPRegressor or another network of sparsekit
        Fitted.
    layout : {"masked", "dense", "csr"}, default="masked"
        How a weight matrix of shape (n_out, n_in) is stored:

        - "masked": "weight_orig" and "weight_mask", as ``torch.nn.utils.prune`` has
          them. The mask tells connections of weight zero from absent ones.
        - "dense": "weight", zero where there is no connection.
        - "csr": "crow_indices", "col_indices" and "values", what
          ``torch.sparse_csr_tensor`` takes; the only one that never forms an array of
          (n_out, n_in).

    Returns
    -------
    dict of str to ndarray
        Copies; weights to the bit. Memory: O(positions) for "masked" and "dense",
        O(connections) for "csr".

    Raises
    ------
    ValueError
        For another layout.
    sklearn.exceptions.NotFittedError
        If the estimator is not fitted.

    See Also
    --------
    from_state_dict : The way back.
    sparsekit.neural_network.export_onnx : A model with everything around the network.

    Notes
    -----
    What surrounds the network is not in it: with ``standardize=True`` the weights
    belong to standardised inputs (and targets), and NaN is an input of zero there.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import to_state_dict
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier((20,), sparsity=0.8, random_state=0).fit(X, y)
    >>> state = to_state_dict(net)
    >>> {name: array.shape for name, array in state.items()}  # doctest: +ELLIPSIS
    {'0.weight_orig': (20, 4), '0.weight_mask': (20, 4), '0.bias': (20,), ...}
    """
    check_is_fitted(estimator)
    if layout not in _SUFFIXES:
        raise ValueError(f"layout must be one of {[*_SUFFIXES]}; got {layout!r}.")
    state = {}
    biases = estimator.intercepts_
    for number, layer in enumerate(estimator._network.layers()):
        csr = (layer.weights, layer.indices, layer.indptr)
        shape = layer.n_out, layer.n_in
        weights = sparse.csr_array(csr, shape=shape)
        if layout == "csr":
            parts = [array.copy() for array in (layer.indptr, layer.indices)]
            parts.append(layer.weights.copy())
        else:
            parts = [weights.toarray()]
        if layout == "masked":
            ones = np.ones_like(layer.weights)
            parts.append(sparse.csr_array((ones, *csr[1:]), shape=shape).toarray())
        prefix = 2 * number
        for suffix, array in zip(_SUFFIXES[layout], parts, strict=True):
            state[f"{prefix}.{suffix}"] = array
        state[f"{prefix}.bias"] = biases[number]
    return state


def from_state_dict(estimator: Any, state: Mapping[str, Any]) -> Any:
    """Return a copy of a fitted network with connections and weights from PyTorch.

    Parameters
    ----------
    estimator : DSTMLPClassifier, SETMLPRegressor or another network of sparsekit
        Fitted, be it for one epoch: classes, standardisation and activations are its
        own. It is not changed.
    state : mapping of str to ndarray or torch.Tensor
        In a layout of :func:`to_state_dict`, layers in order, whatever stands before
        the last dot of their names. A "dense" layer has a connection at each weight
        that is not zero.

    Returns
    -------
    object
        The copy. Weights are those given, to the bit; the optimizer begins anew. Its
        hidden layers are those of `state`, and its `sparsity` (of `DSTMLP*` also its
        `allocation`) is such that training can go on.

    Raises
    ------
    ValueError
        If the layers do not follow one another, do not fit inputs and outputs of the
        estimator, have another type of number than it, hold numbers that are not
        finite, or one has no connection.
    sklearn.exceptions.NotFittedError
        If the estimator is not fitted.

    Notes
    -----
    Complexity: O(positions) for "masked" and "dense", O(connections) for "csr".

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import from_state_dict, to_state_dict
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier((20,), sparsity=0.8, random_state=0).fit(X, y)
    >>> twin = from_state_dict(net, to_state_dict(net))
    >>> bool((twin.predict_proba(X) == net.predict_proba(X)).all())
    True
    """
    check_is_fitted(estimator)
    n_inputs, n_outputs = estimator._network.sizes[[0, -1]].tolist()
    dtype = estimator._network.dtype
    layers, biases = _layers_of(state, n_inputs, dtype)
    sizes = [n_inputs, *(layer.shape[0] for layer in layers)]
    n_connections = [layer.nnz for layer in layers]
    if sizes[-1] != n_outputs:
        raise ValueError(
            f"The state has {sizes[-1]} outputs; the network has {n_outputs}."
        )
    if not hasattr(estimator, "sparsity") and sum(n_connections) < np.dot(
        sizes[:-1], sizes[1:]
    ):
        raise ValueError(
            f"{type(estimator).__name__} has all connections; the state has not."
        )
    twin = copy.deepcopy(estimator)
    kinds, slopes = activation_table(
        estimator.activation, estimator.negative_slope, len(sizes) - 2
    )
    fan_in = np.concatenate([np.diff(layer.indptr) for layer in layers])
    network = SparseNetwork(
        sizes=np.array(sizes, dtype=np.int64),
        indptr=np.concatenate([[0], np.cumsum(fan_in, dtype=np.int64)]),
        indices=np.concatenate([layer.indices for layer in layers]).astype(np.int32),
        weights=np.concatenate([layer.data for layer in layers]),
        biases=np.concatenate(biases),
        kinds=kinds,
        slopes=slopes.astype(dtype),
    )
    twin._network = network
    twin._optimizer = OptimizerState.zeros(network, twin.solver)
    twin._rewiring = {"n_since_rewiring": 0, "n_steps": 0}
    vars(twin).pop("_training", None)
    twin.release()
    twin.hidden_layer_sizes = tuple(sizes[1:-1])
    if hasattr(twin, "sparsity"):
        twin.sparsity = twin.sparsity_
    if hasattr(twin, "allocation"):
        twin.allocation = PerLayer(n_connections=n_connections)
    return twin


def _layers_of(state, n_inputs, dtype):
    """Return the CSR arrays and the biases of the layers in a state."""
    arrays = {name: _array(value) for name, value in state.items()}
    prefixes = list(dict.fromkeys(name.rpartition(".")[0] for name in arrays))
    layers, biases = [], []
    for prefix in prefixes:
        mine = {
            name.rpartition(".")[2]: array
            for name, array in arrays.items()
            if name.rpartition(".")[0] == prefix
        }
        bias = mine.pop("bias", None)
        layout = next((k for k in _SUFFIXES if set(_SUFFIXES[k]) == mine.keys()), None)
        if layout is None or bias is None:
            raise ValueError(
                f"Layer {prefix!r} must have a bias and one of {_SUFFIXES}; it has "
                f"{sorted(mine)}."
            )
        n_in = layers[-1].shape[0] if layers else n_inputs
        layer = _from_parts(layout, [mine[s] for s in _SUFFIXES[layout]], n_in, bias)
        _check_layer(prefix, layer, bias, n_in, dtype)
        layers.append(layer)
        biases.append(bias)
    if not layers:
        raise ValueError("The state is empty.")
    return layers, biases


def _from_parts(layout, parts, n_in, bias):
    """Return one layer as a CSR array."""
    if layout == "csr":
        crow, columns, values = parts
        layer = sparse.csr_array((values, columns, crow), shape=(bias.size, n_in))
        layer.check_format(full_check=True)
        return layer
    weights = parts[0]
    mask = weights != 0 if layout == "dense" else parts[1] != 0
    rows, columns = np.nonzero(mask)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(mask)))])
    return sparse.csr_array((weights[mask], columns, indptr), shape=mask.shape)


def _check_layer(prefix, layer, bias, n_in, dtype):
    """Raise ValueError if a layer is none of a network with numbers of `dtype`."""
    if bias.shape != layer.shape[:1] or layer.shape[1] != n_in:
        raise ValueError(
            f"Layer {prefix!r} has weights of shape {layer.shape} and a bias of shape "
            f"{bias.shape}, and reads a level of {n_in} neurons."
        )
    if layer.dtype != dtype or bias.dtype != dtype:
        raise ValueError(
            f"Layer {prefix!r} has weights of {layer.dtype} and a bias of "
            f"{bias.dtype}; the network has {dtype}."
        )
    if not np.isfinite(layer.data).all() or not np.isfinite(bias).all():
        raise ValueError(f"Layer {prefix!r} has numbers that are not finite.")
    if not layer.nnz:
        raise ValueError(f"Layer {prefix!r} has no connection.")
    if not layer.has_canonical_format:
        raise ValueError(f"Layer {prefix!r} has rows that are not sorted, or repeat.")


def _array(value):
    """Return an array or a tensor as an array."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    return np.asarray(value)
