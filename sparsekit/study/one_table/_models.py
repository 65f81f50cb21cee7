"""The models that are compared on one table, each as one would use it in practice."""

from functools import partial

from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder, StandardScaler

from sparsekit.study.plan._baselines import tuned
from sparsekit.study.plan._models import TABULAR, TABULAR_CLASSES, named_models
from sparsekit.tabular import TableEncoder

# How the models are called in text and figures; of some that depends on the task.
TABLE_LABELS = {
    "sparse_tabular": "SparseTabular",
    "boosting": "boosting",
    "boosting_stopped": "early-stopped boosting",
    "random_forest": "random forest",
    "linear": {
        "classification": "logistic regression",
        "regression": "ridge regression",
    },
    "mlp": "MLP of scikit-learn",
    "prior": {"classification": "the prior", "regression": "the mean"},
}
TABLE_MODELS = tuple(TABLE_LABELS)

# Boosting takes no more categories of a column; rarer ones share one.
_MAX_CATEGORIES = 255


def label_of(model, task):
    """Return what a model is called in text and figures."""
    label = TABLE_LABELS.get(model, model)
    return label[task] if isinstance(label, dict) else label


def build_table_models(models, task, kinds):
    """Return a dict from the label of each model to an unfitted estimator.

    Parameters
    ----------
    models : str, sequence of str, mapping, or None
        Names of `TABLE_MODELS`; a mapping goes from a label to a name or an estimator.
    task : {"classification", "regression"}
    kinds : list of str
        What each column holds, see `TableEncoder`.
    """
    named = named_models(TABLE_MODELS if models is None else models)
    built = {label: _build(model, task, kinds) for label, model in named.items()}
    for label, model in built.items():
        if task == "classification" and not hasattr(model, "predict_proba"):
            raise ValueError(
                f"models[{label!r}] has no predict_proba, and the log-loss needs "
                "probabilities: wrap it in CalibratedClassifierCV."
            )
    return built


def _build(model, task, kinds):
    if not isinstance(model, str):
        return clone(model)
    if model not in TABLE_MODELS:
        raise ValueError(
            f"model {model!r} is not known. Known are {', '.join(TABLE_MODELS)}; any "
            "other estimator can be passed as models={'label': estimator}."
        )
    if model == TABULAR:
        return TABULAR_CLASSES[task]()
    if model == "boosting":
        return _boosting(task, kinds)
    if model == "boosting_stopped":
        return _boosting(
            task, kinds, early_stopping=True, learning_rate=0.05, max_iter=500
        )
    classes = task == "classification"
    if model == "prior":
        return DummyClassifier() if classes else DummyRegressor()
    learner = {"linear": "logistic" if classes else "ridge"}.get(model, model)
    scoring = negative_log_loss if classes else "neg_root_mean_squared_error"
    complete = make_pipeline(
        TableEncoder(max_categories=_MAX_CATEGORIES),
        SimpleImputer(add_indicator=True, keep_empty_features=True),
        StandardScaler(),
        tuned(learner, task, scoring),
    )
    if model == "mlp" and not classes:
        # Its learning rate fits targets near 1 only; our networks see to that.
        return TransformedTargetRegressor(complete, transformer=StandardScaler())
    return complete


def _boosting(task, kinds, **parameters):
    """Return boosted trees that take categories and missing values as they are."""
    texts = [j for j, kind in enumerate(kinds) if kind == "category"]
    others = [j for j, kind in enumerate(kinds) if kind != "category"]
    codes = OrdinalEncoder(
        max_categories=_MAX_CATEGORIES,
        handle_unknown="use_encoded_value",
        unknown_value=float("nan"),
    )
    columns = make_column_transformer(
        (make_pipeline(FunctionTransformer(_as_text), codes), texts),
        (TableEncoder(), partial(_observed, numbers=others)),
    )
    make = {
        "classification": HistGradientBoostingClassifier,
        "regression": HistGradientBoostingRegressor,
    }
    return make_pipeline(
        columns,
        make[task](categorical_features=list(range(len(texts))), **parameters),
    )


def _observed(X, numbers):
    """Return those columns that have a value: boosting cannot bin the others."""
    return [j for j in numbers if X.iloc[:, j].notna().any()]


def _as_text(frame):
    """Return categories as text, whatever they are; NaN where one is missing."""
    return frame.apply(
        lambda column: (
            column.astype(object)
            .where(column.notna(), float("nan"))
            .map(str, na_action="ignore")
        )
    )


def negative_log_loss(model, X, y):
    """Score probabilities; a class may be absent from the rows, unlike for scorers."""
    return -log_loss(y, model.predict_proba(X), labels=model.classes_)
