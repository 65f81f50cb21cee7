"""
A million columns
=================

Hashed text has as many columns as one likes, and almost all of them are empty. Does a
network that draws its connections at random still find the words? And what does it
cost? We hash the same texts to ever more columns, with the same number of connections.
"""

# %%
# Two topics share half of their words; a text has 40 words of its topic.
import time

import matplotlib.pyplot as plt
import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

from sparsekit import DSTMLPClassifier

rng = np.random.default_rng(0)
words = np.array([f"word{number}" for number in range(3000)])
topic = rng.integers(2, size=2000)
texts = [" ".join(rng.choice(words[s : s + 2000], size=40)) for s in 1000 * topic]
train, test = slice(0, 1500), slice(1500, None)

# %%
# Of the columns, only those of the 3,000 words ever occur. ``"occurring"`` draws
# connections, and lets new ones grow, by how often a column is not zero.
N_CONNECTIONS, HIDDEN = 5_000, 64
column_counts = 2 ** np.arange(12, 21, 2)
placed = {
    "anywhere": {},
    "where columns occur": {"initial_topology": "occurring", "grower": "occurring"},
}
accuracy = {name: [] for name in placed}
seconds = {name: [] for name in placed}
for n_columns in column_counts:
    X = HashingVectorizer(n_features=n_columns).transform(texts)
    for name, where in placed.items():
        net = DSTMLPClassifier(
            (HIDDEN,),
            method="set",
            sparsity=1 - N_CONNECTIONS / (HIDDEN * n_columns),
            allocation="erdos_renyi_dense_output",
            max_iter=10,
            random_state=0,
            **where,
        )
        net.partial_fit(X[train][:100], topic[train][:100], classes=[0, 1])  # compiles
        begin = time.perf_counter()
        net.fit(X[train], topic[train])
        seconds[name].append((time.perf_counter() - begin) / net.n_iter_)
        accuracy[name].append(100 * net.score(X[test], topic[test]))

# %%
# Accuracy on texts that were not learned, and the time of an epoch.
figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.6), layout="constrained")
colours = {"anywhere": "tab:gray", "where columns occur": "tab:blue"}
for name, colour in colours.items():
    left.plot(accuracy[name], "o-", color=colour)
    right.plot(1000 * np.array(seconds[name]), "o-", color=colour)
label = {"fontsize": "medium", "ha": "left"}
left.text(1.3, 102.5, "connections where columns occur", color="tab:blue", **label)
left.text(0, 60, "connections anywhere", color="tab:gray", **label)
left.set(ylabel="accuracy on other texts (%)", ylim=(48, 108))
right.set(ylabel="milliseconds of an epoch", ylim=(0, None))
names = [f"{n:,}" for n in column_counts]
for axes in (left, right):
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xticks(range(column_counts.size), names)
    axes.set_xlabel("columns")
plt.show()

# %%
# Drawn anywhere, most connections read columns that are always zero, and the network
# ends near chance. Where columns occur, a million of them are no harder than four
# thousand. An epoch takes no longer for what is empty, but for moments and indices,
# which go with the number of columns.
