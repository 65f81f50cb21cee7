"""From the parameters of a masker to one missing rate per column."""

from numbers import Real

import numpy as np

# Rates may exceed what can be reached by rounding.
SLACK = 1e-9


def maskable_columns(missing_rate, features, n_features, feature_names=None):
    """Return the sorted indices of the columns that a masker may mask.

    Parameters
    ----------
    missing_rate : float in [0, 1] or array-like of shape (n_features,)
        One rate, or one rate per column; columns of rate 0 are not masked.
    features : None or array-like of str, int or bool
        Columns that may be masked; None means all.
    n_features : int
    feature_names : array-like of str of shape (n_features,) or None

    Raises
    ------
    ValueError
        If a rate lies outside [0, 1], or a parameter does not fit the columns.
    """
    if not isinstance(missing_rate, Real):
        return np.flatnonzero(_rates_per_column(missing_rate, features, n_features))
    if features is None:
        return np.arange(n_features)
    return selected_columns("features", features, n_features, feature_names)


def column_rates(missing_rate, rate_unit, columns, reachable):
    """Return the probability that a cell of each column becomes missing.

    Parameters
    ----------
    missing_rate : float in [0, 1] or array-like of shape (n_features,)
        One rate, or one rate per column.
    rate_unit : {"cells", "columns"}
        Whether one rate is the fraction of all cells of X, or the fraction of the cells
        of `columns`.
    columns : ndarray of int
        Columns that may be masked.
    reachable : ndarray of shape (n_features,)
        Highest rate that the mechanism can give each column.

    Returns
    -------
    rates : ndarray of shape (n_features,)

    Raises
    ------
    ValueError
        If a rate cannot be reached.
    """
    n_features = reachable.size
    if not isinstance(missing_rate, Real):
        rates = _rates_per_column(missing_rate, None, n_features)
        beyond = np.flatnonzero(rates > reachable * (1 + SLACK))
        if beyond.size:
            j = beyond[0]
            raise ValueError(
                f"missing_rate={rates[j]:.6g} of column {j} cannot be reached: at most "
                f"{reachable[j]:.6g} is possible with this mechanism."
            )
        return np.minimum(rates, reachable)

    share = columns.size / n_features if rate_unit == "cells" else 1.0
    ceiling = reachable[columns].min(initial=1.0)
    if missing_rate > share * ceiling * (1 + SLACK):
        whole = "of all cells " if rate_unit == "cells" else ""
        unit = "" if rate_unit == "columns" else ", or set rate_unit='columns'"
        limit = "" if ceiling == 1 else f", each up to a rate of {ceiling:.6g}"
        raise ValueError(
            f"missing_rate={missing_rate} {whole}cannot be reached by masking "
            f"{columns.size} of {n_features} columns{limit}: at most "
            f"{share * ceiling:.6g} is possible. Lower missing_rate or add features"
            f"{unit}."
        )
    rates = np.zeros(n_features)
    rates[columns] = min(missing_rate / share, ceiling) if share else 0.0
    return rates


def _rates_per_column(missing_rate, features, n_features):
    if features is not None:
        raise ValueError(
            "missing_rate with one rate per column cannot be combined with features="
            f"{features!r}: give the other columns the rate 0 and set features=None."
        )
    try:
        rates = np.array(missing_rate, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "missing_rate must be a number in [0, 1] or an array-like of such numbers, "
            f"one per column; got {missing_rate!r}."
        ) from error
    if rates.shape != (n_features,):
        raise ValueError(
            f"missing_rate has shape {rates.shape}, but X has {n_features} columns: "
            f"one number, or an array-like of shape ({n_features},), is allowed."
        )
    if not ((rates >= 0) & (rates <= 1)).all():
        raise ValueError(
            f"missing_rate={missing_rate!r} must have all its values in [0, 1]."
        )
    return rates


def selected_columns(name, given, n_features, feature_names):
    """Return the sorted unique column indices that parameter `name` selects."""
    chosen = np.asarray(given)
    if chosen.ndim != 1 or chosen.size == 0:
        raise ValueError(
            f"{name} must be a non-empty one-dimensional array-like of names, indices "
            f"or booleans; got {given!r}."
        )
    if chosen.dtype.kind == "b":
        if chosen.size != n_features:
            raise ValueError(
                f"{name} is a boolean mask of {chosen.size} values, but X has "
                f"{n_features} columns."
            )
        if not chosen.any():
            raise ValueError(f"{name} is a boolean mask that selects no column.")
        return np.flatnonzero(chosen)
    return np.unique(column_positions(name, given, n_features, feature_names))


def column_positions(name, given, n_features, feature_names):
    """Return one column index for each name or index in `given`, in its order."""
    chosen = np.asarray(given)
    if chosen.dtype.kind in "iu":
        if chosen.min() < -n_features or chosen.max() >= n_features:
            raise ValueError(
                f"{name}={given!r} has an index outside X's {n_features} columns."
            )
        return chosen % n_features
    if not all(isinstance(label, str) for label in given):
        raise ValueError(
            f"{name} must hold only names, only integers or only booleans; got "
            f"{given!r}."
        )
    if feature_names is None:
        raise ValueError(
            f"{name}={given!r} holds names, but X has no column names: use "
            "indices, or pass a DataFrame."
        )
    position = {label: j for j, label in enumerate(feature_names)}
    unknown = [label for label in given if label not in position]
    if unknown:
        raise ValueError(
            f"{name} names columns that X does not have: {unknown}. The columns of X "
            f"are {list(position)}."
        )
    return np.array([position[label] for label in given])
