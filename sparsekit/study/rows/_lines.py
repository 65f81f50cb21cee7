"""A row of a study as a line of text that tells whether it was changed."""

import csv
import io
import zlib

import numpy as np


def _whole(text):
    return int(text) if text else np.nan


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
# The last column of a file: a checksum of those before it.
CHECK = "check"
HEADER = f"{','.join(COLUMNS)},{CHECK}".encode()


def line_of(row):
    """Return a row (dict) as a line with its checksum, in bytes."""
    text = io.StringIO()
    cells = (_as_text(row[column]) for column in COLUMNS)
    csv.writer(text, lineterminator="").writerow(cells)
    content = text.getvalue().encode("utf-8")
    return content + b",c%08x\n" % zlib.crc32(content)


def row_of(line):
    """Return the row (dict) in a line, or None if it is not as it was written."""
    content, _, check = line.rpartition(b",")
    if check != b"c%08x" % zlib.crc32(content):
        return None
    (cells,) = csv.reader([content.decode("utf-8")])
    columns = zip(COLUMNS.items(), cells, strict=True)
    return {name: read(text) for (name, read), text in columns}


def damaged_lines(content):
    """Return the numbers of the lines that are not as written; of other files, none."""
    header, *lines = content.splitlines() or [b""]
    damaged = [number for number, line in enumerate(lines, 2) if row_of(line) is None]
    if header == HEADER:
        return damaged
    # Where checksums are right, it is the header that is not.
    ours = header.endswith(f",{CHECK}".encode()) or len(damaged) < len(lines)
    return [1, *damaged] if ours else []


def _as_text(value):
    if isinstance(value, str):
        return value
    # The shortest text that gives the same number back.
    return "" if np.isnan(value) else repr(value)
