"""Metadata for estimators inside of estimators: from the outer `fit` to the inner."""

from sklearn import get_config
from sklearn.utils import Bunch
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    process_routing,
)


def fit_router(owner, **inner):
    """Return the router of a meta-estimator whose `fit` fits `inner` estimators."""
    fits = MethodMapping().add(caller="fit", callee="fit")
    return MetadataRouter(owner=owner).add(method_mapping=fits, **inner)


def routed(owner, **metadata):
    """Return what each inner estimator gets of the metadata of a `fit`, by its name.

    As scikit-learn's meta-estimators do, without metadata routing all of it goes to
    `estimator`. None stands for what was not given.
    """
    given = {name: value for name, value in metadata.items() if value is not None}
    if get_config()["enable_metadata_routing"]:
        return process_routing(owner, "fit", **given)
    return Bunch(estimator=Bunch(fit=given), selector=Bunch(fit={}))
