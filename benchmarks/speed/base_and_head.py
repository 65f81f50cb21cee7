"""Whether training steps of one checkout take longer than those of another.

`python -m benchmarks.speed.base_and_head BASE HEAD`, with the folders of two checkouts,
a minute or two. Steps of the small and of the wide network are measured in turns, each
in a process of its own, so that what else the machine does hits both checkouts; the
least time of each counts. The exit status is 1 if HEAD takes longer than `--limit`.
"""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.speed.measure import in_own_process
from benchmarks.speed.networks import SMALL, WIDE

# Networks, and two numbers of epochs: what a process begins with cancels between them.
CASES = {"small": (SMALL, (5, 45)), "wide": (WIDE, (1, 4))}


def least_times(checkouts, n_rounds, cases=CASES):
    """Return the least milliseconds of a step: {case: [of each checkout]}."""
    times = {name: [float("inf")] * len(checkouts) for name in cases}
    for _ in range(n_rounds):
        for name, (work, epochs) in cases.items():
            for i, checkout in enumerate(checkouts):
                measured = in_own_process(
                    "step",
                    checkout=checkout,
                    library="sparsekit",
                    work=asdict(work),
                    epochs=epochs,
                )
                times[name][i] = min(times[name][i], measured)
    return times


def main(arguments=None):
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.base_and_head",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("base", type=Path, metavar="BASE")
    parser.add_argument("head", type=Path, metavar="HEAD")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each")
    parser.add_argument(
        "--limit", type=float, default=1.25, help="times that HEAD may take of BASE's"
    )
    options = parser.parse_args(arguments)
    times = least_times([options.base, options.head], options.rounds)
    slower = False
    for name, (base, head) in times.items():
        print(
            f"{name}: {base:.3f} ms per step, now {head:.3f}, {head / base:.2f} times"
        )
        slower |= head > options.limit * base
    return int(slower)


if __name__ == "__main__":
    sys.exit(main())
