"""What is wanted of a table: which columns, in which parts, read how."""

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real


@dataclass(frozen=True)
class Wanted:
    """What is wanted of a table.

    Parameters
    ----------
    target : str, list of str or None
    columns : list of str or None
        The features; None means all that are left.
    drop : tuple of str
        What is no feature where `columns` is None.
    sample_weight : str or None
    numeric : bool
        Whether features are turned into numbers, or stay as they are.
    codes : frozenset of str
        What stands for a missing value, see `codes_of`.
    block_rows : int
        At most so many rows come at a time.
    advice : callable
        From a list of columns of text to what the user can do about them.
    """

    target: object
    columns: list | None
    drop: tuple
    sample_weight: object
    numeric: bool
    codes: frozenset
    block_rows: int
    advice: Callable


def codes_of(na_values):
    """Return a code for missing values, or several, as a set of texts.

    Raises
    ------
    TypeError
        If one is neither text nor a number.
    """
    if isinstance(na_values, str | Real):
        na_values = [na_values]
    if na_values is None:
        na_values = ()
    if not isinstance(na_values, list | tuple | set | frozenset):
        raise TypeError(
            f"na_values must be text, a number or a list, got {na_values!r}."
        )
    for code in na_values:
        if not isinstance(code, str | Real) or isinstance(code, bool):
            raise TypeError(f"na_values must hold text and numbers, got {code!r}.")
    return frozenset(str(code).strip() for code in na_values)
