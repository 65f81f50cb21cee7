"""A fit that takes some of the rows is the one that a slow twin makes, row by row."""

import copy

import numpy as np
import pytest

from sparsekit import StaticSparseMLPClassifier, StaticSparseMLPRegressor
from sparsekit.network import blank_selection
from sparsekit.neural_network import InfoBatch, LearnedRemoval
from tests.reference.cases import (
    ALL_LOSSES,
    plain_sgd,
    random_naive_network,
    random_target,
    sparse_network,
    trainer_of,
)
from tests.reference.naive_network import NaiveNetwork, forward, losses_and_deltas
from tests.reference.naive_selection import (
    NaiveInfoBatch,
    NaiveRemoval,
    NaiveSelectiveFit,
)
from tests.reference.naive_training import NaiveOptimizer, train_epoch

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

N_ROWS, N_EPOCHS, BATCH, RATE = 47, 24, 8, 0.3
REMOVAL = dict(
    confidence=0.8, patience=2, every=3, warm_up=4, keep_fraction=0.2, until=0.8
)
RULES = {
    "infobatch": (InfoBatch(0.6, 0.8), NaiveInfoBatch(0.6, 0.8)),
    "removal": (LearnedRemoval(**REMOVAL), NaiveRemoval(**REMOVAL)),
}
KINDS = {"classes": "softmax", "two classes": "logistic", "numbers": "squared_error"}


def problem(kind):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(N_ROWS, 6))
    z = X[:, 0] + 0.5 * X[:, 1] + 0.3 * rng.normal(size=N_ROWS)
    if kind == "numbers":
        return X, z, z[:, np.newaxis]
    y = np.digitize(z, [0.0] if kind == "two classes" else [-0.5, 0.5])
    return X, y, y[:, np.newaxis] if kind == "two classes" else y


def estimator_of(kind, selection, **options):
    network = (
        StaticSparseMLPRegressor if kind == "numbers" else StaticSparseMLPClassifier
    )
    given = dict(
        sparsity=0.3, solver="sgd", momentum=0.0, nesterovs_momentum=False, alpha=0.0,
        learning_rate="constant", learning_rate_init=RATE, batch_size=BATCH,
        max_iter=N_EPOCHS, shuffle=False, n_iter_no_change=np.inf, standardize=False,
        dtype="float64", random_state=1, sample_selection=selection, warm_start=True,
    )  # fmt: skip
    return network((10,), **given | options)


def naive_copy(net):
    matrices = [coef.T.toarray() for coef in net.coefs_]
    masks = [matrix != 0 for matrix in matrices]
    return NaiveNetwork(matrices, masks, [b.copy() for b in net.intercepts_], "relu")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("weighted", [False, True])
def test_a_fit_is_that_of_the_slow_twin(kind, rule, weighted):
    X, y, target = problem(kind)
    weight = None
    if weighted:
        weight = np.random.default_rng(2).integers(4, size=N_ROWS).astype(float)
    ours, theirs = RULES[rule]
    net = estimator_of(kind, None, max_iter=1).fit(X, y)
    naive, rng = naive_copy(net), copy.deepcopy(net._generator)
    rng.integers(np.iinfo(np.int32).max)  # what a fit draws for its dropout
    net.set_params(max_iter=N_EPOCHS, sample_selection=ours)
    net.fit(X, y, sample_weight=weight)
    twin = NaiveSelectiveFit(
        naive, NaiveOptimizer("sgd", momentum=0.0, nesterov=False), theirs,
        KINDS[kind], X, target, weight, [0] * N_ROWS if kind == "numbers" else y, rng,
    )  # fmt: skip
    twin.run(n_epochs=N_EPOCHS, batch_size=BATCH, rate=RATE)
    history = net.history_[1:]
    used = [row["n_samples"] for row in history]
    assert used == twin.n_samples
    assert len(set(used)) > 3  # and not ever less: some rows come back
    assert used[-1] == N_ROWS  # after `until`
    losses = [row["loss"] for row in history]
    # Evaluations return single precision.
    np.testing.assert_allclose(losses, twin.curve, rtol=1e-6)
    for ours, theirs in zip(net.coefs_, naive.matrices, strict=True):
        np.testing.assert_allclose(ours.T.toarray(), theirs, rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("loss", ALL_LOSSES)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_threads", [1, 2])
def test_factors_scale_losses_and_not_the_weight_of_a_batch(loss, weighted, n_threads):
    rng = np.random.default_rng(3)
    naive = random_naive_network(rng, (6, 9, 2), 0.6)
    X, target = rng.normal(size=(30, 6)), random_target(rng, loss, 30, 2)
    weight = rng.integers(3, size=30).astype(float) if weighted else None
    trainer = trainer_of(
        sparse_network(naive), X, loss, target, plain_sgd(),
        batch_size=30, weight=weight, n_threads=n_threads,
    )  # fmt: skip
    factors, order = rng.uniform(0.5, 2.0, 30), rng.permutation(30)[:21]
    trainer.selection = blank_selection(30, np.float64)
    trainer.selection.factors[:] = factors
    # What is noted knows no smoothing.
    plain = loss.removeprefix("smooth ")
    before = losses_and_deltas(plain, forward(naive, X)[0][-1], target)[0]
    mean, _ = trainer.run_epoch(order, 0.1)
    expected = train_epoch(
        naive, NaiveOptimizer("sgd", momentum=0.0, nesterov=False), X, loss, target,
        order=order, batch_size=30, rate=0.1, weight=weight, factors=factors,
    )  # fmt: skip
    assert mean == pytest.approx(expected, rel=1e-12)
    for layer, matrix in enumerate(naive.matrices, start=1):
        kept = matrix[naive.masks[layer - 1]]
        np.testing.assert_allclose(trainer.network.layer(layer).weights, kept, 1e-11)
    noted = trainer.selection.losses
    np.testing.assert_allclose(noted[order], before[order], rtol=1e-12)
    assert np.isnan(np.delete(noted, order)).all()
