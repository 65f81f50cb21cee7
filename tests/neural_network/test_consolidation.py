"""Protected connections stay, and frozen weights keep their bits."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, random_array
from sklearn.datasets import load_digits

from sparsekit import (
    DenseMLPClassifier,
    DSTMLPClassifier,
    SETMLPClassifier,
    SETMLPRegressor,
)
from sparsekit.neural_network import compact, load_checkpoint, save_checkpoint
from sparsekit.topology import RewiringSchedule

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def digits(n_rows=300):
    X, y = load_digits(return_X_y=True)
    return X[:n_rows] / 16, y[:n_rows]


def trained(network=SETMLPClassifier, n_epochs=2, rows=None, **given):
    X, y = digits()
    given = {
        "hidden_layer_sizes": (40, 30),
        "batch_size": 50,
        "random_state": 0,
    } | given
    net = network(**given)
    for _ in range(n_epochs):
        net.partial_fit(X if rows is None else rows(X), y, classes=range(10))
    return net


def pairs(matrix):
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return list(zip(rows.tolist(), matrix.indices.tolist(), strict=True))


def weights_at(net, masks):
    """Return the weights at the stored positions of `masks`; fails if one is gone."""
    found = []
    for matrix, mask in zip(net.coefs_, masks, strict=True):
        weights = dict(zip(pairs(matrix), matrix.data, strict=True))
        found.append(np.array([weights[pair] for pair in pairs(mask)]))
    return np.concatenate(found)


@pytest.mark.parametrize(
    ("network", "settings"),
    [
        (SETMLPClassifier, {}),
        (SETMLPClassifier, {"solver": "sgd", "learning_rate_init": 0.05}),
        (SETMLPClassifier, {"solver": "adamw", "alpha": 0.1, "dropout": 0.2}),
        (SETMLPClassifier, {"prune_fraction": 0.9, "n_jobs": 2}),
        (SETMLPClassifier, {"sparsity": 0.2, "hidden_layer_sizes": (80, 70)}),
        (SETMLPClassifier, {"dtype": "float64"}),
        (DenseMLPClassifier, {"hidden_layer_sizes": (80, 70)}),
        (DSTMLPClassifier, {"method": "rigl"}),
        (DSTMLPClassifier, {"method": "srigl"}),
        (DSTMLPClassifier, {"method": "snfs"}),
        (DSTMLPClassifier, {"method": "chts"}),
    ],
)
def test_frozen_weights_keep_their_bits_over_training_and_rewirings(network, settings):
    X, y = digits()
    net = trained(network, **settings).consolidate(X, y, fraction=0.6)
    masks = net.protected_
    before = weights_at(net, masks)
    others = np.concatenate([matrix.data for matrix in net.coefs_])
    for _ in range(4):
        net.partial_fit(X[::-1], y)
    assert before.tobytes() == weights_at(net, masks).tobytes()
    after = np.concatenate([matrix.data for matrix in net.coefs_])
    assert np.isin(others, after).mean() < 0.95  # others moved


def test_frozen_weights_keep_their_bits_on_stored_entries_only():
    X = random_array((300, 400), density=0.01, rng=0, format="csr")
    y = np.arange(300) % 3
    net = SETMLPClassifier((30,), sparsity=0.8, random_state=0).fit(X, y)
    masks = net.consolidate(X, y, fraction=0.5).protected_
    before = weights_at(net, masks)
    net.partial_fit(X, y).partial_fit(X, y)
    assert before.tobytes() == weights_at(net, masks).tobytes()


def test_frozen_weights_keep_their_bits_between_rewirings_within_an_epoch():
    X, y = digits()
    net = trained(DSTMLPClassifier, schedule=RewiringSchedule(1, "steps"))
    masks = net.consolidate(X, y).protected_
    before = weights_at(net, masks)
    n_rewirings = len(net.rewiring_history_)
    net.partial_fit(X, y)
    assert len(net.rewiring_history_) == n_rewirings + 3 * 6
    assert before.tobytes() == weights_at(net, masks).tobytes()


def test_connections_protected_from_pruning_stay_and_learn():
    X, y = digits()
    net = trained(prune_fraction=0.9).consolidate(X, y, protect="pruning")
    masks = net.protected_
    before = weights_at(net, masks)
    for _ in range(4):
        net.partial_fit(X, y)
    assert (before != weights_at(net, masks)).mean() > 0.9


def test_without_protection_such_rewirings_drop_important_connections():
    X, y = digits()
    net = trained(prune_fraction=0.9).consolidate(X, y)
    masks = net.protected_
    net.release()
    for _ in range(4):
        net.partial_fit(X, y)
    with pytest.raises(KeyError):
        weights_at(net, masks)


def test_each_call_adds_a_fraction_of_what_is_free():
    net = trained()
    sizes = np.array([matrix.nnz for matrix in net.coefs_])
    free = sizes.copy()
    for _ in range(3):
        masks = net.consolidate(importance="magnitude", fraction=0.5).protected_
        free -= free // 2
        assert [mask.nnz for mask in masks] == (sizes - free).tolist()
    assert all(mask.nnz == 0 for mask in net.release().protected_)


def test_nothing_of_importance_zero_is_protected():
    X, y = digits()
    X[:, :40] = 0
    net = trained(rows=lambda _: X, standardize=False)
    mask = net.consolidate(X, y, fraction=1.0).protected_[0]
    assert mask.nnz > 0
    assert not mask.toarray()[:40].any()


def test_magnitude_protects_the_largest_weights():
    net = trained().consolidate(fraction=0.3, importance="magnitude")
    for matrix, mask in zip(net.coefs_, net.protected_, strict=True):
        chosen = np.abs(matrix[mask.nonzero()])
        assert chosen.size == int(0.3 * matrix.nnz)
        assert chosen.min() >= np.sort(np.abs(matrix.data))[-chosen.size]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 99))
def test_training_draws_the_same_whether_anything_was_weighed(seed):
    X, y = digits(60)
    one = SETMLPClassifier((10,), random_state=seed).partial_fit(X, y, range(10))
    other = pickle.loads(pickle.dumps(one)).consolidate(X, y).release()
    one.partial_fit(X, y), other.partial_fit(X, y)
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))


def test_protection_of_nothing_changes_no_bit():
    X, y = digits()
    one, other = trained(), trained().consolidate(X, y, fraction=0.0)
    one.partial_fit(X, y), other.partial_fit(X, y)
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))


def test_protection_survives_pickling_and_checkpoints(tmp_path):
    X, y = digits()
    net = trained().consolidate(X, y)
    save_checkpoint(net, tmp_path / "net")
    copies = [pickle.loads(pickle.dumps(net)), load_checkpoint(tmp_path / "net")]
    net.partial_fit(X, y)
    for copy in copies:
        copy.partial_fit(X, y)
        np.testing.assert_array_equal(copy.predict_proba(X), net.predict_proba(X))


def test_early_stopping_goes_back_to_a_network_with_its_protected_connections():
    X, y = digits()
    net = trained(early_stopping=False).consolidate(X, y)
    masks = net.protected_
    before = weights_at(net, masks)
    net.set_params(warm_start=True, early_stopping=True, max_iter=5).fit(X, y)
    assert before.tobytes() == weights_at(net, masks).tobytes()
    net.set_params(early_stopping=False).partial_fit(X, y)
    assert before.tobytes() == weights_at(net, masks).tobytes()


def test_rewound_networks_keep_frozen_weights():
    X, y = digits()
    net = DSTMLPClassifier((30,), method="lottery", max_iter=12, random_state=0)
    net.fit(X, y).consolidate(X, y)
    masks = net.protected_
    before = weights_at(net, masks)
    net.set_params(warm_start=True, prune_fraction=0.5).fit(X, y)
    assert before.tobytes() == weights_at(net, masks).tobytes()


def test_a_new_fit_and_a_compact_network_protect_nothing():
    X, y = digits()
    net = trained(sparsity=0.99, hidden_layer_sizes=(100, 100)).consolidate(X, y)
    assert any(mask.nnz for mask in net.protected_)
    small = compact(net)
    assert small.hidden_layer_sizes != net.hidden_layer_sizes
    assert not any(mask.nnz for mask in small.protected_)
    assert not any(mask.nnz for mask in net.fit(X, y).protected_)


def test_regressors_consolidate():
    X, y = digits()
    net = SETMLPRegressor((20,), random_state=0).partial_fit(X, y)
    masks = net.consolidate(csr_array(X), y).protected_
    before = weights_at(net, masks)
    net.partial_fit(X, y).partial_fit(X, y)
    assert before.tobytes() == weights_at(net, masks).tobytes()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"fraction": 1.5}, r"fraction must be in \[0, 1\], got 1.5"),
        ({"importance": "age"}, "importance must be one of .*, got 'age'"),
        ({"protect": "all"}, "protect must be one of .*, got 'all'"),
        ({}, "importance='fisher' needs rows: give X and y"),
        ({"importance": "mas"}, "importance='mas' needs rows: give X."),
    ],
)
def test_wrong_arguments_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        trained(n_epochs=1).consolidate(**wrong)
