"""What fit records about samples: aligned with X, and without a trace in training."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris

from sparsekit import DSTMLPClassifier, SETMLPClassifier, SETMLPRegressor
from sparsekit.neural_network import (
    CheckpointCallback,
    Recording,
    load_checkpoint,
    resume,
    save_checkpoint,
)
from tests.callbacks import CutOff

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

WHEN = ["presentation", "epoch", "rewiring"]


@pytest.fixture(scope="module")
def data():
    return load_iris(return_X_y=True)


def net_of(record, **options):
    options = {"max_iter": 8, "random_state": 0, "batch_size": 16} | options
    return SETMLPClassifier((12,), sparsity=0.5, record=record, **options)


def weights_of(net):
    return np.concatenate([coef.data for coef in net.coefs_])


def assert_same_record(one, other):
    assert one.keys() == other.keys()
    for name, value in one.items():
        if isinstance(value, dict):
            assert_same_record(value, other[name])
        else:
            assert_array_equal(value, other[name], err_msg=name)


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("weighted", [False, True])
def test_a_record_leaves_no_trace_in_training(data, when, weighted):
    X, y = data
    weight = np.random.default_rng(0).random(y.size) if weighted else None
    plain = net_of(None, dropout=0.1).fit(X, y, sample_weight=weight)
    recorded = net_of(Recording(when, max_samples=50), dropout=0.1)
    recorded.fit(X, y, sample_weight=weight)
    assert_array_equal(weights_of(plain), weights_of(recorded))
    assert not hasattr(plain, "record_")


@pytest.mark.parametrize("when", WHEN)
def test_records_are_the_same_on_any_number_of_threads(data, when):
    X, y = np.tile(data[0], (4, 20)), np.tile(data[1], 4)
    one, two = (
        SETMLPClassifier(
            (300, 200), batch_size=128, max_iter=3, random_state=0, n_jobs=n_jobs,
            record=when,
        ).fit(X, y)
        for n_jobs in (1, 2)
    )  # fmt: skip
    assert_same_record(one.record_, two.record_)


def test_the_last_epoch_of_an_evaluating_record_is_the_fitted_network(data):
    X, y = data
    net = net_of(Recording("epoch", store="full"), batch_size=1).fit(X, y)
    given = net.predict_proba(X)[np.arange(y.size), y]
    last = np.exp(-net.record_["all_losses"][-1])
    np.testing.assert_allclose(last, given, rtol=1e-5)
    assert_array_equal(net.record_["all_correct"][-1], net.predict(X) == y)


def test_dense_and_csr_inputs_give_the_same_record(data):
    X, y = data
    dense = net_of("presentation", dtype="float64").fit(X, y)
    stored = net_of("presentation", dtype="float64").fit(sparse.csr_array(X), y)
    for name in ("n_forgotten", "confidence_mean", "margin_mean"):
        np.testing.assert_allclose(
            dense.record_[name], stored.record_[name], rtol=1e-4, atol=1e-5
        )


@pytest.mark.parametrize("when", WHEN)
def test_held_out_rows_have_nan_and_no_zero(data, when):
    X, y = data
    net = net_of(Recording(when, store="full"), early_stopping=True).fit(X, y)
    record = net.record_
    held = record["n_seen"] == 0
    assert held.sum() == 15
    for name, value in record.items():
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            rows = value[:, held] if name.startswith("all_") else value[held]
            assert np.isnan(rows).all(), name
    assert (record["correct"][held] == -1).all()
    assert np.isfinite(record["loss_mean"][~held]).all()
    if when == "rewiring":
        assert not held[record["rewirings"]["rows"]].any()


def test_a_record_belongs_to_rows_and_not_to_their_order(data):
    # With one batch of all rows, training does not depend on their order but for
    # rounding.
    X, y = data
    mixed = np.random.default_rng(0).permutation(y.size)
    options = {"batch_size": y.size, "dtype": "float64", "shuffle": False}
    here = net_of("presentation", **options).fit(X, y).record_
    there = net_of("presentation", **options).fit(X[mixed], y[mixed]).record_
    for name in ("n_correct", "n_forgotten", "first_learned", "loss_mean"):
        np.testing.assert_allclose(here[name][mixed], there[name], rtol=1e-5)


def test_notes_of_a_row_are_those_of_its_label(data):
    X, y = data
    wrong = y.copy()
    wrong[7] = 2  # an easy flower with another's name
    record = net_of("presentation", max_iter=40).fit(X, wrong).record_
    assert record["margin_mean"].argmin() == 7


def test_partial_fit_records_the_rows_of_each_call(data):
    X, y = data
    net = net_of("rewiring")
    net.partial_fit(X[:100], y[:100], classes=[0, 1, 2])
    assert net.record_["n_seen"].tolist() == [1] * 100
    assert net.record_["rewirings"]["events"]["epoch"].size == 0
    net.partial_fit(X[90:], y[90:])
    assert net.record_["n_seen"].tolist() == [1] * 60
    assert net.record_["rewirings"]["events"]["epoch"].tolist() == [0]


def test_a_warm_start_records_anew_and_without_record_nothing_is_left(data):
    X, y = data
    net = net_of("presentation", warm_start=True).fit(X, y)
    assert net.fit(X, y).record_["n_seen"].max() == 8
    net.set_params(record=None).fit(X, y)
    assert not hasattr(net, "record_")


def test_a_regression_is_correct_within_the_tolerance():
    X, y = load_diabetes(return_X_y=True)
    net = SETMLPRegressor(
        (20,), max_iter=5, random_state=0, batch_size=1, dtype="float64",
        record=Recording("epoch", store="full", tolerance=0.3),
    ).fit(X, y)  # fmt: skip
    errors = np.abs(net.predict(X) - y) / y.std()
    np.testing.assert_allclose(net.record_["all_errors"][-1], errors, rtol=1e-5)
    assert_array_equal(net.record_["all_correct"][-1], errors <= 0.3)


def test_a_table_lends_its_index_to_the_record(data):
    X, y = data
    names = [f"flower {i}" for i in range(y.size)]
    net = net_of("presentation").fit(pd.DataFrame(X, index=names), y)
    assert net.record_["index"].tolist() == names
    assert net_of("presentation").fit(X, y).record_["index"] is None


def test_a_recording_can_be_cloned_and_searched(data):
    net = net_of(Recording("epoch"))
    clone(net).set_params(record__store="full")
    assert net.record.store == "summary"


@pytest.mark.parametrize(
    ("record", "match"),
    [
        ("always", "record"),
        (Recording("always"), "'when' parameter of Recording"),
        (Recording(store="some"), "'store' parameter of Recording"),
        (Recording(tolerance=0), "'tolerance' parameter of Recording"),
        (Recording(max_samples=0), "'max_samples' parameter of Recording"),
    ],
)
def test_an_unknown_recording_is_an_error(data, record, match):
    with pytest.raises(ValueError, match=match):
        net_of(record).fit(*data)


@pytest.mark.parametrize("when", WHEN)
def test_checkpoints_hold_records_and_resumed_fits_go_on_with_them(
    data, when, tmp_path
):
    X, y = data
    path = tmp_path / "net.ckpt"
    record = Recording(when, store="full", max_samples=40)
    whole = net_of(record).fit(X, y)
    save_checkpoint(whole, path)
    assert_same_record(load_checkpoint(path).record_, whole.record_)

    with pytest.raises(RuntimeError, match="cut off"):
        net_of(record).set_callbacks(CheckpointCallback(path), CutOff(4)).fit(X, y)
    assert_same_record(resume(path, X, y).record_, whole.record_)


@pytest.mark.parametrize("method", ["set", "rigl", "gmp", "granet"])
def test_growth_with_weight_zero_forgets_nothing(data, method):
    X, y = data
    net = DSTMLPClassifier(
        (30,), method=method, prune_fraction=0.5 if method != "gmp" else None,
        sparsity=0.5, max_iter=12, random_state=0, record="rewiring",
    ).fit(X, y)  # fmt: skip
    rewirings = net.record_["rewirings"]
    prune, grow = 1, 2
    assert rewirings["events"]["epoch"].size > 5
    assert np.abs(rewirings["loss_change"][:, prune]).max() > 0
    assert (rewirings["loss_change"][:, grow] == 0).all()
    assert not rewirings["n_forgotten"][:, grow].any()
    assert not rewirings["n_learned"][:, grow].any()


def test_causes_add_up_to_what_became_of_every_sample(data):
    X, y = data
    net = net_of("rewiring", prune_fraction=0.8, max_iter=30).fit(X, y)
    record = net.record_["rewirings"]
    ups, downs = record["n_learned"].sum(axis=1), record["n_forgotten"].sum(axis=1)
    first = record["correct"] - (ups - downs)
    assert set(first) <= {0, 1}
    assert downs.sum() > 0
    assert_array_equal(record["correct"], net.predict(X) == y)
    events = record["events"]
    for column, cause in enumerate(["gradient", "prune", "grow"]):
        total = events[f"{cause}_forgotten"].sum()
        # Before the first rewiring nothing can be forgotten.
        assert total == record["n_forgotten"][:, column].sum()
    assert events["null_forgotten"].sum() == record["n_null_forgotten"].sum()


def test_pruning_is_recorded_as_the_pruned_network_predicts(data):
    X, y = data
    net = net_of("rewiring", prune_fraction=1.0, max_iter=2, n_iter_no_change=9)
    record = net.fit(X, y).record_["rewirings"]
    # All connections dropped, at random or not: the loss is the same for both.
    np.testing.assert_allclose(
        record["loss_change"][:, 1], record["null_loss_change"], rtol=1e-6
    )
