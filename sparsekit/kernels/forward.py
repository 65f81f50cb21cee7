"""From one level of neurons to the next: z = W x + b, activation, dropout."""

import math

from sparsekit.kernels._jit import inlined_kernel, inner_kernel
from sparsekit.kernels._lanes import (
    dropout,
    fill,
    item,
    load,
    multiply,
    scaled_add,
    store,
    where_positive,
    width_of,
)
from sparsekit.kernels.noise import hash_key, hash_threshold, key_at

# Kinds of activation. PIECEWISE is z for z > 0 and slope * z elsewhere: identity (1),
# ReLU (0), leaky ReLU and All-ReLU are all of this kind.
PIECEWISE = 0
LOGISTIC = 1
TANH = 2
EXPECTED_PIECEWISE = 3  # the expectation of PIECEWISE, at level 1, see `missing_inputs`


@inner_kernel
def _squash(kind, width, values, at, factors, factor_at, training):
    """Apply a sigmoidal activation in place; leave its derivative in `factors`."""
    one = values.dtype.type(1)
    for lane in range(width):
        z = values[at + lane]
        if kind == TANH:
            a = math.tanh(z)
            slope = one - a * a
        else:
            a = one / (one + math.exp(-z))
            slope = a * (one - a)
        values[at + lane] = a
        if training:
            factors[factor_at + lane] = slope


@inner_kernel
def derivative_from_output(net, level, noise):
    """Return whether a neuron's value alone tells the derivative of its activation.

    Then the forward pass need not store it, which saves half of what it writes. A
    negative slope makes values positive on both sides of zero.
    """
    plain = net.kinds[level] == PIECEWISE and noise.rates[level] == 0
    return plain and net.slopes[level] >= 0


@inlined_kernel
def derivative(lanes, net, level, from_output, value, factors, factor_at):
    """Return d activation / dz of a neuron, dropout included.

    `from_output` is what `derivative_from_output` returns.
    """
    if from_output:
        one = fill(lanes, net.weights.dtype.type(1))
        return where_positive(value, one, fill(lanes, net.slopes[level]))
    return load(lanes, factors, factor_at)


@inlined_kernel
def silence_row(
    lanes, net, level, row, tile, at, factor_at, values, factors, noise, step
):
    """Let dropout silence a hidden neuron, in training."""
    if factors.size == 0 or noise.rates[level] == 0:
        return
    rate = noise.rates[level]
    key = hash_key(noise.seed, step, level, row)
    # Lanes are numbered through the batch, so that the mask does not depend on the
    # width of a tile.
    key = key_at(key, tile * width_of(lanes))
    keep_scale = net.weights.dtype.type(1.0 / (1.0 - rate))
    kept = dropout(lanes, key, hash_threshold(rate), keep_scale)
    store(values, at, multiply(load(lanes, values, at), kept))
    store(factors, factor_at, multiply(load(lanes, factors, factor_at), kept))


@inlined_kernel
def finish_row(
    lanes, net, level, row, tile, n_tiles, from_output, z, values, factors, noise, step
):
    """Store what a neuron makes of z = W x + b: activation and dropout.

    In training `factors` receives d activation / dz, dropout included, in the place
    where the backward pass will leave the gradient, unless it follows `from_output`; an
    empty array means prediction.
    """
    width = width_of(lanes)
    n_out = net.sizes[level]
    at = ((net.first[level] - net.first[0]) * n_tiles + tile * n_out + row) * width
    if level == net.sizes.size - 1:
        store(values, at, z)
        return
    factor_at = (net.first[level] * n_tiles + tile * n_out + row) * width
    training = factors.size > 0
    if net.kinds[level] == PIECEWISE:
        slope = fill(lanes, net.slopes[level])
        store(values, at, where_positive(z, z, multiply(slope, z)))
        if training and not from_output:
            one = fill(lanes, net.weights.dtype.type(1))
            store(factors, factor_at, where_positive(z, one, slope))
    else:
        store(values, at, z)
        _squash(net.kinds[level], width, values, at, factors, factor_at, training)
    silence_row(
        lanes, net, level, row, tile, at, factor_at, values, factors, noise, step
    )


@inner_kernel
def forward_tile(lanes, net, level, tile, n_tiles, values, factors, noise, step):
    """Compute the neurons of `level` for one tile, from the connections in CSR."""
    width = width_of(lanes)
    n_in = net.sizes[level - 1]
    source = (net.first[level - 1] - net.first[0]) * n_tiles + tile * n_in
    from_output = derivative_from_output(net, level, noise)
    for row in range(net.sizes[level]):
        neuron = net.first[level] + row
        # One sum, in the order of the connections: a connection of weight zero then
        # changes no bit, and neither does growing one.
        z = fill(lanes, net.biases[neuron])
        for k in range(net.indptr[neuron], net.indptr[neuron + 1]):
            x = load(lanes, values, (source + item(net.indices, k)) * width)
            z = scaled_add(item(net.weights, k), x, z)
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
