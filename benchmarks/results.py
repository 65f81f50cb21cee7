"""Results: measured cell by cell, kept as they come, summed up over seeds, written."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import t

from benchmarks.machine import describe_machine

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"


def measured(cells, measure, path=None):
    """Return the rows of all cells; those that a file holds are not measured again.

    Parameters
    ----------
    cells : list of dict
        What tells a cell from the others. Its rows repeat these columns.
    measure : callable
        Takes the items of a cell as keywords and returns its rows, as dicts.
    path : Path or None
        CSV to which the rows of each cell are appended when it is done. A study that
        was stopped goes on where it stood.

    Returns
    -------
    DataFrame
    """
    done = set()
    if path is not None and path.exists():
        done = set(_keys(pd.read_csv(path), cells))
    rows = []
    for cell in cells:
        if tuple(map(str, cell.values())) in done:
            continue
        found = [cell | row for row in measure(**cell)]
        rows += found
        if path is not None:
            _append(found, path)
    if path is None:
        return pd.DataFrame(rows)
    table, asked = pd.read_csv(path), {tuple(map(str, c.values())) for c in cells}
    # The file may hold more than was asked for now.
    mine = [key in asked for key in _keys(table, cells)]
    return table[mine].reset_index(drop=True)


def _keys(table, cells):
    """Return what tells the cells of a table apart, as tuples of strings."""
    return list(zip(*(table[name].astype(str) for name in cells[0]), strict=True))


def _append(rows, path):
    is_new = not Path(path).exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        if is_new:
            writer.writeheader()
        writer.writerows(rows)


def with_intervals(rows, keys, values, seed="seed", ratio=0.0):
    """Return means over seeds, and the half widths of their 95 % intervals.

    Parameters
    ----------
    rows : DataFrame
        One row for each seed and combination of `keys`; values of NaN do not count.
    keys : list of str
    values : list of str
    seed : str, default="seed"
        Rows of one seed are averaged first: they are not independent.
    ratio : float, default=0.0
        Test rows for each training row where seeds are splits of one table, whose
        overlap widens the intervals (Nadeau and Bengio, 2003).

    Returns
    -------
    DataFrame
        The columns `keys`, `values`, each value's ``_half_width``, and ``n_seeds``.
    """
    by_seed = rows.groupby([*keys, seed], sort=False, dropna=False)[values].mean()
    groups = by_seed.groupby(level=keys, sort=False, dropna=False)
    n_known = groups.count()
    half = groups.sem() * t.ppf(0.975, (n_known - 1).clip(lower=1))
    half *= np.sqrt(1 + n_known * ratio)
    table = groups.mean().join(half.add_suffix("_half_width"))
    return table.assign(n_seeds=n_known.max(axis=1)).reset_index()


def shown(mean, half_width, digits=3, sign=False):
    """Return numbers as text, each with its interval."""
    form = f"{'+' if sign else ''}.{digits}f"
    return [
        "" if pd.isna(m) else f"{m:{form}} ± {h:.{digits}f}"
        for m, h in zip(mean, half_width, strict=True)
    ]


def write_table(table, path, settings):
    """Write a table as CSV, with machine and settings in comment lines at the top."""
    facts = describe_machine() | settings
    lines = [f"# {name}: {value}\n" for name, value in facts.items()]
    text = "".join(lines) + table.to_csv(index=False, float_format="%.6g")
    path.write_text(text, encoding="utf-8")
