"""Compiled kernels on disk: a file that cannot be used counts as one that is not there.

numba fails where a file of its cache is cut, damaged or of another user, where a disk
is full, and where no folder can be written. Here the kernel is then compiled instead.
"""

import hashlib
import pickle
import warnings

from numba.core.caching import FunctionCache, IndexDataCacheFile


class KernelCache(FunctionCache):
    """The cache of one kernel.

    Parameters
    ----------
    function : function
    stamp : str
        Names the state of the source; files with another one are stale.

    Raises
    ------
    RuntimeError
        If there is no folder for it.
    """

    def __init__(self, function, stamp):
        super().__init__(function)
        self._cache_file = _SealedFiles(
            self._cache_path, self._impl.filename_base, stamp
        )

    def save_overload(self, sig, data):
        try:
            super().save_overload(sig, data)
        except OSError as error:
            warn_without_cache(error)


class _SealedFiles(IndexDataCacheFile):
    """Index and data files that begin with a digest of stamp and content.

    What does not match its digest is never unpickled: it may name groups of arrays that
    this version of the package does not have, or be machine code that lost a bit.
    """

    def _load_index(self):
        content = self._unsealed(self._index_path)
        return {} if content is None else pickle.loads(content)

    def _save_index(self, overloads):
        self._seal(self._index_path, self._dump(overloads))

    def _load_data(self, name):
        content = self._unsealed(self._data_path(name))
        return None if content is None else pickle.loads(content)

    def _save_data(self, name, data):
        self._seal(self._data_path(name), self._dump(data))

    def _digest(self, content):
        digest = hashlib.blake2b(digest_size=16)
        digest.update(f"{self._version} {self._source_stamp}".encode())
        digest.update(content)
        return digest.digest()

    def _seal(self, path, content):
        with self._open_for_write(path) as file:
            file.write(self._digest(content))
            file.write(content)

    def _unsealed(self, path):
        """Return the content of a file; None if it cannot be read, or is another."""
        try:
            with open(path, "rb") as file:
                digest, content = file.read(16), file.read()
        except OSError:
            return None
        return content if digest == self._digest(content) else None


_warned = []


def warn_without_cache(error):
    """Say once in a process that kernels are compiled again in the next one."""
    if _warned:
        return
    _warned.append(error)
    warnings.warn(
        f"Compiled code cannot be kept on disk: {error}. It takes a minute or more to "
        "compile in every process. Set the environment variable NUMBA_CACHE_DIR to a "
        "folder that can be written, or SPARSEKIT_NUMBA_CACHE=0 to keep nothing.",
        RuntimeWarning,
        stacklevel=2,
    )
