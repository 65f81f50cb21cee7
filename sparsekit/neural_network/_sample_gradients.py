"""Gradients of the loss of single samples, of a fitted network."""

import numpy as np

from sparsekit._utils._magnitudes import refuse_not_finite
from sparsekit._utils._validation import refuse_unknown
from sparsekit.network import gradient_squares


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
