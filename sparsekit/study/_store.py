"""The rows of a study as they come: in memory, and in a file that can be gone on with.

The file is CSV. Every row is one line, written at once, so that a study killed at any
moment leaves whole lines and at most one that is cut; the next run drops that one and
repeats no other. A Parquet file cannot be appended to: it is written from the CSV file
when the study is complete.
"""

import csv
import io
import os
import uuid
from pathlib import Path

import numpy as np

from sparsekit.study._plan import row_key
from sparsekit.study._rows import KEYS
from sparsekit.study._settings import (
    first_difference,
    read_settings,
    settings_of,
    write_settings,
)


def _whole(text):
    if not text:
        return np.nan
    # A column with gaps is a column of floats for pandas, which writes "20.0".
    return int(text.removesuffix(".0"))


def _real(text):
    return float(text) if text else np.nan


# The columns of a result, and what reads each from text.
COLUMNS = {
    "dataset": str,
    "mechanism": str,
    "when": str,
    "missing_rate": _real,
    "model": str,
    "sparsity": _real,
    "seed": _whole,
    "metric": str,
    "score": _real,
    "n_connections": _whole,
    "n_iter": _whole,
    "fit_time": _real,
    "realized_missing_rate": _real,
    "n_train": _whole,
    "n_test": _whole,
}


def tidy_frame(rows):
    """Return rows (dicts) as a DataFrame in their fixed order."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.sort_values(list(KEYS), ignore_index=True)


class ResultStore:
    """Rows in memory.

    Attributes
    ----------
    rows : list of dict
        All rows so far, in the order in which fits ended.
    """

    def __init__(self):
        self.rows = []

    @property
    def done(self):
        """The keys of the rows that are there."""
        return {row_key(row) for row in self.rows}

    def add(self, rows):
        """Take rows of fits that have ended."""
        self.rows.extend(rows)

    def finish(self):
        """Return the complete result as a DataFrame."""
        return tidy_frame(self.rows)

    def close(self):
        """Let go of what is held."""


class FileStore(ResultStore):
    """Rows in memory and in a file; goes on with the file if it is there.

    Parameters
    ----------
    path : str or Path
        ``NAME.csv``, or ``NAME.parquet``, beside which the rows are collected in
        ``NAME.csv``. The settings of the study are in ``NAME.json``.
    plan : Plan
        The study.

    Raises
    ------
    ValueError
        If the file was made with other settings, or is no file of a study, or is being
        written by another one.
    OSError
        If the file cannot be read or written.
    """

    def __init__(self, path, plan):
        super().__init__()
        path = Path(path)
        if path.suffix not in (".csv", ".parquet"):
            raise ValueError(f"{path} must end in .csv or .parquet.")
        self.path = path.with_suffix(".csv")
        self._parquet = path if path.suffix == ".parquet" else None
        if self._parquet is not None:
            _check_pyarrow()
        self._settings = path.with_suffix(".json")
        settings = settings_of(plan)
        self._check_settings(settings)
        self._file = open(self.path, "a+b")  # noqa: SIM115, see `close`
        try:
            _lock(self._file, self.path)
            self._read(plan)
            write_settings(self._settings, settings)
            if self._file.tell() == 0:
                self._write(COLUMNS)
        except BaseException:
            self._file.close()
            raise

    def add(self, rows):
        """Take rows of fits that have ended: they are in the file on return."""
        super().add(rows)
        for row in rows:
            self._write(row[column] for column in COLUMNS)

    def finish(self):
        """Write the complete result in its fixed order; return it as a DataFrame."""
        frame = super().finish()
        self.close()
        if self._parquet is not None:
            _replace(self._parquet, lambda path: frame.to_parquet(path, index=False))
        _replace(self.path, lambda path: frame.to_csv(path, index=False))
        return frame

    def close(self):
        """Close the file; what is in it stays."""
        self._file.close()

    def _check_settings(self, settings):
        old = read_settings(self._settings)
        if old is None:
            if self.path.exists() and self.path.stat().st_size:
                raise ValueError(
                    f"{self.path} is there already, but {self._settings.name}, which "
                    "says how it was made, is not beside it. Choose another file, or "
                    "remove this one."
                )
            return
        difference = first_difference(old, settings)
        if difference:
            raise ValueError(
                f"{self.path} was made with other settings: {difference}. Choose "
                "another file, or remove this one."
            )

    def _read(self, plan):
        """Read the rows that are there; cut off a line that has no end."""
        self._file.seek(0)
        content = self._file.read()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            self._file.truncate(len(whole))
        self._file.seek(0, os.SEEK_END)
        if not whole:
            return
        try:
            lines = list(csv.reader(io.StringIO(whole.decode("utf-8")), strict=True))
            self.rows = [_parse(line) for line in lines[1:]]
        except (ValueError, csv.Error) as error:
            raise ValueError(
                f"{self.path} cannot be read as results of a study: {error}"
            ) from error
        if lines[0] != list(COLUMNS):
            raise ValueError(
                f"{self.path} has other columns than the results of a study."
            )
        self._check_rows(plan)

    def _check_rows(self, plan):
        done = self.done
        if len(done) < len(self.rows):
            raise ValueError(f"{self.path} has some fits more than once.")
        surplus = done - {key for job in plan.jobs() for key in job.all_row_keys()}
        if surplus:
            fit = ", ".join(
                f"{name} {value}"
                for name, value in zip(KEYS, sorted(surplus)[0], strict=True)
            )
            raise ValueError(
                f"{self.path} has {len(surplus)} fits that this study has not, such as "
                f"{fit}. A study may go on with a larger grid, not with a smaller one: "
                "choose another file."
            )

    def _write(self, values):
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(map(_as_text, values))
        self._file.write(line.getvalue().encode("utf-8"))
        self._file.flush()


def _parse(line):
    columns = zip(COLUMNS.items(), line, strict=True)
    return {name: read(text) for (name, read), text in columns}


def _as_text(value):
    if isinstance(value, str):
        return value
    # The shortest text that gives the same number back.
    return "" if np.isnan(value) else repr(value)


def _check_pyarrow():
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "writing Parquet needs pyarrow: pip install pyarrow"
        ) from error


def _replace(path, write):
    """Have `write` make a file that then takes the place of `path`, whole."""
    unfinished = path.with_name(f".{path.stem}.{uuid.uuid4().hex}{path.suffix}")
    try:
        write(unfinished)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _lock(file, path):
    """Keep two studies from writing to one file; the system frees it at any death."""
    try:
        import fcntl
    except ImportError:  # no such locks on Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise ValueError(f"{path} is being written by another study.") from error
