"""Whether memory grows while a network learns from a stream that has no end.

``python -m benchmarks.speed.soak --minutes 10`` gives each way of learning from a
stream (dense and CSR rows, replay, everything that can be recorded) its share of the
time after the first 100,000 rows, in a process of its own, and prints how much resident
memory grew for a million rows. Linux only: it reads /proc.
"""

import argparse
import gc
import os
import time
from pathlib import Path

import numpy as np
from scipy import sparse

from benchmarks.speed.measure import in_own_process
from sparsekit import DSTMLPClassifier, SETMLPClassifier
from sparsekit.continual import ReplayClassifier
from sparsekit.neural_network import Recording
from sparsekit.topology import RewiringSchedule

N_FEATURES, CALL, WARM_UP = 20, 64, 100_000

# Identities that come again and again, and ones that never do.
AGAIN, NEW = "again", "new"

SMALL = {"hidden_layer_sizes": (32,), "sparsity": 0.5, "random_state": 0}


def _replay(strategy="reservoir", **parameters):
    net = SETMLPClassifier(**SMALL, **parameters)
    return ReplayClassifier(net, buffer_size=200, strategy=strategy, random_state=0)


def _classifier(record=None, **parameters):
    return SETMLPClassifier(**SMALL, record=record, **parameters)


def _by_steps():
    schedule = RewiringSchedule(every=2, unit="steps")
    return DSTMLPClassifier(**SMALL, schedule=schedule, batch_size=8)


# Of each variant: what makes the estimator, how rows are stored, who they are.
VARIANTS = {
    "dense": (_classifier, np.asarray, None),
    "CSR": (_classifier, sparse.csr_array, None),
    "rewired by steps": (_by_steps, np.asarray, None),
    "presentation": (lambda: _classifier("presentation"), np.asarray, None),
    "epoch, full": (
        lambda: _classifier(Recording("epoch", store="full")),
        np.asarray,
        None,
    ),
    "rewiring": (lambda: _classifier("rewiring"), np.asarray, None),
    "epoch, known ids": (lambda: _classifier("epoch"), np.asarray, AGAIN),
    "rewiring, known ids": (lambda: _classifier("rewiring"), np.asarray, AGAIN),
    "rewiring, new ids, max_ids": (
        lambda: _classifier(Recording("rewiring", max_ids=1000)),
        np.asarray,
        NEW,
    ),
    "replay": (_replay, np.asarray, None),
    "replay, CSR, class balanced": (
        lambda: _replay("class_balanced"),
        sparse.csr_array,
        None,
    ),
    "replay, difficulty, rewiring, known ids": (
        lambda: _replay("difficulty", record="rewiring"),
        np.asarray,
        AGAIN,
    ),
}


def resident_bytes():
    """Return what the process has in memory now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def stream(rng, form, ids):
    """Yield arguments of calls of `partial_fit`, without end."""
    centres = rng.normal(size=(3, N_FEATURES))
    n_rows = 0
    while True:
        y = rng.integers(3, size=CALL)
        X = centres[y] + rng.normal(size=(CALL, N_FEATURES))
        X[rng.random(X.shape) < 0.5] = 0.0
        further = {}
        if ids is not None:
            names = n_rows + np.arange(CALL)
            further["sample_ids"] = names % 6400 if ids == AGAIN else names
        n_rows += CALL
        yield form(X), y, further


def measure(variant, seconds, warm_up=WARM_UP):
    """Return all rows, those after `warm_up`, and the bytes that memory grew by then.

    The seconds are those after `warm_up` rows.
    """
    make, form, ids = VARIANTS[variant]
    estimator, n_rows, before = make(), 0, None
    known = {"classes": [0, 1, 2]} if hasattr(estimator, "predict_proba") else {}
    for X, y, further in stream(np.random.default_rng(0), form, ids):
        estimator.partial_fit(X, y, **known, **further)
        n_rows += CALL
        if before is None and n_rows >= warm_up:
            before, rows_before = resident_bytes(), n_rows
            until = time.monotonic() + seconds
        if before is not None and time.monotonic() > until:
            break
    return n_rows, n_rows - rows_before, resident_bytes() - before


def main(arguments=None, *, variants=tuple(VARIANTS), warm_up=WARM_UP):
    """Measure, and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.soak", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="for all variants")
    seconds = 60 * parser.parse_args(arguments).minutes / len(variants)
    print("| variant | rows | growth in MB | MB per million rows |")
    print("| --- | --- | --- | --- |")
    for variant in variants:
        n_rows, counted, grown = in_own_process(
            "soak", variant=variant, seconds=seconds, warm_up=warm_up
        )
        per_million = grown / counted
        print(
            f"| {variant} | {n_rows:,} | {grown / 1e6:.2f} | {per_million:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
