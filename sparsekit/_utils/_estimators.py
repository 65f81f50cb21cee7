"""What estimators share: links to pages, routing, calls that fail without a trace."""

import os
import sys
from collections.abc import Callable
from contextlib import contextmanager
from copy import deepcopy
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np
from sklearn import get_config
from sklearn.utils import Bunch
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    process_routing,
)

_Method = TypeVar("_Method", bound=Callable[..., Any])


def unchanged_on_error(method: _Method) -> _Method:
    """Have a method that raises leave the attributes of its estimator as they were.

    The method must replace what attributes hold and not modify it, generators apart:
    their state is put back. `restored_on_error` is for what others modify.
    """

    @wraps(method)
    def guarded(estimator, *args, **kwargs):
        with restored_on_error(estimator):
            return method(estimator, *args, **kwargs)

    guarded.leaves_unchanged = True  # type: ignore[attr-defined]
    return cast(_Method, guarded)


@contextmanager
def restored_on_error(estimator, modified=()):
    """Give an estimator its attributes back if the block raises.

    Parameters
    ----------
    estimator : object
    modified : sequence of str, default=()
        Names of attributes that the block modifies: they are copied before it.
    """
    before, states = dict(vars(estimator)), []
    for name in modified:
        if name in before:
            before[name] = deepcopy(before[name])
    for source in before.values():
        if isinstance(source, np.random.Generator):
            states.append((source, source.bit_generator.state))
        elif isinstance(source, np.random.RandomState):
            states.append((source, source.get_state(legacy=False)))
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        for source, state in states:
            if isinstance(source, np.random.Generator):
                source.bit_generator.state = state
            else:
                source.set_state(state)
        raise


VARIABLE = "SPARSEKIT_DOCS_URL"


class DocLinkMixin:
    """Gives scikit-learn's HTML representation a link to the site.

    The site has no address that everybody can reach. Whoever serves a copy names its
    address in the environment variable SPARSEKIT_DOCS_URL; without it there is no link.
    """

    _doc_link_module = "sparsekit"

    @property
    def _doc_link_template(self):
        address = os.environ.get(VARIABLE, "").rstrip("/")
        return f"{address}/api/generated/{{name}}.html" if address else ""

    def _doc_link_url_param_generator(self):
        package, part, *_ = type(self).__module__.split(".")
        name = type(self).__name__
        is_short = name in sys.modules[package].__all__
        return {"name": f"{package}.{name}" if is_short else f"{package}.{part}.{name}"}


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
