"""What a pass over a large table takes in memory, whatever the table's size."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("pyarrow")

# 60 columns of 8 bytes: a chunk of 5,000 rows has 2.4 MB, the table 144 MB.
ROWS, COLUMNS, CHUNK = 300_000, 60, 5_000

SCRIPT = f"""
import sys
from pathlib import Path
import numpy as np
from sklearn.linear_model import SGDRegressor
from sparsekit.out_of_core import fit_in_chunks


def kilobytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


small, large = sys.argv[1:3]
settings = {{"target": -1 if small.endswith("npy") else "c0", "chunk_rows": {CHUNK}}}
fit_in_chunks(SGDRegressor(), small, **settings)  # imports everything
Path("/proc/self/clear_refs").write_text("5")  # the peak so far is forgotten
before = kilobytes("RssAnon")
peak = 0


class Watched(SGDRegressor):
    def partial_fit(self, X, y):
        global peak
        peak = max(peak, kilobytes("RssAnon"))
        return super().partial_fit(X, y)


fit_in_chunks(Watched(), large, epochs=1, **settings)
print((peak - before) * 1024)
"""


def write(frame, path):
    if path.suffix == ".parquet":
        # One row group: what is decoded at a time must not depend on it. Dictionaries
        # would take 2 MB per column, in a table of 2.4 MB per column.
        frame.to_parquet(path, row_group_size=len(frame), use_dictionary=False)
    elif path.suffix == ".feather":
        frame.to_feather(path, chunksize=CHUNK)
    else:
        np.save(path, frame.to_numpy())
    return str(path)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("kind", ["parquet", "feather", "npy"])
def test_memory_goes_with_the_chunk_and_not_with_the_table(kind, tmp_path):
    values = np.random.default_rng(0).normal(size=(ROWS, COLUMNS))
    frame = pd.DataFrame(values, columns=[f"c{j}" for j in range(COLUMNS)])
    small = write(frame[: 2 * CHUNK], tmp_path / f"small.{kind}")
    large = write(frame, tmp_path / f"large.{kind}")
    command = [sys.executable, "-c", SCRIPT, small, large]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    chunks = float(done.stdout) / (CHUNK * COLUMNS * 8)
    # The table has 60 chunks.
    # Measured: 3.7, 1.7 and 2.0.
    assert chunks < 8
