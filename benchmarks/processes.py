"""Measurements that have a process of their own, and its memory."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np


def megabytes(name, forget=False):
    """Return the resident memory of this process; NaN where Linux does not tell it.

    Parameters
    ----------
    name : {"VmRSS", "VmHWM"}
        What it has now, or its peak.
    forget : bool, default=False
        Whether the peak starts anew.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return np.nan
    if forget:  # the peak so far
        Path("/proc/self/clear_refs").write_text("5")
    lines = status.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1000


def in_own_process(function, *arguments):
    """Return the result of a function of a module in a new interpreter."""
    # Unlike a pool of multiprocessing it raises where the new interpreter dies.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()
