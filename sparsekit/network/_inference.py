"""Outputs of a network for prepared samples."""

import numpy as np

from sparsekit.kernels._structs import Noise
from sparsekit.kernels.predict import predict, predict_parallel
from sparsekit.network._formats import check_formats
from sparsekit.network._holes import is_expected, room_for_notes
from sparsekit.network._samples import n_samples_of
from sparsekit.network._threads import parallel_section, useful_threads
from sparsekit.network._tiles import lanes_for, room_for_tiles

_SILENCE = Noise(0, 0, 1.0)


def raw_outputs(network, samples, n_threads=1, holes=None):
    """Return W x + b of the output level.

    Parameters
    ----------
    network : SparseNetwork
    samples : Samples
    n_threads : int
    holes : Holes or None
        What becomes of NaN in `samples`, as in training.

    Returns
    -------
    ndarray of shape (n_samples, n_outputs)
        A row does not depend on the other rows, nor on the number of threads. Memory
        beside it: O(neurons) per thread.
    """
    n_samples = n_samples_of(samples)
    lanes, width = lanes_for(n_samples, network.dtype)
    n_threads = useful_threads(n_threads, network.weights.size, n_samples)
    parts = max(1, min(n_threads, -(-n_samples // width)))
    room = int(network.sizes.sum()) + room_for_notes(network, holes)
    values = room_for_tiles(parts * room * width, network.dtype).reshape(parts, -1)
    out = np.empty((n_samples, int(network.sizes[-1])), dtype=network.dtype)
    arrays = network.for_inference(expected=is_expected(holes))
    check_formats(arrays, samples, holes)
    with parallel_section(parts) as parallel:
        run = predict_parallel if parallel else predict
        run(lanes, arrays, samples, holes, _SILENCE, values, out, parts)
    return out
