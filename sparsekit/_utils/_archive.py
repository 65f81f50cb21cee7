"""Files of arrays and one JSON document: written whole or not at all, no code inside.

The file is a zip archive, as numpy's ``.npz`` is: `document.json` says what it is, and
every array is a ``.npy`` member. The archive holds a checksum of each member.
"""

import json
import math
import os
import zipfile
from contextlib import contextmanager

import numpy as np

from sparsekit._utils._whole_files import replace_file

_DOCUMENT = "document.json"

_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def write_archive(path, document, arrays):
    """Write a file so that `path` holds the old content or the new, never a part.

    Parameters
    ----------
    path : str or path-like
    document : dict
        What JSON can hold, with the names and versions that `read_archive` asks for.
    arrays : dict of str to ndarray
        No arrays of objects.

    Raises
    ------
    OSError
        If the file cannot be written; what was at `path` is unharmed.
    """

    def write(file):
        with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
            archive.writestr(_DOCUMENT, json.dumps(document))
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)

    replace_file(path, write)


def read_archive(path, kind, version):
    """Read a file that `write_archive` made.

    Parameters
    ----------
    path : str or path-like
    kind : str
        What the document must call its ``"format"``.
    version : int
        The newest ``"version"`` of that format that the caller understands.

    Returns
    -------
    document : dict
    arrays : dict of str to ndarray

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is truncated, damaged, of another kind or of a newer version.
    """
    # A damaged archive makes zipfile and numpy raise whatever its bytes lead to.
    with (
        # The number of an open file, which `open` would take and close, is no path.
        open(os.fspath(path), "rb") as file,
        refuse_damage(path, kind),
        zipfile.ZipFile(file) as archive,
    ):
        _check_members(archive, os.fstat(file.fileno()).st_size)
        document = json.loads(archive.read(_DOCUMENT))
        found, written = document["format"], document["version"]
        if found == kind and written <= version:
            return document, _read_arrays(archive)
    if found != kind:
        raise ValueError(f"{str(path)!r} is a {found!r}, not a {kind!r}.")
    raise ValueError(
        f"{str(path)!r} has version {written} of the format {kind!r}, written by a "
        f"newer sparsekit; this one reads versions up to {version}."
    )


def _check_members(archive, n_bytes):
    """Raise ValueError for an archive that would be larger in memory than on disk.

    `write_archive` compresses nothing, and no two members share their bytes.
    """
    members = archive.infolist()
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise ValueError("a member is compressed")
    if sum(member.file_size for member in members) > n_bytes:
        raise ValueError("the members are larger than the file")
    if len(set(archive.namelist())) < len(members):
        raise ValueError("two members have the same name")


def _check_header(archive, name):
    """Raise ValueError if an array says that it is larger than its member is.

    numpy makes room for an array before it looks for the elements.
    """
    with archive.open(name) as member:
        version = np.lib.format.read_magic(member)
        if version not in _HEADERS:
            raise ValueError(f"{name} has a header of version {version}")
        shape, _, dtype = _HEADERS[version](member)
        if not dtype.itemsize:
            raise ValueError(f"{name} has elements of no size")
        n_bytes = math.prod(shape) * dtype.itemsize
        if min(shape, default=0) < 0 or n_bytes > archive.getinfo(name).file_size:
            raise ValueError(f"{name} is shorter than its array")


def _read_arrays(archive):
    arrays = {}
    for name in archive.namelist():
        if name != _DOCUMENT:
            _check_header(archive, name)
            # Opened once more: a member that was read back and forth has no checksum.
            with archive.open(name) as member:
                array = np.lib.format.read_array(member, allow_pickle=False)
                # The checksum is compared where a member ends.
                if member.read(1):
                    raise ValueError(f"{name} goes on after its array")
            # As this machine orders bytes: compiled code takes no others.
            native = array.astype(array.dtype.newbyteorder("="), copy=False)
            arrays[name.removesuffix(".npy")] = native
    return arrays


@contextmanager
def refuse_damage(path, kind):
    """Have whatever fails in the block say that the file is no good."""
    try:
        yield
    except Exception as error:
        raise ValueError(
            f"{str(path)!r} is not a {kind!r}, or it is damaged: {error}"
        ) from error
