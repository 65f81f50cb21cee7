"""The networks and what wraps them, on random parameters and tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.naive_bayes import GaussianNB

import sparsekit
from sparsekit import neural_network
from sparsekit.continual import ReplayClassifier, ReplayRegressor
from sparsekit.difficulty import (
    HardSampleSelector,
    SubsetFitClassifier,
    SubsetFitRegressor,
)
from sparsekit.neural_network import (
    AttributionSelector,
    NeuroFSSelector,
    QuickSelector,
    compact,
    connection_gradients,
    to_predictor,
)
from tests.fuzz.harness import behaves
from tests.fuzz.parameters import parameters
from tests.fuzz.tables import rows_of, tables, targets, weights

NETWORKS = [
    getattr(neural_network, name)
    for name in neural_network.__all__
    if name.endswith(("Classifier", "Regressor"))
]


@st.composite
def fits(draw, network):
    """Draw parameters, and the data of a fit and of a prediction."""
    X = draw(tables())
    n = rows_of(X)
    given = draw(parameters(network))
    given.setdefault("max_iter", 2)
    given.setdefault("hidden_layer_sizes", (4,))
    given.setdefault("sparsity", 0.5)
    if not hasattr(network(), "sparsity"):
        del given["sparsity"]
    return (
        given,
        X,
        draw(targets(n)),
        draw(weights(n)),
        draw(st.one_of(st.just(X), tables())),
    )


def methods_of(estimator, X, other, y):
    for name in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        if hasattr(estimator, name):
            for table in (X, other):
                out = behaves(lambda: getattr(estimator, name)(table), table)  # noqa: B023
                if out is not None:
                    assert rows_of(out) == rows_of(table)
    behaves(lambda: estimator.score(X, y), X, y)


@pytest.mark.parametrize("network", NETWORKS)
@given(data=st.data())
def test_networks(network, data):
    settings, X, y, weight, other = data.draw(fits(network))
    net = network(**settings)
    methods_of(net, X, other, y)  # not fitted
    fitted = behaves(lambda: net.fit(X, y, weight), X, y, weight, settings)
    if fitted is None:
        return
    assert np.isfinite(net._network.weights).all()
    assert net.n_connections_ == sum(w.nnz for w in net.coefs_)
    methods_of(net, X, other, y)
    behaves(lambda: net.partial_fit(other, y), other, y)
    behaves(lambda: net.consolidate(X, y), X, y)
    behaves(lambda: compact(net).predict(X), X)
    behaves(lambda: to_predictor(net).predict(X), X)
    behaves(lambda: connection_gradients(net, other, y, weight), other, y, weight)
    methods_of(net, X, other, y)


@pytest.mark.parametrize("network", NETWORKS)
@given(data=st.data())
def test_partial_fit_from_the_start(network, data):
    settings, X, y, weight, other = data.draw(fits(network))
    net = network(**settings)
    classes = data.draw(
        st.sampled_from([None, [0, 1, 2], [0, 1], [], ["a"], 3, [np.nan]])
    )
    known = {} if network.__name__.endswith("Regressor") else {"classes": classes}

    def learn(table):
        return net.partial_fit(table, y, sample_weight=weight, **known)

    for table in (X, X, other):
        behaves(lambda: learn(table), table, y, weight)  # noqa: B023
    methods_of(net, X, other, y)


def small(kind):
    return getattr(sparsekit, f"SETMLP{kind}")((3,), max_iter=1, sparsity=0.3)


WRAPPERS = {
    ReplayClassifier: small("Classifier"),
    ReplayRegressor: small("Regressor"),
    SubsetFitClassifier: small("Classifier"),
    SubsetFitRegressor: small("Regressor"),
    HardSampleSelector: small("Classifier"),
    AttributionSelector: small("Classifier"),
    NeuroFSSelector: sparsekit.DSTMLPClassifier((3,), max_iter=1, sparsity=0.3),
    QuickSelector: small("Classifier"),
}


@pytest.mark.parametrize("wrapper", WRAPPERS)
@given(data=st.data())
def test_wrappers(wrapper, data):
    inner = data.draw(
        st.sampled_from([WRAPPERS[wrapper]] * 4 + [GaussianNB(), None, 3])
    )
    settings = data.draw(parameters(wrapper, fixed=("estimator", "selector")))
    if wrapper in (SubsetFitClassifier, SubsetFitRegressor):
        chosen = {"keep_fraction": data.draw(st.sampled_from([0.5, 0.1, 1.0, 0, 2]))}
        settings["selector"] = HardSampleSelector(small("Classifier"), **chosen)
    X = data.draw(tables())
    y = data.draw(targets(rows_of(X)))
    estimator = behaves(lambda: wrapper(inner, **settings))
    if estimator is None:
        return
    # QuickSelector says so of an estimator without importances, and selectors let
    # scikit-learn count the features of an empty list.
    allowed = (AttributeError,) if wrapper is QuickSelector else ()
    if wrapper in (AttributionSelector, NeuroFSSelector, QuickSelector):
        allowed += (IndexError,)
    settings = {"allowed": allowed}
    fitted = behaves(lambda: estimator.fit(X, y), X, y, **settings)
    if hasattr(estimator, "partial_fit"):
        behaves(lambda: estimator.partial_fit(X, y), X, y)
    if fitted is not None:
        for name in ("predict", "transform", "fit_resample", "get_support"):
            if hasattr(estimator, name):
                arguments = {"get_support": (), "fit_resample": (X, y)}.get(name, (X,))
                behaves(lambda: getattr(estimator, name)(*arguments), *arguments)  # noqa: B023
