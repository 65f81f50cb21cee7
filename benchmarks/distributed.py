"""What training on parts costs and brings: accuracy, throughput, deaths, traffic.

`python -m benchmarks.distributed --data FOLDER` from a checkout, a quarter of an hour
on two cores; needs dask's distributed. FOLDER has `mnist_t10k.npz` and
`fashion_mnist_part.npz` with the arrays X_train, y_train, X_test and y_test. `--only`
chooses among

- accuracy: as many passes over the rows by `fit` and on parts, on these images and on a
  table of a million generated rows;
- throughput: one and two workers of one thread in turns;
- deaths: workers are killed at random moments, and each fit is compared with one in
  which nobody died;
- traffic: bytes and seconds of one connection, and what they make of a round on 10 and
  on 1,000 workers.

It prints Markdown. `--quick` shows in a minute that it works.
"""

import argparse
import math
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import clone

from benchmarks.machine import describe_machine
from sparsekit import SETMLPClassifier
from sparsekit.distributed import fit_distributed
from sparsekit.distributed._merge import MOST_TOGETHER, averaged
from sparsekit.distributed._messages import Frame, gaps_of
from sparsekit.distributed._rounds import ADDED_AT_ONCE
from sparsekit.distributed._tasks import Copy
from sparsekit.topology import SETPruner

MILLION = "million_rows"
TABLES = ("mnist_t10k", "fashion_mnist_part", MILLION)

# The network of the throughput: 784-1000-1000-1000-10 with a density of 4 %.
WIDE = {"hidden_layer_sizes": (1000, 1000, 1000), "sparsity": 0.96}

# Links whose bytes per second the plan is made for, and the seconds of a message.
LINKS = {"1 Gbit/s": 1.25e8, "10 Gbit/s": 1.25e9}
LATENCY = 0.01


def images(folder, name):
    """Return the training and the test rows of images."""
    with np.load(Path(folder) / f"{name}.npz") as file:
        return (
            file["X_train"].astype(np.float32),
            file["y_train"],
            file["X_test"].astype(np.float32),
            file["y_test"],
        )


def generated(n_rows, n_columns=20, seed=0):
    """Return rows whose class is the sign of products of columns, with noise."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, n_columns)).astype(np.float32)
    score = X[:, 0] * X[:, 1] + X[:, 2] * X[:, 3] + X[:, 4]
    y = (score + 0.5 * rng.normal(size=n_rows) > 0).astype(int)
    n_test = n_rows // 10
    return X[n_test:], y[n_test:], X[:n_test], y[:n_test]


def accuracies(name, table, net, seeds, parts, n_jobs):
    """Yield the test accuracy in per cent of `fit` and on parts, seed by seed."""
    X, y, X_test, y_test = table
    for seed in seeds:
        one = clone(net).set_params(random_state=seed).fit(X, y)
        row = {"table": name, "seed": seed, "fit": 100 * one.score(X_test, y_test)}
        for n_parts in parts:
            for label, options in (
                ("own", {}),
                ("top", {"merge": "top"}),
                ("shared", {"topology": "shared"}),
                ("half", {"transfer_dtype": "float16"}),
            ):
                apart = clone(net).set_params(random_state=seed)
                fit_distributed(apart, X, y, n_parts=n_parts, n_jobs=n_jobs, **options)
                row[f"{label} {n_parts}"] = 100 * apart.score(X_test, y_test)
        print(*(f"{k} {v:.4g}" if k != "table" else v for k, v in row.items()))
        yield row


def accuracy(options):
    """Print accuracies, and their means over seeds."""
    quick, rows = options.quick, []
    small = SETMLPClassifier((300, 300), sparsity=0.9, max_iter=3 if quick else 30)
    seeds, parts = (range(1), (2,)) if quick else (range(3), (2, 4, 8))
    for name in options.tables:
        if name != MILLION:
            table = images(options.data, name)
            rows += accuracies(name, table, small, seeds, parts, 2)
    if MILLION in options.tables:
        table = generated(20_000 if quick else 1_000_000)
        net = SETMLPClassifier((100, 100), sparsity=0.8, max_iter=2 if quick else 5)
        rows += accuracies(MILLION, table, net, range(1), (4,), 2)
    means = pd.DataFrame(rows).groupby("table", sort=False).mean()
    print(means.drop(columns="seed").round(2).T.to_string(na_rep=""))


class Workers:
    """Worker processes of one thread each, which can be killed.

    They have nobody who watches over them, as dask's nannies do, which give up when a
    worker dies before it has begun.

    Parameters
    ----------
    address : str
        Of the scheduler.
    n_workers : int
    """

    def __init__(self, address, n_workers):
        self._address = address
        self._processes = [self._start() for _ in range(n_workers)]

    def _start(self):
        command = [sys.executable, "-m", "distributed.cli.dask_worker", self._address]
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard"]
        nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen([*command, *options], **nowhere)

    def kill(self, number):
        """Kill a worker, whatever it is doing, and start another one."""
        self._processes[number].kill()
        self._processes[number].wait()
        self._processes[number] = self._start()

    def kill_at_random(self, n_kills, seconds, stopped, rng):
        """Kill workers until so many are killed, or it is stopped.

        Parameters
        ----------
        n_kills : int
        seconds : float
            From one to the next, on average.
        stopped : threading.Event
        rng : numpy.random.Generator

        Returns
        -------
        int
            How many were killed.
        """
        done = 0
        while done < n_kills and not stopped.wait(rng.exponential(seconds)):
            self.kill(rng.integers(len(self._processes)))
            done += 1
        return done

    def stop(self):
        """End all of them."""
        for process in self._processes:
            process.kill()
            process.wait()


@contextmanager
def cluster_of(n_workers):
    """Yield a client of a new cluster on this machine, and its `Workers`."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=0, dashboard_address=":0") as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        workers = Workers(cluster.scheduler_address, n_workers)
        try:
            client.wait_for_workers(n_workers, timeout=120)
            yield client, workers
        finally:
            workers.stop()


def throughput(options):
    """Print rows per second of one and of two workers, measured in turns."""
    n_rows, turns, n_rounds = (4_000, 1, 2) if options.quick else (60_000, 3, 4)
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, 784)).astype(np.float32)
    y = rng.integers(0, 10, size=n_rows)
    seconds = {1: [], 2: []}
    with cluster_of(1) as (one, _), cluster_of(2) as (two, _):
        for turn in range(turns + 1):
            for n_workers, client in ((1, one), (2, two)):
                net = SETMLPClassifier(**WIDE, random_state=0)
                fit_distributed(net, X, y, client=client, rounds=n_rounds)
                if turn:  # the first one loads compiled code
                    # The first round waits for the rows.
                    seconds[n_workers] += [r["seconds"] for r in net.history_[1:]]
    medians = {n: float(np.median(found)) for n, found in seconds.items()}
    for n_workers, median in medians.items():
        print(
            f"{n_workers} workers: {median:.2f} s a round, {n_rows / median:,.0f} rows "
            "a second"
        )
    print(f"two workers do {medians[1] / medians[2]:.2f} times the work of one")


def deaths(options):
    """Print how many fits there were until so many workers had died, and were right."""
    n_kills = 2 if options.quick else 20
    X, y = generated(40_000)[:2]
    net = SETMLPClassifier((200, 200), sparsity=0.9, max_iter=30, random_state=0)
    whole = fit_distributed(clone(net), X, y)
    n_fits, n_right, stopped = 0, 0, threading.Event()
    with cluster_of(2) as (client, workers), ThreadPoolExecutor() as threads:
        arguments = n_kills, 5.0, stopped, np.random.default_rng()
        killing = threads.submit(workers.kill_at_random, *arguments)
        while not killing.done():
            apart = fit_distributed(clone(net), X, y, client=client)
            n_fits += 1
            n_right += all(
                np.array_equal(mine.data, theirs.data)
                and np.array_equal(mine.indices, theirs.indices)
                for mine, theirs in zip(apart.coefs_, whole.coefs_, strict=True)
            )
    print(f"{killing.result()} workers died in {n_fits} fits; {n_right} are the same")


def random_copy(frame, counts, rng):
    """Return a copy of random connections, as a part sends it."""
    keys = [
        first + np.sort(rng.choice(n, count, replace=False))
        for first, n, count in zip(
            frame.ends[:-1], np.diff(frame.ends), counts, strict=True
        )
    ]
    gaps = gaps_of(np.concatenate(keys))
    names = ("weights", "weight_first", "weight_second")
    arrays = {n: rng.normal(size=gaps.size).astype(np.float32) for n in names}
    arrays["biases"] = np.zeros(int(frame.sizes[1:].sum()), dtype=np.float32)
    return Copy(1000, np.zeros(1), gaps, arrays, 1, {})


def seconds_of_averaging(n_copies, width=1000):
    """Return the processor seconds of averaging, for one connection of one copy."""
    sizes = np.array([width, width])
    frame = Frame(sizes, np.zeros(2, int), np.zeros(2), np.dtype(np.int32))
    rng = np.random.default_rng(0)
    copies = [random_copy(frame, [width * width // 25], rng) for _ in range(n_copies)]
    for _ in range(2):  # the first call loads compiled code
        start = time.process_time()
        averaged(frame, "average", SETPruner(), np.dtype(np.float32), *copies)
        seconds = time.process_time() - start
    return seconds / (n_copies * copies[0].gaps.size)


def planned(n_workers, n_connections, up, down, seconds, link):
    """Return the seconds and the bytes of a round beside training, see the page.

    Parameters
    ----------
    n_workers : int
        Each has one part.
    n_connections : int
    up, down : float
        Bytes of a connection, from a part and to it.
    seconds : float
        Of averaging a connection of a copy.
    link : float
        Bytes that a worker sends or receives in a second.
    """
    doublings = math.log2(n_workers)
    per_connection = (2 + doublings) * down / link
    n_bytes, n_messages = n_workers * (up + down), 2 + doublings
    n_left, of_message, n_numbers = n_workers, up, 1
    while True:
        n_together = min(n_left, ADDED_AT_ONCE)
        per_connection += n_together * (of_message / link + n_numbers * seconds)
        n_messages += 1
        n_left = math.ceil(n_left / ADDED_AT_ONCE)
        if n_left == 1:
            break
        # A sum has more connections, each with a key, a mass and three numbers of
        # double precision.
        n_numbers, of_message = MOST_TOGETHER, MOST_TOGETHER * 5 * 8
        n_bytes += n_left * of_message
    return (
        n_connections * per_connection + n_messages * LATENCY,
        n_connections * n_bytes,
    )


def traffic(options):
    """Print the constants, and what a round takes on 10 and on 1,000 workers."""
    X, y = generated(2_000, 784)[:2]
    net = SETMLPClassifier(**WIDE, random_state=0)
    fit_distributed(net, X, y, n_parts=2, rounds=3)
    up, down = (
        net.history_[-1][f"bytes_{way}_parts"] / (2 * net.n_connections_)
        for way in ("from", "to")
    )
    seconds = float(np.median([seconds_of_averaging(n) for n in (2, 4, 8, 16)]))
    print(f"{up:.1f} bytes up, {down:.1f} down, {1e9 * seconds:.0f} ns a connection")
    rows = [
        {
            "workers": n_workers,
            "connections": f"{n_connections:,}",
            "link": link,
            "seconds": round(found[0], 2),
            "MB": round(found[1] / 1e6),
        }
        for n_connections in (10**5, 10**6, 10**7)
        for n_workers in (10, 1_000)
        for link, speed in LINKS.items()
        for found in [planned(n_workers, n_connections, up, down, seconds, speed)]
    ]
    print(pd.DataFrame(rows).to_string(index=False))


SECTIONS = {
    section.__name__: section for section in (accuracy, throughput, deaths, traffic)
}


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.distributed", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--data", type=Path, metavar="FOLDER")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS))
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=TABLES)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    if "accuracy" in options.only and options.data is None:
        parser.error("accuracy needs --data FOLDER")
    for name, value in describe_machine().items():
        print(f"{name}: {value}")
    for name in options.only:
        print(f"\n## {name}\n")
        SECTIONS[name](options)


if __name__ == "__main__":
    main()
