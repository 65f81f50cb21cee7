"""
Why values are missing, and what it costs
=========================================

The same share of missing values can cost little or much: it depends on which values
they are. We hide values of the breast tumours completely at random (MCAR), by other
columns (MAR), and by the values themselves (MNAR), and train a dense, a static sparse
and a SET network on what is left.
"""

# %%
# All networks of a seed see the same split and the same missing values, and the missing
# values at a lower rate are among those at a higher one. The sparse networks have a
# tenth of the weights.
import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from sparsekit import (
    DenseMLPClassifier,
    MARMasker,
    MCARMasker,
    MNARMasker,
    SETMLPClassifier,
    StaticSparseMLPClassifier,
)

# A fixed number of epochs is what we want here.
warnings.simplefilter("ignore", ConvergenceWarning)

models = {
    "dense": DenseMLPClassifier((50, 50)),
    "static sparse": StaticSparseMLPClassifier((50, 50), sparsity=0.9),
    "SET": SETMLPClassifier((50, 50), sparsity=0.9),
}
maskers = {
    "MCAR": MCARMasker(random_state=0),
    "MAR": MARMasker(strength=2, random_state=0),
    "MNAR": MNARMasker(strength=2, random_state=0),
}
rates = [0.0, 0.2, 0.4, 0.6, 0.8]
seeds = range(5)

X, y = load_breast_cancer(return_X_y=True)


def accuracy(model, masker, rate, seed):
    """Return the accuracy on test rows with missing values as in the training rows."""
    split = train_test_split(X, y, stratify=y, test_size=0.4, random_state=seed)
    X_train, X_test, y_train, y_test = split
    if rate > 0:
        masker.set_params(missing_rate=rate)
        X_train, X_test = masker.fit_transform(X_train), masker.transform(X_test)
    model.set_params(max_iter=40, batch_size=32, random_state=seed)
    return model.fit(X_train, y_train).score(X_test, y_test)


# %%
# Means over five splits; the bands are their standard errors.
figure, axes = plt.subplots(
    1, len(maskers), figsize=(10, 3.6), sharex=True, sharey=True, layout="constrained"
)
for (mechanism, masker), axis in zip(maskers.items(), axes, strict=True):
    for (name, model), style in zip(models.items(), ("k:", "C1--", "C0-"), strict=True):
        scores = np.array(
            [[accuracy(model, masker, rate, s) for s in seeds] for rate in rates]
        )
        mean = scores.mean(axis=1)
        error = scores.std(axis=1, ddof=1) / np.sqrt(len(seeds))
        (line,) = axis.plot(rates, mean, style, label=name)
        axis.fill_between(
            rates, mean - error, mean + error, color=line.get_color(), alpha=0.15
        )
    axis.set(title=mechanism, xlabel="missing rate", xticks=rates)
    axis.grid(alpha=0.25)
axes[0].set(ylabel="test accuracy")
axes[0].legend(frameon=False, loc="lower left")
plt.show()

# %%
# Values that are missing by chance or by other columns are replaced by their
# neighbours: the columns of this table say much the same, and the three networks bear
# it alike. Large values that hide themselves leave nothing that says so; there the
# sparse networks lose less than the dense one, which fits what happens to be left. An
# indicator of missing values would tell the network; see the example on what
# indicators bring.
