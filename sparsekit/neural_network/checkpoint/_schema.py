"""Which attributes a file may set, and of which type each is."""

from numbers import Integral, Real

import numpy as np

_LARGEST = 2**63 - 1


def is_count(value):
    """Return whether a value is a whole number of at least 0 that fits 64 bits."""
    is_whole = isinstance(value, Integral) and not isinstance(value, bool)
    return is_whole and 0 <= value <= _LARGEST


def is_flag(value):
    """Return whether a value is True or False."""
    return isinstance(value, bool | np.bool_)


def is_real(value):
    """Return whether a value is a real number, NaN and infinity among them."""
    return isinstance(value, Real) and not isinstance(value, bool)


def is_vector(kinds):
    """Return a test for arrays of one dimension of some kinds of numbers."""
    return lambda value: (
        isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in kinds
    )


def is_array(value):
    """Return whether a value is an array."""
    return isinstance(value, np.ndarray)


def is_list(value):
    """Return whether a value is a list."""
    return isinstance(value, list)


def list_of(test):
    """Return a test for lists whose items pass another."""
    return lambda value: is_list(value) and all(map(test, value))


def is_dict(value):
    """Return whether a value is a dict."""
    return isinstance(value, dict)


def is_state(value):
    """Return whether a value is the state of a generator of PCG64."""
    try:
        np.random.PCG64().state = value
    except (TypeError, ValueError, KeyError, OverflowError):
        return False
    return True


def one_of(*allowed):
    """Return a test for the values that are allowed, of their types."""
    return lambda value: any(type(value) is type(a) and value == a for a in allowed)


def or_none(test):
    """Return a test that None passes, too."""
    return lambda value: value is None or test(value)


ATTRIBUTES = {
    "n_features_in_": is_count,
    "n_outputs_": is_count,
    "n_iter_": is_count,
    "t_": is_count,
    "out_activation_": one_of("softmax", "logistic", "identity", "exp"),
    "_best_loss": is_real,
    "loss_curve_": list_of(is_real),
    "validation_scores_": list_of(is_real),
    "history_": list_of(lambda row: is_dict(row) and is_count(row.get("epoch"))),
    "rewiring_history_": list_of(is_dict),
    "_generator": lambda value: isinstance(value, np.random.Generator),
    "_network": is_dict,
    "_optimizer": is_dict,
    "_inputs": is_dict,
    "_input_config": {
        "standardize": is_flag,
        "missing": one_of("absent", "indicator", "expected"),
        "missing_scaling": one_of(None, "sample", "neuron"),
    },
    "_rewiring": is_dict,
}
REWIRING = {"n_since_rewiring": is_count, "n_steps": is_count}
EXPLORATION = {
    "seen": is_vector("i"),
    "halvings": lambda value: is_count(value) and value <= 64,
}
STATES = {
    "strategy": lambda value: isinstance(value, str),
    "layers": list_of(
        lambda noted: (
            is_dict(noted)
            and all(isinstance(name, str) for name in noted)
            and all(
                is_flag(value)
                or is_real(value)
                or isinstance(value, str)
                or (is_array(value) and value.dtype.kind in "biuf")
                for value in noted.values()
            )
        )
    ),
}
PROTECTION = {"positions": is_list, "frozen": is_flag}
CLASSIFIER = {
    "classes_": is_array,
    "_multilabel": is_flag,
    "_sparse_labels": is_flag,
}
REGRESSOR = {
    "_flat": is_flag,
    "_target_shift": is_vector("f"),
    "_target_scale": is_vector("f"),
}
TRAINING = {
    "n_epochs": is_count,
    "stopped": is_flag,
    "order": is_vector("i"),
    "generator": is_state,
    "generator_at_start": is_state,
    "noise_seed": is_count,
    "n_drops": is_count,
    "best": is_real,
    "n_waited": is_count,
    "best_network": or_none(is_dict),
    "best_births": or_none(is_vector("i")),
    "data": lambda value: isinstance(value, str),
}
# What else a fit leaves, and only some do.
OPTIONAL = {
    "feature_names_in_": is_vector("O"),
    "record_": is_dict,
    "_training": is_dict,
    "_protection": is_dict,
    "_notes_by_id": is_dict,
    "_interrupted": is_flag,
}


def check_types(values, tests):
    """Raise ValueError unless a dict has all that `tests` names, and it passes.

    Parameters
    ----------
    values : dict
    tests : dict of str to callable or dict
        A dict tests the values of a dict.
    """
    if not isinstance(values, dict):
        raise ValueError(f"{values!r:.50} stands for what has names")
    for name, test in tests.items():
        if name not in values:
            raise ValueError(f"{name} is missing")
        if isinstance(test, dict):
            check_types(values[name], test)
        elif not test(values[name]):
            raise ValueError(f"{name} is of another type, or out of range")
