"""Compare the time of a step between libraries on a machine that has other work, too.

`python -m benchmarks.speed.turns` from a checkout, a few minutes; needs PyTorch, and
SparseLab takes part where it is installed. All networks take single steps in turns, on
one thread; what counts is the least processor time of each, which leaves out the time
for which others had the core. It prints these as shares of the time of PyTorch's dense
network, rough ones, since others use the caches too. On a quiet machine,
`benchmarks.speed.figures` measures whole epochs.
"""

import argparse
import time
from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks.speed.curves import LARGEST_DENSITIES
from benchmarks.speed.libraries import TRAININGS, is_installed
from benchmarks.speed.networks import WIDE, trainer_for

DENSE = "PyTorch"
DENSITIES = (0.01, 0.1, 0.3, 0.5)


def step_of(library, work):
    """Return a function that takes one step of a work whose epoch is one batch."""
    if library == "sparsekit":
        trainer, rows = trainer_for(work), np.arange(work.n_rows)
        return lambda: trainer.run_epoch(rows, work.learning_rate)
    train = TRAININGS[library](work, 1)
    return lambda: train(1)


def least_times(work, densities, n_rounds):
    """Return the least processor seconds of a step, a column for each library."""
    steps = {(DENSE, 1.0): step_of(DENSE, work)}
    for library in filter(is_installed, ("sparsekit", "SparseLab", "PyTorch CSR")):
        for density in densities:
            if density <= LARGEST_DENSITIES.get(library, 1.0):
                steps[library, density] = step_of(
                    library, replace(work, density=density)
                )
    times = {case: np.inf for case in steps}
    for round_number in range(n_rounds + 1):
        for case, step in steps.items():
            start = time.process_time()
            step()
            if round_number:  # the first one may compile
                times[case] = min(times[case], time.process_time() - start)
    return pd.Series(times).unstack(0)


def main(arguments=None, work=WIDE):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.turns", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--densities", nargs="+", type=float, default=DENSITIES)
    parser.add_argument("--rounds", type=int, default=200, help="steps of each")
    options = parser.parse_args(arguments)
    work = replace(work, n_rows=work.batch_size)
    times = least_times(work, options.densities, options.rounds)
    dense = times.pop(DENSE).loc[1.0]
    print(f"{DENSE}, every connection: {1e3 * dense:.3f} ms per step, at least")
    print("shares of it, by density:")
    print((times / dense).dropna(how="all").round(3).to_string(na_rep=""))


if __name__ == "__main__":
    main()
