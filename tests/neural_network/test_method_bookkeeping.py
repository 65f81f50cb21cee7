"""Whatever the method, every rewiring keeps the books, and so does what ends a fit."""

from contextlib import contextmanager
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_classification

from sparsekit import DSTMLPClassifier
from sparsekit.network import Trainer
from sparsekit.neural_network.parameters._methods import RECIPES
from tests.callbacks import InterruptAt

pytestmark = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning", "ignore:Training interrupted"
)

POSITIONS = 12 * 15 + 15 * 10 + 10 * 3
# Those of these methods have their output layer dense, which `sparsity` leaves out.
DENSE_OUTPUT = ("cht", "chts", "chtss")
WAYS = ("fit", "early_stopping", "warm_start", "partial_fit", "interrupted")


def final_count(method):
    n_output = 10 * 3 if method in DENSE_OUTPUT else 0
    return round(0.2 * (POSITIONS - n_output)) + n_output


def belongings(trainer):
    """Return, per layer, position -> bytes of its weight and its moments."""
    network = trainer.network
    arrays = (network.weights, *trainer.state.weight_moments().values())
    stacked = np.column_stack(arrays)
    return [
        {
            position: row.tobytes()
            for position, row in zip(
                layer.positions().tolist(),
                stacked[network.connections(number)],
                strict=True,
            )
        }
        for number, layer in enumerate(network.layers(), start=1)
    ]


@contextmanager
def books_checked():
    """Check every rewiring inside; yields the list of totals after each."""
    rewire, totals = Trainer.rewire, []

    def checked(trainer, *args, counts, **kwargs):
        before = belongings(trainer)
        change = rewire(trainer, *args, counts=counts, **kwargs)
        after = belongings(trainer)
        n_old = np.cumsum([0, *(len(layer) for layer in before)])
        for layer, (old, new) in enumerate(zip(before, after, strict=True)):
            gone = change.plan.dropped[n_old[layer] : n_old[layer + 1]]
            grown = set(change.grown[layer].tolist())
            kept = {p: v for (p, v), g in zip(old.items(), gone, strict=True) if not g}
            assert new.keys() == kept.keys() | grown
            assert not kept.keys() & grown
            assert kept == {p: new[p] for p in kept}
            assert all(not any(new[p]) for p in grown)
        totals.append(sum(len(layer) for layer in after))
        assert totals[-1] == counts.sum()
        return change

    with mock.patch.object(Trainer, "rewire", checked):
        yield totals


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(RECIPES)),
    st.sampled_from(["sgd", "sgdw", "adam", "adamw"]),
    st.sampled_from(WAYS),
    st.integers(0, 10**6),
)
def test_survivors_keep_all_and_new_connections_have_nothing(method, solver, way, seed):
    X, y = make_classification(
        60, 12, n_informative=6, n_classes=3, random_state=seed % 97
    )
    goal = final_count(method)
    net = DSTMLPClassifier(
        (15, 10),
        method=method,
        sparsity=0.8,
        solver=solver,
        batch_size=20,
        max_iter=8,
        early_stopping=way == "early_stopping",
        n_iter_no_change=2 if way == "early_stopping" else 10,
        warm_start=way == "warm_start",
        random_state=seed,
    )
    with books_checked() as totals:
        if way == "interrupted":
            net.set_callbacks(InterruptAt(1 + seed % 14)).fit(X, y)
        elif way == "partial_fit":
            for _ in range(9):
                net.partial_fit(X, y, classes=[0, 1, 2])
        else:
            net.fit(X, y)
            if way == "warm_start":
                net.fit(X, y)
    assert net.n_connections_ == goal
    assert net.n_connections_ == sum(matrix.nnz for matrix in net.coefs_)
    assert all(total >= goal for total in totals)
    for matrix in net.coefs_:
        assert matrix.has_canonical_format
        assert np.isfinite(matrix.data).all()
    for name in ("weight_first", "weight_second"):
        assert getattr(net._optimizer, name).size in (0, net.n_connections_)
    assert np.isfinite(net.predict_proba(X)).all()
