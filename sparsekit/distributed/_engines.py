"""Where calls run: in processes of this machine, or on the workers of a cluster."""

import pickle
import warnings
from contextlib import contextmanager, nullcontext
from typing import Any, NamedTuple
from weakref import WeakSet

from sklearn.utils.parallel import Parallel, delayed

from sparsekit import __version__
from sparsekit._utils._cluster import connected, results_of
from sparsekit.distributed._parts import Part
from sparsekit.distributed._tasks import RawRows, rows_ready
from sparsekit.neural_network import collected_warnings, warn_user


class Frozen(NamedTuple):
    """A value as bytes, of which joblib keeps no file until the processes end."""

    pickled: bytes


class Answer(NamedTuple):
    """What a call returned, and of what it and those before it warned the user."""

    value: Any
    told: frozenset


def answered(version, function, *args):
    """Call a function with what other calls returned.

    Raises
    ------
    RuntimeError
        If this process has another version than `version`.
    """
    if version != __version__:
        raise RuntimeError(
            f"A worker has sparsekit {__version__}, and the fit was begun by {version}:"
            " install one version everywhere."
        )
    told = frozenset().union(*(a.told for a in args if isinstance(a, Answer)))
    with collected_warnings() as collected:
        value = function(*map(_plain, args))
    return Answer(value, told.union(collected))


def _plain(argument):
    if isinstance(argument, Answer):
        return argument.value
    if isinstance(argument, Frozen):
        return pickle.loads(argument.pickled)
    return argument


class _Engine:
    """Calls functions on what other calls return.

    Attributes
    ----------
    parts : list
        The parts, or what stands for them.
    """

    parts: list

    def __init__(self):
        self._told: frozenset = frozenset()

    def results(self, calls):
        """Wait for calls; return their values, and tell the user what they were told.

        Raises
        ------
        ClusterError
            If the cluster is gone, or cannot work.
        """
        answers = self._answers(calls)
        told = frozenset().union(*(answer.told for answer in answers))
        for message, category in sorted(told - self._told, key=str):
            warn_user(message, category)
        self._told |= told
        return [answer.value for answer in answers]


class InProcesses(_Engine):
    """Processes of joblib, each of which reads a part when it needs it."""

    def __init__(self, parts, parallel):
        super().__init__()
        self.parts = parts
        self._parallel = parallel

    def share(self, value):
        """Return what stands for a value that the calls of a fit get."""
        return value

    def send(self, value):
        """Return what stands for a value that the calls of a round get."""
        return Frozen(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))

    def call(self, function, *args):
        """Call a function here."""
        return answered(__version__, function, *args)

    def each(self, function, calls):
        """Call a function with each of many tuples of arguments, side by side."""
        return self._parallel(
            delayed(answered)(__version__, function, *args) for args in calls
        )

    def rows(self, estimator):
        """Return what stands for the rows of each part, prepared for training."""
        return [RawRows(number, p, estimator) for number, p in enumerate(self.parts)]

    def _answers(self, calls):
        return calls


class OnCluster(_Engine):
    """Workers of a dask cluster, which keep the parts in memory.

    All that a call depends on is known to the scheduler as well, so that what a worker
    held when it died is made again, and nothing else.
    """

    def __init__(self, parts, client, worker_seconds):
        super().__init__()
        self._client = client
        self._worker_seconds = worker_seconds
        self._futures: WeakSet = WeakSet()
        self.parts = [self._made(part) for part in parts]

    def _made(self, part):
        if not part.is_lazy():
            return self.share(part)
        X, y = (
            self._noted(self._client.compute(value))
            if hasattr(value, "__dask_graph__")
            else value
            for value in part
        )
        return self._submit(Part, X, y)

    def _noted(self, future):
        self._futures.add(future)
        return future

    def _submit(self, function, *args):
        with warnings.catch_warnings():
            # What has to go to the workers goes there, however large it is.
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            return self._noted(self._client.submit(function, *args, pure=False))

    def share(self, value):
        """Return what stands for a value that many calls get."""
        return self._submit(_same, value)

    send = share

    def call(self, function, *args):
        """Call a function on a worker."""
        return self._submit(answered, __version__, function, *args)

    def each(self, function, calls):
        """Call a function with each of many tuples of arguments, side by side."""
        return [self.call(function, *args) for args in calls]

    def rows(self, estimator):
        """Return what stands for the rows of each part, prepared for training."""
        known = self.share(estimator)
        raw = [self.call(RawRows, n, part, known) for n, part in enumerate(self.parts)]
        self.parts = []  # the workers need not hold rows twice
        return [self.call(rows_ready, one) for one in raw]

    def release(self):
        """Let the workers forget all; an error that is kept would keep futures, too."""
        for future in list(self._futures):
            future.release()

    def _answers(self, calls):
        return results_of(self._client, calls, self._worker_seconds)


def _same(value):
    return value


@contextmanager
def engine_for(parts, client, n_jobs, worker_seconds):
    """Yield the engine that the arguments of `fit_distributed` ask for."""
    if client is not None:
        with connected(client) if isinstance(client, str) else nullcontext(client) as c:
            engine = OnCluster(parts, c, worker_seconds)
            try:
                yield engine
            finally:
                engine.release()
    elif any(part.is_lazy() for part in parts):
        raise ValueError("client=None, but the parts are dask's: give its client.")
    else:
        with Parallel(n_jobs=n_jobs) as parallel:
            yield InProcesses(parts, parallel)
