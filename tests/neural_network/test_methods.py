"""Methods of dynamic sparse training by name, and from parts."""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import load_iris, make_classification
from sklearn.model_selection import GridSearchCV

from sparsekit import (
    DSTMLPClassifier,
    DSTMLPRegressor,
    SETMLPClassifier,
    StaticSparseMLPClassifier,
)
from sparsekit.neural_network.parameters._methods import RECIPES
from sparsekit.topology import (
    CubicDensity,
    ErdosRenyi,
    GradientGrower,
    MagnitudePruner,
    PerLayer,
    RandomGrower,
    RewiringSchedule,
)
from tests.callbacks import Callback

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

SIZES = np.array([20, 30, 20, 3])
POSITIONS = int((SIZES[:-1] * SIZES[1:]).sum())
START_FULL = ("gmp", "magnitude", "lottery")
# `sparsity` is that of their hidden layers; the output layer has all its connections.
DENSE_OUTPUT = ("cht", "chts", "chtss")


def count_at(method, density):
    n_output = int(SIZES[-2] * SIZES[-1]) if method in DENSE_OUTPUT else 0
    return round(density * (POSITIONS - n_output)) + n_output


def table():
    X, y = make_classification(
        150, 20, n_informative=6, n_classes=3, random_state=0, shuffle=False
    )
    X[::7, 3] = np.nan
    return X, y


USUAL = dict(
    alpha=1e-4, batch_size=30, learning_rate="constant", learning_rate_init=0.003,
    max_iter=12, random_state=0, sparsity=0.8,
)  # fmt: skip


def network(method, **settings):
    return DSTMLPClassifier((30, 20), method=method, **USUAL | settings)


def assert_same_network(one, other):
    assert one.loss_curve_ == other.loss_curve_
    for a, b in zip(one.coefs_, other.coefs_, strict=True):
        assert_array_equal(a.toarray(), b.toarray())
        assert_array_equal(a.indices, b.indices)


@pytest.mark.parametrize("method", RECIPES)
def test_every_method_learns_and_ends_at_the_sparsity_that_was_asked_for(method):
    X, y = table()
    net = network(method, max_iter=40, learning_rate_init=0.01).fit(X, y)
    assert net.n_connections_ == count_at(method, 0.2)
    assert net.score(X, y) > 0.7
    for matrix in net.coefs_:
        assert matrix.has_canonical_format
    counts = pd.DataFrame(net.rewiring_history_)
    assert counts.empty == (method == "static")


@pytest.mark.parametrize("method", RECIPES)
def test_the_same_seed_gives_the_same_bits_before_and_after_pickling(method):
    X, y = table()
    one, other = network(method).fit(X, y), network(method).fit(X, y)
    assert_same_network(one, other)
    other = pickle.loads(pickle.dumps(other))
    assert_same_network(one.partial_fit(X, y), other.partial_fit(X, y))


@pytest.mark.parametrize("method", ["granet", "chtss", *START_FULL])
def test_a_density_schedule_only_ever_drops_and_reaches_its_end(method):
    X, y = table()
    net = network(method, max_iter=20).fit(X, y)
    history = pd.DataFrame(net.rewiring_history_)
    totals = history.groupby("epoch")["n_connections"].sum()
    assert totals.is_monotonic_decreasing
    assert totals.iloc[-1] == net.n_connections_
    first = history[history["epoch"] == history["epoch"].min()]
    before = (first["n_connections"] + first["n_dropped"] - first["n_grown"]).sum()
    assert before == (POSITIONS if method in START_FULL else count_at(method, 0.5))


@pytest.mark.parametrize("method", ["gmp", "granet"])
def test_training_never_stops_before_the_sparsity_is_reached(method):
    X, y = table()
    net = network(method, max_iter=30, tol=1e9, n_iter_no_change=1).fit(X, y)
    assert net.n_connections_ == round(0.2 * POSITIONS)
    assert net.n_iter_ >= 0.75 * 30
    early = network(method, max_iter=30, early_stopping=True, n_iter_no_change=1)
    assert early.fit(X, y).n_connections_ == round(0.2 * POSITIONS)


def test_a_fit_too_short_for_its_density_schedule_drops_the_rest_at_the_end():
    X, y = table()
    net = network("gmp", max_iter=1).fit(X, y)
    assert net.n_connections_ == round(0.2 * POSITIONS)


def test_the_lottery_sets_survivors_back_to_their_first_weights():
    after_rewiring = []

    class Watcher(Callback):
        def on_fit_task_end(self, estimator, context, *, fitted_estimator):
            if context.task_name == "rewiring":
                after_rewiring.append([m.toarray() for m in fitted_estimator.coefs_])

    X, y = table()
    network("lottery").set_callbacks(Watcher()).fit(X, y)
    # All connections, and steps too small to move a weight.
    start = network("static", sparsity=0.0, max_iter=1, learning_rate_init=1e-30)
    first = [matrix.toarray() for matrix in start.fit(X, y).coefs_]
    assert len(after_rewiring) == 5
    for weights in after_rewiring:
        for ours, theirs in zip(weights, first, strict=True):
            assert_array_equal(ours[ours != 0], theirs[ours != 0])


@pytest.mark.parametrize(
    ("method", "model"),
    [("set", SETMLPClassifier), ("static", StaticSparseMLPClassifier)],
)
def test_set_and_static_networks_are_methods_to_the_bit(method, model):
    X, y = table()
    assert_same_network(network(method).fit(X, y), model((30, 20), **USUAL).fit(X, y))


def test_parts_replace_those_of_the_method():
    X, y = table()
    parts = network("set", pruner="magnitude", grower="gradient", schedule="cosine")
    named = network(
        "static",
        prune_fraction=0.3,
        pruner=MagnitudePruner(),
        grower=GradientGrower(),
        schedule=RewiringSchedule(decay="cosine"),
    )
    assert_same_network(parts.fit(X, y), named.fit(X, y))


def test_parts_are_searched_by_their_parameters():
    X, y = table()
    net = network("rigl", pruner=MagnitudePruner(), grower=GradientGrower(), max_iter=3)
    grid = {
        "pruner__scope": ["layer", "network"],
        "grower__candidates": [1.5, None],
        "method": ["rigl", "mest"],
    }
    search = GridSearchCV(net, grid, cv=2).fit(X, y)
    assert len(search.cv_results_["params"]) == 8
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_a_strategy_that_was_passed_in_is_not_changed():
    class Counting(RandomGrower):
        def select(self, layer, dropped, count, rng):
            self.n_calls_ = getattr(self, "n_calls_", 0) + 1
            return super().select(layer, dropped, count, rng)

    grower = Counting()
    network("set", grower=grower).fit(*table())
    assert not hasattr(grower, "n_calls_")


def test_any_object_with_select_is_a_strategy():
    class Youngest(BaseEstimator):
        """Drop whatever comes last in each layer."""

        def select(self, layer, fraction, rng):
            dropped = np.zeros(layer.weights.size, dtype=bool)
            dropped[dropped.size - int(fraction * dropped.size) :] = True
            return dropped

    X, y = table()
    net = network("set", pruner=Youngest(), max_iter=4).fit(X, y)
    assert net.n_connections_ == round(0.2 * POSITIONS)
    assert clone(net).pruner is not net.pruner


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"method": "RigL"}, "method"),
        ({"pruner": "biggest"}, "pruner"),
        ({"schedule": 3}, "schedule"),
        ({"allocation": [0.5, 0.9]}, "allocation|sparsities"),
        ({"weight_init": "zeros"}, "weight_init"),
        ({"grower": GradientGrower(candidates=0.5)}, "candidates"),
        ({"schedule": RewiringSchedule(every=0)}, "every"),
    ],
)
def test_bad_parts_are_refused(parameters, words):
    X, y = table()
    with pytest.raises(ValueError, match=words):
        network("set").set_params(**parameters).fit(X, y)


def test_a_class_in_place_of_an_object_is_refused():
    X, y = table()
    with pytest.raises(TypeError, match=r"Did you mean pruner=MagnitudePruner\(\)"):
        network("set", pruner=MagnitudePruner).fit(X, y)


def test_sparsities_may_be_given_for_each_layer():
    X, y = table()
    wanted = [0.5, 0.9, 0.0]
    expected = [300, 60, 60]
    for allocation in (wanted, PerLayer(wanted)):
        net = network("set", allocation=allocation, max_iter=3, sparsity=0.9)
        net.fit(X, y)
        assert [matrix.nnz for matrix in net.coefs_] == expected


@pytest.mark.parametrize(
    "allocation", [[0.5, 0.9, 0.0], PerLayer([0.5, 0.9, 0.0]), ErdosRenyi(epsilon=3.9)]
)
def test_a_sparsity_that_the_allocation_overrides_is_warned_about(allocation):
    X, y = table()
    net = network("set", allocation=allocation, max_iter=1, sparsity=0.8)
    with pytest.warns(UserWarning, match=r"sparsity=0.8 has no effect.* is 0\.6") as w:
        net.fit(X, y)
    assert sum("no effect" in str(one.message) for one in w) == 1


@pytest.mark.parametrize("allocation", ["uniform", "uniform_dense_output", [0.8] * 3])
def test_a_sparsity_that_the_allocation_follows_is_not(allocation):
    network("set", allocation=allocation, max_iter=1).fit(*table())


@pytest.mark.parametrize("method", ["set", "rigl", "dsr", "granet", "chts", "itop"])
@pytest.mark.parametrize(
    ("allocation", "hidden"),
    [("uniform_dense_output", [120, 120]), ("erdos_renyi_dense_output", [120, 120])],
)
def test_a_dense_output_is_never_rewired(method, allocation, hidden):
    net = network(method, allocation=allocation, max_iter=20).fit(*table())
    counts = [matrix.nnz for matrix in net.coefs_]
    assert counts[2] == 60
    assert sum(counts[:2]) == sum(hidden)
    if method != "granet" and method != "dsr":  # which rank the layers together
        assert counts[:2] == hidden
    history = pd.DataFrame(net.rewiring_history_)
    output = history[history["layer"] == 3]
    assert not output[["n_dropped", "n_grown"]].any(axis=None)
    assert history.loc[history["layer"] == 1, "n_dropped"].gt(0).any()
    assert net.sparsity_ == pytest.approx(1 - 300 / POSITIONS)


def test_auto_sparsity_beside_a_dense_output_is_that_of_the_hidden_layers():
    net = network("set", sparsity="auto", allocation="uniform_dense_output", max_iter=1)
    counts = [matrix.nnz for matrix in net.fit(*table()).coefs_]
    # Four inputs for each of the 50 hidden neurons.
    assert counts == [100, 100, 60]


@pytest.mark.parametrize("grower", ["random", "gradient"])
def test_a_density_schedule_takes_every_layer_from_its_own_start_to_its_own_end(grower):
    X, y = table()
    net = network(
        "set",
        grower=grower,
        density_schedule=CubicDensity(initial=0.6, end=0.75),
        max_iter=24,
        sparsity=0.9,
    ).fit(X, y)
    start = ErdosRenyi().counts(SIZES, 0.4)
    end = ErdosRenyi().counts(SIZES, 0.9)
    assert start[2] == 60  # it has all, which is more than its share
    history = pd.DataFrame(net.rewiring_history_)
    table_of = history.pivot(index="epoch", columns="layer", values="n_connections")
    for epoch, counts in table_of.iterrows():
        left = max(0.0, 1 - epoch / 24 / 0.75) ** 3
        assert_allclose(counts, end + left * (start - end), atol=1)
    assert [matrix.nnz for matrix in net.coefs_] == end.tolist()


def test_mest_drops_to_the_final_number_and_grows_the_excess_anew():
    net = network("mest", max_iter=20, allocation="uniform").fit(*table())
    assert [matrix.nnz for matrix in net.coefs_] == [120, 120, 12]
    for row in net.rewiring_history_:
        final = [120, 120, 12][row["layer"] - 1]
        assert abs(row["n_connections"] - row["n_grown"] - final) <= 1
        extra = 0.5 if row["epoch"] < 12 else 0.25 if row["epoch"] < 16 else 0.0
        assert row["n_connections"] == pytest.approx(final * (1 + extra), abs=1)
    assert max(row["epoch"] for row in net.rewiring_history_) == 16


def test_a_density_schedule_puts_the_excess_where_a_list_leaves_room():
    X, y = table()
    net = network(
        "gmp", allocation=[0.5, 0.9, 0.0], sparsity=0.9, max_iter=20, pruner="set"
    )
    after = []

    class Watcher(Callback):
        def on_fit_task_end(self, estimator, context, *, fitted_estimator):
            after.append([matrix.nnz for matrix in fitted_estimator.coefs_])

    net.set_callbacks(Watcher()).fit(X, y)
    assert after[0] == [600, 600, 60]
    assert after[-1] == [300, 60, 60]


@pytest.mark.parametrize("topology", ["constant_fan_in", "small_world", "scale_free"])
def test_topologies_decide_where_connections_start(topology):
    X, y = table()
    nets = [
        network("static", initial_topology=name, max_iter=1).fit(X, y)
        for name in (topology, "random")
    ]
    assert nets[0].n_connections_ == nets[1].n_connections_
    patterns = [net.coefs_[0].toarray() != 0 for net in nets]
    assert (patterns[0] != patterns[1]).any()
    if topology == "constant_fan_in":
        fan_in = patterns[0].sum(axis=0)
        assert fan_in.max() - fan_in.min() <= 1


def test_the_correlation_topology_sees_the_data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 40))
    X[:, :10] += 2 * rng.normal(size=(200, 1))
    y = (X[:, 0] > 0).astype(int)
    net = DSTMLPClassifier(
        (50,), method="static", initial_topology="correlation", sparsity=0.9
    )
    connected = net.set_params(max_iter=1, random_state=0).fit(X, y).coefs_[0] != 0
    fan_out = np.diff(connected.tocsr().indptr)
    assert fan_out[:10].mean() > 3 * fan_out[10:].mean()


def test_the_snip_topology_keeps_inputs_that_matter():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 40))
    y = (X[:, 0] + X[:, 1] - X[:, 2] > 0).astype(int)
    # With batches of 8 rows, of which it is told a few.
    net = DSTMLPClassifier(
        (50,), method="static", initial_topology="snip", sparsity=0.9
    )
    net.set_params(max_iter=1, random_state=0).fit(X, y)
    assert net.n_connections_ == round(0.1 * (40 * 50 + 50))
    fan_out = np.diff(net.coefs_[0].tocsr().indptr)
    assert fan_out[:3].mean() > 2 * fan_out[3:].mean()


def test_a_schedule_may_count_steps():
    X, y = table()  # five steps an epoch
    schedule = RewiringSchedule(every=3, unit="steps")
    net = network("set", schedule=schedule, max_iter=6).fit(X, y)
    steps = pd.DataFrame(net.rewiring_history_)["step"].unique()
    assert steps.tolist() == [3, 6, 9, 12, 15, 18, 21, 24, 27]
    replaced = sum(row["n_grown"] - row["n_regrown"] for row in net.rewiring_history_)
    assert sum(row["n_replaced"] for row in net.history_) == replaced


def test_the_clock_of_steps_goes_on_over_partial_fits():
    X, y = table()
    schedule = RewiringSchedule(every=3, unit="steps")
    net = network("set", schedule=schedule)
    for _ in range(6):
        net.partial_fit(X, y, classes=[0, 1, 2])
    steps = pd.DataFrame(net.rewiring_history_)["step"].unique()
    assert steps.tolist() == [3, 6, 9, 12, 15, 18, 21, 24, 27]


def test_partial_fit_goes_on_rewiring_beyond_max_iter():
    X, y = table()
    net = network("set", max_iter=3)
    for _ in range(6):
        net.partial_fit(X, y, classes=[0, 1, 2])
    epochs = pd.DataFrame(net.rewiring_history_)["epoch"].unique()
    assert epochs.tolist() == [1, 2, 3, 4, 5]


def test_rewirings_end_at_the_share_of_training_that_the_schedule_says():
    X, y = table()
    schedule = RewiringSchedule(every=2, end=0.5)
    net = network("set", schedule=schedule, max_iter=20).fit(X, y)
    epochs = pd.DataFrame(net.rewiring_history_)["epoch"].unique()
    assert epochs.tolist() == [2, 4, 6, 8]


def test_history_of_rewirings_adds_up():
    X, y = table()
    net = network("set").fit(X, y)
    history = pd.DataFrame(net.rewiring_history_)
    assert history["layer"].tolist() == [1, 2, 3] * 11
    assert_array_equal(history["n_dropped"], history["n_grown"])
    last = history.tail(3)
    assert last["n_connections"].tolist() == [matrix.nnz for matrix in net.coefs_]
    for row, matrix in zip(last.to_dict("records"), net.coefs_, strict=True):
        fan_in = np.diff(matrix.tocsc().indptr)
        fan_out = np.diff(matrix.tocsr().indptr)
        assert row["fan_in_max"] == fan_in.max()
        assert row["fan_in_std"] == pytest.approx(fan_in.std())
        assert row["fan_out_mean"] == pytest.approx(fan_out.mean())
    rates = history.pivot(index="epoch", columns="layer", values="exploration_rate")
    assert (rates.diff().dropna() >= 0).all().all()
    assert ((rates > 0) & (rates <= 1)).all().all()


def test_unfired_positions_are_explored_first():
    X, y = table()
    settings = {"sparsity": 0.9, "max_iter": 6}
    rates = [
        pd.DataFrame(
            network("set", grower=grower, **settings).fit(X, y).rewiring_history_
        )
        .groupby("layer")["exploration_rate"]
        .last()
        for grower in ("random", "unfired")
    ]
    assert (rates[1] > rates[0]).all()


def test_a_layer_tells_how_much_of_the_training_is_done():
    seen = []

    class Watcher(MagnitudePruner):
        needs = frozenset({"progress"})

        def scores(self, layer):
            seen.append(layer.progress)
            return super().scores(layer)

    X, y = table()
    network("set", pruner=Watcher(), sparsity=0.9, max_iter=5).fit(X, y)
    n_layers = len(seen) // 4
    np.testing.assert_allclose(seen, np.repeat([0.2, 0.4, 0.6, 0.8], n_layers))


def test_rewirings_by_steps_are_tasks_within_the_epoch():
    events = []

    class Recorder(Callback):
        def on_fit_task_begin(self, estimator, context):
            parent = context.parent.task_name if context.parent else ""
            events.append((context.task_name, parent))

    X, y = table()
    schedule = RewiringSchedule(every=3, unit="steps")
    network("set", schedule=schedule, max_iter=2).set_callbacks(Recorder()).fit(X, y)
    assert events == [
        ("fit", ""),
        ("epoch", "fit"),
        ("rewiring", "epoch"),
        ("epoch", "fit"),
        ("rewiring", "epoch"),
        ("rewiring", "epoch"),
    ]


def test_regressors_have_the_methods_too():
    X, _ = load_iris(return_X_y=True)
    net = DSTMLPRegressor((20,), method="rigl", sparsity=0.5, random_state=0)
    assert net.fit(X[:, :3], X[:, 3]).score(X[:, :3], X[:, 3]) > 0.85
