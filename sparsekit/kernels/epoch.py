"""A whole epoch in one compiled call: gather, forward, loss, backward, update.

Work is split by owner: a tile's values, a connection's gradient and a parameter's
update each belong to one turn of one loop, and no sum crosses turns. The parallel twin
therefore returns the same bits as the serial function, on any number of threads.
"""

import numpy as np
from numba import prange

from sparsekit.kernels._jit import (
    allocating_kernel,
    inner_kernel,
    kernel,
    parallel_twin,
)
from sparsekit.kernels._lanes import width_of
from sparsekit.kernels._structs import (
    BY_INPUT,
    BY_ROW,
    DENSE,
    INDEXED,
    SAMPLE_SCALED,
    STORED,
)
from sparsekit.kernels.backward import bias_gradient, gradient_by_input, gradient_by_row
from sparsekit.kernels.blocks import first_row, n_blocks
from sparsekit.kernels.dense import (
    ROWS,
    dense_forward_tile,
    dense_input_gradient,
    fill_dense_rows,
    gradient_of_dense_rows,
    join_tile,
    mirror_rows,
    n_row_blocks,
)
from sparsekit.kernels.forward import forward_tile
from sparsekit.kernels.gather import gather_tile
from sparsekit.kernels.missing_inputs import (
    forward_tile_with_missing,
    gradient_with_missing,
    settle_missing,
)
from sparsekit.kernels.optimizer import take_step, update
from sparsekit.kernels.order import (
    bounds,
    connection_range,
    moments_by_input,
    moments_by_row,
    n_chunks,
    stash,
    weights_by_input,
    weights_by_row,
)
from sparsekit.kernels.outputs import output_deltas
from sparsekit.kernels.stored import (
    base_part,
    fills_read,
    gradient_of_stored,
    n_base_parts,
    stored_forward_tile,
    sum_base,
)


@inner_kernel
def _batch_weight(targets, order, start, count):
    if targets.sample_weight.size == 0:
        return float(count)
    total = 0.0
    for i in range(start, start + count):
        total += targets.sample_weight[order[i]]
    return total


@inner_kernel
def _batch_tile(
    lanes,
    net,
    samples,
    missing,
    targets,
    loss,
    order,
    start,
    count,
    tile,
    n_tiles,
    base,
    values,
    deltas,
    noise,
    input_noise,
    record,
    selection,
    step,
):
    """Take one tile through all levels; return its loss, leave the output gradient."""
    if net.formats[1] != STORED:
        gather_tile(
            lanes, net, samples, order, start, count, tile, input_noise, step, values
        )
    begin = 1
    # numba compiles only that branch which the type of `missing` leaves.
    if missing is not None:
        settle_missing(lanes, net, missing, tile, n_tiles, values)
        if missing.kind != SAMPLE_SCALED:
            begin = 2
            forward_tile_with_missing(
                lanes, net, missing, tile, n_tiles, values, deltas, noise, step
            )
    for level in range(begin, net.sizes.size):
        if net.formats[level] == DENSE:
            dense_forward_tile(
                lanes, net, level, tile, n_tiles, values, deltas, noise, step
            )
        elif net.formats[level] == STORED:
            stored_forward_tile(
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
                deltas,
                noise,
                input_noise,
                step,
            )
        else:
            forward_tile(lanes, net, level, tile, n_tiles, values, deltas, noise, step)
    return output_deltas(
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
        record,
        selection,
    )


@allocating_kernel
def _block_counts(net):
    """Return how many blocks of connections each layer has, shape (L + 1,)."""
    counts = np.zeros(net.sizes.size, np.int64)
    for layer in range(1, net.sizes.size):
        if net.formats[layer] == DENSE:
            counts[layer] = n_row_blocks(net.sizes[layer])
        elif net.formats[layer] == BY_ROW:
            counts[layer] = n_blocks(net.indptr, net.first[layer], net.sizes[layer])
        else:
            here = net.first[layer - 1] - net.first[0]
            counts[layer] = n_blocks(net.in_indptr, here, net.sizes[layer - 1])
    return counts


@inner_kernel
def _gradient_of_first_layer(
    lanes, net, missing, begin, end, n_tiles, values, deltas, gradient
):
    if missing is not None and missing.kind != SAMPLE_SCALED:
        gradient_with_missing(
            lanes, net, missing, begin, end, n_tiles, values, deltas, gradient
        )
    else:
        gradient_by_row(lanes, net, begin, end, n_tiles, values, deltas, gradient)


@inner_kernel
def _block_range(net, layer, block, n_layer_blocks):
    """Return where a block of connections begins and ends.

    Returns
    -------
    begin, end : int
        Its output neurons in layers of format DENSE and BY_ROW, else its inputs.
    first, last : int
        Its connections, in the order of the layer's format.
    """
    if net.formats[layer] == DENSE:
        begin = block * ROWS
        end = min(begin + ROWS, net.sizes[layer])
    elif net.formats[layer] == BY_ROW:
        row, n_rows = net.first[layer], net.sizes[layer]
        begin = first_row(net.indptr, row, n_rows, block, n_layer_blocks)
        end = first_row(net.indptr, row, n_rows, block + 1, n_layer_blocks)
    else:
        here, n_here = net.first[layer - 1] - net.first[0], net.sizes[layer - 1]
        begin = first_row(net.in_indptr, here, n_here, block, n_layer_blocks)
        end = first_row(net.in_indptr, here, n_here, block + 1, n_layer_blocks)
        return begin, end, net.in_indptr[here + begin], net.in_indptr[here + end]
    row = net.first[layer]
    return begin, end, net.indptr[row + begin], net.indptr[row + end]


@inner_kernel
def _learn_block(
    lanes,
    net,
    layer,
    span,
    samples,
    missing,
    order,
    start,
    count,
    n_tiles,
    values,
    deltas,
    noise,
    input_noise,
    slots,
    rule,
    weight,
    step,
    fills,
    gradient,
):
    """Take the backward pass and a step for one block; return what `learn` returns.

    `gradient` is a buffer for that of the block.
    """
    kind = net.formats[layer]
    begin, end, first, last = span
    if kind in (DENSE, BY_ROW):
        if kind == DENSE:
            gradient_of_dense_rows(lanes, net, layer, begin, end, n_tiles)
            at = begin * net.sizes[layer - 1]
            gradient = net.dense_gradient[at : at + last - first]
        else:
            _gradient_of_first_layer(
                lanes, net, missing, begin, end, n_tiles, values, deltas, gradient
            )
        weights, moments_at = net.weights[first:last], first
    else:
        if kind == BY_INPUT:
            gradient_by_input(
                lanes,
                net,
                layer - 1,
                begin,
                end,
                n_tiles,
                values,
                deltas,
                noise,
                slots,
                gradient,
            )
        else:
            gradient_of_stored(
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
            )
        weights = net.in_weights[first:last]
        # The connections of a layer fill the same connection_range in both orders.
        here = net.in_indptr[net.first[layer - 1] - net.first[0]]
        moments_at = first + net.indptr[net.first[layer]] - here
    result = take_step(lanes, weights, gradient, slots, moments_at, rule, weight, step)
    if kind == DENSE:
        mirror_rows(net, layer, begin, end)
    elif kind == BY_INPUT:
        weights_by_row(net, first, last)
    return result


def _run_epoch(
    lanes,
    net,
    samples,
    missing,
    targets,
    loss,
    order,
    batch_size,
    values,
    deltas,
    slots,
    rule,
    noise,
    input_noise,
    record,
    selection,
    step,
):
    """Train on the rows in `order`, batch after batch.

    Returns
    -------
    (float, int, int)
        Mean loss over the rows of all batches that weigh something, penalty included;
        steps taken, one for each of these batches; 1 if a loss or a parameter left the
        finite numbers, else 0. In that case training stopped there, the loss is NaN,
        and all parameters are finite.
    """
    n_levels = net.sizes.size
    n_layers = n_levels - 1
    counts = _block_counts(net)
    n_most = 0
    for layer in range(1, n_levels):
        n_most = max(n_most, counts[layer])
    squares = np.zeros((n_levels, n_most))
    broken = np.zeros((n_levels, n_most), np.int64)
    base = np.empty(net.sizes[1], values.dtype)
    fills = fills_read(net, samples)
    base_sums = np.empty((n_base_parts(fills.size), net.sizes[1]), values.dtype)
    width = width_of(lanes)
    epoch_loss = 0.0
    n_rows = 0
    steps = 0
    failures = 0

    for layer in range(1, n_levels):
        if net.formats[layer] == DENSE:
            for block in prange(counts[layer]):
                begin = block * ROWS
                end = min(begin + ROWS, net.sizes[layer])
                fill_dense_rows(net, layer, begin, end)
        elif net.formats[layer] in INDEXED:
            first, last, by_input = connection_range(net, layer)
            for moments in (slots.weight_first, slots.weight_second):
                if moments.size == 0:
                    continue
                for chunk in prange(n_chunks(first, last)):
                    begin, end = bounds(chunk, first, last)
                    stash(moments, net.in_weights, first, by_input, begin, end)
                for chunk in prange(n_chunks(first, last)):
                    begin, end = bounds(chunk, first, last)
                    moments_by_input(net, moments, first, by_input, begin, end)
            for chunk in prange(n_chunks(first, last)):
                begin, end = bounds(chunk, first, last)
                weights_by_input(net, by_input, begin, end)

    for start in range(0, order.size, batch_size):
        count = min(batch_size, order.size - start)
        n_tiles = (count + width - 1) // width
        weight = _batch_weight(targets, order, start, count)
        if not weight > 0.0:
            continue
        tile_loss = np.empty(n_tiles)
        steps += 1
        n_rows += count
        now = step + steps

        if net.formats[1] == STORED:
            parts = base_sums.shape[0]
            for part in prange(parts):
                base_part(net, fills, part, parts, base_sums[part])
            sum_base(net, base_sums, base)
        for tile in prange(n_tiles):
            tile_loss[tile] = _batch_tile(
                lanes,
                net,
                samples,
                missing,
                targets,
                loss,
                order,
                start,
                count,
                tile,
                n_tiles,
                base,
                values,
                deltas,
                noise,
                input_noise,
                record,
                selection,
                now,
            )
        batch_loss = 0.0
        for tile in range(n_tiles):
            batch_loss += tile_loss[tile]
        if not np.isfinite(batch_loss):
            failures = 1
            break

        bias_gradient(
            lanes, net, n_layers, 0, net.sizes[n_layers], n_tiles, deltas, slots
        )
        for layer in range(n_layers, 0, -1):
            if net.formats[layer] == DENSE:
                for tile in prange(n_tiles):
                    join_tile(lanes, net, layer, tile, n_tiles, values, deltas)
            if layer > 1 and net.formats[layer] == DENSE:
                below = layer - 1
                for tile in prange(n_tiles):
                    dense_input_gradient(
                        lanes, net, below, tile, n_tiles, values, deltas, noise
                    )
                bias_gradient(
                    lanes, net, below, 0, net.sizes[below], n_tiles, deltas, slots
                )
            for block in prange(counts[layer]):
                span = _block_range(net, layer, block, counts[layer])
                # Dense layers have a buffer of their own.
                size = 0 if net.formats[layer] == DENSE else span[3] - span[2]
                squares[layer, block], broken[layer, block] = _learn_block(
                    lanes,
                    net,
                    layer,
                    span,
                    samples,
                    missing,
                    order,
                    start,
                    count,
                    n_tiles,
                    values,
                    deltas,
                    noise,
                    input_noise,
                    slots,
                    rule,
                    weight,
                    now,
                    fills,
                    np.empty(size, values.dtype),
                )
        failures = update(
            rule,
            net.biases,
            slots.bias_grad,
            slots.bias_first,
            slots.bias_second,
            weight,
            0.0,
            0.0,
            now,
        )
        penalty = 0.0
        for layer in range(1, n_levels):
            for block in range(counts[layer]):
                penalty += squares[layer, block]
                failures += broken[layer, block]
        epoch_loss += (batch_loss + 0.5 * rule.l2 * penalty) / weight * count
        if failures > 0:
            break

    for layer in range(1, n_levels):
        if net.formats[layer] in INDEXED:
            first, last, by_input = connection_range(net, layer)
            if net.formats[layer] == STORED:
                # Nothing has looked at them in CSR order since the epoch began.
                for chunk in prange(n_chunks(first, last)):
                    begin, end = bounds(chunk, first, last)
                    weights_by_row(net, by_input + begin, by_input + end)
            for moments in (slots.weight_first, slots.weight_second):
                if moments.size == 0:
                    continue
                for chunk in prange(n_chunks(first, last)):
                    begin, end = bounds(chunk, first, last)
                    stash(moments, net.in_weights, first, by_input, begin, end)
                for chunk in prange(n_chunks(first, last)):
                    begin, end = bounds(chunk, first, last)
                    moments_by_row(net, moments, by_input, begin, end)
    if failures > 0:
        return np.nan, steps, 1
    return epoch_loss / max(n_rows, 1), steps, 0


run_epoch = kernel(_run_epoch)
run_epoch_parallel = parallel_twin(_run_epoch)
