"""
Sparse model, sparse data: a grid search over both
==================================================

A pipeline of a masker and a network is an estimator like any other, so a grid search
can vary the sparsity of the network and the share of missing values at once.

The missing rate is not a parameter to choose: it belongs to the world that the model
will meet. So we read all results, and pick the best sparsity for each rate, instead of
asking for the single best candidate (which would always have the lowest rate).
"""

# %%
# Digits, raw pixels. The masker hides the same cells of a row in every fold and for
# every candidate, and a higher rate hides a superset of them: the comparison is paired.
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from sparsekit import MCARMasker, SETMLPClassifier

X, y = load_digits(return_X_y=True)
net = SETMLPClassifier((100,), early_stopping=True, max_iter=500, random_state=0)
model = Pipeline([("mask", MCARMasker(random_state=0)), ("net", net)])
grid = {
    "net__sparsity": [0.5, 0.8, 0.95],
    "mask__missing_rate": [0.0, 0.3, 0.6],
}
search = GridSearchCV(model, grid, cv=3, n_jobs=2, refit=False).fit(X, y)

# %%
# One row per sparsity, one column per missing rate.
accuracy = pd.DataFrame(search.cv_results_).pivot(
    index="param_net__sparsity",
    columns="param_mask__missing_rate",
    values="mean_test_score",
)
print(accuracy.round(3))

# %%
# Down a column the data are the same and the network gets sparser; the cross marks the
# best network for each missing rate.
figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
image = ax.imshow(accuracy, cmap="viridis", aspect="auto")
ax.set_xticks(range(accuracy.shape[1]), [f"{r:.0%}" for r in accuracy.columns])
ax.set_yticks(range(accuracy.shape[0]), [f"{s:.0%}" for s in accuracy.index])
ax.set(xlabel="missing rate", ylabel="sparsity of the network")
middle = (accuracy.to_numpy().max() + accuracy.to_numpy().min()) / 2
for row, values in enumerate(accuracy.to_numpy()):
    for column, value in enumerate(values):
        best = row == accuracy.iloc[:, column].argmax()
        ax.text(
            column,
            row,
            f"{value:.3f}" + (" \N{MULTIPLICATION SIGN}" if best else ""),
            ha="center",
            va="center",
            color="black" if value > middle else "white",
        )
figure.colorbar(image, label="accuracy, 3-fold cross-validation")
plt.show()

# %%
# From left to right more values are missing, and the accuracy falls in every row. From
# top to bottom the network has fewer connections: few of them cost more where many
# values are missing.
