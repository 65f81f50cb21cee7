"""Several sparse networks as one estimator."""

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.tabular import (
    SparseMLPEnsembleClassifier,
    SparseMLPEnsembleRegressor,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 6))
LABELS = np.where(X[:, 0] > 0, "yes", "no")
NUMBERS = X[:, 0] - X[:, 1]


def net(kind=SETMLPClassifier, **parameters):
    given = {"sparsity": 0.5, "max_iter": 6, "n_iter_no_change": np.inf}
    return kind((20,), learning_rate_init=0.02, **given | parameters)


def ensemble(**parameters):
    given = {"n_members": 3, "random_state": 0} | parameters
    return SparseMLPEnsembleClassifier(given.pop("estimator", net()), **given)


def coefs(model):
    return [w.toarray() for member in model.members_ for w in member.coefs_]


def assert_same(one, other):
    for a, b in zip(coefs(one), coefs(other), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("strategy", ["independent", "cyclic"])
def test_probabilities_are_the_mean_of_those_of_the_members(strategy):
    model = ensemble(strategy=strategy).fit(X, LABELS)
    chances = [member.predict_proba(X) for member in model.members_]
    np.testing.assert_allclose(model.predict_proba(X), np.mean(chances, axis=0))
    assert model.classes_.tolist() == ["no", "yes"]
    wanted = model.classes_[np.mean(chances, axis=0).argmax(axis=1)]
    np.testing.assert_array_equal(model.predict(X), wanted)
    assert not np.array_equal(chances[0], chances[1])
    assert model.n_connections_ == sum(m.n_connections_ for m in model.members_)


def test_members_have_topologies_of_their_own():
    first, second, third = (m.coefs_[0] for m in ensemble().fit(X, LABELS).members_)
    assert ((first != 0) != (second != 0)).nnz > 0
    assert ((second != 0) != (third != 0)).nnz > 0


def test_cycles_train_one_network_for_all_its_epochs():
    model = ensemble(strategy="cyclic", estimator=net(max_iter=7)).fit(X, LABELS)
    assert [m.n_iter_ for m in model.members_] == [2, 2, 3]
    assert [len(m.loss_curve_) for m in model.members_] == [2, 4, 7]


def test_cycles_do_not_stop_early():
    tired = net(max_iter=9, n_iter_no_change=1, tol=1e9)
    model = ensemble(strategy="cyclic", estimator=tired).fit(X, LABELS)
    assert len(model.members_[-1].loss_curve_) == 9


def test_a_rate_that_falls_rises_again_in_each_cycle():
    falling = net(learning_rate="cosine")
    model = ensemble(strategy="cyclic", estimator=falling).fit(X, LABELS)
    rates = [epoch["learning_rate"] for epoch in model.members_[-1].history_]
    np.testing.assert_allclose(rates, rates[:2] * 3)
    assert rates[0] > rates[1]


def test_cycles_need_an_epoch_each_and_a_network_that_goes_on():
    with pytest.raises(ValueError, match="needs at least one epoch per cycle"):
        ensemble(strategy="cyclic", estimator=net(max_iter=2)).fit(X, LABELS)
    other = ensemble(strategy="cyclic", estimator=SVC())
    with pytest.raises(ValueError, match=r"SVC.* has none"):
        other.fit(X, LABELS)


@pytest.mark.parametrize("strategy", ["independent", "cyclic"])
def test_the_seed_alone_decides(strategy):
    one, same = (ensemble(strategy=strategy).fit(X, LABELS) for _ in range(2))
    assert_same(one, same)
    other = ensemble(strategy=strategy, random_state=1).fit(X, LABELS)
    assert not np.array_equal(coefs(one)[0], coefs(other)[0])


def test_processes_make_the_same_members():
    assert_same(ensemble().fit(X, LABELS), ensemble(n_jobs=2).fit(X, LABELS))


def test_weights_reach_the_members():
    weights = np.where(LABELS == "yes", 10.0, 0.1)
    plain, weighted = (ensemble().fit(X, LABELS, w) for w in (None, weights))
    assert weighted.predict_proba(X)[:, 1].mean() > plain.predict_proba(X)[:, 1].mean()


def test_validation_rows_reach_the_members():
    model = ensemble().fit(X, LABELS, X_val=X[:20], y_val=LABELS[:20])
    assert [len(m.validation_scores_) for m in model.members_] == [6, 6, 6]


def test_routed_metadata_reach_the_members():
    with config_context(enable_metadata_routing=True):
        asking = net().set_fit_request(sample_weight=True)
        model = ensemble(estimator=asking).fit(X, LABELS, sample_weight=np.ones(80))
    assert len(model.members_) == 3


def test_labels_are_indicated_by_most_members():
    Y = np.c_[X[:, 0] > 0, X[:, 1] > 0].astype(int)
    model = ensemble().fit(X, Y)
    assert model.predict(X).shape == (80, 2)
    np.testing.assert_array_equal(model.predict(X), model.predict_proba(X) > 0.5)


def test_regressors_take_several_outputs():
    model = SparseMLPEnsembleRegressor(net(SETMLPRegressor), random_state=0)
    assert model.fit(X, NUMBERS).predict(X).shape == (80,)
    Y = np.c_[NUMBERS, 1e6 * X[:, 2]]
    predicted = model.fit(X, Y).predict(X)
    assert predicted.shape == (80, 2)
    mean = np.mean([m.predict(X) for m in model.members_], axis=0)
    np.testing.assert_allclose(predicted, mean)


def test_networks_are_ours_by_default():
    model = SparseMLPEnsembleClassifier(n_members=1, random_state=0)
    assert isinstance(model._prototype(), SETMLPClassifier)
    assert isinstance(SparseMLPEnsembleRegressor()._prototype(), SETMLPRegressor)


@pytest.mark.parametrize(
    ("wrapper", "inner", "kind"),
    [
        (SparseMLPEnsembleClassifier, SETMLPRegressor(), "classifier"),
        (SparseMLPEnsembleRegressor, SETMLPClassifier(), "regressor"),
        (SparseMLPEnsembleRegressor, LogisticRegression(), "regressor"),
    ],
)
def test_networks_of_the_wrong_kind_are_refused(wrapper, inner, kind):
    with pytest.raises(ValueError, match=f"estimator must be a {kind}, got"):
        wrapper(inner).fit(X, NUMBERS)


def test_importances_are_the_mean_of_those_of_the_members():
    model = ensemble()
    with pytest.raises(NotFittedError):
        _ = model.feature_importances_
    model.fit(X, LABELS)
    mean = np.mean([m.feature_importances_ for m in model.members_], axis=0)
    np.testing.assert_allclose(model.feature_importances_, mean)


def test_a_summary_has_a_row_per_member():
    table = ensemble().fit(X, LABELS).summary()
    assert table.index.tolist() == [0, 1, 2]
    assert table["n_iter"].tolist() == [6, 6, 6]
    assert table["hidden_layer_sizes"].tolist() == [(20,)] * 3


def test_names_of_columns_are_those_of_the_last_fit():
    model = ensemble().fit(pd.DataFrame(X, columns=list("abcdef")), LABELS)
    assert model.feature_names_in_.tolist() == list("abcdef")
    assert not hasattr(model.fit(X, LABELS), "feature_names_in_")


def test_a_fit_that_fails_leaves_the_ensemble_as_it_was():
    model = ensemble().fit(X, LABELS)
    before = model.predict_proba(X)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(X, LABELS[:-1])
    np.testing.assert_array_equal(model.predict_proba(X), before)


def test_the_network_that_is_given_is_left_as_it_was():
    given = net(random_state=7)
    ensemble(estimator=given, strategy="cyclic").fit(X, LABELS)
    assert not hasattr(given, "coefs_")
    assert clone(given).get_params() == given.get_params()
    assert given.random_state == 7
