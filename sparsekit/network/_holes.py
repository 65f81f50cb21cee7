"""What the first layer makes of missing inputs, in the form that the kernels take."""

import numpy as np

from sparsekit.kernels._structs import (
    EXPECTED,
    NEURON_SCALED,
    SAMPLE_SCALED,
    Holes,
)

_KINDS = {"sample": SAMPLE_SCALED, "neuron": NEURON_SCALED}


def scaling_holes(unit, n_values, typical, *, root, dtype):
    """Scale what is observed, so that it makes up for what is missing.

    Parameters
    ----------
    unit : {"sample", "neuron"}
        Whose values are counted, see `kernels.holes`.
    n_values : int
        Inputs that are values; those after them are indicators.
    typical : float
        Mean number of observed values of a training row, for "sample".
    root : bool
        Whether the factor is the root of the ratio. For inputs around zero the sum of
        q values has a variance proportional to q and a mean of zero, so the root keeps
        its scale; the ratio itself keeps the mean of inputs that are not centred.
    dtype : dtype

    Returns
    -------
    Holes
    """
    mean = np.zeros(n_values, dtype=dtype)
    return Holes(_KINDS[unit], n_values, float(typical), int(root), mean, mean[:0])


def expected_holes(mean, variance, *, dtype):
    """Take the expectation of each activation over what is missing.

    Parameters
    ----------
    mean, variance : ndarray of shape (n_features,)
        Of the observed values, in units of the prepared inputs.
    dtype : dtype

    Returns
    -------
    Holes

    Raises
    ------
    ValueError
        If `dtype` cannot hold a variance.
    """
    with np.errstate(over="ignore"):
        narrow = mean.astype(dtype), variance.astype(dtype)
    beyond = ~np.isfinite(narrow[0] + narrow[1])
    if beyond.any():
        column = int(beyond.argmax())
        raise ValueError(
            f"Column {column} of X has a mean of {mean[column]:.6g} and a variance of "
            f"{variance[column]:.6g}, beyond the numbers of dtype='{np.dtype(dtype)}', "
            "and missing='expected' needs both. Use standardize=True or "
            "dtype='float64'."
        )
    mean, variance = narrow
    return Holes(EXPECTED, mean.size, float(mean.size), 0, mean, variance)


def is_expected(holes):
    """Return whether `holes` asks for expected activations."""
    return holes is not None and holes.kind == EXPECTED


def room_for_notes(network, holes):
    """Return how many numbers per lane the kernels note beside the values."""
    if holes is None or holes.kind == SAMPLE_SCALED:
        return 0
    return int(network.sizes[0] + network.sizes[1])
