"""
Training on parts of a table
============================

``fit_distributed`` lets every part of a table train a copy of the network, and averages
the copies after each round. On a cluster that is how several machines train one
network; here the parts are trained one after another, which gives the same network to
the bit. How many parts may there be, and what travels?
"""

# %%
# Copies begin a round as one network and drift apart while they train. Their average is
# made sparse again: it has as many connections as each of them.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from sparsekit import SETMLPClassifier
from sparsekit.distributed import fit_distributed

X, y = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(X, y, random_state=0)


def network():
    """Return a network that is not fitted."""
    return SETMLPClassifier((100,), sparsity=0.8, max_iter=15, random_state=0)


together = network().fit(X, y)
n_parts = [1, 2, 4, 16]
own = [fit_distributed(network(), X, y, n_parts=n) for n in n_parts]
shared = [
    fit_distributed(network(), X, y, n_parts=n, topology="shared") for n in n_parts
]
counts = {net.n_connections_ for net in [together, *own, *shared]}
print(f"All networks have {counts} connections.")

# %%
# The same parts in two processes give the same bits, and so would twenty workers.
again = fit_distributed(network(), X, y, n_parts=4, n_jobs=2)
print("Same network:", np.array_equal(again.coefs_[0].data, own[2].coefs_[0].data))

# %%
# Each part is trained on fewer rows, so that a copy takes fewer steps in a round.
# Passes over the table being equal, more parts learn less.
fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
left.plot(together.loss_curve_, color="black", label="fit")
for n, net in zip(n_parts[1:], own[1:], strict=True):
    left.plot(net.loss_curve_, label=f"{n} parts", alpha=0.8)
left.set(xlabel="epoch", ylabel="training loss", yscale="log")
left.legend()
right.axhline(together.score(X_test, y_test), color="black", label="fit")
for name, nets in (("own", own), ("shared", shared)):
    scores = [net.score(X_test, y_test) for net in nets]
    right.plot(n_parts, scores, "o-", label=f'topology="{name}"')
right.set(xlabel="parts", ylabel="test accuracy", xscale="log")
right.set_xticks(n_parts, map(str, n_parts))
right.minorticks_off()
right.legend()
last = own[2].history_[-1]
print(f"{last['bytes_from_parts'] / 1e3:.0f} KB come from four parts in a round.")

# %%
# A few parts learn nearly as much as one fit. Of these 1,347 rows, 16 parts have too
# few each, and would need more epochs. What travels goes with parts and connections,
# not with rows: on a table of millions of rows it is little beside the work.
