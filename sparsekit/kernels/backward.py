"""Gradients with respect to existing connections and to the values they read."""

from sparsekit.kernels._jit import kernel
from sparsekit.kernels._lanes import (
    fill,
    load,
    multiply,
    scaled_add,
    store,
    total,
    width_of,
)


@kernel
def backward_inputs(lanes, net, level, begin, end, n_tiles, values, deltas, slots):
    """Send the gradient from `level` + 1 to the neurons `begin` to `end` of `level`.

    One pass over the by-input index serves both products: each delta tile is loaded
    once and used for the gradient of the weight and for that of the neuron. On entry
    the neuron's place in `deltas` holds d activation / dz; on return dloss / dz.
    """
    width = width_of(lanes)
    n_here = net.sizes[level]
    n_next = net.sizes[level + 1]
    here = (net.first[level] - net.first[0]) * n_tiles
    zero = net.weights.dtype.type(0)
    for j in range(begin, end):
        neuron = net.first[level] + j
        bias_grad = zero
        for tile in range(n_tiles):
            x = load(lanes, values, (here + tile * n_here + j) * width)
            next_tile = net.first[level + 1] * n_tiles + tile * n_next
            gradient = fill(lanes, zero)
            for k in range(net.in_indptr[neuron], net.in_indptr[neuron + 1]):
                position = net.in_position[k]
                delta = load(lanes, deltas, (next_tile + net.in_indices[k]) * width)
                gradient = scaled_add(net.weights[position], delta, gradient)
                share = total(multiply(x, delta))
                if tile == 0:
                    slots.weight_grad[position] = share
                else:
                    slots.weight_grad[position] += share
            at = (net.first[level] * n_tiles + tile * n_here + j) * width
            gradient = multiply(gradient, load(lanes, deltas, at))
            store(deltas, at, gradient)
            bias_grad += total(gradient)
        slots.bias_grad[neuron] = bias_grad


@kernel
def gradient_rows(lanes, net, begin, end, n_tiles, values, deltas, slots):
    """Compute the weight gradient of rows of the first layer, whose inputs need none.

    Without an input gradient there is nothing to fuse, so the connections are visited
    in CSR order and the first layer has no by-input index.
    """
    width = width_of(lanes)
    n_in = net.sizes[0]
    n_out = net.sizes[1]
    for row in range(begin, end):
        for tile in range(n_tiles):
            delta = load(lanes, deltas, (tile * n_out + row) * width)
            for k in range(net.indptr[row], net.indptr[row + 1]):
                x = load(lanes, values, (tile * n_in + net.indices[k]) * width)
                share = total(multiply(x, delta))
                if tile == 0:
                    slots.weight_grad[k] = share
                else:
                    slots.weight_grad[k] += share
