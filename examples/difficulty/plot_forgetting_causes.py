"""
Forgetting by cause: gradient steps, pruning and growth
=======================================================

A network that rewires itself forgets for two reasons: a gradient step that helps some
rows harms others, and a connection that is pruned takes with it what it knew. Growth
forgets nothing, since a new connection begins with a weight of zero. We look at how
much each of them does, whether it lasts, and which rows it happens to.
"""

# %%
# With ``record="rewiring"`` a network evaluates the training rows before it prunes,
# after it has pruned, and after it has grown. We take handwritten digits, and one
# network with a fifth and one with a fiftieth of the connections.
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning

from sparsekit import SETMLPClassifier
from sparsekit.difficulty import (
    ForgettingDisplay,
    difficulty_report,
    forgetting_events,
)

# A fixed number of epochs is what we want here.
warnings.simplefilter("ignore", ConvergenceWarning)

X, y = load_digits(return_X_y=True)
settings = {"max_iter": 40, "n_iter_no_change": np.inf, "batch_size": 32}
nets = {
    sparsity: SETMLPClassifier(
        (100, 100), sparsity=sparsity, record="rewiring", random_state=0, **settings
    ).fit(X, y)
    for sparsity in (0.8, 0.98)
}

# %%
# In the first two panels, a bar belongs to a rewiring and to the epoch that follows it.
# The third compares what pruning made forgotten with what dropping as many random
# connections would have done: the count of pruning alone says little.
figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
colours = dict(zip(nets, ("C0", "C1"), strict=True))
for ax, (sparsity, net) in zip(axes[:2], nets.items(), strict=True):
    display = ForgettingDisplay.from_record(net, ax=ax)
    # The dots of random drops lie far above the bars; they have a panel of their own.
    ax.set(ylim=(0, 1.05 * display.counts.sum(axis=1).max()))
    ax.set_title(f"{sparsity:.0%} of the connections absent")
    ax.legend(handles=ax.containers, frameon=False)
    places, pruned = 1 + np.arange(len(display.counts)), display.counts[:, 1]
    colour = colours[sparsity]
    axes[2].plot(places, pruned, colour, label=f"{sparsity:.0%}, pruning")
    axes[2].plot(
        places, display.null_counts, colour, ls=":", label=f"{sparsity:.0%}, random"
    )
    print(
        f"{sparsity:.0%} sparse: pruning causes {display.fractions_['prune']:.0%} of "
        f"the forgetting; random drops would make {display.null_counts.sum()} rows "
        f"forgotten instead of {pruned.sum()}"
    )
axes[2].set(yscale="symlog", xlabel="rewiring", ylabel="samples forgotten")
axes[2].set_ylim(0, 200 * len(y))
axes[2].legend(frameon=False, ncols=2, loc="upper left", fontsize="small")
axes[2].spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# Which rows does pruning hit? A third network, which takes no part in the comparison,
# says how hard each row is: a network must not grade itself.
judge = SETMLPClassifier(
    (100, 100), sparsity=0.9, record="presentation", random_state=1, **settings
).fit(X, y)
ranks = difficulty_report(judge)["difficulty"].rank(method="first")
tenth = pd.qcut(ranks, 10, labels=range(1, 11)).astype(int)

figure, axis = plt.subplots(figsize=(7, 3.4), layout="constrained")
width = 0.4
for number, (sparsity, net) in enumerate(nets.items()):
    pruned = forgetting_events(net, source="prune", never_learned="zero")
    by_tenth = pruned["n_forgotten"].groupby(tenth).sum()
    share = by_tenth / by_tenth.sum()
    places = share.index + (number - 0.5) * width
    axis.bar(places, share, width, color=colours[sparsity], label=f"{sparsity:.0%}")
    print(f"{sparsity:.0%} sparse: {share[10]:.0%} of it in the hardest tenth of rows")
axis.axhline(0.1, color="black", lw=0.8, ls=":", label="if all rows were alike")
axis.set(
    xlabel="tenth of the rows, from easy to hard",
    ylabel="share of the forgetting",
)
axis.legend(frameon=False)
axis.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# With a fifth of the connections pruning hits mostly hard rows. With a fiftieth it hits
# all kinds: there every connection matters to many rows. In both networks random drops
# would make many times as many rows forgotten.
#
# Does it last? A row is lost if a rewiring made it forgotten and no later evaluation
# found it right again.
for sparsity, net in nets.items():
    rewirings = net.record_["rewirings"]
    n_lost = (rewirings["lost_at"] > 0).sum()
    print(f"{sparsity:.0%} sparse: {n_lost} of {len(y)} rows lost for good")

# %%
# Forgetting by pruning is mostly repaired by the epochs that follow: few rows are lost,
# and only where the network has few connections left.
