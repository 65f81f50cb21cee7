"""A first layer that visits the stored entries of CSR inputs only: doubly sparse.

An entry that is not stored stands for its column's fill value f_j, so that

    z_i = (b_i + sum_j w_ij f_j) + sum over stored j of w_ij (x_j - f_j).

The first part is the same for all samples. The second takes one multiplication for each
pair of a stored entry and a connection that reads it; there is no array of n_features
values per sample. The gradient of a weight splits in the same way. Entries that dropout
takes away are skipped.
"""

from sparsekit.kernels._jit import inner_kernel
from sparsekit.kernels._lanes import fill, item, load, put, store, width_of
from sparsekit.kernels.forward import derivative_from_output, finish_row
from sparsekit.kernels.gather import entry_after_dropout
from sparsekit.kernels.selection import first_not_below


@inner_kernel
def base_rows(net, samples, begin, end, base):
    """Write what rows `begin` to `end` of the first layer make of fill values alone."""
    for row in range(begin, end):
        z = net.biases[row]
        for k in range(net.indptr[row], net.indptr[row + 1]):
            z += item(net.weights, k) * item(samples.fill, item(net.indices, k))
        base[row] = z


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
    gradient,
):
    """Write the gradient of the connections that read the features `begin` to `end`.

    The gradient of the biases of level 1 must be there already.
    """
    width = width_of(lanes)
    first = net.in_indptr[begin]
    for j in range(begin, end):
        for k in range(net.in_indptr[j], net.in_indptr[j + 1]):
            push = item(slots.bias_grad, item(net.in_indices, k))
            put(gradient, k - first, samples.fill[j] * push)
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
