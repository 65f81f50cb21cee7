"""The files of a study, which one process writes."""

from sparsekit._whole_files import CAN_HOLD, hold, is_at


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
