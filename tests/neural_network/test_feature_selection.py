"""Selection of features by attributions, and by input neurons that are dropped."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from sparsekit import DSTMLPClassifier, DSTMLPRegressor, SETMLPClassifier
from sparsekit.neural_network import AttributionSelector, NeuroFSSelector
from sparsekit.neural_network._attribution_selector import neuron_attributions

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def two_of_many(storage=np.asarray):
    """Return classes that depend on features 3 and 7 of 40, with holes."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 40))
    y = (X[:, 3] + X[:, 7] > 0).astype(int)
    X[rng.random(X.shape) < 0.05] = np.nan
    return storage(X), y


def network(kind=DSTMLPClassifier, **settings):
    given = {"sparsity": 0.9, "max_iter": 30, "tol": 0, "random_state": 0}
    return kind((40,), **given | settings)


SELECTORS = [AttributionSelector, NeuroFSSelector]


@pytest.mark.parametrize("storage", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("missing", ["absent", "indicator"])
@pytest.mark.parametrize("selector", SELECTORS)
def test_the_features_that_matter_are_selected(selector, missing, storage):
    X, y = two_of_many(storage)
    fitted = selector(network(missing=missing), 2).fit(X, y)
    assert_array_equal(fitted.get_support(indices=True), [3, 7])
    assert fitted.transform(X).shape == (400, 2)


@pytest.mark.parametrize("selector", SELECTORS)
def test_a_regression_selects_what_its_target_depends_on(selector):
    X, _ = two_of_many()
    y = 3 * np.nan_to_num(X[:, 3]) - 2 * np.nan_to_num(X[:, 7])
    fitted = selector(network(DSTMLPRegressor), 2).fit(X, y)
    assert_array_equal(fitted.get_support(indices=True), [3, 7])


@pytest.mark.parametrize("selector", SELECTORS)
def test_selectors_go_into_pipelines_and_take_sample_weights(selector):
    X, y = two_of_many()
    weight = np.linspace(0, 2, len(y))
    steps = make_pipeline(selector(network(), 2), network())
    name = selector.__name__.lower()
    steps.fit(X, y, **{f"{name}__sample_weight": weight})
    assert steps[0].n_features_ == steps[-1].n_features_in_ == 2


@pytest.mark.parametrize("activation", ["tanh", "logistic", "relu"])
@pytest.mark.parametrize("method", ["set", "static"])
def test_attributions_equal_finite_differences(activation, method):
    X, y = load_iris(return_X_y=True)
    net = DSTMLPClassifier(
        (9, 7),
        method=method,
        sparsity=0.4,
        activation=activation,
        dtype="float64",
        standardize=False,
        max_iter=8,
        random_state=0,
    ).fit(X, y)
    matrices = [coef.toarray() for coef in net.coefs_]

    def outputs(x):
        for matrix, bias in zip(matrices, net.intercepts_, strict=True):
            z = x @ matrix + bias
            x = {
                "tanh": np.tanh(z),
                "logistic": 1 / (1 + np.exp(-z)),
                "relu": np.maximum(z, 0),
            }[activation]
        return z

    step = 1e-6
    expected = np.zeros(4)
    for j in range(4):
        up, down = X.copy(), X.copy()
        up[:, j] += step
        down[:, j] -= step
        slopes = (outputs(up) - outputs(down)) / (2 * step)
        expected[j] = np.abs(slopes).mean(axis=0).sum()
    # A kink of relu within a step is off by at most one row's slope.
    assert_allclose(neuron_attributions(net, X), expected, rtol=1e-4)


def test_missing_values_take_no_part_in_attributions():
    X, y = two_of_many()
    net = network(max_iter=3).fit(X, y)
    X[:, 3] = np.nan
    assert neuron_attributions(net, X)[3] == 0
    assert_allclose(
        neuron_attributions(net, X), neuron_attributions(net, sparse.csr_array(X))
    )


def test_indicators_count_for_their_features():
    X, y = two_of_many()
    net = network(missing="indicator", max_iter=3).fit(X, y)
    X[:] = np.nan
    strengths = neuron_attributions(net, X)
    assert (strengths[net.indicator_features_] > 0).any()


def test_attributions_are_summed_over_the_epochs():
    X, y = two_of_many()
    selector = AttributionSelector(network(max_iter=4), 2).fit(X, y)
    net, total = network(max_iter=4), 0.0
    for _ in range(4):
        net.partial_fit(X, y, classes=[0, 1])
        total = total + neuron_attributions(net, X)
    assert_allclose(selector.strengths_, total, rtol=1e-12)
    last = AttributionSelector(network(max_iter=4), 2, every_epoch=False).fit(X, y)
    assert_array_equal(
        last.strengths_, neuron_attributions(network(max_iter=4).fit(X, y), X)
    )


def test_a_network_whose_missing_inputs_are_estimated_has_no_attributions():
    X, y = two_of_many()
    selector = AttributionSelector(network(missing="expected", max_iter=1))
    with pytest.raises(ValueError, match="missing='expected'"):
        selector.fit(X, y)


@pytest.mark.parametrize(
    ("selector", "estimator"),
    [
        (AttributionSelector(LogisticRegression()), "network of sparsekit"),
        (NeuroFSSelector(LogisticRegression()), "pruner and grower"),
        (NeuroFSSelector(SETMLPClassifier()), "pruner and grower"),
    ],
    ids=str,
)
def test_an_estimator_of_another_kind_is_refused(selector, estimator):
    X, y = load_iris(return_X_y=True)
    with pytest.raises(TypeError, match=estimator):
        selector.fit(X, y)


@pytest.mark.parametrize("parameter", ["end", "exchange"])
def test_a_course_that_makes_no_sense_is_refused(parameter):
    selector = NeuroFSSelector(network(), 2, **{parameter: 1.5})
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of NeuroFS"):
        selector.fit(*two_of_many())


def test_the_number_of_inputs_falls_to_those_selected_and_connections_stay():
    X, y = two_of_many()
    selector = NeuroFSSelector(network(), 10).fit(X, y)
    # The same network, epoch by epoch.
    net, counts = clone(selector.estimator_), []
    for _ in range(30):
        net.partial_fit(X, y, classes=[0, 1])
        counts.append(np.count_nonzero(net.feature_importances_))
        assert net.n_connections_ == selector.estimator_.n_connections_
    read = np.count_nonzero(selector.estimator_.feature_importances_)
    assert read == counts[-1] == 10
    assert counts[0] >= 38  # a random topology may leave some without connections
    # Linear until 65 % of the training; some inputs lose all to other prunings.
    assert_allclose(counts[:20], 40 - 30 * np.arange(20) / 0.65 / 30, atol=4)
    assert (np.array(counts[21:]) == 10).all()
