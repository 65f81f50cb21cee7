"""A study on the workers of a dask cluster."""

import warnings
from contextlib import contextmanager
from itertools import islice

# So many calls wait at the scheduler: enough for every worker to have a next one, and
# few enough for the scheduler to stay quick.
IN_FLIGHT = 1000

CONNECT_SECONDS = 10


@contextmanager
def connected(address):
    """Yield a client of the dask scheduler at `address`.

    Raises
    ------
    ImportError
        If dask's distributed is not installed.
    OSError
        If nobody answers at `address`.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ImportError(
            "a cluster needs dask's distributed: pip install distributed"
        ) from error
    with Client(address, timeout=CONNECT_SECONDS, set_as_default=False) as client:
        yield client


def run_on_cluster(client, function, tables, calls):
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
    """
    from distributed import as_completed

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
    try:
        for future in completed:
            running.discard(future)
            result = future.result()
            for call in islice(calls, 1):
                following = submit(*call)
                running.add(following)
                completed.add(following)
            yield result
    finally:
        client.cancel([*running, *remote.values()])


def _same(table):
    return table


def _with_filters(filters, function, *arguments):
    """Call `function` under the warning filters of the study."""
    with warnings.catch_warnings():
        warnings.filters[:] = filters
        return function(*arguments)
