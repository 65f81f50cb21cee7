"""Calls on the workers of a dask cluster, some of which may die."""

import sys
import time
import warnings
from contextlib import contextmanager, suppress
from itertools import islice
from numbers import Real

# So many calls wait at the scheduler: enough for every worker to have a next one, and
# few enough for the scheduler to stay quick.
IN_FLIGHT = 1000

CONNECT_SECONDS = 10

# How long to wait for a worker where there is none, and how often to look.
WORKER_SECONDS = 300
LOOK_SECONDS = 0.5


GONE = "the scheduler of the cluster does not answer any more"


def check_seconds(name, value):
    """Refuse what is no length of time."""
    if not isinstance(value, Real) or isinstance(value, bool) or not value >= 0:
        raise ValueError(f"{name}={value!r} must be a number of seconds, 0 or more.")


class ClusterError(OSError):
    """The cluster is gone, or cannot work; its text says how to go on."""


@contextmanager
def connected(address):
    """Yield a client of the dask scheduler at `address`.

    Raises
    ------
    ImportError
        If dask's distributed is not installed.
    OSError
        If there is no scheduler at `address`.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ImportError(
            "a cluster needs dask's distributed: pip install distributed"
        ) from error
    client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    try:
        yield client
    finally:
        # A scheduler that is gone cannot be told.
        with suppress(TimeoutError):
            client.close(timeout=CONNECT_SECONDS if _answers(client) else 1)


def run_on_cluster(client, function, tables, calls, worker_seconds=WORKER_SECONDS):
    """Call a function on the workers; yield its results as they come.

    What a worker held when it died is done again by another one.

    Parameters
    ----------
    client : distributed.Client
    function : callable
        Called as ``function(table, *arguments)``.
    tables : dict
        From names to what every call with that name gets. Each goes to the workers
        once; dask makes it anew where it is lost.
    calls : iterable of tuple
        The name of a table, and the other arguments.
    worker_seconds : float, default=WORKER_SECONDS
        How long to wait for a worker where there is none.

    Raises
    ------
    ClusterError
        If the scheduler does not answer any more, or no worker came in time.
    """
    from distributed import CancelledError, as_completed

    with warnings.catch_warnings():
        # Tables are what has to go to the workers, however large they are.
        warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
        remote = {
            name: client.submit(_same, table, pure=False)
            for name, table in tables.items()
        }
    calls = iter(calls)

    def submit(name, *arguments):
        filters = list(warnings.filters)
        return client.submit(
            _with_filters, filters, function, remote[name], *arguments, pure=False
        )

    running = {submit(*call) for call in islice(calls, IN_FLIGHT)}
    completed = as_completed(running, loop=client.loop)
    watch = _Watch(client, worker_seconds)
    try:
        while running:
            while not completed.has_ready():
                watch.look()
            future = completed.next()
            running.discard(future)
            try:
                result = future.result()
            except CancelledError as error:
                raise ClusterError(GONE) from error
            for call in islice(calls, 1):
                following = submit(*call)
                running.add(following)
                completed.add(following)
            yield result
    finally:
        if _answers(client):
            client.cancel([*running, *remote.values()])


def results_of(client, futures, worker_seconds=WORKER_SECONDS):
    """Return the results of futures, in their order.

    Parameters
    ----------
    client : distributed.Client
    futures : list of distributed.Future
    worker_seconds : float, default=WORKER_SECONDS
        How long to wait for a worker where there is none.

    Raises
    ------
    ClusterError
        If the scheduler does not answer any more, no worker came in time, or one call
        was the end of several workers.
    """
    from distributed import CancelledError, KilledWorker

    watch = _Watch(client, worker_seconds)
    results = []
    for future in futures:
        while not future.done():
            watch.look()
        try:
            results.append(future.result())
        except CancelledError as error:
            raise ClusterError(GONE) from error
        except KilledWorker as error:
            raise ClusterError(f"one call ended several workers: {error}") from error
    return results


class _Watch:
    """Waits for results while the cluster has a worker."""

    def __init__(self, client, worker_seconds):
        self._client = client
        self._most = worker_seconds
        self._alone_since = None
        self._next = 0.0

    def look(self):
        """Wait for a moment; raise ClusterError if no result can be expected."""
        time.sleep(0.01)
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + LOOK_SECONDS
        if _n_workers(self._client):
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = now
            sys.stderr.write(
                f"The cluster has no worker: waiting {self._most:g} s for one.\n"
            )
        elif now - self._alone_since > self._most:
            raise ClusterError(f"the cluster had no worker for {self._most:g} s")


def _answers(client):
    return client.status == "running" and client.scheduler is not None


def _n_workers(client):
    try:
        if _answers(client):
            return len(client.nthreads())
    except OSError as error:
        raise ClusterError(GONE) from error
    raise ClusterError(GONE)


def _same(table):
    return table


def _with_filters(filters, function, *arguments):
    """Call `function` under the warning filters of the study."""
    with warnings.catch_warnings():
        warnings.filters[:] = filters
        return function(*arguments)
