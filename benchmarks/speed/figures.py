"""Measure and draw the figures of docs/performance.md.

`python -m benchmarks.speed.figures` from a checkout, on a quiet machine. Every figure
lies beside the table of its numbers, whose first lines describe the machine. Libraries
to compare with take part where they are installed: `pip install torch sparselab`.
"""

import argparse
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd

from benchmarks.results import IMAGES, write_table
from benchmarks.speed.curves import CURVES
from benchmarks.speed.drawing import DRAWINGS


def draw(name, folder):
    """Draw the figure of a table in `folder`, beside it."""
    table = pd.read_csv(folder / f"{name}.csv", comment="#")
    figure = DRAWINGS[name](table)
    figure.savefig(folder / f"{name}.png", dpi=130)
    plt.close(figure)


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.figures", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--out", type=Path, default=IMAGES, help="folder to write to")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=list(CURVES),
        default=list(CURVES),
        help="which figures to make",
    )
    parser.add_argument(
        "--repeats", type=int, default=3, help="measurements to take the median of"
    )
    parser.add_argument(
        "--quick", action="store_true", help="few, small sizes: to see that all works"
    )
    parser.add_argument(
        "--redraw", action="store_true", help="draw from the tables, measure nothing"
    )
    options = parser.parse_args(arguments)
    matplotlib.use("Agg")
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.only:
        if not options.redraw:
            settings = {
                "quick": options.quick,
                "repeats": 1 if options.quick else options.repeats,
            }
            table = CURVES[name](**settings)
            write_table(table, options.out / f"{name}.csv", settings)
        draw(name, options.out)
        print(options.out / f"{name}.png")


if __name__ == "__main__":
    main()
