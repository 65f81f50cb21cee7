"""What the parameters `missing` and `missing_scaling` mean for a network."""

import numpy as np
from scipy import sparse

from sparsekit.network import (
    csr_samples,
    dense_samples,
    expected_missing_inputs,
    scaled_missing_inputs,
)

_PIECEWISE_LINEAR = ("identity", "relu", "leaky_relu", "all_relu")


def check_missing(missing, missing_scaling, activation):
    """Refuse what cannot be combined."""
    if missing != "expected":
        return
    if missing_scaling is not None:
        raise ValueError(
            f"missing_scaling={missing_scaling!r} makes up for missing values, and so "
            "does missing='expected'; use one of them."
        )
    if activation not in _PIECEWISE_LINEAR:
        raise ValueError(
            "missing='expected' needs an activation whose expectation has a closed "
            f"form, one of {_PIECEWISE_LINEAR}; got activation={activation!r}."
        )


def indicator_features(missing, inputs, *, all_features):
    """Return the features that get an indicator of missing values.

    Parameters
    ----------
    missing : str
    inputs : dict
        See `learn_inputs`.
    all_features : bool
        Whether later calls may see holes in other features than this one.

    Returns
    -------
    ndarray of int64
        Features that are missing sometimes but not always: other indicators are
        constant.
    """
    if missing != "indicator":
        return np.empty(0, dtype=np.int64)
    if all_features:
        return np.arange(inputs["n_seen"].size)
    return np.flatnonzero(inputs["has_holes"] & (inputs["n_seen"] > 0))


def input_rates(inputs):
    """Return the share of the rows in which each input says something.

    Parameters
    ----------
    inputs : dict
        See `learn_inputs`.

    Returns
    -------
    ndarray of shape (n_inputs,)
        Of a feature the share in which it is observed, then of an indicator that in
        which it is 1.
    """
    observed = inputs["n_seen"] / inputs["n_rows"]
    rates = np.concatenate([observed, 1.0 - observed[inputs["indicators"]]])
    # Rounding of weighted counts may leave the unit interval.
    return np.clip(rates, 0.0, 1.0)


def prepare(X, inputs, dtype, *, keep_missing, names=None):
    """Return the samples for X, standardised as `inputs` says."""
    make = csr_samples if sparse.issparse(X) else dense_samples
    return make(
        X,
        inputs["shift"],
        inputs["scale"],
        dtype,
        indicators=inputs["indicators"],
        keep_missing=keep_missing,
        names=names,
    )


def holes_of(missing, missing_scaling, standardize, inputs, dtype):
    """Return what the first layer makes of NaN; None if it is to see none."""
    if missing == "expected":
        unit, scale = inputs["unit"], inputs["scale"]
        mean = (inputs["mean"] * unit - inputs["shift"]) * scale
        with np.errstate(over="ignore"):
            variance = inputs["var"] * (unit * scale) ** 2
        return expected_missing_inputs(mean, variance, dtype=dtype)
    if missing_scaling is None:
        return None
    typical = inputs["n_seen"].sum() / inputs["n_rows"]
    n_values = inputs["n_seen"].size
    return scaled_missing_inputs(
        missing_scaling, n_values, typical, root=standardize, dtype=dtype
    )
