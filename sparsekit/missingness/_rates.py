"""From the parameters of a masker to one missing rate per column."""

from numbers import Real

import numpy as np


def column_rates(missing_rate, rate_unit, features, n_features, feature_names=None):
    """Return the probability that a cell of each column becomes missing.

    Parameters
    ----------
    missing_rate : float in [0, 1] or array-like of shape (n_features,)
        One rate, or one rate per column.
    rate_unit : {"cells", "columns"}
        Whether one rate is the share of all cells of X, or the share of the cells of
        the columns in `features`.
    features : None or array-like of str, int or bool
        Columns that may be masked; None means all.
    n_features : int
    feature_names : array-like of str of shape (n_features,) or None

    Returns
    -------
    rates : ndarray of shape (n_features,)

    Raises
    ------
    ValueError
        If a rate lies outside [0, 1] or cannot be reached, or `features` does not fit.
    """
    if not isinstance(missing_rate, Real):
        return _rates_per_column(missing_rate, features, n_features)
    if features is None:
        return np.full(n_features, float(missing_rate))

    selected = _selected_columns(features, n_features, feature_names)
    rate = float(missing_rate)
    if rate_unit == "cells":
        reachable = selected.size / n_features
        if rate > reachable:
            raise ValueError(
                f"missing_rate={missing_rate} of all cells cannot be reached by "
                f"masking {selected.size} of {n_features} columns: at most "
                f"{reachable:.6g} is possible. Lower missing_rate, add features, or "
                "set rate_unit='columns'."
            )
        rate /= reachable
    rates = np.zeros(n_features)
    rates[selected] = rate
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


def _selected_columns(features, n_features, feature_names):
    """Return the sorted unique column indices that `features` names."""
    chosen = np.asarray(features)
    if chosen.ndim != 1 or chosen.size == 0:
        raise ValueError(
            "features must be None or a non-empty one-dimensional array-like of names, "
            f"indices or booleans; got {features!r}."
        )
    if chosen.dtype.kind == "b":
        if chosen.size != n_features:
            raise ValueError(
                f"features is a boolean mask of {chosen.size} values, but X has "
                f"{n_features} columns."
            )
        if not chosen.any():
            raise ValueError("features is a boolean mask that selects no column.")
        return np.flatnonzero(chosen)
    if chosen.dtype.kind in "iu":
        if chosen.min() < -n_features or chosen.max() >= n_features:
            raise ValueError(
                f"features={features!r} has an index outside X's {n_features} columns."
            )
        return np.unique(chosen % n_features)
    return _columns_by_name(features, feature_names)


def _columns_by_name(features, feature_names):
    if not all(isinstance(name, str) for name in features):
        raise ValueError(
            "features must hold only names, only integers or only booleans; got "
            f"{features!r}."
        )
    if feature_names is None:
        raise ValueError(
            f"features={features!r} holds names, but X has no column names: use "
            "indices, or pass a DataFrame."
        )
    position = {name: j for j, name in enumerate(feature_names)}
    unknown = [name for name in features if name not in position]
    if unknown:
        raise ValueError(
            f"features names columns that X does not have: {unknown}. The columns of X "
            f"are {list(position)}."
        )
    return np.unique([position[name] for name in features])
