"""What a record says of a sample, from the outputs at each presentation, one by one."""

import numpy as np

from tests.reference.naive_network import number_losses


def facts(loss, z, target, tolerance=0.5):
    """Return correct, loss, margin and error of one sample, from its outputs."""
    # Nothing is smoothed in what is noted.
    loss = loss.removeprefix("smooth ")
    z = np.asarray(z, dtype=float)
    if loss == "softmax":
        p = np.exp(z - z.max())
        p /= p.sum()
        others = np.delete(z, target)
        error = np.linalg.norm(p - np.eye(z.size)[target])
        margin = z[target] - others.max()
        return z.argmax() == target, -np.log(p[target]), margin, error
    if loss == "logistic":
        p = 1 / (1 + np.exp(-z))
        target = np.asarray(target, dtype=float)
        chances = np.where(target > 0, p, 1 - p)
        # Each label is a choice between two classes.
        pairs = np.concatenate([p - target, (1 - p) - (1 - target)])
        margin = np.where(target > 0, z, -z).min()
        right = ((z > 0) == (target > 0)).all()
        return right, -np.log(chances).sum(), margin, np.linalg.norm(pairs)
    prediction = np.exp(z) if loss in ("poisson", "gamma") else z
    error = np.sqrt(((prediction - target) ** 2).mean())
    own = number_losses(loss, z, target)[0].mean()
    return error <= tolerance, own, tolerance - error, error


def summary(loss, outputs, targets, tolerance=0.5):
    """Return the summary of a record.

    Parameters
    ----------
    outputs : ndarray of shape (n_presentations, n_samples, n_outputs)
        NaN where a sample was not presented.
    """
    names = ("n_seen", "n_correct", "n_forgotten", "first_learned", "last_wrong")
    means = ("confidence", "loss", "margin", "error")
    rows = []
    for i in range(outputs.shape[1]):
        seen = [z for z in outputs[:, i] if not np.isnan(z).any()]
        told = [facts(loss, z, targets[i], tolerance) for z in seen]
        right = [bool(t[0]) for t in told]
        row = dict.fromkeys(names, 0)
        row["n_seen"], row["n_correct"] = len(seen), sum(right)
        for t in range(len(right)):
            row["n_forgotten"] += int(t > 0 and right[t - 1] and not right[t])
            if right[t] and not row["first_learned"]:
                row["first_learned"] = t + 1
            if not right[t]:
                row["last_wrong"] = t + 1
        row["correct"] = int(right[-1]) if right else -1
        values = np.array([[np.exp(-t[1]), *t[1:]] for t in told]).reshape(-1, 4)
        for name, column in zip(means, values.T, strict=True):
            row[f"{name}_mean"] = column.mean() if len(seen) else np.nan
        row["confidence_std"] = values[:, 0].std() if len(seen) else np.nan
        row["early_errors"] = [
            values[t - 1, 3] if t <= len(seen) else np.nan for t in (5, 10, 20)
        ]
        rows.append(row)
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}
