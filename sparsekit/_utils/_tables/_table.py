"""What tables with named columns share: who plays which part, and numbers."""

from abc import ABCMeta, abstractmethod

import numpy as np

from sparsekit._utils._one_line import shortened, shown
from sparsekit._utils._tables._cells import numbers_of, without_codes

# A column costs pandas some kilobytes, however few rows it has.
MAX_COLUMNS = 100_000
# What columns hold, from what says least to what says most: a column that is read in
# parts is of the last of its kinds.
_KINDS = ("truth values", "whole numbers", "numbers")


class NamedTable(metaclass=ABCMeta):
    """A table of named columns; not for direct use.

    Parameters
    ----------
    name : str
        What errors call the table.
    names : list of str
        Its columns.
    wanted : Wanted
    left_out : dict of str to str
        Columns that are features only if they are asked for, and why.

    Attributes
    ----------
    features : list of str
    n_outputs : int
    notes : list of str
        What the user should know about how the table was read.
    kinds : dict of str to str
        What the features hold, as far as they were read: "truth values", "whole
        numbers" or "numbers".
    """

    def __init__(self, name, names, wanted, left_out) -> None:
        self.name = name
        self.notes = []
        self.kinds: dict[str, str] = {}
        self._wanted = wanted
        self._several = isinstance(wanted.target, list | tuple)
        self._targets = _listed(wanted.target)
        self._weights = _listed(wanted.sample_weight)
        self.n_outputs = len(self._targets) if self._several else 1
        check_names(name, names)
        taken = {*self._targets, *self._weights, *wanted.drop}
        if wanted.columns is None:
            unnamed = [column for column in left_out if column not in taken]
            self.notes += [f"column {shown(c)} {left_out[c]}" for c in unnamed]
            self.features = [c for c in names if c not in taken.union(unnamed)]
        else:
            self.features = list(wanted.columns)
        for role, columns in (
            ("target", self._targets),
            ("sample_weight", self._weights),
            ("drop", wanted.drop),
            ("columns", self.features),
        ):
            self._check(role, columns, names)
        if not self.features:
            raise refusal(f"{name} has no column left but the target to learn from.")

    def _check(self, role, columns, names):
        known = set(names)
        for column in columns:
            if not isinstance(column, str):
                raise TypeError(
                    f"{role} must name columns of {self.name}, got {column!r} instead."
                )
            if column not in known:
                hint = ""
                if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
                    hint = (
                        "It seems to be separated by semicolons or tabs, not commas. "
                    )
                raise refusal(
                    f"{self.name} has no column {shown(column)}, for {role}. {hint}Its "
                    f"columns are: {', '.join(names[:100])}."
                )

    @abstractmethod
    def _frames(self, piece, columns):
        """Yield the rows of a piece as DataFrames of these columns, in any order."""

    def read(self, piece, features=True):
        """Yield the rows of a piece as blocks of features, targets and weights."""
        wanted = self._targets + self._weights
        if features:
            # A column may play two parts, but is read once.
            wanted = list(dict.fromkeys(self.features + wanted))
        for frame in self._sound(self._frames(piece, wanted)):
            X = self._numbers(frame[self.features]) if features else None
            y = w = None
            if self._targets:
                y = frame[self._targets if self._several else self._targets[0]]
                y = y.to_numpy()
            if self._weights:
                w = self._converted(frame[self._weights])[self._weights[0]]
            yield X, y, w

    def _sound(self, frames):
        """Yield frames; what a parser or a decoder raises says what cannot be read."""
        try:
            for frame in frames:
                yield without_codes(frame, self._wanted.codes)
        except Exception as error:
            raise refusal(f"cannot read {self.name}: {error}") from error

    def _numbers(self, frame):
        """Return features as float32, if all of them fit, or float64."""
        for column, dtype in frame.dtypes.items():
            kind = {"b": 0, "i": 1, "u": 1}.get(dtype.kind, 2)
            before = self.kinds.get(column, _KINDS[0])
            self.kinds[column] = max(_KINDS[kind], before, key=_KINDS.index)
        if not self._wanted.numeric:
            return frame
        odd = [
            column for column, dtype in frame.dtypes.items() if dtype.kind not in "biuf"
        ]
        frame = frame.assign(**self._converted(frame[odd]))
        small = all(_fits_float32(dtype) for dtype in frame.dtypes)
        return frame.astype(np.float32 if small else np.float64)

    def _converted(self, frame):
        """Return the columns of a DataFrame as a dict of float64."""
        numbers, text = {}, {}
        for column, values in frame.items():
            numbers[column], example = numbers_of(values)
            if numbers[column] is None:
                text[column] = example
        if text:
            example = shown(next(iter(text.values())))
            raise refusal(
                f"{named(text, 'is', 'are')} not numeric (for instance {example}) in "
                f"{self.name}. {self._wanted.advice(list(text))}"
            )
        return numbers


def refusal(text):
    """Return a ValueError whose text is one line that is not too long."""
    return ValueError(shortened(text))


def check_names(table, names):
    """Raise ValueError if columns cannot be told apart, or are too many."""
    if len(names) > MAX_COLUMNS:
        raise refusal(
            f"{table} has {len(names)} columns; with names, {MAX_COLUMNS} are the most "
            "that can be read. Store a part of them, or all as an array (.npy)."
        )
    seen = set()
    for name in names:
        if name in seen:
            raise refusal(
                f"{table} has more than one column {shown(name)}: rename one of them."
            )
        seen.add(name)


def _listed(given):
    if given is None:
        return []
    return list(given) if isinstance(given, list | tuple) else [given]


def named(columns, one, several):
    """Return such as "column 'a' is" and "columns 'a', 'b' and 3 more are"."""
    columns = list(columns)
    names = ", ".join(map(shown, columns[:3]))
    more = f" and {len(columns) - 3} more" if len(columns) > 3 else ""
    verb = one if len(columns) == 1 else several
    return f"column{'s' * (len(columns) > 1)} {names}{more} {verb}"


def _fits_float32(dtype):
    kind, size = dtype.kind, getattr(dtype, "itemsize", 8)
    return (kind == "f" and size <= 4) or (kind in "iu" and size <= 2)
