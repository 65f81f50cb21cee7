"""
Training on a table that stays on disk
======================================

``fit`` needs the whole table in memory. ``fit_in_chunks`` reads a Parquet file a few
thousand rows at a time and trains on each chunk. Does a network learn as much that
way, and how much memory does it save?
"""

# %%
# The table has 100,000 rows and 50 columns, and a tenth of its cells is missing. It is
# written in pieces, so that it is never in memory as a whole either. What is to be
# learned depends on ten of the columns.
import tempfile
import tracemalloc
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.exceptions import ConvergenceWarning

from sparsekit import SETMLPClassifier
from sparsekit.out_of_core import fit_in_chunks

rng = np.random.default_rng(0)
features = [f"x{column}" for column in range(50)]
hidden, out = rng.normal(size=(10, 20)), rng.normal(size=20)


def draw(n_rows):
    """Return rows of the table."""
    X = rng.normal(size=(n_rows, 50)).astype(np.float32)
    target = np.maximum(X[:, :10] @ hidden, 0) @ out > 0
    X[rng.random(X.shape) < 0.1] = np.nan
    return pd.DataFrame(X, columns=features).assign(target=target)


test = draw(10_000)
folder = tempfile.TemporaryDirectory()
path = Path(folder.name) / "table.parquet"
schema = pa.Schema.from_pandas(test)
with pq.ParquetWriter(path, schema, use_dictionary=False) as writer:
    for _ in range(50):
        writer.write_table(pa.Table.from_pandas(draw(2_000), schema))
print(f"The file has {path.stat().st_size / 1e6:.0f} MB.")


# %%
# Memory is what numpy, pandas and Arrow ask for at most while a function runs. Arrow
# keeps its own books, so the two peaks are added.
def peak_memory(train):
    """Call a function, and return how many megabytes it needed at most."""
    usual = pa.default_memory_pool()
    pool = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(pool)
    tracemalloc.start()
    train()
    peak = tracemalloc.get_traced_memory()[1] + pool.max_memory()
    tracemalloc.stop()
    pa.set_memory_pool(usual)
    return peak / 1e6


# %%
# The same network learns in both ways, for five passes over the table. In chunks it is
# rewired before each of them, which is twenty times in a pass, so a rewiring moves
# fewer connections. ``fit_in_chunks`` goes on where it stopped: with one call for each
# pass we see the score in between.
warnings.simplefilter("ignore", ConvergenceWarning)
n_passes = 5
settings = {"hidden_layer_sizes": (100,), "sparsity": 0.8, "random_state": 0}
X_test, y_test = test[features], test["target"]
scores = {}


def train_in_chunks():
    net = SETMLPClassifier(**settings, prune_fraction=0.02)
    scores["in chunks"] = []
    for seed in range(n_passes):
        fit_in_chunks(net, path, "target", chunk_rows=5_000, random_state=seed)
        scores["in chunks"].append(net.score(X_test, y_test))


def train_in_memory():
    table = pd.read_parquet(path)
    net = SETMLPClassifier(**settings, max_iter=n_passes)
    net.fit(table[features], table["target"], X_val=X_test, y_val=y_test)
    scores["in memory"] = net.validation_scores_


# Once without measuring, so that the compiler's memory is not counted.
SETMLPClassifier(**settings, max_iter=2).fit(X_test, y_test)
peaks = {
    "in chunks": peak_memory(train_in_chunks),
    "in memory": peak_memory(train_in_memory),
}
for name, peak in peaks.items():
    print(f"{name}: {peak:.0f} MB, accuracy {scores[name][-1]:.3f}")

# %%
# The dotted line is the size of the file.
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
passes = range(1, n_passes + 1)
for name, style in zip(scores, ("o-", "s--"), strict=True):
    left.plot(passes, scores[name], style, label=name)
left.set(xlabel="passes over the table", ylabel="accuracy on new rows", xticks=passes)
left.grid(alpha=0.25)
left.legend(frameon=False)
bars = right.bar(list(peaks), list(peaks.values()), color=["C0", "C1"], width=0.6)
right.bar_label(bars, fmt="%.0f MB")
right.margins(y=0.1)
right.axhline(path.stat().st_size / 1e6, color="black", linestyle=":", label="the file")
right.set(ylabel="memory at the peak [MB]")
right.legend(frameon=False, loc="upper left")
plt.show()
folder.cleanup()

# %%
# In chunks the network gets nearly as accurate as in memory, with less memory than the
# file takes on disk; ``fit`` needs several times the size of the file. Memory goes with
# ``chunk_rows`` and not with the number of rows, so a file of any size can be learned
# from. The price is time: the file is read and decoded once for each pass.
