"""Measures of continual learning and of streams, cell by cell from their formulas."""

import math


def continual_metrics(R, baseline):
    """Return what `sparsekit.continual.continual_metrics` does, with loops."""
    T = len(R)
    forgetting, backward, forward = [], [], []
    for j in range(T - 1):
        best = -math.inf
        for i in range(T - 1):
            if i >= j or not math.isnan(R[i][j]):
                best = R[i][j] if math.isnan(R[i][j]) else max(best, R[i][j])
            if math.isnan(best):
                break
        forgetting.append(best - R[T - 1][j])
        backward.append(R[T - 1][j] - R[j][j])
        forward.append(R[j][j + 1] - baseline[j + 1])
    stages = [mean([R[i][j] for j in range(i + 1)]) for i in range(T)]
    return {
        "average_accuracy": mean(R[T - 1]),
        "average_incremental_accuracy": mean(stages),
        "learning_accuracy": mean([R[j][j] for j in range(T)]),
        "backward_transfer": mean(backward),
        "forward_transfer": mean(forward),
        "forgetting": mean(forgetting),
    }


def mean(values):
    """Return the mean; NaN of nothing."""
    return sum(values) / len(values) if len(values) else math.nan


def prequential(values, ends, window, fading):
    """Return mean, windowed and faded mean after each of the row numbers `ends`."""
    rows = []
    faded_sum = faded_rows = 0.0
    for t, value in enumerate(values, start=1):
        faded_sum = value + fading * faded_sum
        faded_rows = 1 + fading * faded_rows
        if t in ends:
            seen = values[:t]
            rows.append((mean(seen), mean(seen[-window:]), faded_sum / faded_rows))
    return rows


def reservoir(draws, size):
    """Return which rows a reservoir holds, slot by slot (algorithm R)."""
    held = []
    for t, draw in enumerate(draws):
        if t < size:
            held.append(t)
        else:
            slot = int(draw * (t + 1))
            if slot < size:
                held[slot] = t
    return held


def class_balanced(labels, draws, size):
    """Return which rows a class-balanced buffer holds, slot by slot."""
    held, full = [], set()
    for t, label in enumerate(labels):
        if t < size:
            held.append(t)
            continue
        classes = [labels[row] for row in held]
        most = max(classes.count(c) for c in classes)
        largest = {c for c in classes if classes.count(c) == most}
        full |= largest
        enters, which = draws[t]
        if label not in full:
            pool = [slot for slot, c in enumerate(classes) if c in largest]
            held[pool[int(which * len(pool))]] = t
        else:
            mine = [slot for slot, c in enumerate(classes) if c == label]
            if enters < len(mine) / labels[: t + 1].count(label):
                held[mine[int(which * len(mine))]] = t
    return held
