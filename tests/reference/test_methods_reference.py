"""Every method by name makes the decisions that its description says, fit by fit."""

import copy
from itertools import pairwise

import numpy as np
import pytest
from sklearn.datasets import make_classification

from sparsekit import DSTMLPClassifier
from sparsekit.neural_network.parameters._methods import RECIPES
from tests.callbacks import Callback
from tests.reference.naive_beginnings import uniform_counts
from tests.reference.naive_fit import NaiveFit
from tests.reference.naive_methods import METHODS
from tests.reference.naive_network import NaiveNetwork
from tests.reference.naive_topology import erdos_renyi_shares, largest_remainders
from tests.reference.naive_training import NaiveOptimizer

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

SIZES = (8, 12, 10, 3)
N_EPOCHS, BATCH_SIZE, RATE, ALPHA = 12, 12, 0.01, 0.01

# Epochs before which a rewiring comes, where not before each but the first.
EPOCHS = {
    "static": [],
    "rigl": range(1, 9),
    "snfs": range(1, 9),
    "dsr": range(1, 9),
    "srigl": range(1, 9),
    "mest": range(1, 11),
    # The last step of the cubic schedule rounds to nothing.
    "granet": range(1, 9),
    "gmp": range(1, 9),
    "magnitude": [6],
    "lottery": [2, 4, 6, 8, 9],
}


def table():
    X, y = make_classification(
        120, 8, n_informative=6, n_redundant=0, n_classes=3, random_state=1
    )
    return X, y.astype(np.int64)


def as_dense(matrices):
    """Return masks and matrices of shape (n_out, n_in) from `coefs_`."""
    masks = []
    for matrix in matrices:
        mask = np.zeros(matrix.shape, dtype=bool)
        mask[
            np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)),
            matrix.indices,
        ] = True
        masks.append(mask.T)
    return masks, [matrix.toarray().T for matrix in matrices]


class Recorder(Callback):
    """Notes the network and the generator at the start, and the network at each end."""

    def on_fit_task_begin(self, estimator, context):
        if context.task_name == "fit":
            self.network = estimator._network.copy()
            self.rng = copy.deepcopy(estimator._generator)
            self.events = []

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        if context.task_name != "fit":
            self.events.append((context.task_name, *as_dense(fitted_estimator.coefs_)))


def final_counts(name):
    """Return the connections of each layer in the end, at a sparsity of 75 %."""
    if METHODS[name].dense_output:
        return uniform_counts(SIZES, 0.75, dense_output=True)
    goal = round(0.25 * sum(a * b for a, b in pairwise(SIZES)))
    return largest_remainders(erdos_renyi_shares(SIZES, goal), goal)


def engine_and_twin(name, solver, seed):
    """Return the events of the package's fit and of its twin's."""
    X, y = table()
    recorder = Recorder()
    settings = {
        "alpha": ALPHA,
        "batch_size": BATCH_SIZE,
        "learning_rate": "constant",
        "learning_rate_init": RATE,
        "max_iter": N_EPOCHS,
        "n_iter_no_change": N_EPOCHS,
    }
    engine = DSTMLPClassifier(
        (12, 10),
        method=name,
        sparsity=0.75,
        solver=solver,
        standardize=False,
        dtype="float64",
        random_state=seed,
        **settings,
    )
    engine.set_callbacks(recorder).fit(X, y)
    start = recorder.network
    masks, matrices = as_dense(start.coefs())
    net = NaiveNetwork(matrices, masks, [b.copy() for b in start.intercepts()], "relu")
    twin = NaiveFit(
        name,
        METHODS[name],
        net,
        NaiveOptimizer(solver, ALPHA),
        recorder.rng,
        final_counts(name),
    )
    events = twin.run(X, y, n_epochs=N_EPOCHS, batch_size=BATCH_SIZE, rate=RATE)
    return recorder.events, events, engine


@pytest.mark.parametrize(("solver", "seed"), [("sgd", 7), ("adam", 1), ("adamw", 2)])
@pytest.mark.parametrize("name", RECIPES)
def test_a_fit_makes_the_decisions_of_its_dense_twin(name, solver, seed):
    ours, theirs, engine = engine_and_twin(name, solver, seed)
    assert [kind for kind, *_ in ours] == [kind for kind, *_ in theirs]
    for (_, masks, matrices), (_, other_masks, other_matrices) in zip(
        ours, theirs, strict=True
    ):
        for mask, other in zip(masks, other_masks, strict=True):
            np.testing.assert_array_equal(mask, other)
        for matrix, other in zip(matrices, other_matrices, strict=True):
            np.testing.assert_allclose(matrix, other, rtol=1e-7, atol=1e-9)
    assert engine.n_connections_ == sum(final_counts(name))
    epochs = sorted({row["epoch"] for row in engine.rewiring_history_})
    assert epochs == list(EPOCHS.get(name, range(1, N_EPOCHS)))
