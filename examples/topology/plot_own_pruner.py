"""
A pruner of your own
====================

A pruner that keeps weights because they are large forgets what they are multiplied
with: a large weight on an input that is nearly always zero carries nothing. Wanda (Sun
et al., "A simple and effective pruning approach for large language models", ICLR 2024)
ranks connections by ``|w| * norm(x)``, where x is what a connection reads. It was made
for pruning after training. We write it as a pruner of sparse training, check it, and
compare it with those that come with the package.
"""

# %%
# A pruner that ranks connections by a number has one method, ``scores``; the base class
# does the rest. What it wants to know beside the connections it lists in ``needs``:
# here ``values``, what the neurons held for some training samples, an array of shape
# (n_tiles, n_in, n_lanes) with a lane for each sample.
import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV

from sparsekit import DSTMLPClassifier
from sparsekit.topology import (
    MagnitudePruner,
    MESTPruner,
    NeuronPruner,
    RelativeImportancePruner,
    ScorePruner,
    SETPruner,
    SoftPruner,
    TaylorPruner,
    check_strategy,
)


class WandaPruner(ScorePruner):
    """Drop the connections that carry least: small weights on small values.

    Parameters
    ----------
    power : float, default=1.0
        Exponent of the norm of the values; 0 ranks by the weights alone.
    scope : {"layer", "network"}, default="layer"
        One ranking for each layer, or one over all layers.
    """

    needs = frozenset({"values"})

    def __init__(self, power=1.0, scope="layer"):
        super().__init__(scope)
        self.power = power

    def scores(self, layer):
        """Return ``|w| * norm(x) ** power`` of each connection."""
        norms = np.sqrt((layer.values.astype(np.float64) ** 2).sum(axis=(0, 2)))
        return np.abs(layer.weights) * norms[layer.indices] ** self.power


# %%
# ``check_strategy`` runs it on layers of all kinds and says what is wrong, if anything:
# empty rows, equal weights, nothing to drop, everything to drop, arrays that must not
# be modified.
check_strategy(WandaPruner())

# %%
# A pruner is a parameter of the network, and its own parameters can be searched.
# Everything but the pruner is as in SET: three in ten connections go after every
# epoch, and as many grow at random.
warnings.simplefilter("ignore", ConvergenceWarning)

net = DSTMLPClassifier(
    (150, 150),
    method="set",
    sparsity=0.98,
    max_iter=40,
    n_iter_no_change=np.inf,
    batch_size=100,
    random_state=0,
)
built_in = [
    RelativeImportancePruner(),
    MagnitudePruner(),
    MESTPruner(),
    SoftPruner(),
    SETPruner(),
    NeuronPruner(),
    TaylorPruner(),
]
grid = [
    {"pruner": built_in},
    {"pruner": [WandaPruner()], "pruner__power": [0.5, 1.0, 2.0]},
]
X, y = load_digits(return_X_y=True)
search = GridSearchCV(net, grid, cv=5, refit=False).fit(X, y)


# %%
# A point for each of five folds, and a bar for their mean.
def label(parameters):
    """Return the name of a candidate."""
    name = type(parameters["pruner"]).__name__.removesuffix("Pruner")
    power = parameters.get("pruner__power")
    return name if power is None else f"{name}, power {power:g}"


results = search.cv_results_
folds = np.array([results[f"split{fold}_test_score"] for fold in range(5)])
order = np.argsort(folds.mean(axis=0))
figure, axis = plt.subplots(figsize=(7, 4), layout="constrained")
for place, candidate in enumerate(order):
    name = label(results["params"][candidate])
    color = "C1" if name.startswith("Wanda") else "C0"
    mean = folds[:, candidate].mean()
    axis.plot(folds[:, candidate], [place] * 5, "o", color=color, alpha=0.4, ms=4)
    axis.plot([mean, mean], [place - 0.3, place + 0.3], color=color, lw=2.5)
    print(f"{name:20} {mean:.3f}")
axis.set_yticks(
    range(len(order)), [label(results["params"][candidate]) for candidate in order]
)
axis.set(xlabel="accuracy", title="98 % sparse, connections grow at random")
axis.grid(alpha=0.25)
plt.show()

# %%
# The folds differ by more than nine of these do, so their order is nothing to build on.
# Relative importance does fall behind: it spares small weights where a neuron has few
# others, and with random growth at 98 % sparsity most neurons have few. The norm of the
# values does the ranking no harm, and to find out took one line of the grid.
