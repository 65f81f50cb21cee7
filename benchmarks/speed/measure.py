"""Measurements, each made in a process of its own.

`python -m benchmarks.speed.measure NAME ARGUMENTS`, with the arguments as a JSON
object, prints the result as JSON; `in_own_process` runs that and returns it. So no
measurement inherits memory or threads from another, and BLAS is told how many threads
to use before it starts.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_THREAD_VARIABLES = (
    "BLIS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def in_own_process(name, *, n_threads=1, checkout=ROOT, **arguments):
    """Run a measurement of a checkout in a new interpreter; return its result."""
    environment = dict(os.environ, PYTHONWARNINGS="ignore")
    environment |= dict.fromkeys(_THREAD_VARIABLES, str(n_threads))
    arguments["n_threads"] = n_threads
    command = [sys.executable, "-m", __name__, name, json.dumps(arguments)]
    done = subprocess.run(
        command, cwd=checkout, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{name} {arguments} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def seconds_of(function, *arguments):
    """Return how long one call takes."""
    begin = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - begin


def steady_seconds(train, short, long):
    """Return the seconds per unit: start-up cancels between two lengths of training."""
    train(1)  # compiles, or loads compiled code
    return (seconds_of(train, long) - seconds_of(train, short)) / (long - short)


def step(*, library, work, n_threads, epochs):
    """Return the milliseconds of a training step."""
    from benchmarks.speed.libraries import TRAININGS
    from benchmarks.speed.networks import Work

    work = Work(**work)
    train = TRAININGS[library](work, n_threads)
    return 1e3 * steady_seconds(train, *epochs) / work.steps_per_epoch


def rewiring(*, work, n_threads, repeats, n_rows):
    """Return the milliseconds of a rewiring, and of an epoch of `n_rows`."""
    import numpy as np

    from benchmarks.speed.networks import Work, trainer_for
    from sparsekit.topology import RandomGrower, SETPruner

    work = Work(**work)
    trainer = trainer_for(work, n_threads)
    rng = np.random.default_rng(0)

    def train(n_steps):
        # Few rows, visited again and again.
        order = np.arange(n_steps * work.batch_size) % work.n_rows
        trainer.run_epoch(order, work.learning_rate)

    def rewire():
        trainer.rewire(SETPruner(), RandomGrower(), 0.1, rng)

    rewire()
    steps = [steady_seconds(train, 1, 4) for _ in range(repeats)]
    rewirings = [seconds_of(rewire) for _ in range(repeats)]
    n_steps = -(-n_rows // work.batch_size)
    return {
        "n_connections": int(work.counts.sum()),
        "rewiring": 1e3 * statistics.median(rewirings),
        "epoch": 1e3 * statistics.median(steps) * n_steps,
    }


def memory(*, library, work, n_threads):
    """Return bytes per connection: the peak of the process in two epochs.

    Once less what the process takes with all libraries imported, and once less what it
    takes after a small training, which brings in compiled code.
    """
    from benchmarks.speed.libraries import TRAININGS
    from benchmarks.speed.networks import Work, square

    work = Work(**work)
    training = TRAININGS[library]
    imported = peak_bytes()
    small = square(64, work.density, batch_size=work.batch_size)
    training(small, n_threads)(2)
    forget_peak()
    started = peak_bytes()
    training(work, n_threads)(2)
    peak = peak_bytes()
    n_connections = int(work.counts.sum())
    return {
        "n_connections": n_connections,
        "whole": (peak - imported) / n_connections,
        "arrays": (peak - started) / n_connections,
    }


def soak(*, variant, seconds, warm_up, n_threads):
    """Return the rows of a stream, those counted, and the bytes that memory grew."""
    from benchmarks.speed.soak import measure

    return measure(variant, seconds, warm_up)


def peak_bytes():
    """Return the largest resident size that this process has had."""
    # getrusage would tell the peak of the process that started this one, if larger.
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def forget_peak():
    """Let the peak be what this process takes now: loading code took more."""
    Path("/proc/self/clear_refs").write_text("5")


MEASUREMENTS = {f.__name__: f for f in (step, rewiring, memory, soak)}

if __name__ == "__main__":
    name, arguments = sys.argv[1:]
    print(json.dumps(MEASUREMENTS[name](**json.loads(arguments))))
