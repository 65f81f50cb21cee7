"""The rows of a study as they come: in memory, and in a file that can be resumed.

The file is CSV. Every row is one line with a checksum, written at once, so that a study
killed at any moment leaves whole lines and at most one that is cut; the next run drops
that one, and lines that were changed, and repeats no other. A Parquet file cannot be
appended to: it is written from the rows when the study is complete.
"""

from pathlib import Path

from sparsekit._utils._whole_files import (
    CAN_HOLD,
    hold,
    is_at,
    remove_unfinished,
    replace_file,
)
from sparsekit.study.plan._plan import row_key
from sparsekit.study.rows._lines import COLUMNS, HEADER, line_of, row_of
from sparsekit.study.rows._rows import KEYS
from sparsekit.study.run._settings import (
    first_difference,
    read_settings,
    settings_of,
    write_settings,
)


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
    note : str
        What the user should know about the rows that were there before, if anything.
    """

    def __init__(self):
        self.rows = []
        self.note = ""

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
        """Release what is held."""


class FileStore(ResultStore):
    """Rows in memory and in a file; resumes the file if it exists.

    From the beginning to `close` no other study can have the file.

    Parameters
    ----------
    path : str or Path
        ``NAME.csv``, or ``NAME.parquet``, beside which the rows are collected in
        ``NAME.csv``. The settings of the study are in ``NAME.json``.
    plan : Plan
        The study.
    overwrite : bool, default=False
        Whether to remove all three first.

    Raises
    ------
    ValueError
        If the file was made with other settings, or is no file of a study, or is being
        written by another one.
    OSError
        If the file cannot be read or written.
    """

    def __init__(self, path, plan, overwrite=False):
        super().__init__()
        path = Path(path)
        if path.suffix not in (".csv", ".parquet"):
            raise ValueError(f"{path} must end in .csv or .parquet.")
        self.path = path.with_suffix(".csv")
        self._parquet = path if path.suffix == ".parquet" else None
        if self._parquet is not None:
            _check_pyarrow()
        self._settings = path.with_suffix(".json")
        self._file = None
        self._damaged = False
        self._lock = FileLock(self.path)
        try:
            self._begin(plan, overwrite)
        except BaseException:
            self.close()
            raise

    def add(self, rows):
        """Take rows of fits that have ended: they are in the file on return."""
        super().add(rows)
        for row in rows:
            self._file.write(line_of(row))
            self._file.flush()

    def finish(self):
        """Write the complete result in its fixed order; return it as a DataFrame."""
        frame = super().finish()
        if not is_at(self._file, self.path):
            raise FileExistsError(
                f"{self.path} was removed or replaced while the study was running, and "
                "is left as it is"
            )
        self._file.close()
        if self._parquet is not None:
            replace_file(self._parquet, lambda f: frame.to_parquet(f, index=False))
        self._rewrite(sorted(self.rows, key=row_key))
        return frame

    def close(self):
        """Close the file; what is in it stays."""
        if self._file is not None:
            self._file.close()
        self._lock.release()

    def _begin(self, plan, overwrite):
        """Read what is there, and make it ready for more."""
        parquet = self.path.with_suffix(".parquet")
        for path in (self.path, self._settings, parquet):
            remove_unfinished(path)
            if overwrite:
                path.unlink(missing_ok=True)
        settings = settings_of(plan)
        self._check_settings(settings)
        if self.path.exists():
            self._read()
            self._check_rows(plan)
        write_settings(self._settings, settings)
        if self._damaged or not self.path.exists() or not self.path.stat().st_size:
            self._rewrite(self.rows)
        self._file = open(self.path, "ab")  # noqa: SIM115, see `close`

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

    def _read(self):
        """Read the rows that are there and are as they were written."""
        *lines, cut = self.path.read_bytes().split(b"\n")
        header, lines = (lines[0], lines[1:]) if lines else (cut, [])
        if header != HEADER and (lines or not HEADER.startswith(header)):
            raise ValueError(
                f"{self.path} has other columns than the results of a study."
            )
        rows = [row_of(line) for line in lines]
        self.rows = [row for row in rows if row is not None]
        n_damaged = len(rows) - len(self.rows)
        if n_damaged:
            self.note = (
                f"{self.path} has {n_damaged} damaged rows: their fits are made again"
            )
        self._damaged = bool(n_damaged or cut)

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

    def _rewrite(self, rows):
        content = b"".join([HEADER, b"\n", *map(line_of, rows)])
        replace_file(self.path, lambda file: file.write(content))


class FileLock:
    """Keeps other studies from a file; the system frees it at any death.

    What is locked is a file of its own beside it, since the file itself is replaced.
    On Windows studies are not kept from each other's files.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ValueError
        If another study has it.
    """

    def __init__(self, path):
        self._path = path.with_name(f".{path.stem}.lock")
        self._file = None
        while CAN_HOLD and self._file is None:
            file = open(self._path, "ab")  # noqa: SIM115, see `release`
            if not hold(file):
                file.close()
                raise ValueError(f"{path} is being written by another study.")
            if is_at(file, self._path):
                self._file = file
            else:  # the one who had it has removed it
                file.close()

    def release(self):
        """Let others have the file."""
        if self._file is not None and not self._file.closed:
            if is_at(self._file, self._path):
                self._path.unlink()
            self._file.close()


def _check_pyarrow():
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "writing Parquet needs pyarrow: pip install pyarrow"
        ) from error
