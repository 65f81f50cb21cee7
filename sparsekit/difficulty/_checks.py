"""Checks of what scores and curves are given."""

from numbers import Real

from sklearn.utils import check_array

from sparsekit._utils._validation import refuse_unknown


def check_fraction(name, value, *, least=False, most=False):
    """Raise if a value is not a number between 0 and 1.

    Parameters
    ----------
    name : str
        What the error calls it.
    value : object
    least, most : bool, default=False
        Whether it may be 0, and whether it may be 1.
    """
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not is_number or not (
        0 < value < 1 or (least and value == 0) or (most and value == 1)
    ):
        allowed = f"{'[' if least else '('}0, 1{']' if most else ')'}"
        raise ValueError(f"{name} must be in {allowed}, got {value!r}.")


def check_models(name, models, *methods):
    """Return one model or several as a list; raise unless all have the methods.

    Parameters
    ----------
    name : str
        What the error calls them.
    models : object, or list or tuple of objects
    *methods : str
    """
    several = list(models) if isinstance(models, list | tuple) else [models]
    if not several:
        raise ValueError(f"{name} is empty; give one fitted model at least.")
    for model in several:
        for method in methods:
            if isinstance(model, type) or not hasattr(model, method):
                raise TypeError(f"{name} must have {method}; {model!r:.100} has none.")
    return several


def labels_of(X, y):
    """Return the labels as an array; raise if there are none, or no rows."""
    if X is None:
        raise ValueError("X must be a table, got None.")
    refuse_unknown(y)
    return check_array(y, ensure_2d=False, dtype=None, input_name="y")
