"""Fits on dask: the same bits as in processes, also when workers or schedulers die."""

import subprocess
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from benchmarks.distributed import cluster_of
from sparsekit import load_checkpoint
from sparsekit.distributed import _engines, fit_distributed
from tests.distributed.tables import assert_same_fit, cut, network, table

distributed = pytest.importorskip("distributed")
da = pytest.importorskip("dask.array")
dask = pytest.importorskip("dask")

NAMES = list("abcdef")


@pytest.fixture(scope="module", params=[1, 3])
def client(request):
    with (
        distributed.LocalCluster(
            n_workers=request.param,
            threads_per_worker=1,
            processes=False,
            dashboard_address=":0",
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def processes():
    """Yield a client of two workers that are processes of their own."""
    with cluster_of(2) as (client, _):
        yield client


@pytest.mark.parametrize("topology", ["own", "shared"])
def test_the_fit_is_that_of_processes(client, topology):
    parts = cut(*table())
    options = {"topology": topology, "local_epochs": 2}
    net = fit_distributed(network(), parts, client=client, **options)
    assert_same_fit(net, fit_distributed(network(), parts, **options))


def in_chunks(X, y):
    return da.from_array(X, (80, 2)), da.from_array(y, 80)


def as_frames(X, y):
    dd = pytest.importorskip("dask.dataframe")
    frame = pd.DataFrame(X, columns=NAMES).assign(animal=y)
    parts = dd.from_pandas(frame, npartitions=3, sort=False)
    return parts[NAMES], parts["animal"]


def with_targets(X, y):
    features, _ = as_frames(X, y)
    dd = pytest.importorskip("dask.dataframe")
    frame = pd.DataFrame(X, columns=NAMES).assign(animal=y)
    assert list(features.columns) == NAMES
    return dd.from_pandas(frame, npartitions=3, sort=False), "animal"


def delayed_rows(X, y):
    return [
        (dask.delayed(rows), dask.delayed(targets)) for rows, targets in cut(X, y)
    ], None


def delayed_pairs(X, y):
    return [dask.delayed(pair) for pair in cut(X, y)], None


KINDS = [in_chunks, as_frames, with_targets, delayed_rows, delayed_pairs]


@pytest.mark.parametrize("kind", KINDS)
def test_collections_of_dask_are_parts(client, kind):
    X, y = kind(*table())
    net = fit_distributed(network(), X, y, client=client)
    assert_same_fit(net, fit_distributed(network(), cut(*table())))


def test_futures_are_parts(client):
    futures = [client.submit(tuple, pair, pure=False) for pair in cut(*table())]
    net = fit_distributed(network(), futures, client=client)
    assert_same_fit(net, fit_distributed(network(), cut(*table())))


def test_partitions_without_rows_are_left_out(client):
    X, y = as_frames(*table())
    chosen = X["a"] > 3
    net = fit_distributed(network(), X[chosen], y[chosen], client=client, rounds=1)
    assert net.history_[0]["n_samples"] == (table()[0][:, 0] > 3).sum()


def test_collections_need_a_client():
    with pytest.raises(ValueError, match="client=None, but the parts are dask's"):
        fit_distributed(network(), *in_chunks(*table()))


def test_chunks_that_do_not_match_are_refused(client):
    X, y = in_chunks(*table())
    with pytest.raises(ValueError, match="X has 3 parts and y 6: rechunk"):
        fit_distributed(network(), X, y.rechunk(40), client=client)
    with pytest.raises(
        ValueError, match="Part 0: Found input variables with inconsist"
    ):
        fit_distributed(network(), X, y.rechunk((100, 100, 40)), client=client)


def test_targets_in_memory_do_not_match_a_collection(client):
    X, y = table()
    with pytest.raises(TypeError, match="y must be a collection of dask as X is"):
        fit_distributed(network(), in_chunks(X, y)[0], y, client=client)


def test_nothing_stays_on_the_cluster(client):
    fit_distributed(network(), cut(*table()), client=client, rounds=2)
    deadline = time.monotonic() + 10
    while client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_address_will_do(processes):
    net = fit_distributed(
        network(), cut(*table()), client=processes.scheduler.address, rounds=2
    )
    assert_same_fit(net, fit_distributed(network(), cut(*table()), rounds=2))


def test_an_address_needs_distributed(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ImportError, match="pip install distributed"):
        fit_distributed(network(), cut(*table()), client="tcp://127.0.0.1:8786")


def test_warnings_of_workers_reach_the_user(client):
    X, y = table()
    X[:, 2] = np.nan
    with pytest.warns(UserWarning, match="no observed value") as told:
        fit_distributed(network(), cut(X, y), client=client, rounds=2)
    assert len(told) == 1
    assert told[0].filename == __file__


def test_the_process_keeps_its_filters_of_warnings(client):
    before = list(warnings.filters)
    fit_distributed(network(), cut(*table()), client=client, rounds=1)
    assert warnings.filters == before


def other_version(version):
    import sparsekit.distributed._engines

    sparsekit.distributed._engines.__version__ = version


def test_workers_with_another_version_are_refused(processes):
    version = _engines.__version__
    processes.run(other_version, "0.0.7")
    try:
        with pytest.raises(
            RuntimeError, match=r"worker has sparsekit 0\.0\.7.* begun by"
        ):
            fit_distributed(network(), cut(*table()), client=processes)
    finally:
        processes.run(other_version, version)


@pytest.mark.slow
def test_workers_that_die_change_no_bit():
    X, y = table(2400)
    parts = cut(X, y, 4)
    whole = fit_distributed(network(max_iter=60), parts)
    stopped = threading.Event()
    with cluster_of(2) as (client, workers), ThreadPoolExecutor() as threads:
        arguments = 3, 3.0, stopped, np.random.default_rng(0)
        killing = threads.submit(workers.kill_at_random, *arguments)
        net = fit_distributed(network(max_iter=60), parts, client=client)
        stopped.set()
    assert killing.result() > 0
    assert_same_fit(net, whole)


# A scheduler and a worker, in one process that can be killed.
SCHEDULER = """
from distributed import LocalCluster
cluster = LocalCluster(n_workers=1, processes=False, protocol="tcp",
                       threads_per_worker=1, dashboard_address=":0")
print(cluster.scheduler_address, flush=True)
input()
"""


@pytest.mark.slow
def test_a_fit_whose_scheduler_dies_says_so_and_goes_on_to_the_bit(tmp_path):
    path, parts = tmp_path / "net.ckpt", cut(*table())

    def kill_later(process):
        while not path.exists() or load_checkpoint(path).n_iter_ < 3:
            time.sleep(0.02)
        process.kill()

    command = [sys.executable, "-c", SCHEDULER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        address = process.stdout.readline().strip()
        thread = threading.Thread(target=kill_later, args=(process,), daemon=True)
        thread.start()
        net = network(max_iter=200)
        with pytest.raises(
            OSError, match=r"does not answer any more\. \d+ of 200"
        ) as e:
            fit_distributed(net, parts, client=address, checkpoint=path)
        thread.join(10)
    assert str(path) in str(e.value)
    assert not hasattr(net, "classes_")
    n_done = load_checkpoint(path).n_iter_
    assert n_done >= 3
    saved = load_checkpoint(path)
    resumed = fit_distributed(net, parts, checkpoint=path)
    assert resumed.history_[: len(saved.history_)] == saved.history_
    assert_same_fit(resumed, fit_distributed(network(max_iter=200), parts))


def test_a_cluster_without_workers_is_not_waited_for_without_end(capfd):
    with (
        distributed.LocalCluster(
            n_workers=0, processes=False, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
        pytest.raises(OSError, match=r"no worker for 1 s\. 0 of 6 rounds are done"),
    ):
        fit_distributed(network(), cut(*table()), client=client, client_timeout=1)
    assert "waiting 1 s for one" in capfd.readouterr().err
