"""Classes of one row, and targets of one class: what cross-validation comes upon."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris
from sklearn.ensemble import BaggingClassifier
from sklearn.model_selection import KFold, cross_val_predict, cross_val_score
from sklearn.multioutput import MultiOutputClassifier

from sparsekit import DenseMLPClassifier, DSTMLPClassifier, SETMLPClassifier
from sparsekit.difficulty import HardSampleSelector, aum_scores, difficulty_report
from sparsekit.neural_network import load_checkpoint, save_checkpoint, to_predictor
from tests.estimators import CLASSIFIERS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_iris(return_X_y=True)


def net(network=SETMLPClassifier, **settings):
    return network((8,), max_iter=4, random_state=0, **settings)


def rare(n_classes):
    """Return classes of the flowers of which the last has one row."""
    y = np.arange(150) % (n_classes - 1)
    y[70] = n_classes - 1
    return y


@pytest.mark.parametrize("n_classes", [2, 3, 4])
@pytest.mark.parametrize("labels", [int, str])
def test_the_only_row_of_a_class_stays_in_training(n_classes, labels):
    y = rare(n_classes).astype(labels)
    made = net(early_stopping=True, record="epoch").fit(X, y)
    assert made.classes_.size == n_classes
    assert made.record_["n_seen"][70] == made.n_iter_
    assert (made.record_["n_seen"] == 0).sum() == 15


def test_the_other_classes_keep_their_shares():
    y = np.repeat([0, 1, 2], [100, 49, 1])
    made = net(early_stopping=True, validation_fraction=0.2, record="epoch").fit(X, y)
    held = made.record_["n_seen"] == 0
    assert_array_equal(np.bincount(y[held], minlength=3), [20, 10, 0])


def test_more_classes_than_validation_rows_are_no_obstacle():
    y = np.arange(150) % 50
    made = net(early_stopping=True).fit(X, y)
    assert len(made.validation_scores_) == made.n_iter_


def test_rows_of_classes_that_are_all_alone_cannot_be_put_aside():
    with pytest.raises(ValueError, match="early_stopping=True could not put"):
        net(early_stopping=True).fit(X[:18], np.arange(18))


@pytest.mark.parametrize("network", CLASSIFIERS)
@pytest.mark.parametrize("label", [0, 3.0, "a", True])
@pytest.mark.parametrize("out_activation", ["auto", "softmax"])
def test_targets_of_one_class_predict_it(network, label, out_activation):
    made = net(network, out_activation=out_activation).fit(X, [label] * 150)
    assert made.classes_.tolist() == [label]
    assert set(made.predict(X).tolist()) == {label}
    assert_array_equal(made.predict_proba(X), np.ones((150, 1)))
    assert_array_equal(made.predict_log_proba(X), np.zeros((150, 1)))
    assert np.isfinite(made.decision_function(X)).all()
    assert made.score(X, [label] * 150) == 1.0


@pytest.mark.parametrize("method", ["rigl", "granet", "snfs", "lottery"])
def test_methods_that_follow_gradients_learn_one_class(method):
    made = net(DSTMLPClassifier, method=method).fit(X, np.zeros(150))
    assert np.isfinite(made.coefs_[0].data).all()


@pytest.mark.parametrize(
    "settings", [{"early_stopping": True}, {"class_weight": "balanced"}]
)
def test_one_class_goes_with_other_options(settings):
    made = net(**settings).fit(X, ["only"] * 150)
    assert set(made.predict(X)) == {"only"}


def test_one_class_in_all_of_a_stream():
    made = net().partial_fit(X, [2] * 150, classes=[2]).partial_fit(X, [2] * 150)
    assert set(made.predict(X)) == {2}


def test_another_class_later_is_refused_by_its_name():
    made = net(warm_start=True).fit(X, [2] * 150)
    with pytest.raises(ValueError, match=r"classes \[3\] that are not in"):
        made.fit(X, [3] * 150)


def test_one_class_is_stored_and_shipped(tmp_path):
    made = net().fit(X, ["only"] * 150)
    save_checkpoint(made, tmp_path / "net")
    assert set(load_checkpoint(tmp_path / "net").predict(X)) == {"only"}
    assert set(to_predictor(made).predict(X)) == {"only"}
    assert_array_equal(to_predictor(made).predict_proba(X), np.ones((150, 1)))


def test_the_margin_of_an_only_class_is_zero():
    made = net(record="presentation").fit(X, np.zeros(150))
    assert_array_equal(aum_scores(made)["aum"], np.zeros(150))
    assert np.isfinite(difficulty_report(made)["difficulty"]).all()
    selector = HardSampleSelector(net(), random_state=0).fit(X, np.zeros(150))
    assert selector.sample_indices_.size > 0


def test_each_fold_of_a_sorted_target_lacks_a_class():
    scores = cross_val_score(net(DenseMLPClassifier), X, Y, cv=KFold(3))
    assert_array_equal(scores, np.zeros(3))
    # Of two classes, each half holds one.
    scores = cross_val_score(net(), X[:100], Y[:100], cv=KFold(2))
    assert_array_equal(scores, np.zeros(2))


@pytest.mark.filterwarnings("ignore:Number of classes in training fold")
def test_probabilities_of_folds_that_lack_classes_have_all_columns():
    made = cross_val_predict(
        net(), X[:100], Y[:100], cv=KFold(2), method="predict_proba"
    )
    assert_array_equal(made, np.repeat([[0.0, 1.0], [1.0, 0.0]], 50, axis=0))


def test_an_output_of_one_class_beside_others():
    both = np.column_stack([Y, np.ones(150, dtype=int)])
    made = MultiOutputClassifier(net()).fit(X, both)
    assert_array_equal(made.predict(X)[:, 1], np.ones(150))
    assert made.predict_proba(X)[1].shape == (150, 1)


@pytest.mark.parametrize("early_stopping", [False, True])
def test_samples_of_a_bag_may_lack_a_class(early_stopping):
    bag = BaggingClassifier(
        net(early_stopping=early_stopping), 5, max_samples=0.1, random_state=0
    )
    y = np.repeat(["common", "rare"], [147, 3])
    assert_array_equal(
        bag.fit(X, y).predict_proba(X).sum(axis=1).round(6), np.ones(150)
    )
