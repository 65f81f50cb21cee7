"""The outputs of the network for prepared samples, before the output activation."""

import numpy as np
from numba import prange

from sparsekit.kernels._jit import inner_kernel, kernel, parallel_twin
from sparsekit.kernels._lanes import width_of
from sparsekit.kernels._structs import SAMPLE_SCALED, STORED
from sparsekit.kernels.forward import forward_tile
from sparsekit.kernels.gather import gather_tile
from sparsekit.kernels.missing_inputs import forward_tile_with_missing, settle_missing
from sparsekit.kernels.stored import (
    base_part,
    fills_read,
    n_base_parts,
    stored_forward_tile,
    sum_base,
)


@inner_kernel
def _predict_tiles(
    lanes, net, samples, missing, order, noise, base, first, last, values, out
):
    """Compute the tiles `first` to `last`, one after another, in one buffer."""
    width = width_of(lanes)
    n_levels = net.sizes.size
    n_outputs = net.sizes[n_levels - 1]
    outputs = net.first[n_levels - 1] - net.first[0]
    no_factors = values[:0]
    for tile in range(first, last):
        start = tile * width
        count = min(width, order.size - start)
        begin = 1
        if net.formats[1] == STORED:
            begin = 2
            stored_forward_tile(
                lanes,
                net,
                samples,
                order,
                start,
                count,
                0,
                1,
                base,
                values,
                no_factors,
                noise,
                None,
                0,
            )
        else:
            gather_tile(lanes, net, samples, order, start, count, 0, None, 0, values)
        if missing is not None:
            settle_missing(lanes, net, missing, 0, 1, values)
            if missing.kind != SAMPLE_SCALED:
                begin = 2
                forward_tile_with_missing(
                    lanes, net, missing, 0, 1, values, no_factors, noise, 0
                )
        for level in range(begin, n_levels):
            forward_tile(lanes, net, level, 0, 1, values, no_factors, noise, 0)
        for lane in range(count):
            for k in range(n_outputs):
                out[start + lane, k] = values[(outputs + k) * width + lane]


def _predict(lanes, net, samples, missing, noise, values, out, parts):
    """Fill `out` (n_samples, n_outputs); `values` has one buffer, a row, per part.

    A sample's result does not depend on the samples beside it.
    """
    order = np.arange(out.shape[0])
    width = width_of(lanes)
    n_tiles = (out.shape[0] + width - 1) // width
    base = np.empty(net.sizes[1], values.dtype)
    if net.formats[1] == STORED:
        fills = fills_read(net, samples)
        base_sums = np.empty((n_base_parts(fills.size), net.sizes[1]), values.dtype)
        for part in range(base_sums.shape[0]):
            base_part(net, fills, part, base_sums.shape[0], base_sums[part])
        sum_base(net, base_sums, base)
    for part in prange(parts):
        _predict_tiles(
            lanes,
            net,
            samples,
            missing,
            order,
            noise,
            base,
            n_tiles * part // parts,
            n_tiles * (part + 1) // parts,
            values[part],
            out,
        )


predict = kernel(_predict)
predict_parallel = parallel_twin(_predict)
