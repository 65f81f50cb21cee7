"""CSV files, read by ranges of bytes."""

import io
from itertools import pairwise
from pathlib import Path

import numpy as np

from sparsekit.out_of_core._table import NamedTable

# Bytes that are searched for line ends at a time; the search needs 30 times as many.
_BLOCK = 2**16


class CSVTable(NamedTable):
    """Files of comma-separated values with the same header line.

    One pass over each file finds where every `block_rows`-th record begins. A line end
    within quotes ends no record; quotes are doubled within quotes (RFC 4180), so it is
    one before which the number of quotes is odd. Compressed files are one piece each.

    Parameters
    ----------
    paths : list of Path
    target, columns, sample_weight, numeric
        See `NamedTable`.
    block_rows : int
    """

    def __init__(self, paths, target, columns, sample_weight, numeric, block_rows):
        headers = [_header(path) for path in paths]
        for path, header in zip(paths, headers, strict=True):
            if header != headers[0]:
                raise ValueError(f"{path} has other columns than {paths[0]}.")
        name = str(paths[0])
        super().__init__(name, headers[0], target, columns, sample_weight, numeric)
        self._header = headers[0]
        self._block_rows = block_rows
        self._text = set()
        self.pieces = []
        for path in paths:
            if path.suffix == ".gz":
                self.pieces.append((path, None, None))
            else:
                bounds = pairwise(record_offsets(path, block_rows))
                self.pieces += [(path, start, end) for start, end in bounds]
        self._note_text_targets()

    def _note_text_targets(self):
        """Find the targets that are text in any piece, and so in all.

        pandas tells types piece by piece: "1" is a number where all others are, too.
        """
        for piece in self.pieces if self._targets else ():
            for frame in self._sound(self._frames(piece, self._targets)):
                kinds = frame.dtypes.items()
                self._text |= {
                    name for name, dtype in kinds if dtype.kind not in "biuf"
                }

    def _frames(self, piece, columns):
        import pandas as pd

        path, start, end = piece
        settings = {
            "usecols": columns,
            "dtype": {name: str for name in columns if name in self._text},
            "low_memory": False,
            "index_col": False,
        }
        if start is None:
            with pd.read_csv(path, chunksize=self._block_rows, **settings) as reader:
                yield from reader
            return
        with open(path, "rb") as file:
            file.seek(start)
            part = file.read(end - start)
        if part.strip():
            yield pd.read_csv(
                io.BytesIO(part), header=None, names=self._header, **settings
            )


def _header(path):
    """Return the names in the first line."""
    import pandas as pd

    if not Path(path).is_file():
        raise ValueError(f"there is no file {path}.")
    try:
        return [str(name) for name in pd.read_csv(path, nrows=0).columns]
    # Parsers, decompressors and decoders each raise errors of their own.
    except Exception as error:
        raise ValueError(f"cannot read {path}: {error}") from error


def record_offsets(path, every):
    """Return where the records of a CSV file begin, the header line left out.

    Parameters
    ----------
    path : Path
    every : int
        Only each `every`-th record counts.

    Returns
    -------
    list of int
        Offsets in bytes, ascending; the last one is the end of the file.

    Raises
    ------
    ValueError
        If a quote is not closed.

    Notes
    -----
    Time: O(bytes). Memory: O(bytes / bytes per `every` records).
    """
    offsets, seen, position, quoted = [], 0, 0, 0
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            data = np.frombuffer(block, dtype=np.uint8)
            quotes = np.cumsum(data == ord('"'), dtype=np.int64) + quoted
            ends = np.flatnonzero((data == ord("\n")) & (quotes % 2 == 0))
            # The first line end is that of the header: record 0 begins after it.
            numbers = seen + np.arange(ends.size)
            offsets += (ends[numbers % every == 0] + position + 1).tolist()
            seen += ends.size
            quoted = int(quotes[-1]) % 2
            position += len(block)
    if quoted:
        raise ValueError(f"{path} has a quote that is not closed.")
    if not offsets or offsets[-1] != position:
        offsets.append(position)
    return offsets
