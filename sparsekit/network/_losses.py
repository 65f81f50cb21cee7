"""What networks can minimise, by name, and what the outputs stand for then."""

import numpy as np
from scipy.special import expit, softmax

from sparsekit.kernels import losses as kinds
from sparsekit.kernels._structs import Loss
from sparsekit.kernels.outputs import mean_loss

# Where the Huber loss becomes linear, in standard deviations of the target: with normal
# errors of variance 1 its estimate of a mean has 95 % of the efficiency of the mean.
HUBER_THRESHOLD = 1.35

#: Losses by name, with nothing smoothed; the level of a quantile is up to the user.
LOSSES = {
    "softmax": Loss(kinds.SOFTMAX, 0.0, 0.0),
    "logistic": Loss(kinds.LOGISTIC_LOSS, 0.0, 0.0),
    "squared_error": Loss(kinds.SQUARED, 0.0, 0.0),
    "absolute_error": Loss(kinds.ABSOLUTE, 0.0, 0.0),
    "huber": Loss(kinds.HUBER, HUBER_THRESHOLD, 0.0),
    "quantile": Loss(kinds.QUANTILE, 0.5, 0.0),
    "poisson": Loss(kinds.POISSON, 0.0, 0.0),
    "gamma": Loss(kinds.GAMMA, 0.0, 0.0),
}

#: Losses of numbers of which the outputs are logarithms.
OF_LOGARITHMS = ("poisson", "gamma")


def loss_of_outputs(loss, outputs, targets):
    """Return the mean loss of samples, without a penalty.

    Parameters
    ----------
    loss : Loss
    outputs : ndarray of shape (n_samples, n_outputs)
        W x + b of the output level.
    targets : Targets

    Returns
    -------
    float
        NaN where a sample that weighs something has no finite loss.
    """
    loss = mean_loss(loss, targets, np.ascontiguousarray(outputs))
    return float(loss) if np.isfinite(loss) else np.nan


def output_gradient(loss, z, targets, rows):
    """Return the gradient of the loss of some rows at their outputs.

    Parameters
    ----------
    loss : Loss
    z : ndarray of shape (n_rows, n_outputs), float64
    targets : Targets
    rows : ndarray of int64

    Returns
    -------
    ndarray of shape (n_rows, n_outputs)
        As training has it: of numbers, that of the sum over the outputs.
    """
    if loss.kind == kinds.SOFTMAX:
        true = np.eye(z.shape[1])[targets.labels[rows]]
        return softmax(z, axis=1) - true + loss.smoothing * (true - 1 / z.shape[1])
    y = targets.values[rows].astype(np.float64)
    if loss.kind == kinds.LOGISTIC_LOSS:
        return expit(z) - y + loss.smoothing * (y - 0.5)
    if loss.kind == kinds.POISSON:
        return np.exp(z) - y
    if loss.kind == kinds.GAMMA:
        return 1 - y * np.exp(-z)
    error = z - y
    if loss.kind == kinds.HUBER:
        return np.clip(error, -loss.level, loss.level)
    if loss.kind == kinds.ABSOLUTE:
        return np.sign(error)
    if loss.kind == kinds.QUANTILE:
        return np.sign(error) * np.where(error > 0, 1 - loss.level, loss.level)
    return error
