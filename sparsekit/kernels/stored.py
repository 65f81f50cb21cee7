"""A first layer that visits the stored entries of CSR inputs only: doubly sparse.

An entry that is not stored stands for its column's fill value f_j, so that

    z_i = (b_i + sum_j w_ij f_j) + sum over stored j of w_ij (x_j - f_j).

The first part is the same for all samples. The second takes one multiplication for each
pair of a stored entry and a connection that reads it; there is no array of n_features
values per sample. The gradient of a weight splits in the same way. Entries that dropout
takes away are skipped.

Both first parts go through the connections by input, each with the fill value that it
reads beside it: a step takes no time for features that nothing reads. With a million
features and a quarter of a million connections that is 4 times as fast as going through
the features.
"""

import numpy as np

from sparsekit.kernels._jit import allocating_kernel, inner_kernel
from sparsekit.kernels._lanes import fill, item, load, put, store, width_of
from sparsekit.kernels._structs import STORED
from sparsekit.kernels.blocks import BLOCK
from sparsekit.kernels.forward import derivative_from_output, finish_row
from sparsekit.kernels.gather import entry_after_dropout
from sparsekit.kernels.selection import first_not_below

# Parts of the connections whose products with fill values are summed apart, at most:
# few enough that adding them up costs little. Threads play no part in their number.
_PARTS = 32


@allocating_kernel
def fills_read(net, samples):
    """Return the fill value that each connection of the first layer reads.

    It has no elements where that layer has another format, be there an index or not.
    """
    if net.formats[1] != STORED:
        return np.empty(0, samples.fill.dtype)
    fills = np.empty(net.indptr[net.sizes[1]], samples.fill.dtype)
    for j in range(samples.fill.size):
        for k in range(net.in_indptr[j], net.in_indptr[j + 1]):
            put(fills, k, item(samples.fill, j))
    return fills


@inner_kernel
def n_base_parts(n_connections):
    """Return in how many parts `base_part` goes through the connections."""
    return min(_PARTS, max(1, n_connections // BLOCK))


@inner_kernel
def base_part(net, fills, part, parts, sums):
    """Sum what level 1 makes of fill values, over a part of the connections."""
    sums[:] = 0
    for k in range(fills.size * part // parts, fills.size * (part + 1) // parts):
        row = item(net.in_indices, k)
        put(sums, row, item(sums, row) + item(net.in_weights, k) * item(fills, k))


@inner_kernel
def sum_base(net, sums, base):
    """Write what the neurons of level 1 make of biases and fill values alone."""
    for row in range(base.size):
        base[row] = net.biases[row]
    for part in range(sums.shape[0]):
        for row in range(base.size):
            base[row] += sums[part, row]


@inner_kernel
def stored_forward_tile(
    lanes,
    net,
    samples,
    order,
    start,
    count,
    tile,
    n_tiles,
    base,
    values,
    factors,
    noise,
    input_noise,
    step,
):
    """Compute the neurons of level 1 for the rows of `order` that fall in `tile`."""
    width = width_of(lanes)
    n_out = net.sizes[1]
    target = (net.sizes[0] * n_tiles + tile * n_out) * width
    for row in range(n_out):
        store(values, target + row * width, fill(lanes, base[row]))
    for lane in range(min(width, count - tile * width)):
        sample = order[start + tile * width + lane]
        for p in range(samples.indptr[sample], samples.indptr[sample + 1]):
            j = samples.indices[p]
            i = tile * width + lane
            x = entry_after_dropout(samples, p, input_noise, step, i) - samples.fill[j]
            if x == 0:
                continue
            for k in range(net.in_indptr[j], net.in_indptr[j + 1]):
                at = target + item(net.in_indices, k) * width + lane
                put(values, at, item(values, at) + item(net.in_weights, k) * x)
    from_output = derivative_from_output(net, 1, noise)
    for row in range(n_out):
        z = load(lanes, values, target + row * width)
        finish_row(
            lanes,
            net,
            1,
            row,
            tile,
            n_tiles,
            from_output,
            z,
            values,
            factors,
            noise,
            step,
        )


@inner_kernel
def gradient_of_stored(
    lanes,
    net,
    samples,
    order,
    start,
    count,
    begin,
    end,
    deltas,
    slots,
    input_noise,
    step,
    fills,
    gradient,
):
    """Write the gradient of the connections that read the features `begin` to `end`.

    The gradient of the biases of level 1 must be there already.
    """
    width = width_of(lanes)
    first = net.in_indptr[begin]
    for k in range(first, net.in_indptr[end]):
        push = item(slots.bias_grad, item(net.in_indices, k))
        put(gradient, k - first, item(fills, k) * push)
    for i in range(count):
        tile = i // width
        source = tile * net.sizes[1] * width + i % width
        sample = order[start + i]
        stop = samples.indptr[sample + 1]
        p = first_not_below(samples.indices, samples.indptr[sample], stop, begin)
        while p < stop and samples.indices[p] < end:
            j = samples.indices[p]
            x = entry_after_dropout(samples, p, input_noise, step, i) - samples.fill[j]
            stop_at = net.in_indptr[j + 1] if x != 0 else net.in_indptr[j]
            for k in range(net.in_indptr[j], stop_at):
                delta = item(deltas, source + item(net.in_indices, k) * width)
                put(gradient, k - first, item(gradient, k - first) + delta * x)
            p += 1
