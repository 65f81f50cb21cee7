"""At the outputs: losses, the gradient that goes back, notes about samples."""

import math

import numpy as np

from sparsekit.kernels._jit import inlined_kernel, inner_kernel, kernel
from sparsekit.kernels._lanes import width_of
from sparsekit.kernels.forward import PIECEWISE
from sparsekit.kernels.losses import lane_loss, smooth_labels
from sparsekit.kernels.records import note


@inner_kernel
def output_deltas(
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
):
    """Return the weighted sum of the losses in `tile`; write the output gradient.

    Lanes beyond the batch get a gradient of zero, which keeps them out of every sum.
    `record` takes notes of every sample as it is before the step; None takes none.
    `selection` scales and notes the loss of every sample; None does neither. What they
    note knows no weights and no smoothing.
    """
    width = width_of(lanes)
    level = net.sizes.size - 1
    n_outputs = net.sizes[level]
    target = (net.first[level] - net.first[0]) * n_tiles + tile * n_outputs
    delta = net.first[level] * n_tiles + tile * n_outputs
    one = values.dtype.type(1)
    weighted = targets.sample_weight.size > 0
    scaled = weighted or selection is not None
    tile_loss = 0.0
    for lane in range(width):
        at = target * width + lane
        delta_at = delta * width + lane
        if tile * width + lane >= count:
            for k in range(n_outputs):
                deltas[delta_at + k * width] = 0
            continue
        row = order[start + tile * width + lane]
        weight = targets.sample_weight[row] if weighted else one
        if selection is not None:
            weight *= selection.factors[row]
        if record is not None:
            sample_loss = lane_loss(
                loss, targets, row, values, at, deltas, delta_at, width, n_outputs, one
            )
            note(
                record,
                loss,
                targets,
                row,
                values,
                at,
                deltas,
                delta_at,
                width,
                n_outputs,
                sample_loss,
            )
        if record is None or scaled:
            sample_loss = lane_loss(
                loss,
                targets,
                row,
                values,
                at,
                deltas,
                delta_at,
                width,
                n_outputs,
                weight,
            )
        if selection is not None:
            selection.losses[row] = sample_loss
        if loss.smoothing > 0:
            sample_loss += smooth_labels(
                loss,
                targets,
                row,
                values,
                at,
                deltas,
                delta_at,
                width,
                n_outputs,
                weight,
            )
        tile_loss += weight * sample_loss
    return tile_loss


@kernel
def note_outputs(loss, targets, outputs, record):
    """Take notes of all samples from their outputs, shape (n_samples, n_outputs)."""
    n_outputs = outputs.shape[1]
    flat = outputs.reshape(outputs.size)
    deltas = np.empty(n_outputs, outputs.dtype)
    one = outputs.dtype.type(1)
    for row in range(outputs.shape[0]):
        at = row * n_outputs
        loss_here = lane_loss(
            loss, targets, row, flat, at, deltas, 0, 1, n_outputs, one
        )
        note(record, loss, targets, row, flat, at, deltas, 0, 1, n_outputs, loss_here)


@kernel
def mean_loss(loss, targets, outputs):
    """Return the weighted mean loss of all samples from their outputs."""
    n_outputs = outputs.shape[1]
    flat = outputs.reshape(outputs.size)
    deltas = np.empty(n_outputs, outputs.dtype)
    one = outputs.dtype.type(1)
    total, weights = 0.0, 0.0
    for row in range(outputs.shape[0]):
        at = row * n_outputs
        loss_here = lane_loss(
            loss, targets, row, flat, at, deltas, 0, 1, n_outputs, one
        )
        if loss.smoothing > 0:
            loss_here += smooth_labels(
                loss, targets, row, flat, at, deltas, 0, 1, n_outputs, one
            )
        weight = targets.sample_weight[row] if targets.sample_weight.size else one
        if weight > 0:
            total += weight * loss_here
            weights += weight
    return total / weights


@inlined_kernel
def _norm(values, begin, end):
    """Return the root of the summed squares, infinite where these overflow."""
    total = 0.0
    for k in range(begin, end):
        value = np.float64(values[k])
        total += value * value
    return math.sqrt(total)


@kernel
def outputs_are_below(
    sizes, first, indptr, weights, biases, kinds, slopes, inputs, limit
):
    """Tell whether a bound on the sums of all levels says that none is beyond a limit.

    Parameters
    ----------
    sizes, first, indptr, weights, biases, kinds, slopes : ndarray
        The network, see `_structs`.
    inputs : float
        Bound on the norm of the inputs of a sample, the root of the summed squares.
    limit : float
        For the norm of the sums of a level; a bounded activation would hide those that
        are beyond the numbers.

    Returns
    -------
    bool
        Complexity: O(connections).
    """
    norm = inputs
    last = sizes.size - 1
    for level in range(1, last + 1):
        row = first[level]
        end = row + sizes[level]
        norm *= _norm(weights, indptr[row], indptr[end])
        norm += _norm(biases, row, end)
        if not norm < limit:
            return False
        if kinds[level] != PIECEWISE:
            norm = math.sqrt(sizes[level])
        elif level < last:
            norm *= max(1.0, abs(slopes[level]))
    return True
