"""`sparsity="auto"`, and networks that are too sparse for their sizes."""

import warnings

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV

from sparsekit import (
    DenseMLPClassifier,
    DSTMLPClassifier,
    DSTMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPClassifier,
)
from sparsekit.neural_network import load_checkpoint, save_checkpoint
from sparsekit.neural_network.training._connection_counts import auto_sparsity

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
Y = (X[:, 0] > 0).astype(int)
STARVING = {
    "hidden_layer_sizes": (100,),
    "sparsity": 0.9,
    "max_iter": 1,
    "n_iter_no_change": np.inf,
}
NEVER_MIND = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
SPARSE = [SETMLPClassifier, DSTMLPClassifier, StaticSparseMLPClassifier]


def at_work(net):
    """Return how many hidden neurons have an input and an output, and all of them."""
    n_hidden = n_at_work = 0
    for below, above in zip(net.coefs_[:-1], net.coefs_[1:], strict=True):
        for neuron in range(below.shape[1]):
            n_hidden += 1
            fed = below.toarray()[:, neuron].any()
            n_at_work += bool(fed and above.toarray()[neuron].any())
    return n_at_work, n_hidden


# -- sparsity="auto" -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "density"),
    [
        # Wide: 5 % is enough for four inputs per hidden neuron.
        ([400, 100, 2], 0.05),
        ([500, 200, 100, 3], 0.05),
        # Narrow: four inputs per hidden neuron, and all connections of the last layer.
        ([20, 100, 1], (400 + 100) / (2000 + 100)),
        ([20, 100, 50, 3], (600 + 150) / (2000 + 5000 + 150)),
        # Narrower than four inputs, and without a hidden layer: dense.
        ([3, 100, 1], 1.0),
        ([7, 2], 1.0),
    ],
)
def test_auto_is_as_dense_as_the_inputs_of_its_neurons_take(sizes, density):
    assert auto_sparsity(sizes) == pytest.approx(1 - density)


@NEVER_MIND
@pytest.mark.parametrize("network", [*SPARSE, SETMLPRegressor, DSTMLPRegressor])
@pytest.mark.parametrize("n_columns", [2, 6, 20, 300])
def test_auto_leaves_hardly_a_neuron_without_work(network, n_columns):
    rows = np.random.default_rng(0).normal(size=(30, n_columns))
    net = network(sparsity="auto", max_iter=1, random_state=0).fit(rows, Y[:30])
    n_at_work, n_hidden = at_work(net)
    assert n_at_work >= 0.9 * n_hidden
    sizes = [n_columns, 100, 1]
    positions = n_columns * 100 + 100
    wanted = (1 - auto_sparsity(sizes)) * positions
    assert net.n_connections_ == pytest.approx(wanted, abs=1)


@NEVER_MIND
@pytest.mark.parametrize("allocation", ["erdos_renyi", "uniform"])
def test_allocations_share_out_what_auto_says(allocation):
    net = DSTMLPClassifier(
        (50, 20), sparsity="auto", allocation=allocation, max_iter=1, random_state=0
    ).fit(X, Y)
    wanted = (1 - auto_sparsity([4, 50, 20, 1])) * (200 + 1000 + 20)
    assert net.n_connections_ == pytest.approx(wanted, abs=2)


@NEVER_MIND
def test_auto_is_found_by_a_search():
    search = GridSearchCV(
        SETMLPClassifier((20,), max_iter=2, random_state=0),
        {"sparsity": ["auto", 0.5]},
        cv=2,
    )
    assert search.fit(X, Y).best_params_["sparsity"] in ("auto", 0.5)


@NEVER_MIND
def test_auto_outlasts_a_checkpoint(tmp_path):
    net = SETMLPClassifier((30,), sparsity="auto", max_iter=2, random_state=0)
    save_checkpoint(net.fit(X, Y), tmp_path / "net")
    loaded = load_checkpoint(tmp_path / "net")
    assert loaded.sparsity == "auto"
    np.testing.assert_array_equal(loaded.predict_proba(X), net.predict_proba(X))
    for each in (net, loaded):
        each.set_params(warm_start=True).fit(X, Y)
    np.testing.assert_array_equal(loaded.predict_proba(X), net.predict_proba(X))


@NEVER_MIND
def test_a_fit_goes_on_with_what_auto_said():
    net = SETMLPClassifier(
        (30,), sparsity="auto", max_iter=2, warm_start=True, random_state=0
    )
    n_connections = net.fit(X, Y).n_connections_
    assert net.fit(X, Y).n_connections_ == n_connections
    assert net.partial_fit(X, Y).n_connections_ == n_connections


@NEVER_MIND
def test_auto_is_the_sparsity_that_it_stands_for():
    given = {"hidden_layer_sizes": (40,), "max_iter": 2, "random_state": 0}
    auto = SETMLPClassifier(sparsity="auto", **given).fit(X, Y)
    same = SETMLPClassifier(sparsity=auto_sparsity([4, 40, 1]), **given).fit(X, Y)
    np.testing.assert_array_equal(auto.predict_proba(X), same.predict_proba(X))


def test_no_other_word_is_a_sparsity():
    with pytest.raises(ValueError, match="'sparsity' parameter"):
        SETMLPClassifier(sparsity="some").fit(X, Y)


# -- the warning -----------------------------------------------------------------------


@pytest.mark.parametrize("network", SPARSE)
def test_a_network_that_starves_is_told_so_with_numbers(network):
    with pytest.warns(UserWarning, match="hidden neurons") as told:
        net = network(**STARVING, random_state=0).fit(X, Y)
    n_at_work, n_hidden = at_work(net)
    assert [str(each.message) for each in told] == [
        f"{n_at_work} of {n_hidden} hidden neurons have an input and an output; "
        "lower sparsity, or set sparsity='auto'."
    ]
    assert told[0].filename == __file__


def test_neurons_of_all_hidden_layers_are_counted():
    sizes = {"hidden_layer_sizes": (60, 60), "sparsity": 0.985}
    net = SETMLPClassifier(**STARVING | sizes, random_state=0)
    with pytest.warns(UserWarning, match="of 120 hidden neurons"):
        net.fit(X, Y)


@pytest.fixture
def strict():
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def test_the_advice_helps(strict):
    SETMLPClassifier(**STARVING | {"sparsity": "auto"}, random_state=0).fit(X, Y)
    SETMLPClassifier(**STARVING | {"sparsity": 0.5}, random_state=0).fit(X, Y)


@pytest.mark.parametrize("network", SPARSE)
@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer])
def test_defaults_on_usual_tables_do_not_starve(strict, network, load):
    network(max_iter=1, random_state=0).fit(*load(return_X_y=True))


def test_defaults_of_a_regressor_on_a_usual_table_do_not_starve(strict):
    SETMLPRegressor(max_iter=1, random_state=0).fit(*load_diabetes(return_X_y=True))


def test_dense_networks_and_linear_models_have_nothing_to_warn_of(strict):
    DenseMLPClassifier((5,), max_iter=1, random_state=0).fit(X, Y)
    SETMLPClassifier((), sparsity=0.5, max_iter=1, random_state=0).fit(X, Y)


def test_only_the_first_call_warns():
    net = SETMLPClassifier(**STARVING, warm_start=True, random_state=0)
    with pytest.warns(UserWarning, match="hidden neurons"):
        net.fit(X, Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.fit(X, Y)
    stream = SETMLPClassifier(**STARVING, random_state=0)
    with pytest.warns(UserWarning, match="hidden neurons"):
        stream.partial_fit(X, Y, classes=[0, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stream.partial_fit(X, Y)


def test_what_a_topology_chooses_by_gradients_is_counted():
    net = DSTMLPClassifier(**STARVING, initial_topology="snip", random_state=0)
    with pytest.warns(UserWarning, match="hidden neurons") as told:
        net.fit(X, Y)
    n_at_work, n_hidden = at_work(net)
    assert str(told[0].message).startswith(f"{n_at_work} of {n_hidden} ")


def test_a_schedule_that_begins_dense_does_not_starve(strict):
    DSTMLPClassifier(**STARVING, method="granet", random_state=0).fit(X, Y)
