"""
What indicators, expectations and scaling bring
===============================================

By default a missing value is absent from the first layer. Three options do more: an
indicator tells the network *that* a value is missing, an expected activation averages
over what it may have been, and scaling makes up for it. Which of them is worth having
depends on why the values are missing.
"""

# %%
# We hide values of the breast tumours by three mechanisms, and compare each option with
# ``missing="absent"`` on the same splits, missing values and connections.
import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from sparsekit import MARMasker, MCARMasker, MNARMasker, SETMLPClassifier

warnings.simplefilter("ignore", ConvergenceWarning)

options = {
    "indicator": {"missing": "indicator"},
    "expected": {"missing": "expected"},
    "scaled by neuron": {"missing_scaling": "neuron"},
}
maskers = {
    "MCAR": MCARMasker(random_state=0),
    "MAR": MARMasker(strength=2, random_state=0),
    "MNAR": MNARMasker(strength=2, random_state=0),
}
rates = [0.2, 0.4, 0.6]
seeds = range(6)

X, y = load_breast_cancer(return_X_y=True)


def accuracy(masker, seed, **settings):
    """Return the accuracy on missing values of the same kind as in training."""
    split = train_test_split(X, y, stratify=y, test_size=0.4, random_state=seed)
    X_train, X_test, y_train, y_test = split
    net = SETMLPClassifier((100,), sparsity=0.8, max_iter=60, random_state=seed)
    net.set_params(**settings).fit(masker.fit_transform(X_train), y_train)
    return net.score(masker.transform(X_test), y_test)


# %%
# The gain of each option over "absent", as a mean over the seeds with its standard
# error.
figure, axes = plt.subplots(
    1, len(maskers), figsize=(10, 3.6), sharex=True, sharey=True, layout="constrained"
)
for (mechanism, masker), axis in zip(maskers.items(), axes, strict=True):
    gains = {name: np.empty((len(rates), len(seeds))) for name in options}
    for i, rate in enumerate(rates):
        masker.set_params(missing_rate=rate)
        for k, seed in enumerate(seeds):
            absent = accuracy(masker, seed)
            for name, settings in options.items():
                gains[name][i, k] = accuracy(masker, seed, **settings) - absent
    axis.axhline(0, color="0.6", linewidth=1)
    for name, gain in gains.items():
        mean = gain.mean(axis=1)
        error = gain.std(axis=1, ddof=1) / np.sqrt(len(seeds))
        (line,) = axis.plot(rates, mean, marker="o", markersize=4, label=name)
        axis.fill_between(
            rates, mean - error, mean + error, color=line.get_color(), alpha=0.2
        )
    axis.set(title=mechanism, xlabel="missing rate", xticks=rates)
axes[0].set(ylabel="accuracy gained over absent")
axes[0].legend(frameon=False)

# %%
# Where missing values say nothing about the label beyond the observed values (MCAR,
# MAR), no option gains or loses much. Where large values hide themselves (MNAR), that a
# value is missing tells that it was large: an indicator passes this on, while an
# expectation over the values that did stay is an expectation over the wrong ones.
#
# Scaling is not needed here. It is meant for what the next figure shows: a neuron that
# reads few inputs may have lost most of them while its neighbour has lost none. The
# share of its inputs that a neuron of the first layer still sees, in a dense and in a
# sparse network, at 50 % missing:
half_missing = MCARMasker(0.5, random_state=0).fit_transform(X)
observed = ~np.isnan(half_missing)
figure, axis = plt.subplots(figsize=(6, 3.2), layout="constrained")
bins = np.linspace(-0.05, 1.05, 12)
for sparsity, color in ((0.0, "0.6"), (0.8, "tab:blue")):
    net = SETMLPClassifier((100,), sparsity=sparsity, max_iter=1, random_state=0)
    reads = (net.fit(half_missing, y).coefs_[0] != 0).astype(float)
    fan_in = np.asarray(reads.sum(axis=0)).ravel()
    shares = (observed @ reads)[:, fan_in > 0] / fan_in[fan_in > 0]
    axis.hist(
        shares.ravel(),
        bins,
        density=True,
        alpha=0.6,
        color=color,
        label=f"{sparsity:.0%} sparse, {fan_in.mean():.0f} inputs a neuron",
    )
axis.set(
    xlabel="share of a neuron's inputs that is observed",
    ylabel="density",
    ylim=(0, 5),
)
axis.legend(frameon=False)
plt.show()

# %%
# In the dense network every neuron sees about half of its inputs. In the sparse one
# some neurons see all of theirs and others none: scaling by neuron makes up for that.
