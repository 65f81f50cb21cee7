"""
Is one model better than another?
=================================

A study trains models on many splits of a table. The splits share most of their rows, so
their scores are not independent, and an ordinary test finds differences where none are.
This example compares a dense network, a static sparse one and one that rewires itself
(SET) on four tables, with tests that allow for that, and ranks them.
"""

# %%
# Four studies, put together
# --------------------------
# Three tables have classes, one a quantity. Each study has five seeds, each with a new
# split; all models of a seed see the same rows and the same missing values.

import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine

from sparsekit.study import StudyResult, missingness_study

tables = {
    "iris": load_iris,
    "wine": load_wine,
    "breast cancer": load_breast_cancer,
    "diabetes": load_diabetes,
}
studies = {
    name: missingness_study(
        *load(return_X_y=True),
        sparsities=[0.8, 0.95],
        missing_rates=[0.0, 0.4],
        seeds=5,
        task="regression" if name == "diabetes" else "classification",
        estimator_params={"hidden_layer_sizes": (50, 50), "max_iter": 40},
    )
    for name, load in tables.items()
}
result = StudyResult.combine(studies)
print(result)

# %%
# Two models, table by table
# --------------------------
# The difference of two models is taken within each seed, and averaged over the missing
# rates. Its interval and its p value are those of Nadeau and Bengio's corrected test;
# ``p_holm`` allows for the number of rows as well. With five seeds, and a third of the
# rows for testing, the interval is 1.9 times as wide as the ordinary one.

columns = ["dataset", "sparsity_a", "n", "difference", "low", "high"]
columns += ["p_value", "p_holm", "wins", "losses"]
comparison = result.compare("set", "static")
print(comparison[columns].round(3).to_string(index=False))

# %%
# No difference is shown. How large one could be, the intervals tell: on iris and wine,
# where a test row is two points of accuracy, they hardly exclude anything at 95 %.
# Drawn against the missing rate, the same says where a difference comes from.

result.plot("difference", a="set", b="static")
plt.show()

# %%
# All models, over the tables
# ---------------------------
# Accuracies and R2 cannot be averaged, ranks can. Each table counts once, whatever the
# number of its seeds: it is tables that are drawn from all tables, not splits.

ranks = result.ranks()
print(ranks)

# %%
# The diagram shows the average ranks. Models under one bar may be equally good, as far
# as these tables can tell. Four tables can tell little: the critical difference is
# three quarters of the scale.

result.plot("ranks")
plt.show()

# %%
# What it costs
# -------------
# A sparse model need not be better to be the better choice: it is enough that it is no
# worse. With a fifth of the connections the networks score as high as the dense one
# here, or higher; with a twentieth they fall behind on the two small tables of classes.

result.plot("cost")
plt.show()

# %%
# Each curve begins with the sparsest network, on the left. Where it is flat, fewer
# connections cost nothing; the bars show how much these few splits leave open.
