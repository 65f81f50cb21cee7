"""Activations by name, as the kernels know them: a kind and a slope per level."""

import numpy as np

from sparsekit.kernels.forward import LOGISTIC, PIECEWISE, TANH

#: Names of the activations of hidden layers.
ACTIVATIONS = ("identity", "logistic", "tanh", "relu", "leaky_relu", "all_relu")

# Slopes left of zero where the user names none: the customary one for leaky ReLU, and
# the one of Curci et al. 2021 (arXiv 2102.01732) for All-ReLU on Fashion-MNIST.
DEFAULT_SLOPES = {"leaky_relu": 0.01, "all_relu": 0.6}


def activation_table(
    name: str, negative_slope: float | None, n_hidden: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the kind and the slope left of zero of every level.

    All-ReLU (Curci et al. 2021, equation 2) alternates the sign of its slope: the first
    hidden level has the slope ``-a``, the second ``+a``, and so on.

    Parameters
    ----------
    name : str
        One of :data:`ACTIVATIONS`.
    negative_slope : float or None
        ``a`` for ``leaky_relu`` and ``all_relu``; None takes their default.
    n_hidden : int
        Number of hidden levels.

    Returns
    -------
    kinds : ndarray of shape (n_hidden + 2,), int64
    slopes : ndarray of shape (n_hidden + 2,), float64
        The first and last entries, inputs and outputs, are not used.
    """
    kind = {"logistic": LOGISTIC, "tanh": TANH}.get(name, PIECEWISE)
    if negative_slope is None:
        negative_slope = DEFAULT_SLOPES.get(name, 0.0)
    slope = {"identity": 1.0, "relu": 0.0}.get(name, negative_slope)
    slopes = np.full(n_hidden + 2, slope)
    if name == "all_relu":
        slopes[1::2] *= -1.0
    return np.full(n_hidden + 2, kind, dtype=np.int64), slopes


def variance_gain(kind: int, slope: float) -> float:
    """Return g such that weights of variance g / fan-in keep the scale of signals.

    He et al. 2015 (arXiv 1502.01852), equation 15, for the piecewise linear kinds; 1
    for the sigmoidal ones, which are near linear where they start.
    """
    return 2.0 / (1.0 + slope**2) if kind == PIECEWISE else 1.0
