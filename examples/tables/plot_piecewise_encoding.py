"""
What bins do for a network
==========================

A neuron with four inputs bends a number once. Bins give it places to bend: each is an
input that rises from 0 to 1 while the number passes through it.
"""

# %%
# A price that jumps, saturates and waves.
import matplotlib.pyplot as plt
import numpy as np

from sparsekit import SETMLPRegressor
from sparsekit.tabular import PiecewiseLinearEncoder

rng = np.random.default_rng(0)
x = np.sort(rng.uniform(0, 10, 600))
truth = np.where(x < 3, 0.0, 1.5) + np.sin(2 * x) * (x > 6) + 0.1 * x
y = truth + rng.normal(scale=0.3, size=x.size)
X = x[:, np.newaxis]

# %%
# Bins end where equally many values lie between them, or where a tree on the target
# would cut.
encoders = {
    "the number itself": None,
    "8 quantile bins": PiecewiseLinearEncoder(8),
    "16 bins by a tree": PiecewiseLinearEncoder(16, strategy="tree"),
}
fitted, errors = {}, {}
for name, encoder in encoders.items():
    inputs = X if encoder is None else encoder.fit_transform(X, y)
    net = SETMLPRegressor(sparsity="auto", random_state=0).fit(inputs, y)
    fitted[name] = net.predict(inputs)
    errors[name] = np.sqrt(np.mean((fitted[name] - truth) ** 2))
    print(f"{name:18} {inputs.shape[1]:2} inputs, error {errors[name]:.3f}")

# %%
# Above are the bins of the tree, below what the networks make of them.
figure, (above, below) = plt.subplots(
    2, 1, figsize=(7, 6), sharex=True, layout="constrained", height_ratios=[1, 2]
)
encoder = encoders["16 bins by a tree"]
above.plot(x, encoder.transform(X)[:, 1:], color="#0072B2", lw=1)
above.set_ylabel("bins by a tree")
below.scatter(x, y, s=6, color="0.8", lw=0)
for (name, values), colour in zip(
    fitted.items(), ("#E69F00", "#009E73", "#0072B2"), strict=True
):
    below.plot(x, values, color=colour, label=f"{name}: error {errors[name]:.2f}")
below.set(xlabel="x", ylabel="y")
below.legend(frameon=False)
for axes in (above, below):
    axes.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# Without bins the network draws little more than a line. With either kind of bins it
# follows the jump and the wave; the tree spends its bins where y moves.
