"""What is compared, each as somebody would use it, on one thread."""

from functools import partial

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegressionCV, RidgeCV
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from sparsekit import (
    DenseMLPClassifier,
    DenseMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
    SparseTabularClassifier,
    SparseTabularRegressor,
)
from sparsekit.tabular import (
    SparseMLPEnsembleClassifier,
    SparseMLPEnsembleRegressor,
    TableEncoder,
)

# Columns of text with more values than boosting takes as categories get numbers.
_MAX_CATEGORIES = 250


class Boosting:
    """Gradient boosting of scikit-learn with its native categories.

    Parameters
    ----------
    classify : bool
    **parameters
        Of the estimator.
    """

    def __init__(self, classify, **parameters):
        make = (
            HistGradientBoostingClassifier
            if classify
            else HistGradientBoostingRegressor
        )
        self.model = make(
            categorical_features="from_dtype", random_state=0, **parameters
        )

    def fit(self, X, y):
        """Fit it to a table."""
        self.categories = {
            c: X[c].dropna().unique()
            for c in _text(X)
            if X[c].nunique() <= _MAX_CATEGORIES
        }
        self.model = self._wrapped().fit(self._prepared(X), y)
        return self

    def _wrapped(self):
        return self.model

    def _prepared(self, X):
        X = X.copy()
        for c in _text(X):
            if c in self.categories:
                X[c] = X[c].astype("category").cat.set_categories(self.categories[c])
            else:
                # Dates sort as text does; other text of so many values is left out.
                X[c] = X[c].map(_day).astype(np.float64)
        return X

    def predict(self, X):
        """Predict."""
        return self.model.predict(self._prepared(X))

    def predict_proba(self, X):
        """Estimate probabilities."""
        return self.model.predict_proba(self._prepared(X))


class SearchedBoosting(Boosting):
    """The same, with rate, leaves and penalty searched by three folds."""

    def _wrapped(self):
        grid = {
            "learning_rate": [0.03, 0.1],
            "max_leaf_nodes": [8, 31],
            "l2_regularization": [0.0, 10.0],
        }
        self.model.set_params(early_stopping=True, max_iter=500)
        score = (
            "neg_log_loss"
            if hasattr(self.model, "predict_proba")
            else "neg_root_mean_squared_error"
        )
        return GridSearchCV(self.model, grid, cv=3, scoring=score)


class CatBoost:
    """CatBoost with its defaults; text is a category.

    Parameters
    ----------
    classify : bool
    """

    def __init__(self, classify):
        import catboost

        make = catboost.CatBoostClassifier if classify else catboost.CatBoostRegressor
        self.model = make(
            verbose=0, thread_count=1, random_seed=0, allow_writing_files=False
        )

    def fit(self, X, y):
        """Fit it to a table."""
        self.model.fit(self._prepared(X), y, cat_features=_text(X))
        return self

    def _prepared(self, X):
        X = X.copy()
        for c in _text(X):
            X[c] = X[c].astype(object).where(X[c].notna(), "missing").astype(str)
        return X

    def predict(self, X):
        """Predict."""
        return self.model.predict(self._prepared(X)).ravel()

    def predict_proba(self, X):
        """Estimate probabilities."""
        return self.model.predict_proba(self._prepared(X))


class LightGBM(Boosting):
    """LightGBM with its defaults and native categories.

    Parameters
    ----------
    classify : bool
    """

    def __init__(self, classify):
        import lightgbm

        make = lightgbm.LGBMClassifier if classify else lightgbm.LGBMRegressor
        self.model = make(verbose=-1, n_jobs=1, random_state=0)

    def _prepared(self, X):
        X = super()._prepared(X)
        # It refuses names with JSON's characters.
        return X.set_axis([f"x{j}" for j in range(X.shape[1])], axis=1)


def _text(X):
    return [c for c in X if X[c].dtype.kind not in "fiub"]


def _day(text):
    """Return a date in ISO format as a number, NaN for other text."""
    try:
        return np.datetime64(text).astype("datetime64[D]").astype(float)
    except (TypeError, ValueError):
        return np.nan


def _imputed(model):
    """Return a pipeline that makes complete, scaled numbers of a table."""
    numbers = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    words = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing"),
        OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5),
    )
    return make_pipeline(
        make_column_transformer(
            (numbers, make_column_selector(dtype_include="number")),
            (words, make_column_selector(dtype_exclude="number")),
        ),
        model,
    )


def _linear(classify):
    if not classify:
        return _imputed(RidgeCV(np.logspace(-3, 3, 13)))
    return _imputed(
        LogisticRegressionCV(
            Cs=8,
            cv=3,
            scoring="neg_log_loss",
            max_iter=2000,
            l1_ratios=(0,),
            use_legacy_attributes=False,
        )
    )


class Pytabkit:
    """A model of pytabkit: categories as they are, imputed numbers, indicators.

    Its networks refuse NaN among numbers.

    Parameters
    ----------
    name : str
        Of the class, with a place for "Classifier" or "Regressor".
    classify : bool
    """

    def __init__(self, name, classify):
        import pytabkit

        kind = "Classifier" if classify else "Regressor"
        self.model = getattr(pytabkit, name.format(kind))(
            device="cpu", random_state=0, n_threads=1, n_cv=1
        )

    def fit(self, X, y):
        """Fit it to a table."""
        numbers = [c for c in X if c not in _text(X)]
        self.means = X[numbers].astype(float).mean().fillna(0.0)
        self.holed = [c for c in numbers if X[c].isna().any()]
        self.model.fit(self._prepared(X), y)
        return self

    def _prepared(self, X):
        filled = X[self.means.index].astype(float).fillna(self.means)
        indicators = X[self.holed].isna().astype(float).add_suffix(" is missing")
        texts = X[_text(X)].astype(object).where(X[_text(X)].notna(), "missing")
        texts = texts.astype(str).astype("category")
        return pd.concat([filled, indicators, texts], axis=1)

    def predict(self, X):
        """Predict."""
        return np.ravel(self.model.predict(self._prepared(X)))

    def predict_proba(self, X):
        """Estimate probabilities."""
        return self.model.predict_proba(self._prepared(X))


def _tabular(**parameters):
    def make(classify):
        estimator = SparseTabularClassifier if classify else SparseTabularRegressor
        return estimator(random_state=0, **parameters)

    return make


def _network(classifier, regressor, **parameters):
    def make(classify):
        network = classifier if classify else regressor
        return make_pipeline(TableEncoder(), network(random_state=0, **parameters))

    return make


def _ensemble(strategy, max_iter):
    """Return what makes four networks, or four cycles of one of as many epochs."""

    def ensemble(classify):
        network = (SETMLPClassifier if classify else SETMLPRegressor)(max_iter=max_iter)
        ensemble = (
            SparseMLPEnsembleClassifier if classify else SparseMLPEnsembleRegressor
        )
        return make_pipeline(
            TableEncoder(),
            ensemble(network, n_members=4, strategy=strategy, random_state=0),
        )

    return ensemble


# The settings of scikit-learn's networks, but for the rate: three times theirs.
_AS_SCIKIT_LEARN = {
    "alpha": 0.0001,
    "batch_size": 200,
    "learning_rate": "constant",
    "learning_rate_init": 0.003,
    "max_iter": 200,
}

# Of each model what makes it, given whether to classify.
MODELS = {
    "SparseTabular": _tabular(),
    "SparseTabular, dense": _tabular(sparsity=0.0),
    "SparseTabular, static": _tabular(method="static"),
    "SparseTabular, one network": _tabular(n_members=1),
    "SparseTabular, no bins": _tabular(encoding="standard"),
    "SparseTabular, not chosen": _tabular(early_stopping=False),
    "SETMLP": _network(SETMLPClassifier, SETMLPRegressor),
    "SETMLP, set as scikit-learn's": _network(
        SETMLPClassifier, SETMLPRegressor, **_AS_SCIKIT_LEARN
    ),
    "ensemble, independent": _ensemble("independent", 25),
    "ensemble, cyclic": _ensemble("cyclic", 100),
    "DenseMLP": _network(DenseMLPClassifier, DenseMLPRegressor),
    "DenseMLP, set as scikit-learn's": _network(
        DenseMLPClassifier, DenseMLPRegressor, **_AS_SCIKIT_LEARN
    ),
    "boosting": Boosting,
    "boosting, early-stopped": lambda classify: Boosting(
        classify, early_stopping=True, learning_rate=0.05, max_iter=500
    ),
    "boosting, searched": SearchedBoosting,
    "CatBoost": CatBoost,
    "LightGBM": LightGBM,
    "random forest": lambda classify: _imputed(
        (RandomForestClassifier if classify else RandomForestRegressor)(
            min_samples_leaf=2, random_state=0
        )
    ),
    "linear": _linear,
    "MLP (scikit-learn)": lambda classify: _imputed(
        (MLPClassifier if classify else MLPRegressor)(
            early_stopping=True, random_state=0
        )
    ),
    "RealMLP-TD-S": partial(Pytabkit, "RealMLP_TD_S_{}"),
    "RealMLP-TD": partial(Pytabkit, "RealMLP_TD_{}"),
    "TabM": partial(Pytabkit, "TabM_D_{}"),
}

# What runs where nothing is chosen: the last three need PyTorch, and hours.
USUAL = tuple(MODELS)[:-3]
