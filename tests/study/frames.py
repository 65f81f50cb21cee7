"""Made-up results of studies."""

import numpy as np
import pandas as pd

METRICS = {"wine": "accuracy", "diabetes": "r2"}


def made_up_study(
    datasets=None,
    models=(("dense", 0.0), ("static", 0.8), ("set", 0.8)),
    rates=(0.0, 0.4, 0.8),
    n_seeds=4,
    advantage=None,
    seed=0,
):
    """Return a frame as a study makes it.

    Parameters
    ----------
    datasets : sequence of str, default=None
        None leaves the column out.
    advantage : mapping from model to float, default=None
        What is added to the scores of a model.
    """
    rng = np.random.default_rng(seed)
    rows = [
        {
            **({} if datasets is None else {"dataset": dataset}),
            "mechanism": "mcar",
            "when": "both",
            "missing_rate": rate,
            "model": model,
            "sparsity": sparsity,
            "seed": s,
            "metric": METRICS.get(dataset, "accuracy"),
            "score": 0.8
            - rate / 4
            + 0.02 * rng.random()
            + (advantage or {}).get(model, 0.0),
            "n_connections": round(1000 * (1 - sparsity)),
            "fit_time": 0.1 + 0.1 * rng.random(),
        }
        for dataset in datasets or [None]
        for rate in rates
        for model, sparsity in models
        for s in range(n_seeds)
    ]
    return pd.DataFrame(rows)
