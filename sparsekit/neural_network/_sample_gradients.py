"""Gradients of the loss of a fitted network: of its connections, of single samples."""

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sparsekit._utils._magnitudes import refuse_not_finite
from sparsekit._utils._sklearn_compat import _align_api_if_sparse
from sparsekit._utils._validation import refuse_unknown
from sparsekit.network import connection_gradients as gradients_of_connections
from sparsekit.network import gradient_squares


def connection_gradients(
    network: Any, X: Any, y: Any, sample_weight: Any = None
) -> list[Any]:
    """Return the gradient of the loss at each connection of a fitted network.

    It changes nothing in the network, so that it can be asked for after each call of
    `partial_fit`, or by a callback after each epoch.

    Parameters
    ----------
    network : DSTMLPClassifier, SETMLPRegressor or another network of sparsekit
        Fitted.
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
        Rows on which the loss is taken.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Their targets.
    sample_weight : array-like of shape (n_samples,), default=None
        Their weights in the mean; None for equal ones.

    Returns
    -------
    list of CSR matrices of shape (n_in, n_out), float64
        Gradient of the mean loss with respect to each weight, with the entries that
        ``network.coefs_`` have; without dropout and penalty.

    Raises
    ------
    ValueError
        If rows and targets do not fit the network.
    sklearn.exceptions.NotFittedError
        If the network is not fitted.

    Notes
    -----
    Complexity: that of an epoch. At positions without a connection, growers are told
    gradients by :meth:`sparsekit.topology.Layer.gradients_at`.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import connection_gradients
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(sparsity=0.8, random_state=0).fit(X, y)
    >>> gradients = connection_gradients(net, X, y)
    >>> [(g.shape, g.nnz) for g in gradients]
    [((4, 100), 70), ((100, 3), 70)]
    """
    check_is_fitted(network)
    trainer = network._trainer_of(X, y, sample_weight)
    gradients = gradients_of_connections(trainer)
    refuse_not_finite(gradients, "The gradient")
    matrices = network._network.matrices(gradients)
    return [_align_api_if_sparse(matrix) for matrix in matrices]


def sample_gradient_squares(network, X, y):
    """Return the squared gradient of each sample's loss, summed over each layer.

    Parameters
    ----------
    network : BaseSparseMLP
        Fitted.
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)

    Returns
    -------
    active, full, bias : ndarray of shape (n_samples, n_layers)
        Sums over the weights of connections, over those of all positions, and over the
        biases; without dropout and penalty.

    Raises
    ------
    ValueError
        For networks with ``missing="expected"`` or `missing_scaling`, and for rows and
        targets that do not fit.
    """
    arrays = getattr(network, "_network", None)
    if arrays is None:
        raise ValueError(
            "network must be a fitted network of sparsekit; "
            f"{type(network).__name__} is not fitted: call fit first."
        )
    if network._missing_inputs(arrays.dtype) is not None:
        raise ValueError(
            "gradients of single samples are known for networks without "
            "missing='expected' and missing_scaling only; got missing="
            f"{network.missing!r} and missing_scaling={network.missing_scaling!r}."
        )
    refuse_unknown(y)
    X, y = network._check_X(X), np.asarray(y)
    if y.shape[:1] != X.shape[:1]:
        raise ValueError(
            f"y must have a target for each of the {X.shape[0]} rows of X; its shape "
            f"is {y.shape}."
        )
    samples, targets = network._samples(X), network._encode_held_out(y)
    with np.errstate(over="ignore", invalid="ignore"):
        squares = gradient_squares(arrays, samples, targets, network._loss())
    refuse_not_finite(np.hstack(squares), "The squared gradient")
    return squares
