"""Layers so dense that a dense matrix and BLAS are faster than CSR.

The connections in CSR order stay what counts: the matrix is their mirror, with zeros at
absent positions, and only existing connections are updated. Products are taken tile by
tile and in blocks of rows, whatever the number of threads, so they do not depend on it;
BLAS itself must run on one thread.
"""

import numpy as np

from sparsekit.kernels._jit import allocating_kernel, inner_kernel
from sparsekit.kernels._lanes import (
    fill,
    item,
    load,
    multiply,
    put,
    scaled_add,
    store,
    width_of,
)
from sparsekit.kernels.forward import derivative, derivative_from_output, finish_row

# Rows of a dense layer whose gradient is computed at a time. With fewer, BLAS packs the
# inputs too often: 64 rows take a tenth longer.
ROWS = 128


@inner_kernel
def n_row_blocks(n_rows):
    """Return the number of blocks of rows of a dense layer."""
    return (n_rows + ROWS - 1) // ROWS


@inner_kernel
def _is_full(net, level):
    return net.dense_at[level] < 0


@allocating_kernel
def _matrix(net, level):
    n_out, n_in = net.sizes[level], net.sizes[level - 1]
    if _is_full(net, level):
        begin = net.indptr[net.first[level]]
        return net.weights[begin : begin + n_out * n_in].reshape(n_out, n_in)
    begin = net.dense_at[level]
    return net.dense_matrices[begin : begin + n_out * n_in].reshape(n_out, n_in)


@allocating_kernel
def _tile_of(array, before, level_size, tile, n_tiles, width):
    """Return the lanes of a level's neurons in `tile`, shape (neurons, lanes)."""
    at = (before * n_tiles + tile * level_size) * width
    return array[at : at + level_size * width].reshape(level_size, width)


@inner_kernel
def fill_dense_rows(net, level, begin, end):
    """Write the weights of the rows `begin` to `end` to the matrix of the layer."""
    if _is_full(net, level):
        return
    n_in = net.sizes[level - 1]
    start = net.dense_at[level]
    for k in range(start + begin * n_in, start + end * n_in):
        net.dense_matrices[k] = 0
    mirror_rows(net, level, begin, end)


@inner_kernel
def mirror_rows(net, level, begin, end):
    """Write the weights of rows to the matrix of the layer, where it has its own."""
    if _is_full(net, level):
        return
    for row in range(begin, end):
        neuron = net.first[level] + row
        start = net.dense_at[level] + row * net.sizes[level - 1]
        for k in range(net.indptr[neuron], net.indptr[neuron + 1]):
            at = start + item(net.indices, k)
            put(net.dense_matrices, at, item(net.weights, k))


@allocating_kernel
def dense_forward_tile(lanes, net, level, tile, n_tiles, values, factors, noise, step):
    """Compute the neurons of `level` for one tile."""
    width = width_of(lanes)
    n_in, n_out = net.sizes[level - 1], net.sizes[level]
    here = net.first[level] - net.first[0]
    inputs = _tile_of(values, here - n_in, n_in, tile, n_tiles, width)
    outputs = _tile_of(values, here, n_out, tile, n_tiles, width)
    np.dot(_matrix(net, level), inputs, outputs)
    one = net.weights.dtype.type(1)
    from_output = derivative_from_output(net, level, noise)
    for row in range(n_out):
        z = load(lanes, values, (here * n_tiles + tile * n_out + row) * width)
        z = scaled_add(one, z, fill(lanes, net.biases[net.first[level] + row]))
        finish_row(
            lanes,
            net,
            level,
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


@allocating_kernel
def dense_input_gradient(lanes, net, level, tile, n_tiles, values, deltas, noise):
    """Send the gradient of one tile from `level` + 1 to the neurons of `level`.

    On entry their place in `deltas` holds d activation / dz, unless their value tells
    it; on return dloss / dz.
    """
    width = width_of(lanes)
    n_here, n_next = net.sizes[level], net.sizes[level + 1]
    gradient = np.empty((n_here, width), deltas.dtype)
    next_deltas = _tile_of(deltas, net.first[level + 1], n_next, tile, n_tiles, width)
    np.dot(_matrix(net, level + 1).T, next_deltas, gradient)
    gradient = gradient.reshape(n_here * width)
    here = (net.first[level] - net.first[0]) * n_tiles + tile * n_here
    from_output = derivative_from_output(net, level, noise)
    for j in range(n_here):
        at = (net.first[level] * n_tiles + tile * n_here + j) * width
        x = load(lanes, values, (here + j) * width)
        slope = derivative(lanes, net, level, from_output, x, deltas, at)
        store(deltas, at, multiply(load(lanes, gradient, j * width), slope))


@inner_kernel
def join_tile(lanes, net, level, tile, n_tiles, values, deltas):
    """Copy one tile of what a layer reads and of its output gradient.

    With all tiles side by side the weight gradient is one product over the batch.
    """
    width = width_of(lanes)
    n_in, n_out = net.sizes[level - 1], net.sizes[level]
    before = net.first[level - 1] - net.first[0]
    for j in range(n_in):
        x = load(lanes, values, (before * n_tiles + tile * n_in + j) * width)
        store(net.dense_inputs, (j * n_tiles + tile) * width, x)
    for row in range(n_out):
        at = (net.first[level] * n_tiles + tile * n_out + row) * width
        delta = load(lanes, deltas, at)
        store(net.dense_deltas, (row * n_tiles + tile) * width, delta)


@allocating_kernel
def gradient_of_dense_rows(lanes, net, level, begin, end, n_tiles):
    """Write the gradient of the connections of the rows `begin` to `end`.

    Their part of `net.dense_gradient` begins with it.
    """
    n_in, n_out = net.sizes[level - 1], net.sizes[level]
    n_lanes = n_tiles * width_of(lanes)
    inputs = net.dense_inputs[: n_in * n_lanes].reshape(n_in, n_lanes)
    deltas = net.dense_deltas[: n_out * n_lanes].reshape(n_out, n_lanes)
    buffer = net.dense_gradient[begin * n_in : end * n_in]
    np.dot(deltas[begin:end], inputs.T, buffer.reshape(end - begin, n_in))
    if _is_full(net, level):
        return
    # The gradient at existing connections moves to the front: a connection never stands
    # behind its position in the matrix.
    neuron = net.first[level] + begin
    first = net.indptr[neuron]
    for row in range(end - begin):
        for k in range(net.indptr[neuron + row], net.indptr[neuron + row + 1]):
            put(buffer, k - first, item(buffer, row * n_in + item(net.indices, k)))
