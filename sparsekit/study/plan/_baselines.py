"""What a user would otherwise pick: scikit-learn's models, by name, lightly tuned.

Each is chosen from three candidates by one hold-out split of the training rows, and
trained again on all of them. Imputer and scaler learn from all training rows; they see
no target.
"""

import numpy as np
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.multiclass import type_of_target

# Fraction of the training rows that choose among the candidates.
HOLD_OUT = 0.25

# What is tried. Everything else is as scikit-learn has it, but for what `_learner` and
# `_imputer` say.
GRIDS: dict[str, dict[str, list]] = {
    "hist_gradient_boosting": {"max_leaf_nodes": [3, 6, 12]},
    "logistic": {"C": [0.01, 0.1, 1.0]},
    "ridge": {"alpha": [1.0, 10.0, 100.0]},
    "mlp": {"alpha": [1e-4, 1e-1, 3.0]},
    "random_forest": {"min_samples_leaf": [1, 4, 16]},
}

BASELINE_NAMES = (
    "hist_gradient_boosting",
    "logistic_mean",
    "logistic_iterative",
    "mlp_mean",
    "mlp_iterative",
)


def make_baseline(name, task):
    """Return an unfitted estimator that takes NaN.

    Parameters
    ----------
    name : {"hist_gradient_boosting", "logistic_mean", "logistic_iterative", \
"mlp_mean", "mlp_iterative"}
        For a quantity, "logistic" stands for ridge regression.
    task : {"classification", "regression"}
    """
    if name == "hist_gradient_boosting":
        return tuned(name, task)
    learner, _, imputer = name.partition("_")
    if learner == "logistic" and task == "regression":
        learner = "ridge"
    return make_pipeline(_imputer(imputer), StandardScaler(), tuned(learner, task))


class HoldOut:
    """One split of the training rows, by class where every class can be in both parts.

    The rows differ from seed to seed of a study, so the split needs no seed of its own.
    """

    def __repr__(self):
        return f"HoldOut({HOLD_OUT})"

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return 1."""
        return 1

    def split(self, X, y, groups=None):
        """Yield the indices of the rows that learn and of those that choose."""
        stratify = None
        if type_of_target(y) in ("binary", "multiclass"):
            counts = np.unique(y, return_counts=True)[1]
            if counts.min() >= 2 and HOLD_OUT * len(y) >= counts.size:
                stratify = y
        yield train_test_split(
            np.arange(len(y)), test_size=HOLD_OUT, stratify=stratify, random_state=0
        )


def tuned(learner, task, scoring=None):
    """Return a learner of `GRIDS` that chooses among its candidates.

    Parameters
    ----------
    learner : str
    task : {"classification", "regression"}
    scoring : str or callable, default=None
        See `GridSearchCV`; None is the accuracy, or R2.
    """
    return GridSearchCV(
        _learner(learner, task), GRIDS[learner], scoring=scoring, cv=HoldOut()
    )


def _imputer(name):
    if name == "mean":
        return SimpleImputer(keep_empty_features=True)
    # Ridge regression on the ten features that tell most, for three rounds: the
    # default, Bayesian ridge on all features for ten rounds, takes many times longer.
    return IterativeImputer(
        Ridge(alpha=1.0), n_nearest_features=10, max_iter=3, keep_empty_features=True
    )


def _learner(name, task):
    classes = task == "classification"
    if name == "hist_gradient_boosting":
        model = (
            HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
        )
        return model(learning_rate=0.2, max_iter=40, early_stopping=False)
    if name == "mlp":
        model = MLPClassifier if classes else MLPRegressor
        return model(max_iter=100, learning_rate_init=0.01)
    if name == "random_forest":
        return RandomForestClassifier() if classes else RandomForestRegressor()
    return LogisticRegression(max_iter=200) if classes else Ridge()
