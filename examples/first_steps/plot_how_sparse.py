"""
How sparse can a network be?
============================

A dense network on the digits has 37,000 weights. How many of them are needed, and does
it help if connections may move while the network learns? We train static sparse
networks and SET, sparse evolutionary training, with fewer and fewer connections.
"""

# %%
# Every network sees the same three splits of the data; only connections differ.
import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from sparsekit import (
    DenseMLPClassifier,
    SETMLPClassifier,
    StaticSparseMLPClassifier,
)

# A fixed number of epochs is what we want here.
warnings.simplefilter("ignore", ConvergenceWarning)

X, y = load_digits(return_X_y=True)
splits = [train_test_split(X, y, stratify=y, random_state=seed) for seed in range(3)]


def accuracies(model, **parameters):
    """Return test accuracies over the splits, and the number of connections."""
    scores = []
    for seed, (X_train, X_test, y_train, y_test) in enumerate(splits):
        net = model((500,), max_iter=100, n_iter_no_change=100, random_state=seed)
        net.set_params(**parameters).fit(X_train, y_train)
        scores.append(net.score(X_test, y_test))
    return np.mean(scores), net.n_connections_


# %%
# At 99 % sparsity a hidden neuron has one or two connections.
sparsities = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99]
curves = {
    "SET": [accuracies(SETMLPClassifier, sparsity=s) for s in sparsities],
    "static sparse": [
        accuracies(StaticSparseMLPClassifier, sparsity=s) for s in sparsities
    ],
}
dense, n_dense = accuracies(DenseMLPClassifier)

# %%
# The fewer connections, the further to the left.
figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
for (name, points), style in zip(curves.items(), ["o-", "s--"], strict=True):
    scores, connections = zip(*points, strict=True)
    ax.plot(connections, scores, style, label=name)
    print(
        name,
        *[f"{s:.0%}: {score:.3f}" for s, score in zip(sparsities, scores, strict=True)],
    )
ax.axhline(dense, color="black", linestyle=":", label=f"dense ({n_dense:,})")
print(f"dense: {dense:.3f}")
ax.set_xscale("log")
ax.set_xticks(
    connections,
    [f"{n:,}\n{s:.0%}" for n, s in zip(connections, sparsities, strict=True)],
)
ax.tick_params(axis="x", which="minor", bottom=False, labelbottom=False)
ax.set(xlabel="connections, and sparsity", ylabel="test accuracy, mean of 3 splits")
ax.legend()
plt.show()

# %%
# Up to 95 % sparsity the difference to the dense network is small. Beyond, where every
# connection counts, it pays to let them move.
