"""The files of a study: one process writes them, each whole or not at all."""

import os
import re
import uuid
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where studies are not kept from each other's files
    fcntl = None  # type: ignore[assignment]


def replace_file(path, write):
    """Have `write` make a file that then takes the place of `path`, whole."""
    path = Path(path)
    # A name that nobody can foresee, and put a link to elsewhere in its place.
    unfinished = path.with_name(f".{path.stem}.{uuid.uuid4().hex}{path.suffix}")
    try:
        write(unfinished)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def remove_unfinished(path):
    """Remove what a killed process left of a file; for those who own `path` only."""
    path = Path(path)
    name = rf"\.{re.escape(path.stem)}\.[0-9a-f]{{32}}{re.escape(path.suffix)}"
    for found in path.parent.iterdir():
        if re.fullmatch(name, found.name):
            found.unlink()


class FileLock:
    """Keeps other studies from a file; the system frees it at any death.

    What is locked is a file of its own beside it, since the file itself is replaced.

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
        while fcntl is not None and self._file is None:
            file = open(self._path, "ab")  # noqa: SIM115, see `release`
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                file.close()
                raise ValueError(
                    f"{path} is being written by another study."
                ) from error
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


def is_at(file, path):
    """Tell whether an open file is the one at `path`, and not removed or replaced."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False
