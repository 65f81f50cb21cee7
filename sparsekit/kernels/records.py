"""What is noted about a sample each time it passes through the network.

Everything comes from the sample's outputs z, before the step that it takes part in:

- its loss, of labels that are not smoothed; ``exp(-loss)``, its *confidence*, is for
  one label per sample the probability of that label, for label indicators that of the
  whole set of labels, and for numbers the likelihood of the error over that of no error
  (a normal error of variance 1 for half the squared error, a Poisson count for the
  Poisson loss);
- its *margin*: z of the label minus the largest other z, 0 where there is no other; the
  smallest z or -z over label indicators; the tolerance minus the error for numbers;
- its *error*: the Euclidean norm of probabilities minus label (a single logistic output
  counts as two classes, and each label indicator, too), or the root mean square of the
  residuals, predictions minus targets;
- whether it is *correct*: predicted right, or with an error within the tolerance.
"""

import math

import numpy as np

from sparsekit.kernels._jit import inlined_kernel
from sparsekit.kernels.losses import LOGISTIC_LOSS, POISSON, SOFTMAX

# Columns of `Record.counts`. Presentations are numbered from 1; 0 means never.
N_SEEN, N_CORRECT, N_FORGOTTEN, FIRST_LEARNED, LAST_WRONG = range(5)
N_COUNTS = 5

# Columns of `Record.means`; SQUARES is the sum of squared deviations of confidence.
CONFIDENCE, SQUARES, LOSS, MARGIN, ERROR = range(5)
N_MEANS = 5

# Columns of `Record.latest`.
LATEST_LOSS, LATEST_MARGIN, LATEST_ERROR = range(3)
N_LATEST = 3

#: Presentations whose error a record keeps: scores of the first epochs.
EARLY = (5, 10, 20)


@inlined_kernel
def _outcome(
    loss,
    targets,
    row,
    values,
    at,
    deltas,
    delta_at,
    width,
    n_outputs,
    tolerance,
):
    """Return whether the sample is correct, its margin and its error."""
    squares = 0.0
    for k in range(n_outputs):
        difference = deltas[delta_at + k * width]
        # Of numbers, the gradient may be another.
        if loss.kind > LOGISTIC_LOSS:
            z = values[at + k * width]
            predicted = math.exp(z) if loss.kind >= POISSON else z
            difference = predicted - targets.values[row, k]
        squares += difference * difference
    correct = True
    if loss.kind == SOFTMAX:
        label = targets.labels[row]
        own = values[at + label * width]
        # The output of an only class has none to be larger than.
        largest = -np.inf if n_outputs > 1 else own
        for k in range(n_outputs):
            if k == label:
                continue
            z = values[at + k * width]
            largest = max(largest, z)
            # Of equal outputs the first one is predicted; NaN is never correct.
            if not (z < own or (z == own and k > label)):
                correct = False
        return correct, own - largest, math.sqrt(squares)
    if loss.kind == LOGISTIC_LOSS:
        smallest = np.inf
        for k in range(n_outputs):
            z = values[at + k * width]
            positive = targets.values[row, k] > 0
            correct = correct and (z > 0) == positive
            smallest = min(smallest, z if positive else -z)
        return correct, smallest, math.sqrt(2.0 * squares)
    error = math.sqrt(squares / n_outputs)
    return error <= tolerance, tolerance - error, error


@inlined_kernel
def note(
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
):
    """Note one presentation of the sample `row`.

    `deltas` holds the gradient at its outputs, `sample_loss` its loss.
    """
    correct, margin, error = _outcome(
        loss,
        targets,
        row,
        values,
        at,
        deltas,
        delta_at,
        width,
        n_outputs,
        record.tolerance,
    )
    counts, means = record.counts, record.means
    seen = counts[row, N_SEEN] + 1
    counts[row, N_SEEN] = seen
    # Without branches: nobody can predict which samples are right.
    right = np.int32(correct)
    before = record.correct[row]
    record.correct[row] = right
    counts[row, N_CORRECT] += right
    counts[row, N_FORGOTTEN] += np.int32(before > right)
    first = counts[row, FIRST_LEARNED]
    counts[row, FIRST_LEARNED] = first if first > 0 else right * seen
    last = counts[row, LAST_WRONG]
    counts[row, LAST_WRONG] = last if right > 0 else seen

    # Running means, and Welford's sum of squares.
    share = 1.0 / seen
    confidence = math.exp(-sample_loss)
    step = confidence - means[row, CONFIDENCE]
    means[row, CONFIDENCE] += step * share
    means[row, SQUARES] += step * (confidence - means[row, CONFIDENCE])
    means[row, LOSS] += (sample_loss - means[row, LOSS]) * share
    means[row, MARGIN] += (margin - means[row, MARGIN]) * share
    means[row, ERROR] += (error - means[row, ERROR]) * share
    for k in range(len(EARLY)):
        if seen == EARLY[k]:
            record.early[row, k] = error
    if record.latest.size > 0:
        record.latest[row, LATEST_LOSS] = sample_loss
        record.latest[row, LATEST_MARGIN] = margin
        record.latest[row, LATEST_ERROR] = error
