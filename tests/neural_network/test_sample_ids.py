"""partial_fit with sample_ids: notes that follow samples from call to call."""

import pickle
import tracemalloc

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
import skops.io
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from sklearn.datasets import load_iris
from sklearn.multioutput import MultiOutputClassifier

from sparsekit import SETMLPClassifier, SETMLPRegressor, StaticSparseMLPClassifier
from sparsekit._utils._validation import check_sample_ids
from sparsekit.difficulty import cartography, forgetting_events
from sparsekit.neural_network import Recording, load_checkpoint, save_checkpoint
from sparsekit.neural_network.training._records_by_id import _take_slots
from tests.reference import naive_record as naive

NAMES = ("n_seen", "n_correct", "n_forgotten", "first_learned", "last_wrong", "correct")
CLASSES = [0, 1, 2]


def flowers():
    return load_iris(return_X_y=True)


def calls(n_calls=25, n_rows=40, seed=0):
    """Return which rows come in each call: some seldom, in another order each time."""
    rng = np.random.default_rng(seed)
    return [rng.choice(150, n_rows, replace=False) for _ in range(n_calls)]


def net_of(record="presentation", network=SETMLPClassifier, **options):
    options = {"sparsity": 0.5, "random_state": 0} | options
    return network((12,), record=record, **options)


def trained(net, batches, X=None, ids=None):
    given, y = flowers()
    X = given if X is None else X
    for rows in batches:
        names = rows if ids is None else [ids[row] for row in rows]
        net.partial_fit(X[rows], y[rows], classes=CLASSES, sample_ids=names)
    return net


def stored(net, way, path):
    """Return what comes back from storing a network."""
    if way == "pickle":
        return pickle.loads(pickle.dumps(net))
    if way == "skops":
        text = skops.io.dumps(net)
        return skops.io.loads(text, skops.io.get_untrusted_types(data=text))
    if way == "mapped":
        joblib.dump(net, path)
        return joblib.load(path, mmap_mode="r")
    save_checkpoint(net, path)
    return load_checkpoint(path)


def assert_same_record(one, other):
    assert one.keys() == other.keys()
    for name, value in one.items():
        if isinstance(value, dict):
            assert_same_record(value, other[name])
        else:
            assert_array_equal(value, other[name], err_msg=name)


def test_notes_are_those_of_the_presentations_of_each_sample():
    X, y = flowers()
    options = {"standardize": False, "dtype": "float64", "batch_size": 40}
    net = net_of(network=StaticSparseMLPClassifier, **options)
    net.partial_fit(X, y, classes=CLASSES)
    outputs = np.full((25, 150, 3), np.nan)
    batches = calls()
    for number, rows in enumerate(batches):
        # One batch per call: its rows are noted as the network was before.
        outputs[number, rows] = net.decision_function(X[rows])
        net.partial_fit(X[rows], y[rows], sample_ids=rows)
    record = net.record_
    wanted = naive.summary("softmax", outputs, y)
    order = record["index"]
    assert sorted(order) == sorted(set(np.concatenate(batches)))
    for name in NAMES:
        assert_array_equal(record[name], wanted[name][order], err_msg=name)
    for name in ("confidence_mean", "loss_mean", "margin_mean", "confidence_std"):
        assert_allclose(record[name], wanted[name][order], rtol=1e-4, atol=1e-4)
    assert_allclose(record["early_errors"], wanted["early_errors"][order], rtol=1e-4)


def test_samples_stand_in_the_order_in_which_they_first_came():
    net = trained(net_of(), [np.array([5, 3]), np.array([9, 5, 1])])
    assert net.record_["index"].tolist() == [5, 3, 9, 1]
    assert net.record_["n_seen"].tolist() == [2, 1, 1, 1]


def test_scores_are_indexed_by_identity():
    names = pd.Index([f"flower {number}" for number in range(150)])
    net = trained(net_of(), calls(), ids=names)
    assert set(forgetting_events(net).index) <= set(names)
    assert cartography(net).loc["flower 7", "correctness"] >= 0


@pytest.mark.parametrize("record", [None, "presentation", "epoch", "rewiring"])
def test_identities_leave_no_trace_in_training(record):
    X, y = flowers()
    named = trained(net_of(record, dropout=0.1), calls())
    plain = net_of(None, dropout=0.1)
    for rows in calls():
        plain.partial_fit(X[rows], y[rows], classes=CLASSES)
    assert_array_equal(named.predict_proba(X), plain.predict_proba(X))
    assert hasattr(named, "record_") is (record is not None)


def test_csr_rows_are_noted_as_dense_ones():
    options = {"standardize": False, "dtype": "float64"}
    dense = trained(net_of(**options), calls()).record_
    stored = trained(net_of(**options), calls(), csr_array(flowers()[0])).record_
    assert_array_equal(stored["n_seen"], dense["n_seen"])
    assert_allclose(stored["loss_mean"], dense["loss_mean"], rtol=1e-4)


def test_what_rewirings_do_adds_up_over_the_calls_that_a_sample_was_in():
    X, y = flowers()
    options = {"prune_fraction": 0.9, "learning_rate_init": 0.03}
    options |= {"alpha": 1e-4, "batch_size": 40}
    named, plain = net_of("rewiring", **options), net_of("rewiring", **options)
    sums = {name: np.zeros((150, 3)) for name in ("n_forgotten", "loss_change")}
    n_evaluated, events = np.zeros(150, dtype=int), []
    lost_at = np.zeros(150, dtype=int)
    for rows in calls():
        trained(named, [rows])
        plain.partial_fit(X[rows], y[rows], classes=CLASSES)
        notes = plain.record_["rewirings"]
        # Rewirings are counted on from those of earlier calls.
        evaluated = notes["n_evaluated"] > 0
        number = np.where(notes["lost_at"] > 0, notes["lost_at"] + len(events), 0)
        lost_at[rows[notes["rows"][evaluated]]] = number[evaluated]
        events += notes["events"]["prune_forgotten"].tolist()
        n_evaluated[rows[notes["rows"]]] += notes["n_evaluated"]
        for name, total in sums.items():
            total[rows[notes["rows"]]] += notes[name]
    record = named.record_
    notes, order = record["rewirings"], record["index"][record["rewirings"]["rows"]]
    assert notes["n_forgotten"].sum() > 0
    assert_array_equal(notes["n_evaluated"], n_evaluated[order])
    assert_array_equal(notes["n_forgotten"], sums["n_forgotten"][order])
    assert_allclose(notes["loss_change"], sums["loss_change"][order], atol=1e-4)
    assert_array_equal(notes["lost_at"], lost_at[order])
    assert lost_at.max() > 1
    assert_array_equal(notes["events"]["prune_forgotten"], events)
    assert_array_equal(notes["events"]["epoch"], np.arange(1, 25))
    table = forgetting_events(named, source="prune")
    assert table["rate"].max() <= 1


@pytest.mark.parametrize("record", ["presentation", "epoch", "rewiring"])
@pytest.mark.parametrize("way", ["pickle", "mapped", "skops", "checkpoint"])
def test_notes_go_on_after_storing(record, way, tmp_path):
    batches = calls(8)
    whole = trained(net_of(record), batches)
    parts = net_of(record)
    for number, rows in enumerate(batches):
        # Another file each time: the network may still be mapped from the last one.
        parts = stored(trained(parts, [rows]), way, tmp_path / str(number))
    assert_same_record(parts.record_, whole.record_)
    X, _ = flowers()
    assert_array_equal(parts.predict_proba(X), whole.predict_proba(X))


def test_a_record_does_not_grow_later():
    net = trained(net_of(), calls(5))
    record = net.record_
    n_seen = record["n_seen"].copy()
    trained(net, calls(5, seed=1))
    assert_array_equal(record["n_seen"], n_seen)
    assert net.record_["n_seen"].sum() == 400


def test_rows_without_an_identity_are_learned_and_not_noted():
    X, y = flowers()
    net = net_of().partial_fit(X[:4], y[:4], CLASSES, sample_ids=["a", None, "b", None])
    net.partial_fit(X[:4], y[:4], sample_ids=[None] * 4)
    assert net.record_["index"].tolist() == ["a", "b"]
    assert net.record_["n_seen"].tolist() == [1, 1]
    assert net.n_iter_ == 2


def test_a_call_without_identities_records_its_rows_and_leaves_the_notes():
    X, y = flowers()
    net = trained(net_of(), [np.arange(10)])
    assert net.partial_fit(X, y).record_["n_seen"].size == 150
    assert trained(net, [np.arange(10)]).record_["n_seen"].tolist() == [2] * 10


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_fit_begins_a_record_of_its_own():
    X, y = flowers()
    net = trained(net_of(max_iter=2), calls())
    assert net.fit(X, y).record_["n_seen"].tolist() == [2] * 150
    assert trained(net, [np.arange(3)]).record_["n_seen"].tolist() == [1] * 3


def test_notes_of_another_kind_begin_anew():
    net = trained(net_of(), [np.arange(10)])
    net.set_params(record="epoch")
    assert trained(net, [np.arange(4)]).record_["n_seen"].tolist() == [1] * 4


def test_only_the_samples_that_came_last_are_kept():
    batches = calls(30, 20)
    net = trained(net_of(Recording(max_ids=35)), batches)
    last = {}
    for number, rows in enumerate(batches):
        last.update(dict.fromkeys(rows.tolist(), number))
    record = net.record_
    oldest = min(last[name] for name in record["index"].tolist())
    assert record["index"].size == 35
    assert all(name in record["index"] for name, when in last.items() if when > oldest)
    whole = trained(net_of(), batches).record_
    of_all = dict(zip(whole["index"].tolist(), whole["n_seen"].tolist(), strict=True))
    for name, n_seen in zip(record["index"].tolist(), record["n_seen"], strict=True):
        assert n_seen <= of_all[name]


@given(
    st.lists(st.sets(st.integers(0, 9), max_size=4).map(sorted), max_size=20),
    st.sampled_from([4, 6, None]),
)
def test_places_are_taken_once_and_never_more_than_the_limit(batches, limit):
    slots, queue = {}, []
    for ids in batches:
        taken = _take_slots(ids, slots, limit)
        # The queue of a slow twin: who comes, known or not, goes to the end.
        known = [name for name in ids if name in queue]
        fresh = [name for name in ids if name not in queue]
        queue = [name for name in queue if name not in ids] + known + fresh
        queue = queue if limit is None else queue[-limit:]
        assert list(slots) == queue
        assert taken == [slots[name] for name in ids]
        assert sorted(slots.values()) == list(range(len(slots)))


def test_an_identity_costs_less_than_250_bytes():
    X, y = np.zeros((20_000, 1)), np.zeros(20_000)
    net = net_of(standardize=False)
    net.partial_fit(X, y, CLASSES)
    tracemalloc.start()
    try:
        for start in (0, 20_000, 40_000):
            net.partial_fit(X, y, sample_ids=np.arange(start, start + 20_000))
            used, _ = tracemalloc.get_traced_memory()
            assert used / (start + 20_000) < 250
    finally:
        tracemalloc.stop()


def test_a_refused_call_changes_no_notes():
    X, _ = flowers()
    net = trained(net_of(), [np.arange(10)])
    before = pickle.dumps(net._notes_by_id)
    with pytest.raises(ValueError, match="not in"):
        net.partial_fit(X[:2], [0, 7], sample_ids=[0, 99])
    assert pickle.dumps(net._notes_by_id) == before


def test_regressors_take_identities():
    X, y = flowers()
    net = net_of(network=SETMLPRegressor).partial_fit(X, y, sample_ids=range(150))
    assert (
        net.partial_fit(X[:9], y[:9], sample_ids=range(9)).record_["n_seen"].sum()
        == 159
    )


@pytest.mark.parametrize("record", [None, "presentation"])
@pytest.mark.parametrize(
    ("ids", "error", "match"),
    [
        (
            [1, 2],
            ValueError,
            r"one identity for each of the 3 rows of X, .* shape",
        ),
        ([[1], [2], [3]], ValueError, r"array of shape \(3, 1\)"),
        (7, ValueError, r"array of shape \(\)"),
        (
            ["a", "b", "a"],
            ValueError,
            "must differ within a call, got 'a' more than once",
        ),
        ([1.0, 2.0, 3.0], TypeError, r"must be integers or strings.* got 1.0"),
        ([True, False, True], TypeError, r"must be integers or strings.* got True"),
        (np.array([1, True, "c"], dtype=object), TypeError, "got True"),
    ],
)
def test_wrong_identities_are_refused(record, ids, error, match):
    X, y = flowers()
    net = net_of(record)
    with pytest.raises(error, match=match):
        net.partial_fit(X[:3], y[:3], classes=CLASSES, sample_ids=ids)
    assert not hasattr(net, "n_iter_")


@pytest.mark.parametrize("container", [list, lambda ids: np.array(ids, dtype=object)])
def test_integers_and_strings_of_numpy_name_what_those_of_python_do(container):
    names = check_sample_ids(container([np.int32(3), "b", np.str_("c"), None]), 4)
    assert names == [3, "b", "c", None]
    assert [type(name) for name in names[:3]] == [int, str, str]


def test_records_that_cannot_be_kept_by_identity_are_refused():
    with pytest.raises(ValueError, match=r"needs Recording\(store='summary'\)"):
        trained(net_of(Recording(store="full")), [np.arange(3)])
    with pytest.raises(ValueError, match="150 identities, more than max_ids=100"):
        trained(net_of(Recording(max_ids=100)), [np.arange(150)])


def test_routing_brings_identities_to_the_networks():
    X, y = flowers()
    with sklearn.config_context(enable_metadata_routing=True):
        net = net_of().set_partial_fit_request(sample_ids=True)
        both = MultiOutputClassifier(net)
        labels = np.c_[y > 0, y > 1].astype(int)
        for rows in calls(3):
            both.partial_fit(
                X[rows], labels[rows], classes=[[0, 1]] * 2, sample_ids=rows
            )
        with pytest.raises(ValueError, match=r"sample_ids.* not explicitly set"):
            MultiOutputClassifier(net_of()).partial_fit(
                X, labels, classes=[[0, 1]] * 2, sample_ids=range(150)
            )
    for one in both.estimators_:
        assert one.record_["n_seen"].sum() == 120
