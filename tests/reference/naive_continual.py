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


def difficulty_mixture(difficulties, draws, weighted_draws, size):
    """Return which rows a mixture holds: random, hard and easy ones, one by one.

    A row that the reservoir does not hold, or holds no longer, is offered to the hard
    ones, and what these do not hold to the easy ones.
    """
    n_hard = n_easy = size // 4
    n_random = size - n_hard - n_easy
    keys = []
    for d, (first, second) in zip(difficulties, weighted_draws, strict=True):
        d = 0.5 if math.isnan(d) else d
        keys.append((key(first, d), key(second, 1 - d)))
    held, hard, easy = [], [], []
    for t, draw in enumerate(draws):
        left = t
        if t < n_random:
            held.append(t)
            continue
        slot = int(draw * (t + 1))
        if slot < n_random:
            held[slot], left = t, held[slot]
        left = offered(left, hard, n_hard, [k[0] for k in keys])
        offered(left, easy, n_easy, [k[1] for k in keys])
    return held + sorted(hard) + sorted(easy)


def key(u, weight):
    """Return the logarithm of the key u^(1/w) of weighted reservoir sampling."""
    return math.log(1 - u) / weight if weight > 0 else -math.inf


def offered(row, members, size, keys):
    """Take a row among the members with the largest keys; return who is left out."""
    if row is None:
        return None
    members.append(row)
    if len(members) <= size:
        return None
    least = min(members, key=lambda member: (keys[member], -member))
    members.remove(least)
    return least
