"""
A map of a table: which patients does the network not take in?
==============================================================

Not all rows of a table are equally hard. Some are learned in the first epochs and stay;
some go back and forth to the end; some are never predicted right. What training records
about each row tells them apart, and finds labels that are wrong.
"""

# %%
# 569 tumours, benign or malignant. We exchange the labels of 12 of them, so that there
# is something to find, and let a sparse network record what becomes of each row.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer

from sparsekit import SETMLPClassifier
from sparsekit.difficulty import (
    DataMapDisplay,
    ForgettingDisplay,
    aum_scores,
    cartography,
    forgetting_events,
)

X, truth = load_breast_cancer(return_X_y=True, as_frame=True)
y = truth.copy()
wrong = np.random.default_rng(0).choice(len(y), 12, replace=False)
y.iloc[wrong] = 1 - y.iloc[wrong]

net = SETMLPClassifier(
    (50,),
    sparsity=0.8,
    batch_size=32,
    n_iter_no_change=5,
    tol=1e-2,
    record="rewiring",
    random_state=0,
).fit(X, y)

# %%
# Easy rows lie at the top, where the network is sure of the label all the time. The
# rows at the bottom are those of which it is sure that the label is another one.
figure, axes = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
table = cartography(net)
DataMapDisplay(table=table).plot(axes[0])
axes[0].plot(
    table["variability"].iloc[wrong],
    table["confidence"].iloc[wrong],
    "o",
    ms=8,
    mfc="none",
    mec="black",
    label="label exchanged",
)
axes[0].legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1))
ForgettingDisplay.from_record(net, ax=axes[1])
plt.show()

# %%
# The circles are the exchanged labels. Ranked by the area under the margin, most of
# them are among the first rows to look at.
first = aum_scores(net)["aum"].nsmallest(20).index
print(f"{np.isin(wrong, first).sum()} of 12 exchanged labels among the first 20 rows")

# %%
# The right-hand figure says what made the network forget. Growth forgets nothing, since
# a new connection begins with a weight of zero. Pruning drops the weights nearest to
# zero; the dots show what dropping as many random connections would have done instead.
events = forgetting_events(net)
print(events["unforgettable"].sum(), "rows were learned and never forgotten")
print(events["never_learned"].sum(), "rows were never predicted right")

# %%
# Nearly all rows are easy. The few that the network never got right are about as many
# as the labels that were exchanged: a short list to look at first.
