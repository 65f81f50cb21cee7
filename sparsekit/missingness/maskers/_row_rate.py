"""`rate_unit="rows"`: the rate per column that leaves the wanted rows incomplete."""

import numpy as np
from scipy.optimize import brentq

from sparsekit._utils._arrays import read_only
from sparsekit.kernels.mechanisms import incomplete_rows
from sparsekit.missingness.maskers._cells import row_chunks
from sparsekit.missingness.maskers._rates import SLACK, column_rates

PRECISION = 1e-13  # of the logarithm of a hazard, -log(1 - rate)
HIGHEST_SHARE = 1 - 2.0**-53  # below 1, where the hazard would be infinite


def solve_row_rate(row_rate, X, columns, reachable, units, calibrate):
    """Return the equal rates of `columns` that give the wanted fraction of rows.

    A row counts as incomplete if at least one of its observed values is masked.

    Parameters
    ----------
    row_rate : float in [0, 1]
        Expected fraction of incomplete rows.
    X : canonical ndarray or CSR matrix of shape (n_samples, n_features)
        Rows, NaN where a value is missing.
    columns : ndarray of int
        Columns that may be masked.
    reachable : ndarray of shape (n_features,)
        Highest rate per column.
    units : ndarray of int, shape (n_features,)
        Columns of one unit share their random numbers.
    calibrate : callable
        Takes rates per column; returns chunks of rows and their probabilities.

    Returns
    -------
    rates : ndarray of shape (n_features,)

    Raises
    ------
    ValueError
        If no rate of the columns leaves so many rows incomplete.
    """

    def rates_at(rate):
        return column_rates(rate, "columns", columns, reachable)

    def share_at(rate):
        return _incomplete_share(X, calibrate(rates_at(rate)), units)

    def excess(hazard):
        # A rate of nearly nothing has a hazard of 0, which is too low in any case.
        with np.errstate(divide="ignore"):
            return np.log(_hazard(share_at(_rate(np.exp(hazard)))) / _hazard(row_rate))

    if row_rate == 0:
        return rates_at(0.0)
    ceiling = reachable[columns].min(initial=1.0)
    highest = share_at(ceiling)
    if highest < row_rate - SLACK:
        raise ValueError(
            f"missing_rate={row_rate} of the rows cannot be reached by masking "
            f"{columns.size} of {X.shape[1]} columns, each up to a rate of "
            f"{ceiling:.6g}: at most {highest:.6g} is possible."
        )
    # Even if no two masked cells share a row, there are no more incomplete rows than
    # cells.
    lowest = min(row_rate / columns.size, ceiling) / 2
    if highest <= row_rate or row_rate == 1 or lowest == 0:
        return rates_at(ceiling)
    # With independent cells the logarithms of the hazards lie on a straight line.
    bracket = np.log([_hazard(lowest), _hazard(ceiling)])
    hazard = brentq(excess, *bracket, xtol=PRECISION, rtol=PRECISION)
    return rates_at(_rate(np.exp(hazard)))


def _hazard(share):
    return -np.log1p(-min(share, HIGHEST_SHARE))


def _rate(hazard):
    return -np.expm1(-hazard)


def _incomplete_share(X, chunks, units):
    """Return the mean probability that a row loses at least one value."""
    total = 0.0
    for rows, probabilities in chunks:
        for inner, values in row_chunks(X[rows]):
            p = probabilities if len(probabilities) == 1 else probabilities[inner]
            total += incomplete_rows(values, read_only(p), read_only(units)).sum()
    return total / X.shape[0]
