"""Weights and masks in PyTorch's layouts, there and back."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_diabetes, load_iris

from sparsekit import (
    DenseMLPClassifier,
    DSTMLPClassifier,
    SETMLPClassifier,
    SETMLPRegressor,
)
from sparsekit.neural_network import from_state_dict, to_state_dict

X, Y = load_iris(return_X_y=True)
LAYOUTS = ["masked", "dense", "csr"]


@pytest.fixture(scope="module")
def net():
    settings = {"sparsity": 0.7, "max_iter": 5, "random_state": 0}
    return SETMLPClassifier((15, 8), **settings).fit(X, Y)


def dense(coefs):
    return [matrix.toarray().T for matrix in coefs]


def test_masked_tells_connections_of_weight_zero_from_absent_ones(net):
    # Connections of neurons that are silent on all rows stay where they began.
    n_zeros = net.n_connections_ - sum(c.count_nonzero() for c in net.coefs_)
    assert n_zeros > 0
    state = to_state_dict(net)
    assert sum(int(state[f"{k}.weight_mask"].sum()) for k in (0, 2, 4)) == (
        net.n_connections_
    )
    back = from_state_dict(net, state)
    assert back.n_connections_ == net.n_connections_
    as_dense = from_state_dict(net, to_state_dict(net, "dense"))
    assert as_dense.n_connections_ == net.n_connections_ - n_zeros


@pytest.mark.parametrize("layout", ["masked", "csr"])
def test_the_way_back_gives_the_same_bits(net, layout):
    twin = from_state_dict(net, to_state_dict(net, layout))
    for name, array in net._network.to_dict().items():
        found = twin._network.to_dict()[name]
        assert_array_equal(found, array)
        assert found.dtype == array.dtype
    assert_array_equal(twin.predict_proba(X), net.predict_proba(X))


def test_the_way_back_from_dense_layers_loses_connections_of_weight_zero_only(net):
    twin = from_state_dict(net, to_state_dict(net, "dense"))
    for ours, theirs in zip(twin.coefs_, net.coefs_, strict=True):
        assert_array_equal(ours.toarray(), theirs.toarray())
    assert_array_equal(twin.predict_proba(X), net.predict_proba(X))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_arrays_are_copies_with_the_weights_of_coefs(net, layout):
    state = to_state_dict(net, layout)
    if layout == "csr":
        assert_array_equal(state["0.values"], net._network.layer(1).weights)
    else:
        name = "weight_orig" if layout == "masked" else "weight"
        found = [state[f"{k}.{name}"] for k in (0, 2, 4)]
        for ours, theirs in zip(found, dense(net.coefs_), strict=True):
            assert_array_equal(ours, theirs)
    before = net.predict_proba(X)
    for array in state.values():
        array[...] = 0
    assert_array_equal(net.predict_proba(X), before)


def test_linear_layers_of_numpy_compute_what_the_network_does(net):
    state = to_state_dict(net, "dense")
    values = (X - X.mean(axis=0)) / X.std(axis=0)
    for k in (0, 2, 4):
        values = values @ state[f"{k}.weight"].T + state[f"{k}.bias"]
        if k < 4:
            values = np.maximum(values, 0)
    assert_array_equal(net.classes_[values.argmax(axis=1)], net.predict(X))


@pytest.mark.parametrize("layout", ["masked", "csr"])
@pytest.mark.parametrize("make", [SETMLPClassifier, DSTMLPClassifier])
def test_training_goes_on_from_what_was_read(layout, make):
    net = make((15, 8), sparsity=0.7, max_iter=5, random_state=0).fit(X, Y)
    narrow = make((6,), sparsity=0.5, max_iter=1, random_state=1).fit(X, Y)
    twin = from_state_dict(narrow, to_state_dict(net, layout))
    assert twin.hidden_layer_sizes == (15, 8)
    assert [c.nnz for c in twin.coefs_] == [c.nnz for c in net.coefs_]
    for _ in range(3):
        twin.partial_fit(X, Y)
    assert twin.n_connections_ == net.n_connections_
    assert narrow.hidden_layer_sizes == (6,)


def test_prefixes_may_have_any_name_and_tensors_are_read(net):
    class Tensor:
        def __init__(self, array):
            self.array = array

        def detach(self):
            return self

        def cpu(self):
            return self

        def numpy(self):
            return self.array

    state = {
        f"model.hidden.{name}": Tensor(array)
        for name, array in to_state_dict(net).items()
    }
    twin = from_state_dict(net, state)
    assert_array_equal(twin.predict_proba(X), net.predict_proba(X))


def test_regressors_keep_their_units():
    X, y = load_diabetes(return_X_y=True)
    net = SETMLPRegressor((10,), max_iter=5, random_state=0).fit(X, y)
    twin = from_state_dict(net, to_state_dict(net, "csr"))
    assert_array_equal(twin.predict(X), net.predict(X))


def changed(state, name, array):
    return state | {name: array}


BAD = {
    "another number of inputs": (
        lambda s: changed(s, "0.weight", np.ones((15, 5), np.float32)),
        "reads a level of 4 neurons",
    ),
    "layers that do not follow": (
        lambda s: changed(s, "2.weight", np.ones((8, 14), np.float32)),
        "reads a level of 15 neurons",
    ),
    "another number of outputs": (
        lambda s: {k: v[:2] if k[0] == "4" else v for k, v in s.items()},
        "has 2 outputs",
    ),
    "double precision": (
        lambda s: {k: v.astype(float) for k, v in s.items()},
        "has float32",
    ),
    "NaN": (
        lambda s: changed(s, "0.bias", np.full(15, np.nan, np.float32)),
        "not finite",
    ),
    "an empty layer": (
        lambda s: changed(s, "2.weight", np.zeros((8, 15), np.float32)),
        "no connection",
    ),
    "no bias": (
        lambda s: {k: v for k, v in s.items() if k != "2.bias"},
        "must have a bias",
    ),
    "nothing": (lambda s: {}, "empty"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_such_network_is_refused(net, case):
    change, message = BAD[case]
    with pytest.raises(ValueError, match=message):
        from_state_dict(net, change(to_state_dict(net, "dense")))


def test_csr_that_leads_outside_is_refused(net):
    state = to_state_dict(net, "csr")
    with pytest.raises(ValueError, match="indices must be < 4"):
        from_state_dict(
            net, changed(state, "0.col_indices", state["0.col_indices"] + 9)
        )


def test_a_dense_network_takes_dense_layers_only(net):
    whole = DenseMLPClassifier((15, 8), max_iter=1, random_state=0).fit(X, Y)
    twin = from_state_dict(whole, to_state_dict(whole))
    assert_array_equal(twin.predict_proba(X), whole.predict_proba(X))
    with pytest.raises(ValueError, match="all connections"):
        from_state_dict(whole, to_state_dict(net))


def test_a_layout_that_is_not_known_is_refused(net):
    with pytest.raises(ValueError, match="layout must be one of"):
        to_state_dict(net, "coo")
