"""Tables of all that columns can hold, and estimators fitted to them."""

import numpy as np
import pandas as pd

from sparsekit import SparseTabularClassifier, SparseTabularRegressor

N_ROWS = 160


def table(seed=0):
    """Return numbers with holes, text, categories, truth values and dates."""
    rng = np.random.default_rng(seed)
    columns = {
        "age": rng.normal(40, 12, N_ROWS).round(1),
        "visits": rng.integers(0, 4, N_ROWS).astype(float),
        "flag": rng.integers(0, 2, N_ROWS).astype(float),
        "always": np.full(N_ROWS, 7.0),
    }
    frame = pd.DataFrame(columns)
    frame.loc[rng.random(N_ROWS) < 0.2, "age"] = np.nan
    frame.loc[rng.random(N_ROWS) < 0.1, "visits"] = np.nan
    frame["job"] = rng.choice(["cook", "baker", "nurse"], N_ROWS).astype(object)
    frame.loc[50:52, "job"] = "miner"  # is rare, and so gets no output of its own
    frame.loc[rng.random(N_ROWS) < 0.15, "job"] = None
    frame["town"] = rng.choice(["Ulm", "Rom"], N_ROWS)
    frame["smokes"] = rng.random(N_ROWS) < 0.3
    return frame


def with_more_kinds(frame):
    """Return the table with categories of numbers, dates and durations besides."""
    rng = np.random.default_rng(1)
    frame = frame.copy()
    frame["ward"] = pd.Categorical(rng.choice([10, 20, 35], len(frame)))
    frame.loc[:9, "ward"] = None
    minutes = rng.integers(-20_000_000, 30_000_000, len(frame))
    frame["born"] = np.datetime64("1990-01-01T00:00", "ns") + minutes.astype(
        "timedelta64[m]"
    )
    frame.loc[20:29, "born"] = pd.NaT
    frame["waited"] = pd.to_timedelta(rng.integers(1, 500, len(frame)), unit="min")
    return frame


def targets(frame, kind="text"):
    """Return targets that the table tells something about."""
    score = frame["age"].fillna(40) / 12 + 2 * (frame["job"] == "cook")
    if kind == "number":
        return 100 + 10 * score.to_numpy()
    if kind == "three":
        return np.digitize(score, [3.0, 5.0])
    return np.where(score > score.median(), "yes", "no")


def fitted(frame, kind="text", **given):
    """Return a small estimator, fitted to a table."""
    estimator = SparseTabularRegressor if kind == "number" else SparseTabularClassifier
    given = {
        "n_members": 2,
        "hidden_layer_sizes": (16,),
        "max_iter": 3,
        "early_stopping": False,
        "random_state": 0,
    } | given
    return estimator(**given).fit(frame, targets(frame, kind))
