"""Fits on parts in processes: as `fit` in all that users see, and the same anywhere."""

import pickle
import tracemalloc
import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from sparsekit import (
    DenseMLPClassifier,
    DSTMLPClassifier,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPClassifier,
    load_checkpoint,
)
from sparsekit.distributed import _rounds, fit_distributed
from sparsekit.neural_network import CheckpointCallback, partwise, save_checkpoint
from tests.distributed.tables import assert_same_fit, cut, network, table
from tests.fuzz.invariants import check_network

TOPOLOGIES = ["own", "shared"]


def fitted(net=None, parts=None, **options):
    net = network() if net is None else net
    return fit_distributed(net, cut(*table()) if parts is None else parts, **options)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_it_learns_nearly_what_fit_does(topology):
    X, y = load_digits(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X, y, random_state=0)
    net = SETMLPClassifier((100,), sparsity=0.8, random_state=0)
    apart = fit_distributed(clone(net), X, y, topology=topology)
    together = net.fit(X, y)
    assert apart.score(X_test, y_test) > together.score(X_test, y_test) - 0.03
    assert apart.n_iter_ == together.n_iter_


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("merge", ["average", "top"])
def test_the_number_of_processes_changes_no_bit(topology, merge):
    options = {"topology": topology, "merge": merge}
    assert_same_fit(fitted(**options), fitted(**options, n_jobs=2))


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("method", ["set", "rigl", "mest", "gmp", "dsr", "cht", "itop"])
def test_the_number_of_connections_is_exact(method, topology):
    X, _ = table()
    net = DSTMLPClassifier((15, 10), method=method, sparsity=0.5, random_state=0)
    net.set_params(max_iter=4, batch_size=16)
    parts = cut(*table())
    whole = clone(net).fit(np.concatenate([X for X, _ in parts]), table()[1])
    apart = fitted(net, parts, topology=topology)
    assert apart.n_connections_ == whole.n_connections_
    check_network(apart, np.nan_to_num(X))


def test_networks_that_do_not_rewire_stay_as_they_were_drawn():
    net = StaticSparseMLPClassifier((15,), sparsity=0.5, random_state=0, max_iter=3)
    apart = fitted(net, cut(*table()))
    start = fitted(clone(net).set_params(max_iter=1), cut(*table()))
    for mine, theirs in zip(apart.coefs_, start.coefs_, strict=True):
        np.testing.assert_array_equal(mine.indices, theirs.indices)
    assert apart.rewiring_history_ == []


def test_a_dense_network_stays_dense():
    net = DenseMLPClassifier((15,), random_state=0, max_iter=3)
    assert fitted(net).n_connections_ == 6 * 15 + 15 * 3


def test_location_and_scale_are_those_of_all_rows_however_they_are_divided():
    X, y = table()
    one, other = (fitted(parts=cut(X, y, n)) for n in (2, 5))
    for name in ("mean", "var", "shift", "scale", "n_seen"):
        np.testing.assert_array_equal(one._inputs[name], other._inputs[name])
    expected = np.nanmean(X, axis=0)
    np.testing.assert_allclose(one._inputs["shift"], expected, rtol=1e-12)
    np.testing.assert_allclose(1 / one._inputs["scale"], np.nanstd(X, axis=0))


def test_classes_are_those_of_all_parts():
    X, y = table()
    order = np.argsort(y)
    net = fitted(parts=cut(X[order], y[order]))
    assert net.classes_.tolist() == ["elk", "fox", "owl"]


def test_balanced_classes_count_the_rows_of_all_parts():
    X, y = table()
    parts = cut(X, y)
    n, counts = len(y), np.unique(y, return_counts=True)[1]
    by_hand = dict(zip(np.unique(y).tolist(), n / (3 * counts), strict=True))
    balanced = fitted(network(class_weight="balanced"), parts)
    assert_same_fit(balanced, fitted(network(class_weight=by_hand), parts))
    assert balanced.class_weight == "balanced"


def test_targets_of_a_regression_are_scaled_by_all_rows():
    X, y = load_diabetes(return_X_y=True)
    net = SETMLPRegressor((30,), sparsity=0.5, random_state=0, max_iter=30)
    net = fit_distributed(net, cut(X, 1000 + y))
    assert net.predict(X).shape == y.shape
    assert net.score(X, 1000 + y) > 0.4
    np.testing.assert_allclose(net._target_shift, 1000 + y.mean(), rtol=1e-12)


@pytest.mark.parametrize(
    "parameters",
    [
        {"missing": "indicator"},
        {"missing": "expected"},
        {"missing_scaling": "neuron", "dtype": "float64"},
        {"standardize": False},
        {"input_dropout": 0.2, "dropout": 0.1},
    ],
    ids=str,
)
def test_rows_are_prepared_as_by_fit(parameters):
    X, y = table()
    net = fitted(network(**parameters), cut(X, y), n_jobs=2)
    assert_same_fit(net, fitted(network(**parameters), cut(X, y)))
    together = network(**parameters).fit(X, y)
    assert net.n_connections_ == together.n_connections_
    np.testing.assert_allclose(net._inputs["scale"], together._inputs["scale"])
    assert net.coefs_[0].dtype == together.coefs_[0].dtype


def test_targets_that_a_loss_does_not_take_are_refused_by_their_part():
    X, y = load_diabetes(return_X_y=True)
    net = SETMLPRegressor((10,), sparsity=0.5, loss="poisson", max_iter=2)
    with pytest.raises(ValueError, match="Part 1: y has the value -2"):
        fit_distributed(net, [(X, y), (X, np.where(y > 300, -2, y))])
    assert fit_distributed(net, cut(X, y)).predict(X).min() > 0


def test_several_outputs_and_labels_are_learned():
    X, y = table()
    labels = np.column_stack([y == "elk", y == "owl"]).astype(int)
    assert fitted(parts=cut(X, labels)).predict(X).shape == labels.shape
    net = SETMLPRegressor((10,), sparsity=0.5, random_state=0, max_iter=2)
    assert fitted(net, cut(X, labels * 1.5)).predict(X).shape == labels.shape


def test_sparse_rows_give_the_same_connections_as_dense_ones():
    X, y = table()
    X = np.where(np.nan_to_num(X) > 2, X, 0)
    parts = [(sparse.csr_array(rows), targets) for rows, targets in cut(X, y)]
    one, other = fitted(parts=parts), fitted(parts=cut(X, y))
    np.testing.assert_array_equal(one._inputs["shift"], other._inputs["shift"])
    assert one.score(X, y) == pytest.approx(other.score(X, y), abs=0.05)


def test_the_history_has_a_row_for_each_epoch():
    net = fitted(rounds=3, local_epochs=2)
    assert [row["epoch"] for row in net.history_] == [1, 2, 3, 4, 5, 6]
    assert [row["round"] for row in net.history_] == [1, 1, 2, 2, 3, 3]
    assert [row["bytes_from_parts"] > 0 for row in net.history_] == [False, True] * 3
    assert net.loss_curve_ == [row["loss"] for row in net.history_]
    assert net.n_iter_ == 6
    assert net.t_ == 6 * 240


def test_rounds_make_as_many_epochs_as_fit_has():
    assert fitted(network(max_iter=5), local_epochs=2).n_iter_ == 6


def test_bytes_are_those_of_connections_and_not_of_positions():
    wide = fitted(SETMLPClassifier((1000,), sparsity=0.99, random_state=0, max_iter=1))
    of_connections = 3 * (14 * wide.n_connections_ + 12 * 1003)
    assert wide.history_[-1]["bytes_from_parts"] < 1.1 * of_connections


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_memory_goes_with_connections_and_not_with_positions(topology):
    net = SETMLPClassifier((20_000, 20_000), sparsity=0.9998, random_state=0)
    parts = cut(*table())
    fitted(net, parts, rounds=1, topology=topology)
    tracemalloc.start()
    try:
        fitted(net, parts, rounds=2, topology=topology)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # A byte for each position would be 400 MB. Measured: 35 MB.
    assert peak < 100e6


def test_half_precision_costs_half_the_bytes_and_no_accuracy():
    X, y = load_digits(return_X_y=True)
    whole, half = (
        fit_distributed(
            SETMLPClassifier((100,), sparsity=0.8, random_state=0, max_iter=15),
            *(X, y),
            transfer_dtype=dtype,
        )
        for dtype in (None, "float16")
    )
    ratio = half.history_[0]["bytes_from_parts"] / whole.history_[0]["bytes_from_parts"]
    assert ratio < 0.65
    assert half.score(X, y) == pytest.approx(whole.score(X, y), abs=0.02)


def test_copies_with_topologies_of_their_own_explore_more_in_a_round():
    own, shared = (fitted(topology=t, rounds=4) for t in TOPOLOGIES)
    explored = [n.rewiring_history_[-1]["exploration_rate"] for n in (own, shared)]
    assert 0.4 < min(explored) <= max(explored) <= 1


def test_the_fitted_network_is_a_plain_one():
    X, y = table()
    net = fitted()
    again = pickle.loads(pickle.dumps(net))
    np.testing.assert_array_equal(again.predict_proba(X), net.predict_proba(X))
    assert net.get_params() == network().get_params()
    before = net.score(X, y)
    assert net.partial_fit(X, y).score(X, y) > before - 0.1
    assert clone(net).fit(X, y).n_connections_ == net.n_connections_


def test_the_random_state_decides():
    one, again = fitted(), fitted()
    assert_same_fit(one, again)
    other = fitted(network(random_state=1))
    assert other.loss_curve_ != one.loss_curve_


def test_the_parts_are_left_as_they_were():
    parts = cut(*table())
    before = pickle.dumps(parts)
    fitted(parts=parts)
    assert pickle.dumps(parts) == before


def test_parts_smaller_than_a_batch_are_learned():
    X, y = table(24)
    assert fitted(network(batch_size=20), cut(X, y, 4)).n_iter_ == 6


def test_a_small_first_part_leaves_the_batches_of_the_others_alone():
    X, y = table()
    parts = [(X[:8], y[:8]), (X[8:], y[8:])]
    net = fitted(network(batch_size=29), parts, rounds=1)
    assert net._optimizer.step == 8  # of the second part: 232 rows in batches of 29


def test_more_parts_than_are_added_at_once(monkeypatch):
    X, y = table()
    whole = fitted(parts=cut(X, y, 7), rounds=2)
    monkeypatch.setattr(_rounds, "ADDED_AT_ONCE", 2)
    tree = fitted(parts=cut(X, y, 7), rounds=2)
    assert tree.n_connections_ == whole.n_connections_
    np.testing.assert_allclose(tree.loss_curve_, whole.loss_curve_, rtol=1e-5)
    sent = [net.history_[0]["bytes_from_parts"] for net in (tree, whole)]
    assert sent[0] > sent[1]


def test_what_workers_warn_of_is_told_once():
    X, y = table()
    X[:, 2] = np.nan
    with pytest.warns(UserWarning, match="no observed value") as told:
        fitted(parts=cut(X, y))
    assert len(told) == 1


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_training_that_diverges_keeps_the_rounds_before(topology):
    X, y = table()
    net = network(solver="sgd", learning_rate="constant", learning_rate_init=1e30)
    with pytest.warns(ConvergenceWarning, match="no longer finite"):
        fitted(net, cut(X, y), topology=topology)
    assert np.isfinite(net.predict_proba(X)).all()
    assert net.n_iter_ < 6


def test_an_interruption_keeps_the_rounds_that_are_done(monkeypatch):
    n_calls = 0

    def interrupted(*args):
        nonlocal n_calls
        n_calls += 1
        if n_calls == 8:  # in the third round of three parts
            raise KeyboardInterrupt
        return partwise_train_on(*args)

    partwise_train_on = partwise.train_on
    monkeypatch.setattr(partwise, "train_on", interrupted)
    with pytest.warns(UserWarning, match="interrupted by user"):
        net = fitted()
    assert net.n_iter_ == 2
    assert net.score(*table()) > 0.3


def refusals():
    X, y = table()
    few = [(X[:9], y[:9]), (X[:9, :5], y[:9])]
    yield few, {}, {}, "Part 1 has 5 features, and part 0 has 6"
    yield [(X, y), (X, y[:5])], {}, {}, "Part 1: Found input variables with inconsis"
    yield [(X, y), (X, np.c_[y == "elk", y == "owl"])], {}, {}, "one kind in all parts"
    yield [(X[:0], y[:0])], {}, {}, "no rows in any part"
    yield [(X, y), X], {}, {}, r"Part 1 must be a pair \(X, y\)"
    yield X, {}, {}, "y=None, which is for a list of parts"
    yield [], {}, {}, "at least one part"
    yield None, {"topology": "both"}, {}, "topology must be one of"
    yield None, {"merge": "sum"}, {}, "merge must be one of"
    yield None, {"transfer_dtype": "int8"}, {}, "transfer_dtype must be one of"
    yield None, {"rounds": 0}, {}, "rounds must be an integer > 0"
    yield None, {"local_epochs": 1.5}, {}, "local_epochs must be an integer > 0"
    yield None, {"client_timeout": -1}, {}, "client_timeout=-1 must be a number"
    yield None, {}, {"early_stopping": True}, "not support early_stopping=True"
    yield None, {}, {"record": "epoch"}, "not support record='epoch'"
    yield None, {}, {"warm_start": True}, "not support warm_start=True"
    yield None, {}, {"sparsity": 2.0}, "sparsity"
    adaptive = {"solver": "sgd", "learning_rate": "adaptive"}
    yield None, {}, adaptive, "not support learning_rate='adaptive'"


@pytest.mark.parametrize(("parts", "options", "parameters", "message"), refusals())
def test_it_is_refused_and_the_estimator_is_as_it_was(
    parts, options, parameters, message
):
    X, y = table()
    net = network().fit(X, y)
    before, random_state = net.predict_proba(X), net.random_state
    net.set_params(**parameters)
    with pytest.raises(ValueError, match=message):
        fitted(net, parts, **options)
    net.set_params(sparsity=0.5)
    np.testing.assert_array_equal(net.predict_proba(X), before)
    assert net.random_state is random_state


def test_callbacks_are_refused(tmp_path):
    net = network().set_callbacks(CheckpointCallback(tmp_path / "net"))
    with pytest.raises(ValueError, match="does not support callbacks"):
        fitted(net)


@pytest.mark.parametrize(
    ("parameter", "method"),
    [("record_births", "set"), ("rewind", "lottery"), ("pruner=", "deepr")],
)
def test_what_belongs_to_connections_is_refused_with_own_topologies(parameter, method):
    given = {parameter: True} if parameter == "record_births" else {}
    net = DSTMLPClassifier((10,), method=method, max_iter=3, random_state=0, **given)
    with pytest.raises(ValueError, match=f"'own' does not support {parameter}"):
        fitted(net)
    assert fitted(net, topology="shared").n_iter_ == 3


def test_something_else_than_a_network_is_refused():
    with pytest.raises(TypeError, match="must be a network of sparsekit, got a dict"):
        fitted({})


def checkpointed(path, **options):
    return fitted(checkpoint=path, rounds=5, **options)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_a_fit_goes_on_from_its_checkpoint_to_the_bit(tmp_path, monkeypatch, topology):
    path, save = tmp_path / "net.ckpt", _rounds.save_checkpoint

    def killed(estimator, path):
        save(estimator, path)
        if estimator.n_iter_ == 3:
            raise RuntimeError("killed")

    monkeypatch.setattr(_rounds, "save_checkpoint", killed)
    with pytest.raises(RuntimeError, match="killed"):
        checkpointed(path, topology=topology)
    monkeypatch.undo()
    assert load_checkpoint(path).score(*table()) > 0.3
    resumed = checkpointed(path, topology=topology)
    assert resumed.n_iter_ == 5
    assert_same_fit(resumed, fitted(rounds=5, topology=topology))


def test_a_fit_that_is_done_is_not_trained_again(tmp_path, monkeypatch):
    done = checkpointed(tmp_path / "net.ckpt")
    monkeypatch.setattr(partwise, "train_on", None)
    assert_same_fit(checkpointed(tmp_path / "net.ckpt"), done)


def test_a_checkpoint_without_a_seed_goes_on_all_the_same(tmp_path):
    path = tmp_path / "net.ckpt"
    one = checkpointed(path, net=network(random_state=None))
    assert_same_fit(checkpointed(path, net=network(random_state=None)), one)


def other_fits():
    X, y = table()
    yield {"merge": "top"}, "other merge"
    yield {"net": network(sparsity=0.6)}, "other sparsity"
    yield {"parts": cut(X + 1, y)}, "other data"
    yield {"parts": cut(X, y, 4)}, "other data"


@pytest.mark.parametrize(("options", "message"), other_fits())
def test_a_checkpoint_of_another_fit_is_refused(tmp_path, options, message):
    path = tmp_path / "net.ckpt"
    checkpointed(path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=message):
        checkpointed(path, **options)
    assert path.read_bytes() == before


def test_a_checkpoint_of_an_ordinary_fit_is_refused(tmp_path):
    path = tmp_path / "net.ckpt"
    network().set_callbacks(CheckpointCallback(path)).fit(*table())
    with pytest.raises(ValueError, match="is not of such a fit"):
        checkpointed(path)


@pytest.mark.parametrize("rounds", [None, 3, {"seed": 1}, {"settings": {}, "seed": ""}])
def test_a_checkpoint_that_says_nonsense_is_refused(tmp_path, rounds):
    path = tmp_path / "net.ckpt"
    net = network().fit(*table())
    net._rounds = rounds
    save_checkpoint(net, path)
    with pytest.raises(ValueError, match="is not of such a fit"):
        checkpointed(path)


def test_a_checkpoint_needs_a_folder_before_anything_is_trained(tmp_path):
    with pytest.raises(ValueError, match="checkpoint: there is no folder"):
        checkpointed(tmp_path / "none" / "net.ckpt")


def test_verbose_shows_a_line_for_each_round(capsys):
    fitted(network(verbose=1), rounds=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:2] == ["epoch", "loss"]
    assert [line.split()[0] for line in lines[1:]] == ["1", "2"]


def test_no_warning_of_epochs_that_were_too_few():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted(network(learning_rate="constant"), rounds=1)


def test_processes_leave_no_files_behind_from_round_to_round(tmp_path, monkeypatch):
    monkeypatch.setenv("JOBLIB_TEMP_FOLDER", str(tmp_path))
    counts, save = [], _rounds.save_checkpoint

    def counted(estimator, path):
        counts.append(sum(path.is_file() for path in tmp_path.rglob("*")))
        save(estimator, path)

    monkeypatch.setattr(_rounds, "save_checkpoint", counted)
    # A megabyte of weights, from which on joblib makes files of arrays.
    net = StaticSparseMLPClassifier((60_000,), sparsity=0.5, random_state=0)
    fitted(net, n_jobs=2, rounds=3, checkpoint=tmp_path.parent / "net.ckpt")
    assert counts[0] == counts[-1]
