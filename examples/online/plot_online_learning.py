"""
Learning from a stream that changes
===================================

Handwritten digits arrive class by class: first all zeros, then all ones, and so on. A
network that learns them as they come forgets each digit while it learns the next. It
helps to keep a few old rows and to learn them again, and nothing else has to change.
"""

# %%
# Both networks are the same; one of them is wrapped, and learns four old rows with each
# new one. A network rewires at every call, so only a few connections move each time.
# Pixels have one scale, so nothing is standardised.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from sparsekit import SETMLPClassifier
from sparsekit.continual import ReplayClassifier, continual_metrics

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, random_state=0)
net = SETMLPClassifier(
    (200, 200),
    sparsity=0.8,
    prune_fraction=0.02,
    batch_size=4,
    standardize=False,
    random_state=0,
)
replay = ReplayClassifier(
    clone(net), buffer_size=100, replay_fraction=0.8, random_state=0
)
learners = {"as they come": net, "with replay of 100 rows": replay}

# %%
# A stage is one digit, in eight batches that are learned once. After each stage
# the accuracy on every digit is measured: row i of the matrix is what the network can
# do after digit i.
accuracy = {}
for name, learner in learners.items():
    matrix = np.zeros((10, 10))
    for digit in range(10):
        rows = np.flatnonzero(y_train == digit)
        for batch in np.array_split(rows, 8):
            learner.partial_fit(X_train[batch], y_train[batch], classes=range(10))
        for known in range(10):
            test = y_test == known
            matrix[digit, known] = learner.score(X_test[test], y_test[test])
    accuracy[name] = matrix
    metrics = continual_metrics(matrix)
    print(
        f"{name}: average accuracy {metrics['average_accuracy']:.2f}, "
        f"forgetting {metrics['forgetting']:.2f}"
    )

# %%
# Without replay only the diagonal is bright: a digit is known while it is learned.
figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained", sharey=True)
for axis, (name, matrix) in zip(axes, accuracy.items(), strict=True):
    drawn = axis.imshow(matrix, cmap="viridis", vmin=0, vmax=1)
    axis.set(title=name, xlabel="accuracy on digit", xticks=range(10))
axes[0].set(ylabel="after learning digit", yticks=range(10))
figure.colorbar(drawn, ax=axes, label="accuracy", shrink=0.9)
plt.show()

# %%
# With replay the whole triangle below the diagonal stays bright: the network still
# knows most of the earlier digits. A hundred old rows, ten for each digit, are enough
# for that.
