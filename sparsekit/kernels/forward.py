"""From one level of neurons to the next: z = W x + b, activation, dropout."""

import math

import numpy as np

from sparsekit.kernels._jit import kernel
from sparsekit.kernels._lanes import (
    LANE_STEP,
    dropout,
    fill,
    load,
    multiply,
    scaled_add,
    store,
    where_positive,
    width_of,
)
from sparsekit.kernels.hashing import GAMMA, mix64

# Kinds of activation. PIECEWISE is z for z > 0 and slope * z elsewhere: identity (1),
# ReLU (0), leaky ReLU and All-ReLU are all of this kind.
PIECEWISE = 0
LOGISTIC = 1
TANH = 2


@kernel
def hash_key(seed, step, level, neuron):
    """Mix four integers into 32 bits."""
    key = np.uint64(seed)
    for part in (step, level, neuron):
        key = mix64((key ^ np.uint64(part)) + GAMMA)
    return np.uint32(key & np.uint64(0xFFFFFFFF))


@kernel
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


@kernel
def forward_rows(lanes, net, level, begin, end, n_tiles, values, factors, noise, step):
    """Compute the neurons `begin` to `end` of `level` for all tiles.

    In training `factors` receives d activation / dz, dropout included, in the place
    where the backward pass will leave the gradient; an empty array means prediction.
    """
    width = width_of(lanes)
    n_in = net.sizes[level - 1]
    n_out = net.sizes[level]
    hidden = level < net.sizes.size - 1
    training = factors.size > 0
    slope = net.slopes[level]
    one = net.weights.dtype.type(1)
    for tile in range(n_tiles):
        source = (net.first[level - 1] - net.first[0]) * n_tiles + tile * n_in
        target = (net.first[level] - net.first[0]) * n_tiles + tile * n_out
        factor = net.first[level] * n_tiles + tile * n_out
        for row in range(begin, end):
            neuron = net.first[level] + row
            z = fill(lanes, net.biases[neuron])
            for k in range(net.indptr[neuron], net.indptr[neuron + 1]):
                x = load(lanes, values, (source + net.indices[k]) * width)
                z = scaled_add(net.weights[k], x, z)
            at = (target + row) * width
            factor_at = (factor + row) * width
            if not hidden:
                store(values, at, z)
                continue
            if net.kinds[level] == PIECEWISE:
                left = multiply(fill(lanes, slope), z)
                store(values, at, where_positive(z, z, left))
                if training:
                    derivative = where_positive(z, fill(lanes, one), fill(lanes, slope))
                    store(factors, factor_at, derivative)
            else:
                store(values, at, z)
                _squash(
                    net.kinds[level], width, values, at, factors, factor_at, training
                )
            if training and noise.threshold > 0:
                key = hash_key(noise.seed, step, level, row)
                # Lanes are numbered through the batch, so that the mask does not
                # depend on the width of a tile.
                key = np.uint32(key + np.uint32(tile * width) * np.uint32(LANE_STEP))
                kept = dropout(
                    lanes,
                    key,
                    np.uint32(noise.threshold),
                    net.weights.dtype.type(noise.keep_scale),
                )
                store(values, at, multiply(load(lanes, values, at), kept))
                store(
                    factors, factor_at, multiply(load(lanes, factors, factor_at), kept)
                )
