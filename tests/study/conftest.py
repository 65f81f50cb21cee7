import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def patients():
    """A table with a class, a quantity, a name, and empty cells."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(60, 4)), columns=["age", "dose", "a b", "d"])
    frame["outcome"] = np.where(frame["age"] + frame["dose"] > 0, "ill", "well")
    frame["weight"] = 70 + 10 * frame["age"] - 5 * frame["d"]
    frame["name"] = [f"p{i}" for i in range(60)]
    frame.loc[::7, "dose"] = np.nan
    return frame


@pytest.fixture
def csv(patients, tmp_path):
    path = tmp_path / "patients.csv"
    patients.to_csv(path, index=False)
    return path
