"""
What the topology of a network looks like
=========================================

A sparse network begins with connections at random places, and SET moves those that
matter least. Here we watch a network for digits while it learns: which pixels it
connects to, and how unequal its neurons become.
"""

# %%
# A callback sees the network after every epoch, and ``TopologyDisplay.from_estimator``
# draws it. The display keeps what it shows, so that it does not change when the network
# learns on.
import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from sparsekit import SETMLPClassifier
from sparsekit.neural_network import LossCurveDisplay, TopologyDisplay

SHOWN = (1, 20, 150)


class Watcher:
    """Draw the connections of each pixel after some epochs; keep the displays."""

    def __init__(self, axes):
        self.axes = dict(zip(SHOWN, axes, strict=True))
        self.displays = {}

    def setup(self, estimator, context):
        self.displays.clear()

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        n_epochs = len(fitted_estimator.history_)
        if context.task_name == "epoch" and n_epochs in SHOWN:
            ax = self.axes[n_epochs]
            self.displays[n_epochs] = TopologyDisplay.from_estimator(
                fitted_estimator, ax=ax, kind="inputs"
            )
            ax.images[0].set_clim(0, 32)
            ax.set_title(f"after epoch {n_epochs}")

    def teardown(self, estimator, context):
        pass


# %%
# The penalty ``alpha`` lets weights that do not help shrink, so that their connections
# are the next to go. The first rewiring comes after the first epoch, which shows the
# connections that the network began with. The figure has the connections of each pixel.
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
net = SETMLPClassifier(
    (400, 100),
    sparsity=0.97,
    alpha=3,
    max_iter=150,
    n_iter_no_change=np.inf,
    random_state=0,
)
figure, axes = plt.subplots(1, 3, figsize=(13, 3.3), layout="constrained")
watcher = Watcher(axes)
warnings.simplefilter("ignore", ConvergenceWarning)
net.set_callbacks(watcher).fit(X_train, y_train, X_val=X_test, y_val=y_test)
print(net.summary()[["n_in", "n_out", "n_connections", "density", "active_out"]])
print(f"accuracy {net.score(X_test, y_test):.3f}")

# Pixels at the left and right edges are white in nearly all images.
is_blank = X_train.std(axis=0) < 1
for n_epochs, display in watcher.displays.items():
    blank, other = (display.feature_degrees[mask] for mask in (is_blank, ~is_blank))
    print(
        f"epoch {n_epochs:3}: {blank.mean():4.1f} connections for a blank pixel, "
        f"{other.mean():.1f} for another"
    )
plt.show()

# %%
# The loss with its rewirings, and the degrees: for every layer the share of the neurons
# that have at least so many connections, solid for the neurons that read, dashed for
# those that are read. The displays that were kept are drawn once more, in another way.
figure, axes = plt.subplots(1, 3, figsize=(13, 3.6), layout="constrained")
LossCurveDisplay.from_estimator(net, ax=axes[0])
for ax, n_epochs in zip(axes[1:], (1, 150), strict=True):
    watcher.displays[n_epochs].plot(ax)
    ax.set_title(f"after epoch {n_epochs}")
axes[1].get_legend().remove()
plt.show()

# %%
# In the beginning all pixels are alike. In the end the blank columns have less than
# half the connections of the others: nothing makes their weights grow, so that most of
# what grows there goes again. The neurons have become unequal: a third of the first
# hidden layer reads nothing any more (solid blue), while the second layer has neurons
# that read many others (solid orange).
