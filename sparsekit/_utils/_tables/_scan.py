"""One pass over a CSV file: does every row fit the header, and where do rows lie?"""

import csv
import gzip
import io
from dataclasses import dataclass, field

from sparsekit._utils._one_line import shown
from sparsekit._utils._tables._table import check_names, refusal

# Bytes of one row, and of the rows that are read at a time.
MAX_ROW_BYTES = MAX_PART_BYTES = 2**24
# Rows in which the first cells must differ to be taken for names of rows.
_N_NAMES = 10_000
_MARK = b"\xef\xbb\xbf"  # of UTF-8, by which some programs begin a file
_WHAT_IT_IS = (
    "A CSV file is text in UTF-8: a line of column names, then rows of as many cells, "
    "separated by commas."
)


@dataclass
class Scan:
    """What a pass over a CSV file found.

    Attributes
    ----------
    names : list of str or None
        Of the columns, for each cell of the longest row; None is left out.
    parts : list of (int, int, int)
        Where so many rows begin and end, in bytes of the text.
    notes : list of str
    """

    names: list
    parts: list
    notes: list


def open_text(path):
    """Return a file of bytes; what is compressed is unpacked."""
    opener = gzip.open if str(path).lower().endswith(".gz") else open
    return opener(path, "rb")


def scan(path, part_rows):
    """Return the `Scan` of a CSV file.

    Rows end with LF, CR or both; cells are in quotes or not, and quotes in quotes are
    doubled (RFC 4180). Empty lines are no rows. Time: O(bytes). Memory: a row, and 24
    bytes for each part.

    Parameters
    ----------
    path : Path
    part_rows : int
        Rows of a part, less where they are long.

    Raises
    ------
    ValueError
        If it is no CSV file, or a row has cells that the header has no names for.
    """
    try:
        with open_text(path) as file:
            lines = _Lines(file)
            rows = _rows(lines)
            header = next(rows, None)
            if header is None:
                raise _no_table(path, "it is empty")
            check_names(path, [name for name in header if name.strip()])
            found = _Findings(header)
            parts = _Parts(part_rows)
            for row in rows:
                found.note(row, lines.number)
                parts.add(lines)
        names, notes = found.layout(path)
        return Scan(names, parts.parts, notes)
    except csv.Error as error:
        raise _no_table(path, f"line {lines.number}: {_told(error)}") from error
    except UnicodeDecodeError as error:
        raise _no_table(path, "it is not in UTF-8") from error
    except _Unreadable as error:
        raise _no_table(path, str(error)) from error
    except ValueError:
        raise
    # Decompressors raise errors of their own.
    except Exception as error:
        raise _no_table(path, error) from error


class _Unreadable(Exception):
    """Why a line cannot be read."""


def _no_table(path, reason):
    return refusal(f"cannot read {path}: {str(reason).rstrip('.')}. {_WHAT_IT_IS}")


def _told(error):
    """Return what the parser's error means."""
    if "field larger" in str(error):
        return f"{error}: a quote is not closed, or a cell is too long"
    if "unexpected end" in str(error):
        return "a quote is not closed"
    return str(error)


class _Lines:
    """The lines of a file, as the csv module asks for them.

    Attributes
    ----------
    number : int
        Of lines so far.
    line : str
        The last one.
    start, end : int
        Where the row begins that is being read, and where the last line ends.
    """

    def __init__(self, file):
        marked = file.read(len(_MARK)) == _MARK
        self.start = self.end = len(_MARK) if marked else 0
        file.seek(self.end)
        self.number = 0
        # Ends of lines stay as they are, since they are counted.
        self._text = io.TextIOWrapper(file, encoding="utf-8", newline="")

    def __iter__(self):
        return self

    def __next__(self):
        self.line = self._text.readline(MAX_ROW_BYTES)
        if not self.line:
            raise StopIteration
        self.number += 1
        length = len(self.line if self.line.isascii() else self.line.encode())
        self.end += length
        if self.end - self.start > MAX_ROW_BYTES or len(self.line) == MAX_ROW_BYTES:
            raise _Unreadable(
                f"line {self.number} makes a row of more than {MAX_ROW_BYTES} bytes"
            )
        if "\0" in self.line:
            raise _Unreadable(f"line {self.number} holds a character NUL")
        return self.line


def _rows(lines):
    """Yield the rows as lists of cells; `lines` says where each lies."""
    for row in csv.reader(lines, strict=True):
        if len(row) > 1 or (row and lines.line.strip(" \t\r\n")):
            yield row
        lines.start = lines.end


class _Parts:
    """Ranges of bytes, of some rows each."""

    def __init__(self, most_rows):
        self.parts = []
        self._most = most_rows

    def add(self, lines):
        """Take the row that `lines` has just read."""
        start, _, n_rows = self.parts[-1] if self.parts else (0, 0, self._most)
        if n_rows == self._most or lines.end - start > MAX_PART_BYTES:
            self.parts.append((lines.start, lines.end, 1))
        else:
            self.parts[-1] = start, lines.end, n_rows + 1


@dataclass
class _Findings:
    """What rows say about their header."""

    header: list
    n_rows: int = 0
    n_short: int = 0
    n_one_longer: int = 0
    longest: int = 0
    # The first row with a cell beyond the header that is not empty.
    surplus: tuple | None = None
    first_cells: set = field(default_factory=set)
    unnamed: dict = field(default_factory=dict)

    def __post_init__(self):
        nameless = [j for j, name in enumerate(self.header) if not name.strip()]
        # The first may be without a name, in any case.
        self._nameless = [j for j in nameless if j]

    def note(self, row, line):
        """Take note of a row, which ends in that line."""
        width = len(self.header)
        self.n_rows += 1
        self.longest = max(self.longest, len(row))
        if len(row) < width:
            self.n_short += 1
        elif len(row) > width:
            self.n_one_longer += len(row) == width + 1
            if self.n_rows <= _N_NAMES:
                self.first_cells.add(row[0])
            if self.surplus is None and any(cell.strip() for cell in row[width:]):
                self.surplus = line, len(row)
        for j in self._nameless:
            if j < len(row) and row[j].strip():
                self.unnamed.setdefault(j, (line, row[j]))

    def layout(self, path):
        """Return the name of the column of each cell, and notes."""
        names, notes = list(self.header), []
        width = len(names)
        if self.surplus and self._rows_have_names():
            names = [None, *names]
            notes.append(
                "rows have one cell more than the header: the first is taken for the "
                "name of the row, and left out"
            )
        elif self.surplus:
            line, n_cells = self.surplus
            raise refusal(
                f"{path} has {n_cells} cells in the row that ends in line {line}, and "
                f"{width} in its header. {_WHAT_IT_IS}"
            )
        elif self.longest > width:
            names += [None] * (self.longest - width)
            notes.append("rows end with an empty cell more than the header: left out")
        for j, (line, cell) in self.unnamed.items():
            raise refusal(
                f"{path} has no name for column {j + 1} in its header, but "
                f"{shown(cell)} in line {line}. {_WHAT_IT_IS}"
            )
        if not self.header[0].strip():
            notes.append(
                "the first column has no name: taken for names of rows, left out"
            )
        if self._nameless:
            notes.append("columns without name and without values are left out")
        if self.n_short:
            notes.append(
                f"rows shorter than the header: {self.n_short}; the cells at their end "
                "are missing"
            )
        return [name if name and name.strip() else None for name in names], notes

    def _rows_have_names(self):
        """Tell whether the first cells look as R writes the names of rows."""
        return (
            self.n_one_longer == self.n_rows
            and "" not in self.first_cells
            and len(self.first_cells) == min(self.n_rows, _N_NAMES)
        )
