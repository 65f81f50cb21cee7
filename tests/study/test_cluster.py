"""A study on a dask cluster, one of whose workers dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config

from sparsekit.study import missingness_study
from sparsekit.study.cli import main

distributed = pytest.importorskip("distributed")

GRID = {
    "models": ["dense", "set", "logistic_mean"],
    "sparsities": [0.5],
    "missing_rates": [0.0, 0.4],
    "seeds": 6,
    "estimator_params": {"hidden_layer_sizes": (8,), "max_iter": 60},
}


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        yield cluster


@pytest.fixture
def client(cluster):
    with distributed.Client(cluster, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        yield client


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 4))
    return X, (X[:, 0] > 0).astype(int)


def without_time(result):
    return result.frame.drop(columns="fit_time")


def kill_after(path, n_rows, pid, seen):
    """Kill a process when there are `n_rows` in the file; return the thread.

    The number of rows that were there after its death goes to the list `seen`.
    """

    def watch():
        while not path.exists() or path.read_bytes().count(b"\n") <= n_rows:
            time.sleep(0.002)
        os.kill(pid, signal.SIGKILL)
        seen.append(path.read_bytes().count(b"\n") - 1)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_a_study_is_complete_though_a_worker_dies(client, table, tmp_path):
    path = tmp_path / "results.csv"
    pids = list(client.run(os.getpid).values())
    seen = []
    thread = kill_after(path, 3, pids[0], seen)
    result = missingness_study(*table, client=client, output=path, **GRID)
    thread.join(10)
    assert seen[0] < len(result.frame)
    assert pids[0] not in client.run(os.getpid).values()
    expected = missingness_study(*table, **GRID)
    pd.testing.assert_frame_equal(
        without_time(result), without_time(expected), check_exact=True
    )


def test_joblib_can_send_the_fits_to_the_cluster_as_well(client, table):
    grid = {**GRID, "seeds": 1}
    with client.as_current(), parallel_config(backend="dask"):
        result = missingness_study(*table, **grid)
    expected = missingness_study(*table, **grid)
    pd.testing.assert_frame_equal(
        without_time(result), without_time(expected), check_exact=True
    )


def test_the_command_takes_the_address_of_a_cluster(cluster, tmp_path, capfd):
    args = ["--datasets", "iris", "--models", "static", "--hidden", "8", "--quiet"]
    args += ["--epochs", "2", "--seeds", "2", "--rates", "0", "--no-plot"]
    args += ["--cluster", cluster.scheduler_address, "--output", str(tmp_path)]
    assert main(["study", *args]) == 0
    assert len(pd.read_csv(tmp_path / "results.csv")) == 2 * 4
    assert capfd.readouterr().out == ""


def test_a_study_leaves_nothing_on_the_cluster(client, table):
    missingness_study(*table, client=client, **{**GRID, "seeds": 1})
    deadline = time.monotonic() + 10
    while client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_error_on_a_worker_ends_the_study(client, table, monkeypatch):
    monkeypatch.setattr("sparsekit.study.run._run.try_models", lambda *args: None)
    with pytest.raises(ValueError, match="activation"):
        missingness_study(
            *table, client=client, **{**GRID, "estimator_params": {"activation": "no"}}
        )


STUDY = ["study", "--datasets", "iris", "--models", "dense", "--hidden", "8", "--rates"]
STUDY += ["0", "0.3", "--no-plot", "--quiet"]

# A scheduler and its workers, in one process that can be killed.
SCHEDULER = """
import sys
from distributed import LocalCluster
cluster = LocalCluster(n_workers=int(sys.argv[1]), processes=False, protocol="tcp",
                       threads_per_worker=1, dashboard_address=":0")
print(cluster.scheduler_address, flush=True)
input()
"""


@contextmanager
def scheduler(n_workers):
    """Start a scheduler in a process of its own; yield its address and its pid."""
    command = [sys.executable, "-c", SCHEDULER, str(n_workers)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.kill()


def test_a_cluster_without_workers_is_told_and_not_waited_for_without_end(
    tmp_path, capfd
):
    with scheduler(0) as (address, _):
        args = ["--cluster", address, "--cluster-timeout", "1"]
        assert main([*STUDY, *args, "--output", str(tmp_path)]) == 2
    told = capfd.readouterr().err.splitlines()
    assert told[0] == "The cluster has no worker: waiting 1 s for one."
    assert "the study cannot go on: the cluster had no worker for 1 s." in told[-1]


def test_a_study_whose_scheduler_dies_ends_in_one_line_and_keeps_its_rows(
    tmp_path, capfd
):
    path, seen = tmp_path / "results.csv", []
    with scheduler(1) as (address, pid):
        thread = kill_after(path, 3, pid, seen)
        args = ["--cluster", address, "--epochs", "100", "--seeds", "200"]
        began = time.monotonic()
        assert main([*STUDY, *args, "--output", str(tmp_path)]) == 2
        assert time.monotonic() - began < 60
        thread.join(10)
    assert len(pd.read_csv(path)) >= seen[0] >= 3
    told = capfd.readouterr().err
    assert "Traceback" not in told
    last = told.splitlines()[-1]
    assert "the scheduler of the cluster does not answer any more" in last
    assert "the same command goes on with it" in last


@pytest.mark.parametrize("seconds", [-1, float("nan"), "long", None, True])
def test_a_timeout_is_a_length_of_time(table, seconds):
    with pytest.raises(ValueError, match=r"client_timeout=.* number of seconds"):
        missingness_study(*table, client_timeout=seconds, models=["dense"])
