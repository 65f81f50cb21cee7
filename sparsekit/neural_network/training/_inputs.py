"""From validated inputs to the samples that a network sees."""

import numpy as np
from scipy import sparse
from sklearn.utils import gen_batches
from sklearn.utils.sparsefuncs import mean_variance_axis

from sparsekit._utils._magnitudes import (
    LARGE_CONSTANT,
    LARGEST,
    TINIEST,
    in_units,
    largest_of,
    nonzero_counts,
    units_of,
)
from sparsekit._utils._sklearn_compat import _incremental_mean_and_var
from sparsekit.network import (
    csr_samples,
    dense_samples,
    expected_missing_inputs,
    scaled_missing_inputs,
)
from sparsekit.neural_network._warnings import warn_user

# Values whose moments are computed at a time: bounds the temporary arrays.
_BLOCK = 2**22


def learn_inputs(X, standardize, sample_weight=None, known=None):
    """Learn location, scale and presence of every feature from its observed values.

    Parameters
    ----------
    X : ndarray or CSR of shape (n_samples, n_features)
        NaN where a value is missing.
    standardize : bool
        If False, location and scale stay 0 and 1.
    sample_weight : ndarray of shape (n_samples,) or None
        Weights of the samples, not negative.
    known : dict or None
        What an earlier call returned; X adds to it, and what else it holds is kept.

    Returns
    -------
    dict of ndarray of shape (n_features,)
        ``unit``; ``mean`` and ``var``, for values divided by it; ``n_seen`` (weighted
        count of observed values), ``n_nonzero`` (of those that are not 0),
        ``has_missing`` (whether a value is missing),
        ``shift`` and ``scale``; and ``n_rows``, the weighted count of rows.
    """
    moments = known
    for rows in gen_batches(X.shape[0], _rows_at_a_time(X)):
        weight = None if sample_weight is None else sample_weight[rows]
        block = _moments(X[rows], weight)
        moments = block if moments is None else _merged(moments, block)
    kept = {} if known is None else known
    if sparse.issparse(X):
        counts = np.bincount(X.indices[np.isnan(X.data)], minlength=X.shape[1])
        has_missing = counts > 0
    else:
        has_missing = np.isnan(X).any(axis=0)
    moments["has_missing"] = has_missing | kept.get("has_missing", False)
    return {**kept, **with_scales(moments, standardize)}


def with_scales(moments, standardize):
    """Return moments of features with the location and scale that follow from them.

    Parameters
    ----------
    moments : dict
        All but ``shift`` and ``scale`` of what `learn_inputs` returns.
    standardize : bool

    Returns
    -------
    dict
        As `learn_inputs` returns it.
    """
    mean, var, n_seen = moments["mean"], moments["var"], moments["n_seen"]
    seen = n_seen > 0
    # A column without any observed value has no scale: 0 keeps it out for good.
    if not standardize:
        shift, scale = np.zeros(seen.size), seen.astype(np.float64)
        return {**moments, "shift": shift, "scale": scale}
    unit = moments["unit"]
    # What is left of the variance of a constant column is rounding.
    epsilon = np.finfo(np.float64).eps
    with np.errstate(over="ignore"):
        varies = var > n_seen * epsilon * var + (n_seen * mean * epsilon) ** 2
        # A mean or a deviation is no larger than the largest value; its rounding is.
        spread = np.minimum(np.sqrt(var) * unit, LARGEST)
        shift = np.clip(mean * unit, -LARGEST, LARGEST)
    varies &= spread >= TINIEST
    # Rounding in the mean of a large constant must not look like a value, either.
    size = np.abs(shift)
    constant = np.where(size > LARGE_CONSTANT, size, 1.0)
    scale = np.where(seen, 1.0 / np.where(varies, spread, constant), 0.0)
    return {**moments, "shift": shift, "scale": scale}


def lie_far(X, inputs, dtype):
    """Return whether rows lie beyond numbers of `dtype` in the scale known so far."""
    with np.errstate(over="ignore"):
        reach = (largest_of(X) + np.abs(inputs["shift"])) * inputs["scale"]
    return bool((reach > np.finfo(dtype).max).any())


def _rows_at_a_time(X):
    n_rows, n_features = X.shape
    if sparse.issparse(X):
        # Each block has moments of all columns: it should not be smaller than these.
        return max(1, n_rows * max(_BLOCK, n_features) // max(1, X.nnz))
    return max(1, _BLOCK // n_features)


def _moments(X, sample_weight):
    """Return unit, mean, variance and count of the observed values of each column."""
    unit = units_of(X)
    values = in_units(X, unit)
    if sample_weight is not None:
        sample_weight = sample_weight.astype(values.dtype, copy=False)
    # Columns without observed values have a mean of 0 / 0.
    with np.errstate(invalid="ignore"):
        if sparse.issparse(X):
            mean, var, n_seen = mean_variance_axis(
                values, axis=0, weights=sample_weight, return_sum_weights=True
            )
        else:
            none_yet = np.zeros(
                X.shape[1], np.int64 if sample_weight is None else values.dtype
            )
            mean, var, n_seen = _incremental_mean_and_var(
                values, 0.0, 0.0, none_yet, sample_weight=sample_weight
            )
    n_seen = n_seen.astype(np.float64)
    if sparse.issparse(X) and sample_weight is not None:
        n_seen[_is_empty(X, sample_weight)] = 0.0
    mean = np.where(n_seen > 0, mean, 0.0).astype(np.float64)
    var = np.where(n_seen > 0, var, 0.0).astype(np.float64)
    return {
        # Nothing but zeros has any unit: that of other rows shall count.
        "unit": np.where((mean == 0) & (var == 0), TINIEST, unit),
        "mean": mean,
        "var": var,
        "n_seen": n_seen,
        "n_nonzero": nonzero_counts(X, sample_weight),
        "n_rows": float(X.shape[0] if sample_weight is None else sample_weight.sum()),
    }


def _is_empty(X, sample_weight):
    """Return which columns of CSR have no observed value in a row that weighs.

    scikit-learn takes the weights of missing values from the sum of all, which leaves
    rounding where nothing should be left.
    """
    weighs = sample_weight > 0
    counted = np.isnan(X.data) & np.repeat(weighs, np.diff(X.indptr))
    n_missing = np.bincount(X.indices[counted], minlength=X.shape[1])
    return n_missing == np.count_nonzero(weighs)


def _merged(one, other):
    """Return the moments of the rows of both (Chan, Golub and LeVeque, 1983)."""
    unit = np.maximum(one["unit"], other["unit"])
    one, other = _in_unit(one, unit), _in_unit(other, unit)
    n_seen = one["n_seen"] + other["n_seen"]
    share = np.divide(
        other["n_seen"], n_seen, out=np.zeros_like(n_seen), where=n_seen > 0
    )
    step = other["mean"] - one["mean"]
    return {
        "unit": unit,
        "mean": one["mean"] + share * step,
        "var": (1 - share) * one["var"]
        + share * other["var"]
        + share * (1 - share) * step**2,
        "n_seen": n_seen,
        "n_nonzero": one["n_nonzero"] + other["n_nonzero"],
        "n_rows": one["n_rows"] + other["n_rows"],
    }


def _in_unit(moments, unit):
    """Return moments in a unit that is no smaller than theirs."""
    if np.array_equal(moments["unit"], unit):
        return moments
    factor = moments["unit"] / unit
    mean, var = moments["mean"] * factor, moments["var"] * factor * factor
    return moments | {"mean": mean, "var": var}


def warn_about_empty_columns(inputs, names=None):
    """Warn once about features that were never observed."""
    empty = np.flatnonzero(inputs["n_seen"] == 0)
    if empty.size:
        shown = [str(names[j]) if names is not None else int(j) for j in empty[:10]]
        dots = ", ..." if empty.size > 10 else ""
        warn_user(
            f"{empty.size} feature(s) have no observed value and contribute nothing: "
            f"{', '.join(map(str, shown))}{dots}."
        )


_PIECEWISE_LINEAR = ("identity", "relu", "leaky_relu", "all_relu")


def check_expectation(missing_scaling, activation):
    """Refuse what ``missing="expected"`` cannot be combined with."""
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


def indicator_features(inputs, *, all_features):
    """Return the features that get an indicator of missing values.

    Parameters
    ----------
    inputs : dict
        See `learn_inputs`.
    all_features : bool
        Whether later calls may have missing values in other features than this one.

    Returns
    -------
    ndarray of int64
        Features that are missing sometimes but not always: other indicators are
        constant.
    """
    if all_features:
        return np.arange(inputs["n_seen"].size)
    return np.flatnonzero(inputs["has_missing"] & (inputs["n_seen"] > 0))


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


def nonzero_rates(inputs):
    """Return the share of the rows in which each input is observed and not zero.

    Parameters
    ----------
    inputs : dict
        See `learn_inputs`.

    Returns
    -------
    ndarray of shape (n_inputs,)
        Of features, then of indicators: these are not zero where a value is missing.
    """
    rates = inputs["n_nonzero"] / inputs["n_rows"]
    missing = 1.0 - inputs["n_seen"][inputs["indicators"]] / inputs["n_rows"]
    return np.clip(np.concatenate([rates, missing]), 0.0, 1.0)


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


def missing_inputs_of(missing, missing_scaling, standardize, inputs, dtype):
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
