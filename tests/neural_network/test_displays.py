"""Figures of a fitted network show what its attributes say."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier

from sparsekit import SETMLPClassifier, SETMLPRegressor, StaticSparseMLPClassifier
from sparsekit.neural_network import LossCurveDisplay, TopologyDisplay

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def net():
    X, y = load_digits(return_X_y=True)
    net = SETMLPClassifier(
        (100, 70), sparsity=0.8, max_iter=5, early_stopping=True, random_state=0
    )
    return net.fit(X, y)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def patterns_of(net):
    """Return 1 where a connection is, one dense (n_in, n_out) matrix for each layer."""
    patterns = []
    for matrix in net.coefs_:
        rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        patterns.append(np.zeros(matrix.shape, dtype=int))
        patterns[-1][rows, matrix.indices] = 1
    return patterns


def line(ax, label):
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def test_the_curves_are_the_attributes(net):
    display = LossCurveDisplay.from_estimator(net)
    epochs, losses = line(display.ax_, "loss").get_data()
    assert_array_equal(epochs, [1, 2, 3, 4, 5])
    assert_array_equal(losses, net.loss_curve_)
    scores = line(
        display.validation_ax_, "validation score (negative loss)"
    ).get_ydata()
    assert_array_equal(scores, net.validation_scores_)
    assert display.figure_ is display.ax_.figure


def test_rewirings_are_marked_between_the_epochs(net):
    display = LossCurveDisplay.from_estimator(net)
    marks = line(display.ax_, "rewiring").get_xdata()
    assert_array_equal(marks, [1.5, 2.5, 3.5, 4.5])
    hidden = LossCurveDisplay.from_estimator(net, show_rewirings=False)
    assert [drawn.get_label() for drawn in hidden.ax_.lines] == ["loss"]


def test_without_validation_rows_and_rewirings_there_is_one_curve():
    X, y = load_iris(return_X_y=True)
    net = StaticSparseMLPClassifier((10,), max_iter=3).fit(X, y)
    display = LossCurveDisplay.from_estimator(net)
    assert display.validation_ax_ is None
    assert len(display.ax_.lines) == 1


def test_a_regressor_is_scored_by_r2():
    X, y = load_iris(return_X_y=True)
    net = SETMLPRegressor((10,), max_iter=3, early_stopping=True, scoring=None)
    net.fit(X, y)
    display = LossCurveDisplay.from_estimator(net)
    assert display.validation_ax_.get_ylabel() == "validation R²"


def test_epochs_that_are_forgotten_keep_their_numbers(monkeypatch):
    monkeypatch.setattr("sparsekit.neural_network.training._fit_loop.WINDOW", 4)
    X, y = load_iris(return_X_y=True)
    net = SETMLPClassifier((10,), sparsity=0.5, max_iter=3, random_state=0)
    net.fit(X, y, X_val=X, y_val=y)
    for _ in range(2):
        net.partial_fit(X, y)
    display = LossCurveDisplay.from_estimator(net)
    assert_array_equal(display.ax_.lines[0].get_xdata(), [2, 3, 4, 5])
    assert_array_equal(display.ax_.lines[1].get_xdata(), [1.5, 2.5, 3.5, 4.5])
    (scores,) = display.validation_ax_.lines
    assert_array_equal(np.isnan(scores.get_ydata()), [False, False, True, True])
    assert_array_equal(scores.get_xdata(), [2, 3, 4, 5])


def test_scores_of_a_warm_start_belong_to_the_last_epochs():
    X, y = load_iris(return_X_y=True)
    net = SETMLPClassifier((10,), max_iter=3, warm_start=True).fit(X, y)
    net.fit(X, y, X_val=X, y_val=y)
    display = LossCurveDisplay.from_estimator(net)
    assert_array_equal(display.validation_ax_.lines[0].get_xdata(), [4, 5, 6])


def test_degree_curves_are_shares_of_neurons_with_at_least_so_many_connections(net):
    display = TopologyDisplay.from_estimator(net)
    pattern = patterns_of(net)[1]
    for name, counts in (("in", pattern.sum(axis=0)), ("out", pattern.sum(axis=1))):
        drawn = line(display.ax_, f"layer 2, fan-{name}")
        values, shares = (part[1:-1] for part in drawn.get_data())
        assert_array_equal(values, np.unique(counts))
        assert_allclose(shares, [(counts >= value).mean() for value in values])
    assert len(display.ax_.lines) == 6


def test_the_image_of_the_inputs_has_a_pixel_for_each(net):
    display = TopologyDisplay.from_estimator(net, kind="inputs")
    shown = display.ax_.images[0].get_array()
    assert_array_equal(shown, patterns_of(net)[0].sum(axis=1).reshape(8, 8))
    display.plot(kind="inputs", values="importances", image_shape=(4, 16))
    importances = net.feature_importances_.reshape(4, 16)
    assert_array_equal(display.ax_.images[0].get_array(), importances)


def test_features_that_make_no_square_are_bars_and_indicators_count():
    X, y = load_iris(return_X_y=True)
    X[::3, 1] = np.nan
    net = SETMLPClassifier((20,), sparsity=0.5, missing="indicator", max_iter=2)
    display = TopologyDisplay.from_estimator(net.fit(X, y), kind="inputs")
    counts = patterns_of(net)[0].sum(axis=1)
    expected = counts[:4] + np.array([0, counts[4], 0, 0])
    assert [bar.get_height() for bar in display.ax_.patches] == expected.tolist()


def test_blocks_are_densities(net):
    display = TopologyDisplay.from_estimator(net, kind="blocks", layer=2)
    blocks = display.ax_.images[0].get_array()
    assert blocks.shape == (64, 64)
    pattern = patterns_of(net)[1].T
    rows = np.arange(70) * 64 // 70
    columns = np.arange(100) * 64 // 100
    for row, column in [(0, 0), (17, 40), (63, 63)]:
        inside = pattern[np.ix_(rows == row, columns == column)]
        assert blocks[row, column] == inside.mean()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"kind": "matrix"}, "kind must be .*, got 'matrix'"),
        ({"kind": "blocks", "layer": 4}, "layer must be a number from 1 to 3, got 4"),
        ({"kind": "inputs", "values": "w"}, "values must be .*, got 'w'"),
        ({"kind": "inputs", "image_shape": (3, 3)}, r"9 pixels, but .* 64 features"),
    ],
)
def test_what_cannot_be_drawn_is_an_error_and_opens_no_figure(net, parameters, message):
    with pytest.raises(ValueError, match=message):
        TopologyDisplay.from_estimator(net, **parameters)
    assert plt.get_fignums() == []


@pytest.mark.parametrize("display", [LossCurveDisplay, TopologyDisplay])
def test_a_display_is_of_a_fitted_network(display):
    with pytest.raises(TypeError, match="must be a network of sparsekit, got MLPCl"):
        display.from_estimator(MLPClassifier())
    with pytest.raises(NotFittedError):
        display.from_estimator(SETMLPClassifier())
