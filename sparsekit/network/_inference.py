"""What a network computes for samples: outputs and losses, in tiles and on threads."""

import os
import threading
from contextlib import contextmanager
from functools import cache
from numbers import Integral

import numba
import numpy as np
from joblib import effective_n_jobs
from threadpoolctl import ThreadpoolController

from sparsekit.kernels import losses as kinds
from sparsekit.kernels._lanes import lanes_of
from sparsekit.kernels._structs import SAMPLE_SCALED, Loss, Noise, Record, Selection
from sparsekit.kernels.outputs import mean_loss, note_outputs
from sparsekit.kernels.predict import predict, predict_parallel
from sparsekit.kernels.records import EARLY, LATEST_LOSS, N_COUNTS, N_LATEST, N_MEANS
from sparsekit.network._formats import check_formats, inference_is_stored
from sparsekit.network._samples import take_samples, take_targets

# Where the Huber loss becomes linear, in standard deviations of the target: with normal
# errors of variance 1 its estimate of a mean has 95 % of the efficiency of the mean.
HUBER_THRESHOLD = 1.35

#: Losses by name, with nothing smoothed; the level of a quantile is up to the user.
LOSSES = {
    "softmax": Loss(kinds.SOFTMAX, 0.0, 0.0),
    "logistic": Loss(kinds.LOGISTIC_LOSS, 0.0, 0.0),
    "squared_error": Loss(kinds.SQUARED, 0.0, 0.0),
    "absolute_error": Loss(kinds.ABSOLUTE, 0.0, 0.0),
    "huber": Loss(kinds.HUBER, HUBER_THRESHOLD, 0.0),
    "quantile": Loss(kinds.QUANTILE, 0.5, 0.0),
    "poisson": Loss(kinds.POISSON, 0.0, 0.0),
    "gamma": Loss(kinds.GAMMA, 0.0, 0.0),
}

#: Losses of numbers of which the outputs are logarithms.
OF_LOGARITHMS = ("poisson", "gamma")


# Rows of which losses are computed at a time.
_CHUNK = 4096

# Lanes of a tile: samples that are computed side by side.
_WIDTHS = (16, 32, 64)

# The longest vector registers, and the lines of the caches, have this many bytes.
_LINE = 64

# Connections times samples below which starting threads costs about what it saves. On
# two cores: 0.6 times the speed of one thread at 2e4, 1.1 at 7e5, 1.5 at 2e6.
_WORTH_THREADS = 500_000

_ONE_AT_A_TIME = threading.Lock()

# Whether the threads of numba belong to a process from which this one was forked.
_threads_are_the_parents = False


def _look_for_threads_of_the_parent():
    """Note in a forked process whether its parent had started numba's threads.

    A fork copies the one thread that calls it, and the memory in which the others are
    listed: OpenMP waits for them for ever, or ends the process.
    """
    global _threads_are_the_parents
    try:
        numba.threading_layer()
    except ValueError:
        return  # none was started
    _threads_are_the_parents = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_look_for_threads_of_the_parent)


def thread_count(n_jobs: int | None) -> int:
    """Return the number of threads for `n_jobs`; None means one.

    As in joblib, -1 means all cores; inside a joblib worker it is one.
    """
    if n_jobs is None:
        return 1
    if not isinstance(n_jobs, Integral) or isinstance(n_jobs, bool) or n_jobs == 0:
        raise ValueError(f"n_jobs must be None, -1, or 1 and more, got {n_jobs!r}.")
    return min(effective_n_jobs(n_jobs), numba.config.NUMBA_NUM_THREADS)


def useful_threads(n_threads: int, n_connections: int, n_samples: int) -> int:
    """Return `n_threads`, or 1 where a step on `n_samples` is too short to share."""
    return n_threads if n_connections * n_samples >= _WORTH_THREADS else 1


@contextmanager
def parallel_section(n_threads: int):
    """Yield whether the parallel twin of a kernel may run, on `n_threads` threads.

    Numba's simplest threading layer ends the process when two Python threads run
    parallel kernels at once, and any layer would take more cores than asked for. So
    whoever comes second is told to use the serial twin, which returns the same bits. So
    is a process that was forked from one whose threads were running.
    """
    alone = n_threads == 1 or _threads_are_the_parents
    if alone or not _ONE_AT_A_TIME.acquire(blocking=False):
        yield False
        return
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(n_threads)
        yield True
    finally:
        numba.set_num_threads(before)
        _ONE_AT_A_TIME.release()


@cache
def _blas():
    # Made once: it looks through all libraries of the process.
    return ThreadpoolController().select(user_api="blas")


def blas_on_one_thread():
    """Return a context in which BLAS does not start threads of its own.

    Kernels share the products among their own threads.
    """
    return _blas().limit(limits=1)


def lanes_for(n_rows, dtype):
    """Return the lanes for batches of `n_rows`: the narrowest that hold them, up to 64.

    A wider tile spreads the cost of reading a connection over more samples; 64 single
    precision lanes with their partners in the backward pass still fit the registers.

    Returns
    -------
    (token, int)
        The token for the kernels, and the number of lanes.
    """
    for width in _WIDTHS:
        if width >= n_rows:
            break
    return lanes_of(dtype, width), width


def buffer_for_tiles(size, dtype):
    """Return an array of `size` numbers for tiles, not filled.

    It begins where a line of the cache does, and so does then every tile in it. Arrays
    that numpy allocates begin within a line, so that each load of 16 lanes touches two:
    epochs take 1.1 times as long with 16 lanes, and 1.1 to 1.5 times with 64.
    """
    n_bytes = size * np.dtype(dtype).itemsize
    buffer = np.empty(n_bytes + _LINE, dtype=np.uint8)
    begin = -buffer.ctypes.data % _LINE
    return buffer[begin : begin + n_bytes].view(dtype)


def buffer_for_notes(network, missing_inputs):
    """Return how many numbers per lane kernels note about missing inputs."""
    if missing_inputs.kind == SAMPLE_SCALED:
        return 0
    return int(network.sizes[0] + network.sizes[1])


def raw_outputs(network, samples, n_threads=1, missing_inputs=None):
    """Return W x + b of the output level.

    Parameters
    ----------
    network : SparseNetwork
    samples : Samples
    n_threads : int
    missing_inputs : MissingInputs or None
        What becomes of NaN in `samples`, as in training.

    Returns
    -------
    ndarray of shape (n_samples, n_outputs)
        A row does not depend on the other rows, nor on the number of threads. Memory
        beside it: O(neurons) per thread, and O(connections) for wide CSR inputs.
    """
    stored = inference_is_stored(network, samples, missing_inputs)
    arrays = network.for_inference(missing_inputs, stored)
    check_formats(arrays, samples, missing_inputs)
    n_samples = samples.indptr.size - 1 if samples.fill.size else len(samples.dense)
    lanes, width = lanes_for(n_samples, network.dtype)
    n_threads = useful_threads(n_threads, network.weights.size, n_samples)
    parts = max(1, min(n_threads, -(-n_samples // width)))
    size = int(network.sizes.sum())
    if missing_inputs is not None:
        size += buffer_for_notes(network, missing_inputs)
    values = buffer_for_tiles(parts * size * width, network.dtype).reshape(parts, -1)
    out = np.empty((n_samples, int(network.sizes[-1])), dtype=network.dtype)
    with parallel_section(parts) as parallel:
        run = predict_parallel if parallel else predict
        silent = Noise(0, np.zeros(network.sizes.size))
        run(lanes, arrays, samples, missing_inputs, silent, values, out, parts)
    return out


def loss_of_outputs(loss, outputs, targets):
    """Return the mean loss of samples, without a penalty.

    Parameters
    ----------
    loss : Loss
    outputs : ndarray of shape (n_samples, n_outputs)
        W x + b of the output level.
    targets : Targets

    Returns
    -------
    float
        NaN where a sample that weighs something has no finite loss.
    """
    loss = mean_loss(loss, targets, np.ascontiguousarray(outputs))
    return float(loss) if np.isfinite(loss) else np.nan


def blank_record(n_samples, tolerance, keep_latest):
    """Return a record without notes."""
    n_latest = n_samples if keep_latest else 0
    single = np.float32
    return Record(
        float(tolerance),
        np.zeros((n_samples, N_COUNTS), dtype=np.int32),
        np.full(n_samples, -1, dtype=np.int8),
        np.zeros((n_samples, N_MEANS), dtype=single),
        np.full((n_samples, len(EARLY)), np.nan, dtype=single),
        np.full((n_latest, N_LATEST), np.nan, dtype=single),
    )


def evaluate(trainer, network, samples, targets, record):
    """Take notes of samples under a network, without dropout.

    Loss, threads and what becomes of missing inputs are those of the trainer.
    """
    outputs = raw_outputs(network, samples, trainer.n_threads, trainer.missing_inputs)
    note_outputs(trainer.loss, targets, outputs, record)


def losses_of(trainer, rows):
    """Return the loss of some training rows as the network is, without dropout.

    Parameters
    ----------
    trainer : Trainer
    rows : ndarray of int64

    Returns
    -------
    ndarray of shape (n_rows,), float32
        Not weighted, and without penalty. Costs a forward pass over the rows; memory
        beside it: 4096 rows.
    """
    losses = np.empty(rows.size, dtype=np.float32)
    for start in range(0, rows.size, _CHUNK):
        part = rows[start : start + _CHUNK]
        samples = take_samples(trainer.samples, part)
        targets = take_targets(trainer.targets, part)
        record = blank_record(part.size, tolerance=1.0, keep_latest=True)
        evaluate(trainer, trainer.network, samples, targets, record)
        losses[start : start + _CHUNK] = record.latest[:, LATEST_LOSS]
    return losses


def blank_selection(n_samples, dtype):
    """Return a selection that takes every sample as it is and has noted nothing."""
    return Selection(np.ones(n_samples, dtype), np.full(n_samples, np.nan, dtype))
