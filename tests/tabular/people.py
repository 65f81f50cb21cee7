"""A table with everything that one may hold, and quick models of it."""

import numpy as np
import pandas as pd

from sparsekit import SparseTabularClassifier, SparseTabularRegressor

RNG = np.random.default_rng(0)
N = 240


def table(n=N, seed=0):
    """Return a table with everything that one may hold, and what depends on it."""
    rng = np.random.default_rng(seed)
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), "D")
    frame = pd.DataFrame(
        {
            "age": np.where(rng.random(n) < 0.2, np.nan, rng.normal(40, 12, n)),
            "job": rng.choice(["cook", "baker", "driver"], n),
            "born": days.strftime("%Y-%m-%d"),
            "seen": days,
            "noise": rng.normal(size=n),
            "member": pd.array(rng.random(n) < 0.5, dtype="boolean"),
        }
    )
    frame.loc[::9, "job"] = None
    frame.loc[::7, "member"] = pd.NA
    signal = frame["age"].fillna(40) / 12 + 2 * (frame["job"] == "cook")
    return frame, signal.to_numpy()


FRAME, SIGNAL = table()
NUMBERS = 100 * SIGNAL
LABELS = np.where(np.median(SIGNAL) < SIGNAL, "high", "low")

# One setting, few epochs: what is tested is not how well it learns.
QUICK = {"n_members": 2, "max_iter": 3, "hidden_layer_sizes": 10, "random_state": 0}


def classifier(**parameters):
    return SparseTabularClassifier(**QUICK | parameters)


def regressor(**parameters):
    return SparseTabularRegressor(**QUICK | parameters)


def proba(model):
    return model.predict_proba(FRAME)
