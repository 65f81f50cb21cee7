"""Gradients with respect to existing connections and to the values they read.

A block of connections at a time: its gradient is a short array that the optimizer takes
at once, so no gradient is ever stored for all connections.
"""

from sparsekit.kernels._jit import inner_kernel
from sparsekit.kernels._lanes import (
    add_totals,
    fill,
    item,
    load,
    multiply,
    scaled_add,
    store,
    total,
    width_of,
)
from sparsekit.kernels.forward import derivative, derivative_from_output


@inner_kernel
def bias_gradient(lanes, net, level, begin, end, n_tiles, deltas, slots):
    """Sum the gradient of the neurons `begin` to `end` of `level` over the batch."""
    width = width_of(lanes)
    n_here = net.sizes[level]
    for j in range(begin, end):
        gradient = deltas.dtype.type(0)
        for tile in range(n_tiles):
            at = (net.first[level] * n_tiles + tile * n_here + j) * width
            gradient += total(load(lanes, deltas, at))
        slots.bias_grad[net.first[level] + j] = gradient


@inner_kernel
def backward_inputs(
    lanes, net, level, begin, end, tile, n_tiles, values, deltas, noise, gradient
):
    """Send the gradient of a tile from `level` + 1 to neurons `begin` to `end`.

    Both products take one pass over the by-input index: each delta tile is loaded once
    and used for the gradient of the weight, added to `gradient`, and for that of the
    neuron. On entry the neuron's place in `deltas` holds d activation / dz, unless the
    value tells it; on return dloss / dz.
    """
    width = width_of(lanes)
    n_here = net.sizes[level]
    here = net.first[level] - net.first[0]
    inputs = here * n_tiles + tile * n_here
    next_tile = net.first[level + 1] * n_tiles + tile * net.sizes[level + 1]
    from_output = derivative_from_output(net, level, noise)
    zero = net.weights.dtype.type(0)
    base = net.in_indptr[here + begin]
    for j in range(begin, end):
        x = load(lanes, values, (inputs + j) * width)
        back = fill(lanes, zero)
        k = net.in_indptr[here + j]
        stop = net.in_indptr[here + j + 1]
        while k + 4 <= stop:
            a = load(lanes, deltas, (next_tile + item(net.in_indices, k)) * width)
            b = load(lanes, deltas, (next_tile + item(net.in_indices, k + 1)) * width)
            c = load(lanes, deltas, (next_tile + item(net.in_indices, k + 2)) * width)
            d = load(lanes, deltas, (next_tile + item(net.in_indices, k + 3)) * width)
            back = scaled_add(item(net.in_weights, k), a, back)
            back = scaled_add(item(net.in_weights, k + 1), b, back)
            back = scaled_add(item(net.in_weights, k + 2), c, back)
            back = scaled_add(item(net.in_weights, k + 3), d, back)
            add_totals(
                gradient,
                k - base,
                multiply(x, a),
                multiply(x, b),
                multiply(x, c),
                multiply(x, d),
            )
            k += 4
        while k < stop:
            delta = load(lanes, deltas, (next_tile + item(net.in_indices, k)) * width)
            back = scaled_add(item(net.in_weights, k), delta, back)
            gradient[k - base] += total(multiply(x, delta))
            k += 1
        at = (net.first[level] * n_tiles + tile * n_here + j) * width
        slope = derivative(lanes, net, level, from_output, x, deltas, at)
        store(deltas, at, multiply(back, slope))


@inner_kernel
def gradient_by_input(
    lanes, net, level, begin, end, n_tiles, values, deltas, noise, slots, gradient
):
    """Write the gradient of all connections that read neurons `begin` to `end`.

    On the way the gradient goes back to these neurons of `level`, and their biases get
    theirs.
    """
    gradient[:] = 0
    for tile in range(n_tiles):
        backward_inputs(
            lanes,
            net,
            level,
            begin,
            end,
            tile,
            n_tiles,
            values,
            deltas,
            noise,
            gradient,
        )
    bias_gradient(lanes, net, level, begin, end, n_tiles, deltas, slots)


@inner_kernel
def gradient_by_row(lanes, net, begin, end, n_tiles, values, deltas, gradient):
    """Write the gradient of rows of the first layer, whose inputs need none.

    Without an input gradient there is nothing to fuse, so the connections are visited
    in CSR order and the layer has no by-input index.
    """
    width = width_of(lanes)
    base = net.indptr[begin]
    gradient[:] = 0
    for tile in range(n_tiles):
        inputs = tile * net.sizes[0]
        for row in range(begin, end):
            delta = load(lanes, deltas, (tile * net.sizes[1] + row) * width)
            k = net.indptr[row]
            stop = net.indptr[row + 1]
            while k + 4 <= stop:
                a = load(lanes, values, (inputs + item(net.indices, k)) * width)
                b = load(lanes, values, (inputs + item(net.indices, k + 1)) * width)
                c = load(lanes, values, (inputs + item(net.indices, k + 2)) * width)
                d = load(lanes, values, (inputs + item(net.indices, k + 3)) * width)
                add_totals(
                    gradient,
                    k - base,
                    multiply(a, delta),
                    multiply(b, delta),
                    multiply(c, delta),
                    multiply(d, delta),
                )
                k += 4
            while k < stop:
                x = load(lanes, values, (inputs + item(net.indices, k)) * width)
                gradient[k - base] += total(multiply(x, delta))
                k += 1
