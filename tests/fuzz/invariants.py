"""What is true of every fitted network, whatever was done to it."""

import warnings

import numpy as np
from scipy import sparse

from sparsekit.kernels._structs import BY_INPUT, BY_ROW


def check_network(net, X):
    """Raise AssertionError unless the state of a fitted estimator is whole.

    Parameters
    ----------
    net : BaseSparseMLP
    X : ndarray of shape (n_samples, n_columns)
        Rows to predict, of which the network gets as many columns as it has features.
    """
    network = net._network
    assert network.indptr[0] == 0
    assert network.indptr[-1] == network.weights.size == network.indices.size
    for layer in network.layers():
        positions = layer.positions()
        assert (np.diff(positions) > 0).all(), "a row is not sorted, or has twins"
        if positions.size:
            assert 0 <= layer.indices.min() <= layer.indices.max() < layer.n_in
    assert np.isfinite(network.weights).all()
    assert np.isfinite(network.biases).all()
    for name, values in net._optimizer.to_dict().items():
        if name != "step":
            like = network.biases if "bias" in name else network.weights
            assert values.size in (0, like.size), f"{name} is of another network"
    for name in ("signs", "initial_weights"):
        noted = net._rewiring.get(name, network.weights)
        assert noted.size == network.weights.size, f"{name} is of another network"
    _check_coefs(net, network)
    _check_by_input(network)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that the columns of X do not have
        _check_predictions(net, X)


def _check_coefs(net, network):
    coefs = net.coefs_
    assert net.n_connections_ == network.weights.size == sum(w.nnz for w in coefs)
    for matrix, layer in zip(coefs, network.layers(), strict=True):
        by_output = sparse.csr_array(
            (layer.weights, layer.indices, layer.indptr),
            shape=(layer.n_out, layer.n_in),
        )
        assert (matrix.toarray() == by_output.toarray().T).all()


def _check_by_input(network):
    """Check the by-input index against the connections."""
    formats = np.append(BY_ROW, np.full(network.n_layers, BY_INPUT))
    arrays = network.for_training(formats, 1)
    source = np.repeat(np.arange(arrays.in_indptr.size - 1), np.diff(arrays.in_indptr))
    place = arrays.in_position[: source.size]
    rows = np.repeat(np.arange(network.biases.size), np.diff(network.indptr))
    before = network.first - network.first[0]
    level = np.repeat(np.arange(1, network.sizes.size), network.sizes[1:])[rows]
    inputs = network.indices + before[level - 1]
    row_in_level = rows - network.first[level]
    assert (inputs[place] == source).all()
    assert (row_in_level[place] == arrays.in_indices[: source.size]).all()
    assert np.unique(place).size == place.size


def _check_predictions(net, X):
    """Check that a row's prediction does not depend on the rows beside it."""
    X = X[:, : net.n_features_in_]
    predict = getattr(net, "predict_proba", net.predict)
    whole = predict(X)
    assert np.isfinite(np.asarray(whole, dtype=np.float64)).all()
    for rows in ([0], [2, 0], slice(1, 4)):
        assert np.array_equal(predict(X[rows]), whole[rows])
