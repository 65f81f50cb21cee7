"""From validated inputs to the samples that a network sees."""

import warnings

import numpy as np
from scipy import sparse
from sklearn.preprocessing import StandardScaler
from sklearn.utils import gen_batches

from sparsekit.network import csr_samples, dense_samples

# Elements standardised at a time: bounds the temporary arrays of the moments.
_BLOCK = 2**22


def canonical(X):
    """Return X as the kernels need it: C-contiguous, or CSR without duplicates."""
    if not sparse.issparse(X):
        return np.ascontiguousarray(X)
    if not X.has_canonical_format:
        X = X.copy()
        X.sum_duplicates()
    return X


def learn_inputs(X, standardize, sample_weight=None, known=None):
    """Learn location, scale and presence of every feature from its observed values.

    Parameters
    ----------
    X : ndarray or CSR of shape (n_samples, n_features)
        NaN where a value is missing.
    standardize : bool
        If False, location and scale stay 0 and 1.
    sample_weight : ndarray of shape (n_samples,) or None
    known : dict or None
        What an earlier call returned; X adds to it.

    Returns
    -------
    dict of ndarray of shape (n_features,)
        ``mean``, ``var`` and ``n_seen`` (weighted count of observed values).
    """
    scaler = StandardScaler(with_mean=not sparse.issparse(X))
    if known is not None:
        scaler.mean_ = known["mean"].copy()
        scaler.var_ = known["var"].copy()
        scaler.n_samples_seen_ = known["n_seen"].copy()
        scaler.scale_ = np.sqrt(scaler.var_)
        if sample_weight is None:
            sample_weight = np.ones(X.shape[0])
    for rows in gen_batches(X.shape[0], max(1, _BLOCK // X.shape[1])):
        weight = None if sample_weight is None else sample_weight[rows]
        scaler.partial_fit(X[rows], sample_weight=weight)
    n_seen = np.broadcast_to(scaler.n_samples_seen_, X.shape[1]).astype(np.float64)
    seen = n_seen > 0
    moments = {
        "mean": np.where(seen, scaler.mean_, 0.0),
        "var": np.where(seen, scaler.var_, 0.0),
        "n_seen": n_seen,
    }
    # A column without any observed value has no scale: 0 keeps it out for good.
    if standardize:
        shift = moments["mean"]
        scale = np.where(seen, 1.0 / np.where(seen, scaler.scale_, 1.0), 0.0)
    else:
        shift = np.zeros(X.shape[1])
        scale = seen.astype(np.float64)
    return {**moments, "shift": shift, "scale": scale}


def warn_about_empty_columns(inputs, names=None):
    """Warn once about features that were never observed."""
    empty = np.flatnonzero(inputs["n_seen"] == 0)
    if empty.size:
        shown = [str(names[j]) if names is not None else int(j) for j in empty[:10]]
        dots = ", ..." if empty.size > 10 else ""
        warnings.warn(
            f"{empty.size} feature(s) have no observed value and contribute nothing: "
            f"{', '.join(map(str, shown))}{dots}.",
            UserWarning,
            stacklevel=2,
        )


def prepare(X, inputs, dtype):
    """Return the samples for X, standardised as `inputs` says."""
    make = csr_samples if sparse.issparse(X) else dense_samples
    return make(X, inputs["shift"], inputs["scale"], dtype)
