"""What a learner of several tasks keeps, loses and passes on."""

import numpy as np
from numpy.typing import ArrayLike


def continual_metrics(
    accuracy_matrix: ArrayLike, baseline: ArrayLike | None = None
) -> dict[str, float]:
    """Return the usual measures of continual learning.

    ``R[i, j]`` below is the accuracy on the test rows of task j after training on the
    tasks 0 to i, and T the number of tasks.

    Parameters
    ----------
    accuracy_matrix : array-like of shape (n_tasks, n_tasks)
        R: a row for each stage of the training, a column for each task. Scores of any
        kind will do, such as R2, if more is better. NaN stands for what was not
        measured.
    baseline : array-like of shape (n_tasks,), default=None
        Accuracy of an untrained model on each task, for the forward transfer.

    Returns
    -------
    dict of str to float
        The measures by name:

        average_accuracy
            ``mean_j R[T-1, j]`` [1]_.
        average_incremental_accuracy
            ``mean_i mean_{j <= i} R[i, j]``: the average accuracy on the tasks seen so
            far, over the stages.
        learning_accuracy
            ``mean_j R[j, j]``: on each task just after it was learned [3]_.
        backward_transfer
            ``mean_{j < T-1} (R[T-1, j] - R[j, j])``; negative where later tasks harm
            [1]_.
        forward_transfer
            ``mean_{j > 0} (R[j-1, j] - baseline[j])`` [1]_; NaN without a baseline.
        forgetting
            ``mean_{j < T-1} (max_{i < T-1} R[i, j] - R[T-1, j])`` [2]_.

        A measure is NaN if a cell that it needs is, and so are transfer and forgetting
        for a single task. Forgetting needs the cells on and below the diagonal; those
        above it, from before a task was learned, take part where they are known.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    References
    ----------
    .. [1] Lopez-Paz and Ranzato, "Gradient episodic memory for continual learning",
       NeurIPS 2017, section 2.
    .. [2] Chaudhry, Dokania, Ajanthan and Torr, "Riemannian walk for incremental
       learning", ECCV 2018, section 3.
    .. [3] Riemer et al., "Learning to learn without forgetting by maximizing transfer
       and minimizing interference", ICLR 2019, section 5.

    Examples
    --------
    >>> from sparsekit.continual import continual_metrics
    >>> metrics = continual_metrics([[0.9, 0.5], [0.7, 0.8]], baseline=[0.5, 0.5])
    >>> {name: round(value, 2) for name, value in metrics.items()}
    {'average_accuracy': 0.75, 'average_incremental_accuracy': 0.82,
     'learning_accuracy': 0.85, 'backward_transfer': -0.2, 'forward_transfer': 0.0,
     'forgetting': 0.2}
    """
    matrix = _numbers("accuracy_matrix", accuracy_matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ValueError(
            "accuracy_matrix must be square, a row and a column for each task; its "
            f"shape is {matrix.shape}."
        )
    n_tasks = matrix.shape[0]
    untrained = np.full(n_tasks, np.nan)
    if baseline is not None:
        untrained = _numbers("baseline", baseline)
    if untrained.shape != (n_tasks,):
        raise ValueError(
            f"baseline must have a value for each of the {n_tasks} tasks; its shape is "
            f"{untrained.shape}."
        )
    last, learned = matrix[-1], np.diagonal(matrix)
    so_far = [matrix[i, : i + 1].mean() for i in range(n_tasks)]
    return {
        "average_accuracy": _mean(last),
        "average_incremental_accuracy": _mean(so_far),
        "learning_accuracy": _mean(learned),
        "backward_transfer": _mean((last - learned)[:-1]),
        "forward_transfer": _mean(np.diagonal(matrix, offset=1) - untrained[1:]),
        "forgetting": _mean(_best_before(matrix) - last[:-1]),
    }


def _numbers(name: str, given: ArrayLike) -> np.ndarray:
    try:
        if np.iscomplexobj(given):
            raise TypeError("they are complex")
        return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be an array of numbers: {error}") from error


def _best_before(matrix):
    """Return the best score on each task but the last, before the last stage."""
    before = matrix[:-1, :-1]
    unknown_before_learned = np.triu(np.isnan(before), k=1)
    return np.where(unknown_before_learned, -np.inf, before).max(
        axis=0, initial=-np.inf
    )


def _mean(values):
    return float(np.mean(values)) if len(values) else float("nan")
