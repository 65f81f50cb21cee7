"""`scoring`: the score on validation rows, and the stop by it."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.metrics import get_scorer, log_loss
from sklearn.metrics import mean_squared_error as mse

from sparsekit import (
    DenseMLPClassifier,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPClassifier,
)
from sparsekit._utils import _archive
from sparsekit.neural_network import LossCurveDisplay, load_checkpoint, save_checkpoint
from sparsekit.neural_network.checkpoint._files import _FORMAT, _VERSION
from tests.estimators import NETWORKS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def halves(load=load_iris):
    X, y = load(return_X_y=True)
    return X[::2], y[::2], X[1::2], y[1::2]


def scored(net, load=load_iris, **fit):
    X, y, X_val, y_val = halves(load)
    return net.fit(X, y, X_val=X_val, y_val=y_val, **fit), X_val, y_val


@pytest.mark.parametrize("load", [load_iris, load_breast_cancer])
@pytest.mark.parametrize("out_activation", ["auto", "softmax"])
def test_the_default_score_is_the_negative_log_loss(load, out_activation):
    net = SETMLPClassifier(max_iter=5, out_activation=out_activation, random_state=0)
    net, X_val, y_val = scored(net, load)
    expected = -log_loss(y_val, net.predict_proba(X_val).astype(float))
    assert net.validation_scores_[-1] == pytest.approx(expected, rel=1e-4)


def test_the_default_score_of_label_indicators_is_that_of_their_loss():
    X, _, X_val, _ = halves()
    labels = np.stack([X[:, 0] > 5.8, X[:, 1] > 3], axis=1).astype(int)
    wanted = np.stack([X_val[:, 0] > 5.8, X_val[:, 1] > 3], axis=1).astype(int)
    net = SETMLPClassifier(max_iter=5, random_state=0)
    net.fit(X, labels, X_val=X_val, y_val=wanted)
    p = net.predict_proba(X_val)
    expected = np.log(np.where(wanted == 1, p, 1 - p)).sum(axis=1).mean()
    assert net.validation_scores_[-1] == pytest.approx(expected, rel=1e-4)


def test_the_default_score_of_numbers_is_in_the_units_of_the_loss_curve():
    net, X_val, y_val = scored(
        SETMLPRegressor(max_iter=5, random_state=0), load_diabetes
    )
    variance = halves(load_diabetes)[1].var()
    expected = -0.5 * mse(y_val, net.predict(X_val)) / variance
    assert net.validation_scores_[-1] == pytest.approx(expected, rel=1e-4)


def test_the_loss_on_validation_rows_has_no_penalty():
    X, y, *_ = halves()
    # One batch, and a rate that moves nothing: before and after are the same.
    settings = {"batch_size": len(y), "learning_rate_init": 1e-300, "max_iter": 1}
    losses, scores = [], []
    for alpha in (0.0, 100.0):
        net = DenseMLPClassifier((5,), alpha=alpha, random_state=0, **settings)
        net.fit(X, y, X_val=X, y_val=y)
        losses.append(net.loss_)
        scores.append(net.validation_scores_[0])
    assert losses[0] == pytest.approx(-scores[0], rel=1e-6)
    assert losses[1] > 2 * losses[0]
    assert scores[1] == scores[0]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("weighted", [False, True])
def test_a_scorer_sees_the_network_as_it_is_after_the_epoch(network, weighted):
    name = (
        "neg_log_loss"
        if "Classifier" in network.__name__
        else "neg_median_absolute_error"
    )
    X, y, X_val, y_val = halves()
    curves = []
    for n_epochs in (1, 2, 3):
        # At a constant rate a shorter training is the beginning of a longer one.
        net = network((8,), scoring=name, max_iter=n_epochs, random_state=0)
        net.set_params(learning_rate="constant").fit(X, y, X_val=X_val, y_val=y_val)
        curves.append(net.validation_scores_)
        expected = get_scorer(name)(net, X_val, y_val)
        assert net.validation_scores_[-1] == pytest.approx(expected, rel=1e-9)
    assert curves[2][:2] == curves[1]
    assert len(set(curves[2])) == 3


def test_scorers_get_the_weights_of_the_rows():
    seen = []

    def count(estimator, X, y, sample_weight=None):
        seen.append((X.shape, y.shape, sample_weight))
        return 0.5

    X, y, *_ = halves()
    weight = np.linspace(1, 2, len(y))
    net = SETMLPClassifier(scoring=count, early_stopping=True, max_iter=2)
    net.fit(X, y)
    assert seen[0] == ((8, 4), (8,), None)
    net.set_params(class_weight="balanced").fit(X, y, sample_weight=weight)
    assert seen[-1][2].shape == (8,)
    assert seen[-1][2].min() > 0


def test_scorers_get_tables_with_the_names_of_their_columns():
    X, y = load_iris(return_X_y=True, as_frame=True)
    columns = []

    def names(estimator, X, y):
        columns.append(list(X.columns))
        return estimator.score(X, y)  # warns about absent names, an error here

    net = SETMLPClassifier(scoring=names, early_stopping=True, max_iter=2)
    net.fit(X, y)
    net.fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2])
    assert columns == [list(X.columns)] * 4
    assert isinstance(X, pd.DataFrame)


@pytest.mark.parametrize("labels", [["a", "b", "c"], [True, False], [-1, 5]])
def test_scorers_get_labels_as_they_were_given(labels):
    X, y = load_iris(return_X_y=True)
    y = np.array(labels)[y % len(labels)]
    net = SETMLPClassifier(scoring="balanced_accuracy", early_stopping=True, max_iter=2)
    assert np.isfinite(net.fit(X, y).validation_scores_).all()


@pytest.mark.parametrize("scoring", ["loss", None, "roc_auc"])
def test_the_network_of_the_best_epoch_is_restored(scoring):
    X, y, X_val, y_val = halves(load_breast_cancer)
    # What is learned is wrong for half of the validation rows: it gets worse.
    y_val = np.where(np.arange(len(y_val)) % 3 == 0, 1 - y_val, y_val)
    settings = dict(scoring=scoring, learning_rate_init=0.05, random_state=0)
    settings["learning_rate"] = "constant"
    net = SETMLPClassifier((20,), early_stopping=True, max_iter=30, **settings)
    net.fit(X, y, X_val=X_val, y_val=y_val)
    best = int(np.argmax(net.validation_scores_)) + 1
    assert best < net.n_iter_
    again = SETMLPClassifier((20,), max_iter=best, **settings)
    again.fit(X, y, X_val=X_val, y_val=y_val)
    assert again.validation_scores_[-1] == net.best_validation_score_
    assert_allclose(net.predict_proba(X), again.predict_proba(X), rtol=1e-6)


def test_the_loss_goes_on_where_the_accuracy_stands_still():
    # Of few rows, the accuracy has few values and stands still; the loss tells.
    X, y = load_iris(return_X_y=True)
    epochs, right = {}, {}
    for scoring in ("loss", None):
        made = [
            SETMLPClassifier(
                alpha=1e-4,
                batch_size=67,
                early_stopping=True,
                scoring=scoring,
                learning_rate="constant",
                learning_rate_init=0.003,
                max_iter=400,
                random_state=seed,
            ).fit(X[::2], y[::2])
            for seed in range(5)
        ]
        epochs[scoring] = np.mean([net.n_iter_ for net in made])
        right[scoring] = np.mean([net.score(X[1::2], y[1::2]) for net in made])
    assert epochs["loss"] > epochs[None]
    assert right["loss"] > right[None] + 0.05


def test_scores_of_a_fit_by_itself_do_not_change_it():
    X, y, X_val, y_val = halves()
    plain = SETMLPClassifier(max_iter=5, random_state=0).fit(X, y)
    for scoring in ("loss", None, "neg_log_loss"):
        net = SETMLPClassifier(max_iter=5, scoring=scoring, random_state=0)
        net.fit(X, y, X_val=X_val, y_val=y_val)
        assert_array_equal(net.predict_proba(X), plain.predict_proba(X))


@pytest.mark.parametrize("scoring", ["no scorer", 3, ["accuracy"]])
def test_what_is_no_scorer_is_refused(scoring):
    with pytest.raises(ValueError, match="'scoring' parameter of SETMLPClassifier"):
        scored(SETMLPClassifier(scoring=scoring))


def test_a_scorer_that_returns_no_number_is_refused_and_changes_nothing():
    net, X_val, _ = scored(SETMLPClassifier(max_iter=2, random_state=0))
    before = net.predict_proba(X_val)
    net.set_params(scoring=lambda estimator, X, y: "good", warm_start=True)
    with pytest.raises(ValueError, match=r"scoring must return a number, got 'good'"):
        scored(net)
    assert_array_equal(net.predict_proba(X_val), before)
    net.set_params(scoring=lambda estimator, X, y: float("nan"), warm_start=False)
    scored(net)
    assert np.isnan(net.validation_scores_).all()


@pytest.mark.parametrize(
    ("scoring", "name"),
    [
        ("loss", "validation score (negative loss)"),
        (None, "validation accuracy"),
        ("neg_log_loss", "validation neg_log_loss"),
        (get_scorer("accuracy"), "validation score"),
    ],
)
def test_the_figure_names_the_score(scoring, name):
    net, *_ = scored(StaticSparseMLPClassifier(max_iter=2, scoring=scoring))
    assert LossCurveDisplay.from_estimator(net).validation_ax_.get_ylabel() == name


def test_files_from_before_there_was_the_parameter_go_by_the_score(tmp_path):
    net, *_ = scored(SETMLPClassifier(max_iter=2, early_stopping=True, scoring=None))
    save_checkpoint(net, tmp_path / "net.ckpt")
    document, arrays = _archive.read_archive(tmp_path / "net.ckpt", _FORMAT, _VERSION)
    for name in ("scoring", "label_smoothing"):
        del document["parameters"][name]
    _archive.write_archive(tmp_path / "old.ckpt", document, arrays)
    old = load_checkpoint(tmp_path / "old.ckpt")
    assert (old.scoring, old.label_smoothing) == (None, 0.0)


def test_files_from_before_there_were_losses_are_of_the_squared_error(tmp_path):
    net, X_val, _ = scored(SETMLPRegressor(max_iter=2), load_diabetes)
    save_checkpoint(net, tmp_path / "net.ckpt")
    document, arrays = _archive.read_archive(tmp_path / "net.ckpt", _FORMAT, _VERSION)
    for name in ("scoring", "loss", "quantile"):
        del document["parameters"][name]
    _archive.write_archive(tmp_path / "old.ckpt", document, arrays)
    old = load_checkpoint(tmp_path / "old.ckpt")
    assert old.loss == "squared_error"
    assert_array_equal(old.predict(X_val), net.predict(X_val))
