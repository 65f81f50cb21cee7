"""Forgetting over five tasks: sparse networks that replay and protect, and dense ones.

`python -m benchmarks.accuracy.continual` from a checkout, some minutes on one core. Two
streams of tasks made from scikit-learn's digits. "split": five pairs of digits, one
after the other, told apart by one network of ten outputs that is not told the task.
"permuted": all ten digits, with the pixels in another random order in each task. All
models meet the same splits, tasks and settings of the optimizer. Sparsity and shares of
protected connections were chosen on the seeds 100 to 102.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from benchmarks.results import IMAGES, with_intervals, write_table
from sparsekit import DenseMLPClassifier, SETMLPClassifier
from sparsekit.continual import ReplayClassifier, continual_metrics

OUT = IMAGES / "continual.csv"
HIDDEN = (200, 200)
N_TASKS = 5
MODELS = {
    "SET": {},
    "SET, protection": {"share": 0.4},
    "SET, replay": {"replay": "reservoir"},
    "SET, class-balanced replay": {"replay": "class_balanced"},
    "SET, difficulty replay": {"replay": "difficulty"},
    "SET, replay, protection": {"replay": "reservoir", "share": 0.05},
    "dense": {"dense": True},
    "dense, replay": {"dense": True, "replay": "reservoir"},
}
FULL = "SET, replay, protection"


def tasks_of(stream, seed):
    """Return the training and test rows of each task."""
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(
        X / 16, y, stratify=y, test_size=0.2, random_state=seed
    )
    rng = np.random.default_rng(seed)
    tasks = []
    pairs = rng.permutation(10).reshape(N_TASKS, 2)
    for number in range(N_TASKS):
        if stream == "split":
            train, test = (np.isin(part, pairs[number]) for part in (y_train, y_test))
            tasks.append((X_train[train], y_train[train], X_test[test], y_test[test]))
        else:
            order = rng.permutation(64)
            tasks.append((X_train[:, order], y_train, X_test[:, order], y_test))
    return tasks


def network(dense, seed):
    """Return a network before training."""
    # Pixels have one scale in all tasks: it is no part of what is to be learned.
    settings = {"standardize": False, "batch_size": 32, "learning_rate_init": 0.001}
    if dense:
        return DenseMLPClassifier(HIDDEN, random_state=seed, **settings)
    return SETMLPClassifier(HIDDEN, sparsity=0.5, random_state=seed, **settings)


def run(stream, model, seed, options):
    """Return one row: the metrics of a model on one stream."""
    wanted = {"dense": False, "replay": None, "share": 0.0} | MODELS[model]
    learner = network(wanted["dense"], seed)
    if wanted["replay"]:
        learner = ReplayClassifier(
            learner,
            buffer_size=options.buffer,
            strategy=wanted["replay"],
            random_state=seed,
        )
    tasks = tasks_of(stream, seed)
    accuracy = np.empty((N_TASKS, N_TASKS))
    for number, (X, y, _, _) in enumerate(tasks):
        for _ in range(options.epochs):
            learner.partial_fit(X, y, classes=np.arange(10))
        if wanted["share"]:
            net = learner.estimator_ if wanted["replay"] else learner
            net.consolidate(X, y, fraction=wanted["share"])
        accuracy[number] = [learner.score(*test) for _, _, *test in tasks]
    metrics = continual_metrics(accuracy)
    names = ("average_accuracy", "forgetting", "learning_accuracy")
    return {
        "stream": stream,
        "model": model,
        "seed": seed,
        **{name: metrics[name] for name in names},
    }


def summary(rows):
    """Return means with 95 % intervals, and how far the best-equipped model is ahead.

    `ahead` is the average accuracy of SET with replay and protection minus that of a
    model, seed by seed.
    """
    names = ["average_accuracy", "forgetting", "learning_accuracy"]
    full = rows[rows["model"] == FULL].set_index(["stream", "seed"])["average_accuracy"]
    theirs = full.reindex(pd.MultiIndex.from_frame(rows[["stream", "seed"]]))
    rows = rows.assign(ahead=theirs.to_numpy() - rows["average_accuracy"])
    table = with_intervals(rows, ["stream", "model"], [*names, "ahead"])
    return table.drop(columns="n_seeds")


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy.continual",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--buffer", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    options = parser.parse_args(arguments)
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    rows = Parallel(n_jobs=options.jobs)(
        delayed(run)(stream, model, seed, options)
        for stream in ("split", "permuted")
        for model in options.models
        for seed in seeds
    )
    table = summary(pd.DataFrame(rows))
    settings = {name: getattr(options, name) for name in ("seeds", "epochs", "buffer")}
    write_table(table, options.out, settings)
    print(table.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
