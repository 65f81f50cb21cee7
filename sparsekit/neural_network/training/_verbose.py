"""The table that `verbose` shows."""

import sys

# "#" keeps trailing zeros, so that the digits of a column stand below each other; "g"
# keeps to its width, however large the number.
_COLUMNS = {
    "epoch": ("epoch", "{:>7d}"),
    "loss": ("loss", "{:>#12.6g}"),
    "validation_score": ("val. score", "{:>#12.5g}"),
    "learning_rate": ("rate", "{:>11.3e}"),
    "n_connections": ("connections", "{:>13d}"),
    "n_replaced": ("rewired", "{:>11d}"),
    "seconds": ("seconds", "{:>9.3f}"),
}


def show_epoch(row, first):
    """Write one row of `history_` to standard output, after a heading if `first`."""
    shown = {key: row[key] for key in _COLUMNS if row[key] is not None}
    cells = [_COLUMNS[key][1].format(value) for key, value in shown.items()]
    if first:
        widths = [len(cell) for cell in cells]
        names = [_COLUMNS[key][0] for key in shown]
        sys.stdout.write(
            " ".join(n.rjust(w) for n, w in zip(names, widths, strict=True)) + "\n"
        )
    sys.stdout.write(" ".join(cells) + "\n")
    sys.stdout.flush()
