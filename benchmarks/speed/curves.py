"""What is measured for each figure, as tidy tables with one measurement a row."""

import statistics
import sys
from dataclasses import asdict
from functools import partial

import pandas as pd

from benchmarks.speed.libraries import DENSE, TRAININGS, is_installed
from benchmarks.speed.measure import in_own_process
from benchmarks.speed.networks import square, square_of, wide

DENSITIES = (0.005, 0.01, 0.02, 0.04, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0)
WIDTHS = (1000, 2000, 4000, 8000, 16000)
EPOCH_ROWS = 60_000

# Beyond these they take several times the time of a dense layer.
LARGEST_DENSITIES = {"SparseLab": 0.5, "PyTorch CSR": 0.1}


def _say(text):
    print(text, file=sys.stderr, flush=True)


def _median(repeats, measurement, **arguments):
    return statistics.median(
        in_own_process(measurement, **arguments) for _ in range(repeats)
    )


def break_even(*, quick=False, repeats=3):
    """Time a step of the wide network, for every density and library, on one thread."""
    densities = (0.01, 0.2, 1.0) if quick else DENSITIES
    cases = []
    for library in filter(is_installed, TRAININGS):
        if library == "sparsekit SET":  # a step is a step; rewiring has its own figure
            continue
        if library in DENSE:
            cases.append((library, 1.0))
        else:
            top = LARGEST_DENSITIES.get(library, 1.0)
            cases += [(library, density) for density in densities if density <= top]
    times = {case: [] for case in cases}
    # All libraries take turns, so that none has a quieter machine than the others.
    for repeat in range(repeats):
        for library, density in cases:
            long = 2 if quick else 4 if density > 0.1 else 16
            milliseconds = in_own_process(
                "step",
                library=library,
                work=asdict(wide(density)),
                epochs=(1, long),
            )
            times[library, density].append(milliseconds)
            _say(f"{repeat + 1}/{repeats} {library} {density:g}: {milliseconds:.3f} ms")
    return pd.DataFrame(
        [
            {
                "library": library,
                "density": density,
                "ms_per_step": statistics.median(values),
            }
            for (library, density), values in times.items()
        ]
    )


def width(*, quick=False, repeats=3):
    """Time a step of ever wider networks at 1 % density, on one and two threads."""
    rows = []
    for neurons in (500, 1000) if quick else WIDTHS:
        work = square(neurons, 0.01)
        n_connections = int(work.counts.sum())
        for n_threads in (1, 2):
            milliseconds = _median(
                repeats,
                "step",
                library="sparsekit",
                work=asdict(work),
                epochs=(2, 6 if neurons > 4000 else 42),
                n_threads=n_threads,
            )
            nanoseconds = 1e6 * milliseconds / n_connections
            _say(f"{neurons} wide, {n_threads} threads: {nanoseconds:.2f} ns")
            rows.append((neurons, n_threads, n_connections, nanoseconds))
    columns = ["width", "n_threads", "n_connections", "ns_per_connection_and_step"]
    return pd.DataFrame(rows, columns=columns)


def memory(*, quick=False, repeats=3):
    """Measure the peak of resident memory of a training with momentum."""
    rows = []
    sizes = (3e4, 1e5) if quick else (1e5, 3e5, 1e6, 3e6, 1e7, 3e7)
    for library in ("sparsekit", "sparsekit SET"):
        for size in sizes:
            # Few neurons per connection: it is connections that are weighed.
            work = square_of(size, 0.1, batch_size=32)
            measure = partial(
                in_own_process, "memory", library=library, work=asdict(work)
            )
            # The first one may have to compile, which takes more than training.
            results = [measure() for _ in range(repeats + 1)][1:]
            row = {
                key: statistics.median(result[key] for result in results)
                for key in results[0]
            }
            _say(f"{library} {size:g}: {row['arrays']:.1f} bytes")
            rows.append({"library": library, **row})
    return pd.DataFrame(rows).astype({"n_connections": int})


def rewiring(*, quick=False, repeats=3):
    """Time rewirings of ever larger networks at 1 % density, and their epochs."""
    rows = []
    for size in (3e4, 1e5) if quick else (1e5, 1e6, 1e7, 1e8):
        row = in_own_process(
            "rewiring",
            work=asdict(square_of(size, 0.01)),
            repeats=repeats,
            n_rows=EPOCH_ROWS,
        )
        _say(f"{size:g} connections: {row['rewiring']:.2f} ms")
        rows.append(row)
    names = {"rewiring": "ms_per_rewiring", "epoch": "ms_per_epoch"}
    return pd.DataFrame(rows).rename(columns=names)


CURVES = {f.__name__: f for f in (break_even, width, memory, rewiring)}
