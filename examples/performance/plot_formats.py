"""
What sparsity saves
===================

A sparse network computes nothing for a connection that is absent. Does it take less
time for that? It depends on how many are absent, since a dense product is faster per
connection. Here one network is trained at growing sparsity, and timed.
"""

# %%
# Two hidden layers of 1000 neurons on 300 inputs have 1.3 million positions. What a
# layer is while it trains, ``suggest_format`` tells: a list of connections ("csr"), or
# where most of them are there a matrix ("dense"). The choice changes the time and not
# the result.
import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_classification
from sklearn.exceptions import ConvergenceWarning

from sparsekit import StaticSparseMLPClassifier, suggest_format

densities = [1.0, 0.75, 0.5, 0.25, 0.1, 0.05, 0.02, 0.01]
for density in densities:
    print(f"{density:4.0%}: {suggest_format(1000, 1000, density=density)}")

# %%
# ``history_`` holds the seconds of every epoch. The fastest of three counts, since what
# else the machine does can only make an epoch slower.
warnings.simplefilter("ignore", ConvergenceWarning)

X, y = make_classification(1024, 300, n_informative=30, random_state=0)
milliseconds = []
for density in densities:
    net = StaticSparseMLPClassifier(
        (1000, 1000), sparsity=1 - density, batch_size=128, max_iter=3, random_state=0
    ).fit(X, y)
    milliseconds.append(1000 * min(epoch["seconds"] for epoch in net.history_))
    print(f"{density:4.0%}: {milliseconds[-1]:4.0f} ms for {net.n_connections_:9,}")

# %%
# The dotted line is what it would take if the time of the dense network fell in
# proportion to its connections.
figure, axis = plt.subplots(figsize=(6, 4), layout="constrained")
axis.loglog(densities, milliseconds, "o-", label="measured")
axis.loglog(densities, milliseconds[0] * np.array(densities), "k:", label="proportion")
ticks = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0]
axis.set_xticks(ticks, [f"{share:.0%}" for share in ticks])
axis.minorticks_off()
axis.set(xlabel="density", ylabel="milliseconds per epoch")
axis.grid(alpha=0.25)
axis.legend(frameon=False)
plt.show()

# %%
# The curve has three parts. Above a density of about one half nothing is saved: a
# layer that lacks a few connections takes as long as a full one. Then time falls with
# the connections. Towards one per cent the work for each neuron and row begins to show,
# which does not depend on them: wide layers with very few connections are not free.
