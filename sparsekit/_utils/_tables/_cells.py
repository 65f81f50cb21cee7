"""What single cells mean: numbers, truth values, codes for what is missing."""

import numpy as np

_TRUTH = {"True": 1.0, "TRUE": 1.0, "true": 1.0}
_TRUTH |= {"False": 0.0, "FALSE": 0.0, "false": 0.0}
# What pandas calls columns of which every cell says whether it is a number.
_MAY_BE_NUMBERS = {"string", "boolean", "integer", "floating", "decimal", "empty"}
_MAY_BE_NUMBERS |= {"mixed-integer", "mixed-integer-float"}


def numbers_of(values):
    """Return a column as numbers, or a cell of it that is none.

    It depends on no other cell what a cell means: a number is a number, also beyond 64
    bits or written as text; a truth value is 0 or 1; blanks are a missing value.

    Parameters
    ----------
    values : Series

    Returns
    -------
    numbers : ndarray of float64, or None
    example : object
        None if there are numbers.
    """
    import pandas as pd
    from pandas.api.types import infer_dtype

    if values.dtype.kind in "biuf":
        return values.to_numpy(np.float64, na_value=np.nan), None
    known = values.dropna().astype(object)
    if infer_dtype(known) not in _MAY_BE_NUMBERS:
        return None, known.iloc[0]
    cells = known.map(_cell)
    numbers = pd.to_numeric(cells, errors="coerce").astype(np.float64)
    text = known[numbers.isna() & cells.notna()]
    if len(text):
        return None, text.iloc[0]
    return numbers.reindex(values.index).to_numpy(), None


def _cell(cell):
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    return _TRUTH.get(text, text) if text else np.nan


def without_codes(frame, codes):
    """Return a DataFrame in which cells that hold one of the codes are missing.

    Parameters
    ----------
    frame : DataFrame
    codes : set of str
        Where a column holds numbers, those that they say; else the text itself.
    """
    if not codes:
        return frame
    numbers = [number for number in map(_number, codes) if number is not None]
    changed = {}
    for name, values in frame.items():
        if values.dtype.kind in "iuf":
            coded = values.isin(numbers)
        elif values.dtype.kind in "OU":
            coded = values.map(
                lambda cell: isinstance(cell, str) and cell.strip() in codes
            )
            coded = coded.astype(bool)
        else:
            continue
        if coded.any():
            changed[name] = values.mask(coded)
    return frame.assign(**changed)


def _number(code):
    try:
        return float(code)
    except ValueError:
        return None
