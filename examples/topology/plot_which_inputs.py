"""
Which inputs a sparse network reads
===================================

SET drops the connections with the smallest weights and lets others grow anywhere.
Nobody tells it which inputs matter. Here digits of 8 x 8 pixels lie in a frame of
noise, and we count the connections of every pixel while a network learns. At the end
we ask what each class looks at.
"""

# %%
# The frame says nothing about the digit, but all inputs have the same scale once they
# are standardised. The penalty ``alpha`` lets weights that do not help shrink, so that
# their connections are the next to go.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from sparsekit import SETMLPClassifier

digits, y = load_digits(return_X_y=True)
images = np.random.default_rng(0).uniform(0, 16, size=(len(digits), 12, 12))
images[:, 2:10, 2:10] = digits.reshape(-1, 8, 8)
X = images.reshape(-1, 144)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

# %%
# A call of ``partial_fit`` is an epoch. ``coefs_[0]`` is a CSR matrix with a row for
# each input, so that the lengths of its rows are the connections of the pixels.
net = SETMLPClassifier(
    (400, 100), sparsity=0.97, alpha=0.3, batch_size=100, random_state=0
)
shown = [1, 30, 100, 200]
counts = {}
for epoch in range(1, max(shown) + 1):
    net.partial_fit(X_train, y_train, classes=range(10))
    if epoch in shown:
        counts[epoch] = np.diff(net.coefs_[0].indptr).reshape(12, 12)

inside = np.zeros((12, 12), dtype=bool)
inside[2:10, 2:10] = True
for epoch, count in counts.items():
    print(
        f"epoch {epoch:3}: {count[inside].mean():.1f} connections for a pixel of the "
        f"digit, {count[~inside].mean():.1f} for one of the frame"
    )
print(f"{net.n_connections_} connections, accuracy {net.score(X_test, y_test):.3f}")

# %%
# What a class sees: the product of the weights, summed over all paths from a pixel to
# the output of the class. It is the network without its activations, and a rough
# reading therefore. Red pixels speak for the class, blue ones against it.
first, second, third = net.coefs_
views = (first @ second @ third).toarray().T.reshape(10, 12, 12)

figure = plt.figure(figsize=(10, 4), layout="constrained")
above, below = figure.subfigures(2, 1, height_ratios=[1.8, 1])
above_axes = above.subplots(1, 1 + len(shown))
above_axes[0].imshow(images.mean(axis=0), cmap="gray_r", vmin=0, vmax=16)
above_axes[0].set_title("mean image")
highest = counts[max(shown)].max()
for axis, (epoch, count) in zip(above_axes[1:], counts.items(), strict=True):
    drawn = axis.imshow(count, cmap="viridis", vmin=0, vmax=highest)
    axis.add_patch(plt.Rectangle((1.5, 1.5), 8, 8, fill=False, ec="white", ls=":"))
    axis.set_title(f"epoch {epoch}")
above.colorbar(drawn, ax=above_axes, label="connections", shrink=0.8, pad=0.01)
below_axes = below.subplots(1, 10)
for label, (axis, view) in enumerate(zip(below_axes, views, strict=True)):
    largest = np.abs(view).max()
    axis.imshow(view, cmap="RdBu_r", vmin=-largest, vmax=largest)
    axis.set_title(label)
for axis in [*above_axes, *below_axes]:
    axis.set(xticks=[], yticks=[])
plt.show()

# %%
# After an epoch the frame is read like the digit. In the end a pixel of the digit has
# about twice the connections of one outside, and the columns of the digit that are
# white in nearly all images have fewer still than the noise.
