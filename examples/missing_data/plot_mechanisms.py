"""
The mechanisms seen: what each does to a feature
================================================

Thirty per cent of the values of a feature go missing. Which thirty decides whether the
values that stay still tell the truth. We take two features of breast tumours, let the
first drive the missing values of the second or the second its own, and look at what
is left.
"""

# %%
# The radius and the texture of 569 tumours. A tumour's texture is masked completely at
# random, by its radius (which stays observed), or by the texture itself.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer

from sparsekit import MARMasker, MCARMasker, MNARMasker

data = load_breast_cancer(as_frame=True).data
X = data[["mean radius", "mean texture"]]
driver, feature = X.columns
setting = {
    "missing_rate": 0.3,
    "rate_unit": "columns",
    "features": [feature],
    "random_state": 0,
}
maskers = {
    "MCAR": MCARMasker(**setting),
    "MAR, right": MARMasker(drivers=[driver], strength=3, **setting),
    "MNAR self, right": MNARMasker(strength=3, **setting),
    "MNAR self, tail": MNARMasker(strength=3, shape="tail", **setting),
    "MNAR quantile, left": MNARMasker(kind="quantile", shape="left", **setting),
}

# %%
# Every masker tells the true probability of each cell. The upper panels show it by
# colour, for rows at their radius and texture; below, the distribution of the texture
# before, and of the values that stay.
figure, axes = plt.subplots(
    2, len(maskers), figsize=(13, 5.2), sharex="row", sharey="row", layout="constrained"
)
bins = np.linspace(*X[feature].quantile([0, 1]), 25)
for (name, masker), (above, below) in zip(maskers.items(), axes.T, strict=True):
    masker.fit(X)
    hidden = masker.mask(X)[:, 1]
    probability = masker.propensity(X)[:, 1]
    image = above.scatter(
        X[driver], X[feature], c=probability, s=8, cmap="viridis", vmin=0, vmax=1
    )
    above.set(title=name, xlabel=driver)

    below.hist(X[feature], bins, color="0.85", label="all")
    below.hist(
        X[feature][~hidden], bins, color="tab:blue", alpha=0.8, label="values that stay"
    )
    below.axvline(X[feature].mean(), color="0.4", linestyle="--")
    below.axvline(X[feature][~hidden].mean(), color="tab:blue")
    below.set(xlabel=feature)
axes[0, 0].set(ylabel=feature)
axes[1, 0].set(ylabel="tumours")
axes[1, 0].legend(frameon=False)
figure.colorbar(image, ax=axes[0], label="probability of a hole")
plt.show()

# %%
# The lines mark the mean of all values (dashed) and of those that stay. In numbers:
for name, masker in maskers.items():
    left = X[feature][~masker.mask(X)[:, 1]]
    print(
        f"{name:20} missing {masker.realized_rates_[1]:.3f}  "
        f"mean {left.mean():.2f}  standard deviation {left.std():.2f}"
    )
print(f"{'all values':20} missing 0.000  mean {X[feature].mean():.2f}  ", end="")
print(f"standard deviation {X[feature].std():.2f}")

# %%
# MCAR leaves the mean where it was. Under MAR it moves as far as radius and texture are
# correlated, but the radius can put that right, since it is observed. Under MNAR the
# values that would be needed are those that are gone: the tail mechanism narrows the
# distribution, the quantile mechanism cuts it.
