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
# A bar belongs to a rewiring and to the epoch that follows it. The dots say what
# dropping as many random connections would have done: pruning means something only
# beside them.
figure, axes = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
for ax, (sparsity, net) in zip(axes, nets.items(), strict=False):
    display = ForgettingDisplay.from_record(net).plot(ax)
    ax.set(yscale="symlog", title=f"{sparsity:.0%} of the connections absent")
    by_chance = display.null_counts.sum() / display.counts[:, 1].sum()
    print(
        f"{sparsity:.0%} sparse: pruning causes {display.shares_['prune']:.0%} of the "
        f"forgetting; random drops would make {by_chance:.0f} times as much"
    )

# %%
# Which rows does pruning hit? A third network, which takes no part in the comparison,
# says how hard each row is; a network must not grade itself.
judge = SETMLPClassifier(
    (100, 100), sparsity=0.9, record="presentation", random_state=1, **settings
).fit(X, y)
tenth = pd.qcut(difficulty_report(judge)["difficulty"].rank(method="first"), 10)
tenth = tenth.cat.codes + 1

width = 0.4
for number, (sparsity, net) in enumerate(nets.items()):
    pruned = forgetting_events(net, source="prune", never_learned="zero")
    by_tenth = pruned["n_forgotten"].groupby(tenth).sum()
    share = by_tenth / by_tenth.sum()
    axes[2].bar(
        share.index + (number - 0.5) * width, share, width, label=f"{sparsity:.0%}"
    )
    print(f"{sparsity:.0%} sparse: {share[10]:.0%} of it in the hardest tenth of rows")
axes[2].axhline(0.1, color="black", lw=0.8, ls=":", label="if all rows were alike")
axes[2].set(
    xlabel="tenth of the rows, from easy to hard",
    ylabel="share of what pruning makes forgotten",
    title="which rows pruning hits",
)
axes[2].spines[["top", "right"]].set_visible(False)
axes[2].legend(frameon=False)
plt.show()

# %%
# Does it last? A row is lost if a rewiring made it forgotten and no later evaluation
# found it right again.
for sparsity, net in nets.items():
    rewirings = net.record_["rewirings"]
    print(
        f"{sparsity:.0%} sparse: {(rewirings['lost_at'] > 0).sum()} of {len(y)} rows "
        "lost for good"
    )
