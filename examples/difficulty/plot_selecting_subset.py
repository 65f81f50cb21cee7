"""
Selecting a subset of the rows, beside random rows
==================================================

Does a network need all rows of a table? ``selection_curve`` trains it on ever smaller
selections of its training rows, chosen by how hard they are, and always on as many
random rows: a ranking that does not beat these is not worth its price. We do that with
right labels, and again after a fifth of them was exchanged.
"""

# %%
# The labels are exchanged in the training rows only, so that the accuracy on the test
# rows tells how well the network has learned what is true.
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedShuffleSplit

from sparsekit import SETMLPClassifier
from sparsekit.difficulty import SelectionCurveDisplay, selection_curve

X, truth = load_digits(return_X_y=True)
splits = list(StratifiedShuffleSplit(3, random_state=0, test_size=0.4).split(X, truth))
net = SETMLPClassifier(
    (100,), sparsity=0.8, batch_size=32, n_iter_no_change=5, tol=1e-2, random_state=0
)
choices = {
    "evenly": {"strategy": "stratified"},
    "hardest": {"strategy": "hardest"},
    "evenly, but for the hardest 20 %": {"strategy": "stratified", "drop_hardest": 0.2},
}


def curves(share_wrong):
    """Return the scores of all selections, with so many wrong labels."""
    found = []
    for number, (train, test) in enumerate(splits):
        y = truth.copy()
        rng = np.random.default_rng(number)
        wrong = rng.choice(train, round(share_wrong * train.size), replace=False)
        y[wrong] = (y[wrong] + rng.integers(1, 10, wrong.size)) % 10
        for name, how in choices.items():
            curve = selection_curve(
                net,
                X,
                y,
                by=["aum"],
                keep_fractions=[0.1, 0.2, 0.4, 0.8],
                cv=[(train, test)],
                random_state=number,
                **how,
            )
            curve["by"] = curve["by"].replace("aum", name)
            found.append(curve.assign(split=number))
    return pd.concat(found)


# %%
# Rows are ranked by the area under the margin. Every curve brings its own random rows;
# the black line is the mean of all of them.
figure, axes = plt.subplots(1, 2, figsize=(11, 4), sharey=True, layout="constrained")
for ax, share_wrong in zip(axes, (0.0, 0.2), strict=True):
    table = curves(share_wrong)
    SelectionCurveDisplay(table=table).plot(ax)
    ax.set(title=f"{share_wrong:.0%} of the labels are wrong", ylabel="accuracy")
    print(f"{share_wrong:.0%} of the labels wrong")
    print(
        table.pivot_table(index="keep_fraction", columns="by", values="score").round(3)
    )
plt.show()

# %%
# With right labels the hardest rows are the better ones where many are kept, and the
# worse ones where few are: random rows are hard to beat. Among the hardest rows are the
# wrong labels, so with these the picture turns round. The hardest rows alone teach
# nothing true; a network that is spared the hardest fifth learns more from a tenth of
# the rows than from most of them at random. How large a share to leave out is known
# here; on other tables it is to be tried, with this curve.
