"""
Methods of dynamic sparse training side by side
===============================================

The methods differ in where connections go and where they come back: at random (SET),
by the gradient (RigL), by the shape of the network (CHTs), or from a network that
starts with half of its connections (GraNet). A static sparse network and a dense one
are the bounds. We train all of them on the digits, with 10 % and with 2 % of the
connections, and look at what each rewiring left in ``rewiring_history_``.
"""

# %%
# All networks of a seed see the same split. They train for the same number of epochs,
# so that the schedules, which go by the share of training done, come to their ends.
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from sparsekit import DenseMLPClassifier, DSTMLPClassifier

# A fixed number of epochs is what we want here.
warnings.simplefilter("ignore", ConvergenceWarning)

methods = ["static", "set", "rigl", "chts", "granet"]
sparsities = [0.9, 0.98]
seeds = range(3)
settings = {"max_iter": 40, "n_iter_no_change": np.inf, "batch_size": 64}

X, y = load_digits(return_X_y=True)


def curve(net, seed):
    """Fit; return the accuracy on the test rows after each epoch."""
    split = train_test_split(X, y, stratify=y, test_size=0.5, random_state=seed)
    X_train, X_test, y_train, y_test = split
    net.set_params(random_state=seed)
    net.fit(X_train, y_train, X_val=X_test, y_val=y_test)
    return net.validation_scores_


# %%
# ``rewiring_history_`` has a row for each layer of each rewiring. From it come the
# share of all positions that have ever had a connection, and the share of the hidden
# neurons that still work: they read something, and something reads them.
hidden = (200, 200)
positions = {1: 64 * 200, 2: 200 * 200, 3: 200 * 10}


def looked_at(net):
    """Return the shares of positions explored and of hidden neurons active."""
    history = pd.DataFrame(net.rewiring_history_)
    history["explored"] = history["exploration_rate"] * history["layer"].map(positions)
    by_epoch = history.groupby("epoch")["explored"].sum() / sum(positions.values())
    of_hidden = history[history["layer"] > 1]
    return by_epoch, of_hidden.groupby("epoch")["n_active"].sum() / sum(hidden)


dense = np.mean([curve(DenseMLPClassifier(hidden, **settings), s) for s in seeds], 0)
figure, axes = plt.subplots(
    2, 3, figsize=(11, 6.2), sharex=True, sharey="col", layout="constrained"
)
epochs = np.arange(1, 41)
for sparsity, (scores, explored, active) in zip(sparsities, axes, strict=True):
    scores.plot(epochs, dense, "k:", label="dense")
    for method in methods:
        net = DSTMLPClassifier(hidden, method=method, sparsity=sparsity, **settings)
        curves = np.array([curve(net, seed) for seed in seeds])
        mean = curves.mean(axis=0)
        error = curves.std(axis=0, ddof=1) / np.sqrt(len(seeds))
        color = f"C{methods.index(method)}"
        scores.plot(epochs, mean, color, label=method)
        scores.fill_between(epochs, mean - error, mean + error, color=color, alpha=0.15)
        print(f"{method:7} at {sparsity:.0%}: accuracy {mean[-5:].mean():.3f}")
        if method != "static":
            for axis, shares in zip((explored, active), looked_at(net), strict=True):
                axis.plot(shares, color)
    scores.set(ylabel=f"{sparsity:.0%} sparse", ylim=(0.75, 1))
    for axis in (scores, explored, active):
        axis.grid(alpha=0.25)
axes[0, 0].set_title("test accuracy")
axes[0, 1].set_title("share of positions ever tried")
axes[0, 2].set_title("share of hidden neurons active")
for axis in axes[1]:
    axis.set_xlabel("epoch")
handles, labels = axes[0, 0].get_legend_handles_labels()
figure.legend(handles, labels, loc="outside right", frameon=False)
plt.show()

# %%
# With 10 % of the connections all methods come within a point or two of the dense
# network, and it hardly matters where the connections lie. With 2 % it does: moving
# them at random gains four points over leaving them, moving them by gradient or by
# topology one more. GraNet stays with the dense network. It pays for that: it trains up
# to half of all connections until the schedule has taken them away, and has tried most
# positions by then. The others never have more connections than in the end.
#
# All of them give up hidden neurons at 98 %: with a few connections for each neuron
# some lose all their inputs. CHTs does so on purpose, and takes their connections for
# others. `sparsekit.neural_network.compact` takes such neurons out of a fitted network.
