"""Files that are written whole or not at all, and held while they are."""

import glob
import os
import re
import uuid
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

CAN_HOLD = fcntl is not None


def replace_file(path, write):
    """Write a file so that `path` holds the old content or the new, never a part.

    Parameters
    ----------
    path : str or path-like
    write : callable
        Gets an open binary file.

    Raises
    ------
    OSError
        If the file cannot be written; what was at `path` is unharmed.
    """
    path = Path(path)
    remove_unfinished(path)
    file = _open_unfinished(path)
    try:
        with file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            if not CAN_HOLD:
                file.close()  # Windows renames no open file
            os.replace(file.name, path)
    finally:
        Path(file.name).unlink(missing_ok=True)
    _sync_folder(path.parent)


def _open_unfinished(path):
    """Open a new file that takes the place of `path` later, and hold it."""
    while True:
        # In the same folder, since renaming is atomic within a file system only; a name
        # that nobody can foresee, and put a link to elsewhere in its place.
        name = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
        file = open(name, "xb")  # noqa: SIM115 (the caller closes it)
        hold(file)
        # Before it was held, another process may have thought that nobody needs it.
        if os.path.exists(file.name):
            return file
        file.close()


def remove_unfinished(path):
    """Remove what processes that were killed left beside `path`.

    One that is still writing holds its file.
    """
    for found in path.parent.glob(f".{glob.escape(path.name)}.*"):
        if not re.fullmatch("[0-9a-f]{32}", found.suffix.removeprefix(".")):
            continue
        # Another process may be faster, or the file that of another user.
        with suppress(OSError), open(found, "rb") as file:
            if hold(file):
                found.unlink()


def hold(file):
    """Lock an open file for this process; return whether nobody else holds it."""
    if not CAN_HOLD:
        return True  # on Windows an open file cannot be removed
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_at(file, path):
    """Tell whether an open file is the one at `path`, and not removed or replaced."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False


def _sync_folder(folder):
    """Have the new name survive a loss of power, where the system can do that."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
