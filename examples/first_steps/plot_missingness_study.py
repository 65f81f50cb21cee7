"""
Sparse models on sparse data
============================

A table loses more and more of its values; a network has fewer and fewer of its
connections. How do the two act together? This example trains a dense network, a static
sparse one and one that rewires itself (SET) on the same splits and the same missing
values, and compares them within each seed.

The grid is small, so that the example runs in seconds. ``sparsekit study`` runs the
same on a larger one.
"""

# %%
# A study
# -------
# Breast Cancer Wisconsin has 569 rows and 30 features. For each of four seeds the rows
# are split anew; at each missing rate that share of all cells becomes NaN, in training
# and test rows alike. The networks take NaN as it is: a missing input takes no part in
# the first layer.

from sklearn.datasets import load_breast_cancer

from sparsekit.study import missingness_study

X, y = load_breast_cancer(return_X_y=True)
result = missingness_study(
    X,
    y,
    models=["dense", "static", "set"],
    sparsities=[0.5, 0.8, 0.95],
    missing_rates=[0.0, 0.3, 0.6, 0.9],
    seeds=4,
    estimator_params={"hidden_layer_sizes": (50, 50), "max_iter": 60},
    n_jobs=2,
)
result.frame[["missing_rate", "model", "sparsity", "seed", "score", "fit_time"]].head()

# %%
# The figure
# ----------
# Colour is the sparsity, line style the model. The bands are 95 % intervals over seeds;
# with four seeds they are wide.

result.plot()

# %%
# Differences
# -----------
# The bands overlap, but that says little: a seed that drew an easy split is easy for
# all models. All models of a seed share split and missing values, so the difference
# within each seed is the better measure. Here it is averaged over the missing rates
# first.

pooled = result.summary(pool_rates=True)
columns = ["minus_dense", "minus_dense_low", "minus_dense_high"]
pooled.loc[pooled["model"] != "dense", ["model", "sparsity", "n_connections", *columns]]

# %%
# An interval that holds 0 does not show that two models are equal: it shows how large a
# difference these few seeds cannot rule out. More seeds make it narrower.
