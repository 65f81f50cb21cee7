"""
What sparsity saves
===================

A sparse network computes nothing for a connection that is absent. Does it take less
time for that? It depends on how many are absent, since a dense product is faster per
connection. Here one network is trained at growing sparsity, and timed.
"""

# %%
# Two hidden layers of 500 neurons, 300 inputs: 400,500 positions. What a layer is while
# it trains, ``suggest_format`` tells: a list of connections ("csr"), or where most are
# there a matrix ("dense"). The choice changes the time and not the result.
from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_classification

from sparsekit import StaticSparseMLPClassifier, suggest_format

X, y = make_classification(2000, 300, n_informative=30, random_state=0)
sparsities = [0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98]
for sparsity in sparsities:
    print(f"{sparsity:.0%} sparse: {suggest_format(500, 500, density=1 - sparsity)}")

# %%
# A call of ``partial_fit`` is an epoch. The first one compiles or loads the compiled
# code and is not timed; of the others the fastest counts, since what else the machine
# does can only make an epoch slower.
milliseconds = []
for sparsity in sparsities:
    net = StaticSparseMLPClassifier(
        (500, 500), sparsity=sparsity, batch_size=128, random_state=0
    )
    net.partial_fit(X, y, classes=[0, 1])
    times = []
    for _ in range(5):
        began = perf_counter()
        net.partial_fit(X, y)
        times.append(perf_counter() - began)
    milliseconds.append(1000 * min(times))
    print(f"{sparsity:.0%} sparse: {milliseconds[-1]:.0f} ms per epoch")

# %%
# The dotted line is what the dense network would take if its time fell with its
# connections.
density = 1 - np.array(sparsities)
figure, axis = plt.subplots(figsize=(6, 4), layout="constrained")
axis.loglog(density, milliseconds, "o-", label="measured")
axis.loglog(density, milliseconds[0] * density, "k:", label="dense time x density")
axis.set(xlabel="density", ylabel="milliseconds per epoch")
axis.set_xticks(density, [f"{share:.0%}" for share in density])
axis.minorticks_off()
axis.grid(alpha=0.25)
axis.legend(frameon=False)
plt.show()
