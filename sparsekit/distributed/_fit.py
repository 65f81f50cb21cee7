"""Training on the parts of a table: what users call."""

import os
from numbers import Integral
from typing import Any, TypeVar

from sparsekit._utils._cluster import WORKER_SECONDS, ClusterError, check_seconds
from sparsekit._utils._estimators import restored_on_error
from sparsekit.distributed._engines import engine_for
from sparsekit.distributed._parts import parts_of
from sparsekit.distributed._rounds import Rounds
from sparsekit.neural_network import partwise

Estimator = TypeVar("Estimator")

_CHOICES = {
    "topology": ("own", "shared"),
    "merge": ("average", "top"),
    "transfer_dtype": (None, "float16"),
}


def fit_distributed(
    estimator: Estimator,
    X: Any,
    y: Any = None,
    *,
    client: Any = None,
    n_jobs: int | None = None,
    n_parts: int = 4,
    rounds: int | None = None,
    local_epochs: int = 1,
    topology: str = "own",
    merge: str = "average",
    transfer_dtype: str | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    client_timeout: float = WORKER_SECONDS,
) -> Estimator:
    """Train a network on the parts of a table, each of which trains a copy of it.

    In every round each part trains a copy for some epochs. Then the copies become one
    again: the mean over the union of their connections, weighted by rows, of which as
    many connections stay as one copy has. All random numbers belong to parts: the
    result is the same to the bit on any number of workers, in processes of this machine
    instead, and after workers have died.

    Parameters
    ----------
    estimator : SETMLPClassifier, DSTMLPRegressor or another network of sparsekit
        It is fitted in place.
    X : array-like, sparse matrix, dataframe, list, str, path-like or dask collection
        - A list of pairs (X, y), the rows of each part and their targets: in memory,
          names of ``.npy`` files, or what dask makes of them (delayed or futures). A
          delayed that makes a pair is a part, too.
        - A collection of dask, an array or a DataFrame, whose chunks of rows or
          partitions are the parts.
        - A folder of Parquet files, or a list of names of files as `fit_in_chunks`
          reads them (.parquet, .arrow, .csv): each file is a part. Workers must find
          them under these names.
        - A folder of pairs of arrays, ``X*.npy`` and ``y*.npy``.
        - Rows in memory, which are dealt out to `n_parts` parts.

        Parts without rows are left out. The others should be alike: rows that are
        sorted, by class or by time, should be shuffled first.
    y : array-like, str or dask collection, default=None
        The targets, or the column of X that has them; None if the parts have theirs.
    client : distributed.Client or str, default=None
        A client of a dask cluster, or the address of its scheduler. The workers keep
        the parts in memory, ready for training. None trains in processes of this
        machine, which read a part when they need it.
    n_jobs : int, default=None
        Number of these processes, as joblib has it. The threads of each are the
        estimator's own `n_jobs`.
    n_parts : int, default=4
        Number of parts of rows in memory. More parts can be trained by more workers,
        and need more epochs.
    rounds : int, default=None
        None means as many as make `max_iter` epochs, rounded up.
    local_epochs : int, default=1
        Epochs of each copy in a round. More of them cost less traffic, and let copies
        drift apart.
    topology : {"own", "shared"}, default="own"
        "own": copies rewire by themselves while they train. "shared": all copies have
        the same connections, and one part after another rewires the network between
        rounds, so that connections need not travel back. Where no connection moves,
        both are the same.
    merge : {"average", "top"}, default="average"
        With copies of their own topology, whether a connection that a copy does not
        have counts as one of weight zero ("average"), or only the copies that have it
        count ("top"), so that new connections keep their weight.
    transfer_dtype : {None, "float16"}, default=None
        Type of the numbers that parts send; None sends them as they are.
    checkpoint : str or path-like, default=None
        File that holds the network after each round. Where it is there already, the
        fit goes on from it, and makes the same bits as one that was never interrupted.
    client_timeout : float, default=300
        Seconds to wait for a worker where the cluster has none.

    Returns
    -------
    estimator : object
        The estimator that was given, fitted as by `fit`: it predicts here, and can be
        stored, exported and shipped. Its `history_` has a row for each epoch; in that
        of the last epoch of a round, ``bytes_to_parts`` and ``bytes_from_parts`` say
        what travelled (each part has a worker of its own), and ``seconds`` how long
        the round took.

    Raises
    ------
    TypeError
        If the estimator is no network, or parts are of no such kind.
    ValueError
        If a parameter is not valid, or the parts do not fit together: the error names
        the part. If the estimator has `early_stopping`, `record`, `sample_selection`,
        `warm_start`, callbacks or ``learning_rate="adaptive"`` with "sgd", which need
        all rows at once; with ``topology="own"``, also if it has `rewind`,
        `record_births`, `grow_init` or `growth_moments`, which are about single
        connections. If `checkpoint` is of another fit.
    OSError
        A `ClusterError` if the scheduler does not answer any more, no worker came in
        time, or one call was the end of several workers. It says how far the fit came.
    RuntimeError
        If a worker has another version of sparsekit.
    ImportError
        If `client` is an address and dask's distributed is not installed.

    Warns
    -----
    sklearn.exceptions.ConvergenceWarning
        If the loss of a part left the finite numbers; the rounds before are kept.
    UserWarning
        As by `fit`; what workers warn of is told here, once.

    Notes
    -----
    A first pass over the parts finds classes, location and scale of all rows, from sums
    without rounding, which do not depend on how rows are divided. `learning_rate`
    follows the epochs of all rounds; `tol` and `n_iter_no_change` play no part. Samples
    have no weights; `class_weight` does not count for location and scale.

    Time of a round: that of `local_epochs` epochs of the parts of one worker, and
    O(connections * log(connections)) to average. Bytes of a round with "adam": to each
    part about 16 for a connection, and 14 back with "own", 12 with "shared", half of it
    with "float16". No array has n_out x n_in elements anywhere.

    Ctrl-C keeps the rounds that are done. A process of `n_jobs` that dies ends the fit;
    with `checkpoint`, the same call goes on.

    Up to 16 copies are added at once; of more the sums are added, 16 at a time, in the
    order of the parts. Such a sum goes on with twice the connections of a copy at most,
    those of largest weight.

    References
    ----------
    Curci, Mocanu and Pechenizkiy, "Truly sparse neural networks at scale", 2021
    (arXiv:2102.01732), section 3.2, the second phase of WASAP-SGD: copies with
    topologies of their own, averaged and made sparse again. There once at the end, here
    after every round, as McMahan et al., "Communication-efficient learning of deep
    networks from decentralized data", AISTATS 2017, algorithm 1, do for dense networks.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.distributed import fit_distributed
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier((50,), sparsity=0.5, random_state=0)
    >>> _ = fit_distributed(net, X, y, n_parts=2, rounds=40)
    >>> bool(net.score(X, y) > 0.9), net.n_iter_
    (True, 40)
    """
    settings: dict[str, Any] = {
        "local_epochs": local_epochs,
        "topology": topology,
        "merge": merge,
        "transfer_dtype": transfer_dtype,
    }
    _check_settings(settings)
    check_seconds("client_timeout", client_timeout)
    _check_count("n_parts", n_parts)
    partwise.check_partwise(estimator, shared=topology == "shared")
    if rounds is None:
        rounds = -(-estimator.max_iter // local_epochs)  # type: ignore[attr-defined]
    _check_count("rounds", rounds)
    parts = parts_of(X, y, n_parts)
    with (
        restored_on_error(estimator),
        engine_for(parts, client, n_jobs, client_timeout) as engine,
    ):
        fit = Rounds(estimator, engine, rounds, settings, checkpoint)
        try:
            fit.run()
        except ClusterError as error:
            raise ClusterError(f"{error}. {fit.how_to_go_on()}.") from error
        partwise.hand_over(fit.estimator, estimator)
    return estimator


def _check_settings(settings):
    for name, allowed in _CHOICES.items():
        # What is no string may compare to none, or to several at once.
        known = settings[name] is None or isinstance(settings[name], str)
        if not known or settings[name] not in allowed:
            raise ValueError(
                f"{name} must be one of {allowed}, got {settings[name]!r}."
            )
    _check_count("local_epochs", settings["local_epochs"])


def _check_count(name, value):
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be an integer > 0, got {value!r}.")
