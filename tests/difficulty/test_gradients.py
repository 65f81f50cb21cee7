"""Gradients of single samples against backpropagation on dense matrices."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.datasets import load_iris

from sparsekit import DenseMLPClassifier, SETMLPClassifier, SETMLPRegressor
from sparsekit.difficulty import gradient_coverage, grand_scores
from sparsekit.network import csr_samples, gradient_squares
from tests.reference.cases import (
    ALL_LOSSES,
    plain_samples,
    random_naive_network,
    random_target,
    sparse_network,
    targets_of,
)
from tests.reference.naive_network import backpropagate, forward, losses_and_deltas

N_ROWS = 15


@pytest.mark.parametrize("loss", ALL_LOSSES)
@pytest.mark.parametrize("activation", ["relu", "all_relu", "tanh", "logistic"])
@pytest.mark.parametrize("stored", [False, True])
def test_squares_are_those_of_backpropagation(loss, activation, stored):
    rng = np.random.default_rng(1)
    naive = random_naive_network(rng, (6, 9, 7, 3), 0.4, activation)
    X = np.where(rng.random((N_ROWS, 6)) < 0.5, rng.normal(size=(N_ROWS, 6)), 0.0)
    samples = plain_samples(X, np.float64)
    if stored:
        shift = rng.normal(size=6)
        samples = csr_samples(sparse.csr_array(X), shift, np.ones(6), np.float64)
        X = X - shift
    target = random_target(rng, loss, N_ROWS, 3)
    active, full, bias = gradient_squares(
        sparse_network(naive),
        samples,
        targets_of(loss, target, None, np.float64),
        ALL_LOSSES[loss],
    )
    for i in range(N_ROWS):
        values, slopes = forward(naive, X[i : i + 1])
        _, delta = losses_and_deltas(loss, values[-1], target[i : i + 1])
        on, biases, deltas = backpropagate(naive, values, slopes, delta)
        everywhere = [d.T @ x for d, x in zip(deltas, values[:-1], strict=True)]
        assert_allclose(active[i], [(g**2).sum() for g in on], rtol=1e-10)
        assert_allclose(full[i], [(g**2).sum() for g in everywhere], rtol=1e-10)
        assert_allclose(bias[i], [(g**2).sum() for g in biases], rtol=1e-10)


@pytest.fixture(scope="module")
def flowers():
    X, y = load_iris(return_X_y=True)
    return X, y, SETMLPClassifier(random_state=0, tol=1.0).fit(X, y)


def test_blocks_of_samples_change_nothing(flowers, monkeypatch):
    X, y, net = flowers
    whole = grand_scores(net, X, y)
    monkeypatch.setattr("sparsekit.network._gradients._BLOCK", 700)
    pd.testing.assert_frame_equal(grand_scores(net, X, y), whole)


def test_a_sample_has_its_score_wherever_it_stands(flowers):
    X, y, net = flowers
    rows = np.random.default_rng(0).permutation(y.size)
    table = pd.DataFrame(X, columns=list("abcd")).iloc[rows]
    with pytest.warns(UserWarning, match="feature names"):
        mixed = grand_scores(net, table, y[rows])
    assert mixed.index.tolist() == rows.tolist()
    straight = grand_scores(net, X, y)
    assert_allclose(mixed.sort_index()["grand"], straight["grand"])


def test_scores_are_averaged_over_networks(flowers):
    X, y, net = flowers
    other = SETMLPClassifier(random_state=1, tol=1.0).fit(X, y)
    one, two = (grand_scores(n, X, y)["grand"] for n in (net, other))
    both = grand_scores([net, other], X, y)
    assert_allclose(both["grand"], (one + two) / 2)
    assert_allclose(both["grand_std"], (one - two).abs() / 2)


def test_a_dense_network_covers_every_gradient(flowers):
    X, y, net = flowers
    dense = DenseMLPClassifier(learning_rate="cosine", random_state=0).fit(X, y)
    table = gradient_coverage(dense, X, y)
    assert_allclose(table, 1.0)
    everywhere = grand_scores(net, X, y, active=False)["grand"]
    assert (everywhere > grand_scores(net, X, y)["grand"]).all()


def test_coverage_is_the_density_on_average_over_random_topologies():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 30)), rng.normal(size=40)
    lifts = []
    for seed in range(20):
        net = SETMLPRegressor(
            (40,), sparsity=0.8, prune_fraction=0.0, max_iter=1, random_state=seed,
            learning_rate_init=1e-6,
        ).partial_fit(X, y)  # fmt: skip
        lifts.append(gradient_coverage(net, X, y)["lift"].mean())
    assert abs(np.mean(lifts) - 1) < 0.05


def test_networks_without_such_gradients_are_refused(flowers):
    X, y, _ = flowers
    with pytest.raises(ValueError, match="not fitted"):
        grand_scores(SETMLPClassifier(), X, y)
    net = SETMLPClassifier(missing="expected", learning_rate="cosine").fit(X, y)
    with pytest.raises(ValueError, match="missing='expected'"):
        gradient_coverage(net, X, y)
