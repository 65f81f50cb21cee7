"""Rows of `history_`: how many are kept, and how `verbose` shows them."""

import sys

#: Epochs in `history_` and `loss_curve_`, and rewirings in `rewiring_history_` and in
#: the events of a record, that `partial_fit` keeps: the last ones. The docstrings have
#: the number, too. `fit` keeps all.
WINDOW = 250


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
