"""What tables with named columns share: who plays which part, and numbers."""

from abc import ABCMeta, abstractmethod

import numpy as np

from sparsekit.out_of_core._targets import complete


class NamedTable(metaclass=ABCMeta):
    """A table of named columns; not for direct use.

    Parameters
    ----------
    name : str
        What errors call the table.
    names : list of str
        Its columns.
    target : str, list of str or None
    columns : list of str or None
        The features; None means all that are left.
    sample_weight : str or None
    numeric : bool
        Whether features are turned into numbers, or stay as they are.
    """

    def __init__(self, name, names, target, columns, sample_weight, numeric) -> None:
        self.name = name
        self.numeric = numeric
        self._several = isinstance(target, list | tuple)
        self._targets = _listed(target)
        self._weights = _listed(sample_weight)
        taken = self._targets + self._weights
        if columns is None:
            self._features = [column for column in names if column not in taken]
        else:
            self._features = list(columns)
        self.n_outputs = len(self._targets) if self._several else 1
        for role, wanted in (
            ("target", self._targets),
            ("sample_weight", self._weights),
            ("columns", self._features),
        ):
            for column in wanted:
                self._check(role, column, names)
        if not self._features:
            raise ValueError(f"{name} has no column left to learn from.")

    def _check(self, role, column, names):
        if not isinstance(column, str):
            raise TypeError(
                f"{role} must name columns of {self.name}, got {column!r} instead."
            )
        count = names.count(column)
        if count != 1:
            shown = ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
            raise ValueError(
                f"{self.name} has {count or 'no'} column{'s' * (count > 1)} "
                f"{column!r}, for {role}. Its columns are: {shown}."
            )

    @abstractmethod
    def _frames(self, piece, columns):
        """Yield the rows of a piece as DataFrames of these columns, in any order."""

    def read(self, piece, features=True):
        """Yield the rows of a piece as blocks of features, targets and weights."""
        wanted = self._targets + self._weights
        if features:
            # A column may play two parts, but is read once.
            wanted = list(dict.fromkeys(self._features + wanted))
        for frame in self._sound(self._frames(piece, wanted)):
            X = self._numbers(frame[self._features]) if features else None
            y = w = None
            if self._targets:
                y = frame[self._targets if self._several else self._targets[0]]
                y = complete(y.to_numpy(), "target", self.name)
            if self._weights:
                w = frame[self._weights[0]].to_numpy(np.float64, na_value=np.nan)
                w = complete(w, "weight", self.name)
            yield X, y, w

    def _sound(self, frames):
        """Yield frames; what a parser or a decoder raises says what cannot be read."""
        try:
            yield from frames
        except Exception as error:
            raise ValueError(f"cannot read {self.name}: {error}") from error

    def _numbers(self, frame):
        """Return features as float32, if all of them fit, or float64."""
        if not self.numeric:
            return frame
        for column, values in frame.items():
            if not _holds_numbers(values):
                self._refuse_text(column, values)
        small = all(_fits_float32(dtype) for dtype in frame.dtypes)
        return frame.astype(np.float32 if small else np.float64)

    def _refuse_text(self, column, values):
        example = values.dropna().iloc[:1].tolist()
        shown = f" (for instance {example[0]!r})" if example else ""
        raise ValueError(
            f"column {column!r} of {self.name} is not numeric{shown}. Leave it out of "
            "columns, or give a fitted transformer that turns it into numbers."
        )


def _listed(given):
    if given is None:
        return []
    return list(given) if isinstance(given, list | tuple) else [given]


def _holds_numbers(values):
    from pandas.api.types import infer_dtype, is_complex_dtype, is_numeric_dtype

    if is_numeric_dtype(values):
        return not is_complex_dtype(values)
    # Booleans with holes, integers beyond 64 bits, or nothing at all.
    return infer_dtype(values, skipna=True) in ("boolean", "integer", "empty")


def _fits_float32(dtype):
    kind, size = dtype.kind, getattr(dtype, "itemsize", 8)
    return (kind == "f" and size <= 4) or (kind in "iu" and size <= 2)
