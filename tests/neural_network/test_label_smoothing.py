"""`label_smoothing`: a share of each label spread over all classes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris, make_multilabel_classification

from sparsekit import DenseMLPClassifier, SETMLPClassifier
from sparsekit.difficulty import grand_scores
from tests.estimators import CLASSIFIERS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def problem(kind):
    if kind == "labels":
        return make_multilabel_classification(150, n_features=6, random_state=0)
    X, y = load_iris(return_X_y=True)
    return X, (y if kind == "classes" else (y > 0).astype(int))


@pytest.mark.parametrize("network", CLASSIFIERS)
def test_no_smoothing_trains_as_without_the_parameter(network):
    X, y = problem("classes")
    plain = network((8,), max_iter=5, random_state=0).fit(X, y)
    zero = network((8,), max_iter=5, random_state=0, label_smoothing=0).fit(X, y)
    assert_array_equal(plain.predict_proba(X), zero.predict_proba(X))


@pytest.mark.parametrize("kind", ["classes", "two classes", "labels"])
def test_the_loss_is_that_of_smoothed_targets(kind):
    X, y = problem(kind)
    net = SETMLPClassifier(
        (8,), label_smoothing=0.2, alpha=0.0, batch_size=150, max_iter=1,
        learning_rate_init=1e-300, random_state=0, dtype="float64",
    ).fit(X, y, X_val=X, y_val=y)  # fmt: skip
    p = net.predict_proba(X)
    if kind == "labels":
        true = 0.8 * y + 0.1
        expected = -(true * np.log(p) + (1 - true) * np.log(1 - p)).sum(axis=1).mean()
    else:
        true = 0.8 * np.eye(p.shape[1])[y] + 0.2 / p.shape[1]
        expected = -(true * np.log(p)).sum(axis=1).mean()
    assert net.loss_curve_[0] == pytest.approx(expected, rel=1e-10)
    assert net.validation_scores_[0] == pytest.approx(-expected, rel=1e-10)


def test_two_classes_are_smoothed_alike_by_one_output_and_by_two():
    X, y = problem("two classes")
    losses = []
    for out in ("auto", "softmax"):
        net = DenseMLPClassifier((), label_smoothing=0.3, out_activation=out, alpha=0.0)
        net.set_params(max_iter=400, learning_rate_init=0.05, n_iter_no_change=np.inf)
        losses.append(net.set_params(random_state=0).fit(X, y).loss_)
    assert losses[0] == pytest.approx(losses[1], rel=5e-3)


@pytest.mark.parametrize("kind", ["classes", "two classes", "labels"])
def test_probabilities_stay_away_from_the_ends(kind):
    X, y = problem(kind)
    settings = {"max_iter": 300, "learning_rate_init": 0.02, "random_state": 0}
    sure = DenseMLPClassifier((30,), **settings).fit(X, y).predict_proba(X)
    net = DenseMLPClassifier((30,), label_smoothing=0.3, **settings).fit(X, y)
    smooth = net.predict_proba(X)
    chosen, before = (
        np.maximum(p, 1 - p) if kind == "labels" else p.max(axis=1)
        for p in (smooth, sure)
    )
    assert np.median(chosen) < min(0.95, np.median(before) - 0.05)


def test_records_and_selections_know_the_loss_of_the_label():
    X, y = problem("classes")
    net = SETMLPClassifier((8,), label_smoothing=0.4, record="epoch", max_iter=30)
    net.set_params(random_state=0).fit(X, y)
    after = SETMLPClassifier((8,), label_smoothing=0.4, record="epoch", max_iter=1)
    after.set_params(random_state=0).fit(X, y)
    p = after.predict_proba(X)
    own = p[np.arange(len(y)), y]
    assert_allclose(after.record_["confidence_mean"], own, rtol=1e-4)
    error = np.linalg.norm(p - np.eye(3)[y], axis=1)
    assert_allclose(after.record_["error_mean"], error, rtol=1e-4)
    # Learned rows are removed, though the smoothed loss has a floor of 0.86.
    removing = SETMLPClassifier((30,), label_smoothing=0.4, max_iter=80, random_state=0)
    removing.set_params(sample_selection="removal", learning_rate_init=0.02).fit(X, y)
    assert min(row["n_samples"] for row in removing.history_) < len(y)


def test_gradients_of_rows_are_those_of_the_smoothed_loss():
    X, y = problem("classes")
    net = SETMLPClassifier((8,), max_iter=2, random_state=0).fit(X, y)
    plain = grand_scores(net, X, y)["grand"]
    smooth = grand_scores(net.set_params(label_smoothing=0.5), X, y)["grand"]
    assert not np.allclose(plain, smooth, rtol=1e-2)


@pytest.mark.parametrize("value", [-0.1, 1.0, 2, "much", None])
def test_a_share_outside_its_range_is_refused(value):
    X, y = problem("classes")
    with pytest.raises(ValueError, match="'label_smoothing' parameter"):
        SETMLPClassifier(label_smoothing=value).fit(X, y)


def test_one_class_alone_has_nothing_to_spread_to():
    net = DenseMLPClassifier((3,), label_smoothing=0.5, max_iter=3, random_state=0)
    net.fit(np.eye(4), np.zeros(4))
    assert net.predict_proba(np.eye(4)).min() == 1.0
