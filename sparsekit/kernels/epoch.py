"""A whole epoch in one compiled call: gather, forward, loss, backward, update.

Work is split by owner: a neuron's value, a connection's gradient and a parameter's
update each belong to one part of one loop, and no sum crosses parts. The parallel twin
therefore returns the same bits as the serial function, on any number of threads.
"""

import numpy as np
from numba import prange

from sparsekit.kernels._jit import kernel, parallel_twin
from sparsekit.kernels._lanes import width_of
from sparsekit.kernels.backward import backward_inputs, gradient_rows
from sparsekit.kernels.forward import forward_rows
from sparsekit.kernels.gather import gather_tile
from sparsekit.kernels.losses import output_bias_grad, output_deltas
from sparsekit.kernels.optimizer import sum_of_squares, update

# Parameters updated at a time; the blocks do not depend on the number of threads, nor
# then does the order in which the penalty is summed.
_BLOCK = 4096


@kernel
def first_row(indptr, begin, n_rows, part, parts):
    """Return the row where `part` begins when rows share connections evenly."""
    if part == 0:
        return 0
    if part == parts:
        return n_rows
    total = indptr[begin + n_rows] - indptr[begin]
    goal = indptr[begin] + total * part // parts
    low, high = 0, n_rows
    while low < high:
        middle = (low + high) // 2
        if indptr[begin + middle] < goal:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _batch_weight(targets, order, start, count):
    if targets.sample_weight.size == 0:
        return float(count)
    total = 0.0
    for i in range(start, start + count):
        total += targets.sample_weight[order[i]]
    return total


def _run_epoch(
    lanes,
    net,
    samples,
    targets,
    loss,
    order,
    batch_size,
    values,
    deltas,
    slots,
    rule,
    noise,
    step,
    parts,
):
    """Train on the rows in `order`, batch after batch.

    Returns
    -------
    (float, int, int)
        Sum over the batches of mean loss times rows, penalty included; steps taken;
        1 if a loss or a parameter left the finite numbers, else 0. In that case
        training stopped there, the loss is NaN, and all parameters are finite.
    """
    n_levels = net.sizes.size
    n_blocks = (net.weights.size + _BLOCK - 1) // _BLOCK
    squares = np.zeros(n_blocks)
    broken = np.zeros(n_blocks, np.int64)
    width = width_of(lanes)
    epoch_loss = 0.0
    steps = 0
    for start in range(0, order.size, batch_size):
        count = min(batch_size, order.size - start)
        n_tiles = (count + width - 1) // width
        weight = _batch_weight(targets, order, start, count)
        if not weight > 0.0:
            continue
        tile_loss = np.empty(n_tiles)
        steps += 1
        now = step + steps

        for tile in prange(n_tiles):
            gather_tile(lanes, net, samples, order, start, count, tile, values)
        for level in range(1, n_levels):
            for part in prange(parts):
                begin = net.first[level]
                n_rows = net.sizes[level]
                forward_rows(
                    lanes,
                    net,
                    level,
                    first_row(net.indptr, begin, n_rows, part, parts),
                    first_row(net.indptr, begin, n_rows, part + 1, parts),
                    n_tiles,
                    values,
                    deltas,
                    noise,
                    now,
                )
        for tile in prange(n_tiles):
            tile_loss[tile] = output_deltas(
                lanes,
                net,
                loss,
                targets,
                order,
                start,
                count,
                tile,
                n_tiles,
                values,
                deltas,
            )
        batch_loss = 0.0
        for tile in range(n_tiles):
            batch_loss += tile_loss[tile]
        if not np.isfinite(batch_loss):
            return np.nan, steps, 1

        output_bias_grad(lanes, net, n_tiles, deltas, slots)
        for level in range(n_levels - 2, 0, -1):
            for part in prange(parts):
                begin = net.first[level]
                n_rows = net.sizes[level]
                backward_inputs(
                    lanes,
                    net,
                    level,
                    first_row(net.in_indptr, begin, n_rows, part, parts),
                    first_row(net.in_indptr, begin, n_rows, part + 1, parts),
                    n_tiles,
                    values,
                    deltas,
                    slots,
                )
        for part in prange(parts):
            gradient_rows(
                lanes,
                net,
                first_row(net.indptr, 0, net.sizes[1], part, parts),
                first_row(net.indptr, 0, net.sizes[1], part + 1, parts),
                n_tiles,
                values,
                deltas,
                slots,
            )

        for block in prange(n_blocks):
            begin = block * _BLOCK
            end = min(begin + _BLOCK, net.weights.size)
            if rule.l2 > 0.0:
                squares[block] = sum_of_squares(lanes, net.weights, begin, end)
            broken[block] = update(
                rule,
                net.weights,
                slots.weight_grad,
                slots.weight_first,
                slots.weight_second,
                begin,
                end,
                weight,
                rule.l2,
                rule.decay,
                now,
            )
        failures = update(
            rule,
            net.biases,
            slots.bias_grad,
            slots.bias_first,
            slots.bias_second,
            0,
            net.biases.size,
            weight,
            0.0,
            0.0,
            now,
        )
        penalty = 0.0
        for block in range(n_blocks):
            penalty += squares[block]
            failures += broken[block]
        epoch_loss += (batch_loss + 0.5 * rule.l2 * penalty) / weight * count
        if failures > 0:
            return np.nan, steps, 1
    return epoch_loss, steps, 0


run_epoch = kernel(_run_epoch)
run_epoch_parallel = parallel_twin(_run_epoch)
