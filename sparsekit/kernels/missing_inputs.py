"""What the first layer makes of missing inputs, beyond leaving them out.

With O the observed and M the missing inputs of a sample, neuron k of level 1 computes

- SAMPLE_SCALED: z = (K / q)^p sum over O of w x + b, where q is the number of observed
  values of the sample and K its mean over the training rows, p = 1 or 1/2;
- NEURON_SCALED: z = (f / q)^p sum over O of w x + b, where f is the number of values
  that the neuron reads and q how many of them are observed;
- EXPECTED: E[a(Z)] of the activation a, Z normal with mean m = sum over O of w x + sum
  over M of w mean + b and variance s^2 = sum over M of w^2 variance.

Indicators of missing values are inputs like others and are not scaled.

References
----------
.. [1] Yi, Lee, Kim, Hwang and Yang, "Why not to use zero imputation? Correcting
   sparsity bias in training neural networks", ICLR 2020 (SAMPLE_SCALED, p = 1).
.. [2] Smieja, Struski, Tabor, Zielinski and Spurek, "Processing of missing data by
   neural networks", NeurIPS 2018, theorem 3.1 (EXPECTED, for ReLU).
"""

import math

import numpy as np

from sparsekit.kernels._jit import allocating_kernel, inlined_kernel, inner_kernel
from sparsekit.kernels._lanes import (
    add_totals,
    fill,
    item,
    load,
    multiply,
    multiply_add,
    scaled_add,
    store,
    total,
    width_of,
)
from sparsekit.kernels._structs import EXPECTED, SAMPLE_SCALED
from sparsekit.kernels.forward import derivative_from_output, finish_row, silence_row

ROOT_HALF = math.sqrt(0.5)
DENSITY_AT_0 = 1.0 / math.sqrt(2.0 * math.pi)


@inner_kernel
def input_notes(net, tile, n_tiles, width):
    """Return where the notes on the inputs of a tile begin, after all values.

    Of each value they say what it adds where it is missing, and 0 where it is observed:
    1, or its variance (EXPECTED).
    """
    last = net.sizes.size - 1
    n_neurons = net.first[last] - net.first[0] + net.sizes[last]
    return (n_neurons * n_tiles + tile * net.sizes[0]) * width


@inner_kernel
def neuron_notes(net, tile, n_tiles, width):
    """Return where the notes on the neurons of level 1 begin, after the above.

    The factor of the sum; for EXPECTED the variance, and then the ratio of the slopes
    along variance and mean.
    """
    return input_notes(net, n_tiles, n_tiles, width) + tile * net.sizes[1] * width


@allocating_kernel
def _scale_lanes(lanes, missing, at, n_missing, values):
    """Scale the values of each sample by what it lacks."""
    width = width_of(lanes)
    factors = np.ones(width, values.dtype)
    for lane in range(width):
        seen = missing.n_values - n_missing[lane]
        if seen > 0:
            ratio = missing.typical / seen
            factors[lane] = math.sqrt(ratio) if missing.root == 1 else ratio
    factor = load(lanes, factors, 0)
    for j in range(missing.n_values):
        here = at + j * width
        store(values, here, multiply(load(lanes, values, here), factor))


@allocating_kernel
def settle_missing(lanes, net, missing, tile, n_tiles, values):
    """Replace NaN among the inputs of a tile; note where there was one."""
    width = width_of(lanes)
    at = tile * net.sizes[0] * width
    notes = input_notes(net, tile, n_tiles, width)
    noting = missing.kind != SAMPLE_SCALED
    n_missing = np.zeros(width, np.int64)
    for j in range(missing.n_values):
        mean = missing.mean[j]
        note = missing.variance[j] if missing.kind == EXPECTED else values.dtype.type(1)
        for lane in range(width):
            here = at + j * width + lane
            is_nan = np.isnan(values[here])
            n_missing[lane] += is_nan
            if is_nan:
                values[here] = mean
            if noting:
                place = notes + j * width + lane
                values[place] = note if is_nan else values.dtype.type(0)
    if not noting:
        _scale_lanes(lanes, missing, at, n_missing, values)


@inner_kernel
def _expect(net, width, values, at, variance_at, factors, factor_at):
    """Apply the expected activation to means; leave its slopes for the backward pass.

    For a(z) = c z + (1 - c) max(z, 0), with t = m / s,

        E a(Z) = c m + (1 - c) (m Phi(t) + s phi(t)),
        dE/dm = c + (1 - c) Phi(t),    dE/ds^2 = (1 - c) phi(t) / (2 s).
    """
    kind = values.dtype.type
    zero, one = kind(0), kind(1)
    slope = net.slopes[1]
    for lane in range(width):
        mean = values[at + lane]
        variance = values[variance_at + lane]
        if variance > zero:
            spread = math.sqrt(variance)
            t = mean / spread
            below = kind(0.5) * math.erfc(-t * kind(ROOT_HALF))
            density = kind(DENSITY_AT_0) * math.exp(kind(-0.5) * t * t)
            value = mean * below + spread * density
            along_mean = slope + (one - slope) * below
            along_variance = (one - slope) * density / (kind(2) * spread)
        else:
            value = max(mean, zero)
            along_mean = one if mean > zero else slope
            along_variance = zero
        values[at + lane] = slope * mean + (one - slope) * value
        if factors.size > 0:
            if along_mean == zero and along_variance > zero:
                # Its ratio must exist; the slope of All-ReLU crosses zero.
                along_mean = kind(1e-30)
            factors[factor_at + lane] = along_mean
            ratio = along_variance / along_mean if along_mean != zero else zero
            values[variance_at + lane] = ratio


@inner_kernel
def _scale_factors(root, n_read, values, at, width):
    """Turn how many of `n_read` values are missing into the factor of each lane."""
    one = values.dtype.type(1)
    for lane in range(width):
        n_seen = n_read - values[at + lane]
        ratio = n_read / n_seen if n_seen > 0 else one
        values[at + lane] = math.sqrt(ratio) if root == 1 else ratio


@inner_kernel
def _scaled_rows(
    lanes, net, missing, tile, n_tiles, from_output, values, factors, noise, step
):
    width = width_of(lanes)
    source = tile * net.sizes[0] * width
    notes = input_notes(net, tile, n_tiles, width)
    factor_notes = neuron_notes(net, tile, n_tiles, width)
    zero, one = values.dtype.type(0), values.dtype.type(1)
    for row in range(net.sizes[1]):
        z = fill(lanes, zero)
        n_missing = fill(lanes, zero)
        k = net.indptr[row]
        stop = net.indptr[row + 1]
        # Rows are sorted: the values first, then the indicators.
        while k < stop and item(net.indices, k) < missing.n_values:
            j = item(net.indices, k) * width
            z = scaled_add(item(net.weights, k), load(lanes, values, source + j), z)
            n_missing = scaled_add(one, load(lanes, values, notes + j), n_missing)
            k += 1
        n_read = k - net.indptr[row]
        here = factor_notes + row * width
        store(values, here, n_missing)
        _scale_factors(missing.root, values.dtype.type(n_read), values, here, width)
        bias = fill(lanes, net.biases[row])
        z = multiply_add(z, load(lanes, values, here), bias)
        while k < stop:
            j = item(net.indices, k) * width
            z = scaled_add(item(net.weights, k), load(lanes, values, source + j), z)
            k += 1
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
def _expected_rows(lanes, net, tile, n_tiles, values, factors, noise, step):
    width = width_of(lanes)
    source = tile * net.sizes[0] * width
    notes = input_notes(net, tile, n_tiles, width)
    target = (net.sizes[0] * n_tiles + tile * net.sizes[1]) * width
    variance_notes = neuron_notes(net, tile, n_tiles, width)
    for row in range(net.sizes[1]):
        mean = fill(lanes, net.biases[row])
        variance = fill(lanes, values.dtype.type(0))
        for k in range(net.indptr[row], net.indptr[row + 1]):
            j = item(net.indices, k) * width
            w = item(net.weights, k)
            mean = scaled_add(w, load(lanes, values, source + j), mean)
            variance = scaled_add(w * w, load(lanes, values, notes + j), variance)
        at = target + row * width
        store(values, at, mean)
        variance_at = variance_notes + row * width
        if net.sizes.size == 2:  # outputs have no activation
            store(values, variance_at, fill(lanes, values.dtype.type(0)))
            continue
        store(values, variance_at, variance)
        factor_at = (tile * net.sizes[1] + row) * width
        _expect(net, width, values, at, variance_at, factors, factor_at)
        silence_row(
            lanes, net, 1, row, tile, at, factor_at, values, factors, noise, step
        )


@inner_kernel
def forward_tile_with_missing(
    lanes, net, missing, tile, n_tiles, values, factors, noise, step
):
    """Compute the neurons of level 1 for one tile, for NEURON_SCALED and EXPECTED."""
    if missing.kind == EXPECTED:
        _expected_rows(lanes, net, tile, n_tiles, values, factors, noise, step)
    else:
        from_output = derivative_from_output(net, 1, noise)
        _scaled_rows(
            lanes,
            net,
            missing,
            tile,
            n_tiles,
            from_output,
            values,
            factors,
            noise,
            step,
        )


@inlined_kernel
def _pull(lanes, net, missing, k, source, notes, values, delta, noted):
    """Return what each sample adds to the gradient of connection `k`.

    `noted` is the gradient times what the neuron's notes say.
    """
    j = item(net.indices, k)
    width = width_of(lanes)
    x = load(lanes, values, source + j * width)
    if missing.kind == EXPECTED:
        twice = item(net.weights, k) + item(net.weights, k)
        value_for_missing = load(lanes, values, notes + j * width)
        return scaled_add(twice, multiply(value_for_missing, noted), multiply(x, delta))
    if j < missing.n_values:
        return multiply(x, noted)
    return multiply(x, delta)


@inner_kernel
def gradient_with_missing(
    lanes, net, missing, begin, end, n_tiles, values, deltas, gradient
):
    """Write the gradient of the rows `begin` to `end` of the first layer."""
    width = width_of(lanes)
    base = net.indptr[begin]
    gradient[:] = 0
    for tile in range(n_tiles):
        source = tile * net.sizes[0] * width
        notes = input_notes(net, tile, n_tiles, width)
        neurons = neuron_notes(net, tile, n_tiles, width)
        for row in range(begin, end):
            delta = load(lanes, deltas, (tile * net.sizes[1] + row) * width)
            noted = multiply(delta, load(lanes, values, neurons + row * width))
            k = net.indptr[row]
            stop = net.indptr[row + 1]
            while k + 4 <= stop:
                add_totals(
                    gradient,
                    k - base,
                    _pull(lanes, net, missing, k, source, notes, values, delta, noted),
                    _pull(
                        lanes, net, missing, k + 1, source, notes, values, delta, noted
                    ),
                    _pull(
                        lanes, net, missing, k + 2, source, notes, values, delta, noted
                    ),
                    _pull(
                        lanes, net, missing, k + 3, source, notes, values, delta, noted
                    ),
                )
                k += 4
            while k < stop:
                gradient[k - base] += total(
                    _pull(lanes, net, missing, k, source, notes, values, delta, noted)
                )
                k += 1
