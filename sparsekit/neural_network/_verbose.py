"""The table that `verbose` shows while a network trains."""

import sys

_COLUMNS = {
    "epoch": ("epoch", "{:>7d}"),
    "loss": ("loss", "{:>12.6f}"),
    "validation_score": ("val. score", "{:>12.4f}"),
    "learning_rate": ("rate", "{:>11.3e}"),
    "n_replaced": ("replaced", "{:>10d}"),
    "seconds": ("seconds", "{:>9.3f}"),
}


def show_epoch(row, first):
    """Write one row of `history_` to standard output, after a heading if `first`."""
    shown = {key: value for key, value in row.items() if value is not None}
    shown.pop("n_samples")
    cells = [_COLUMNS[key][1].format(value) for key, value in shown.items()]
    if first:
        widths = [len(cell) for cell in cells]
        names = [_COLUMNS[key][0] for key in shown]
        sys.stdout.write(
            " ".join(n.rjust(w) for n, w in zip(names, widths, strict=True)) + "\n"
        )
    sys.stdout.write(" ".join(cells) + "\n")
    sys.stdout.flush()
