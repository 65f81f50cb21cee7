"""CSV files, read by ranges of bytes."""

import io

from sparsekit._utils._tables._scan import open_text, scan
from sparsekit._utils._tables._table import NamedTable, refusal


class CSVTable(NamedTable):
    """Files of comma-separated values with the same header line.

    One pass over each file finds where rows begin, and whether they fit the header;
    another whether the target is text, and so are features that stay as they are.
    Compressed files are one piece each, since they can be read from the front only.

    Parameters
    ----------
    paths : list of Path
    wanted : Wanted
    """

    def __init__(self, paths, wanted) -> None:
        scans = [scan(path, wanted.block_rows) for path in paths]
        headers = [[name for name in s.names if name is not None] for s in scans]
        for path, header in zip(paths, headers, strict=True):
            if header != headers[0]:
                raise refusal(f"{path} has other columns than {paths[0]}.")
        super().__init__(str(paths[0]), headers[0], wanted, {})
        self.notes += dict.fromkeys(note for s in scans for note in s.notes)
        self._text: set[str] = set()
        self.pieces = []
        for path, found in zip(paths, scans, strict=True):
            whole = path.name.lower().endswith(".gz")
            parts = [found.parts] if whole else [[part] for part in found.parts]
            self.pieces += [(path, found.names, part) for part in parts]
        self._note_text()

    def _note_text(self):
        """Find the columns that are text in any piece, and so in all.

        pandas tells types piece by piece: "1" is a number where all others are, too.
        """
        columns = list(self._targets)
        # What features a single piece has is what they are.
        if (
            not self._wanted.numeric
            and sum(len(parts) for *_, parts in self.pieces) > 1
        ):
            columns += [name for name in self.features if name not in columns]
        kinds = {name: set() for name in columns}
        for piece in self.pieces if columns else ():
            for frame in self._sound(self._frames(piece, columns)):
                for name, dtype in frame.dtypes.items():
                    kinds[name].add(dtype.kind)
        for name, found in kinds.items():
            if found - set("biuf") or ("b" in found and len(found) > 1):
                self._text.add(name)

    def _frames(self, piece, columns):
        import pandas as pd

        path, names, parts = piece
        # A header of our own: every row has as many cells or less, also the first.
        header = ",".join(map(str, range(len(names)))).encode() + b"\n"
        cells = {names.index(name): name for name in columns}
        with open_text(path) as file:
            for start, end, n_rows in parts:
                file.seek(start)
                frame = pd.read_csv(
                    io.BytesIO(header + file.read(end - start)),
                    usecols=list(cells),
                    dtype={
                        str(j): str for j, name in cells.items() if name in self._text
                    },
                    na_values=sorted(self._wanted.codes),
                    low_memory=False,
                    index_col=False,
                )
                if len(frame) != n_rows:
                    raise ValueError(
                        f"{len(frame)} rows are where {n_rows} were before"
                    )
                frame.columns = [cells[int(j)] for j in frame.columns]
                yield frame[columns]
