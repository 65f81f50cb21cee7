"""Estimators of whole tables and ensembles go on learning, in pieces."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris
from sklearn.linear_model import SGDClassifier

from sparsekit import (
    SETMLPClassifier,
    SETMLPRegressor,
    SparseTabularClassifier,
    SparseTabularRegressor,
)
from sparsekit.tabular import SparseMLPEnsembleClassifier, SparseMLPEnsembleRegressor
from tests.fuzz.harness import state_of
from tests.tabular.whole_tables import fitted, table, targets, with_more_kinds

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

FRAME = with_more_kinds(table())
Y = targets(FRAME)


def small(**given):
    given = {"n_members": 2, "hidden_layer_sizes": (16,), "random_state": 0} | given
    return SparseTabularClassifier(**given)


def ensemble(**given):
    network = SETMLPClassifier((12,), sparsity=0.5, learning_rate_init=0.01)
    return SparseMLPEnsembleClassifier(network, n_members=2, random_state=0, **given)


def test_the_first_call_learns_the_encoder_and_takes_the_first_setting():
    model = small().partial_fit(FRAME, Y, classes=["no", "yes"])
    whole = fitted(FRAME)
    assert model.setting_ == "smooth"
    assert model.held_out_scores_ == {}
    encoded = model.encoder_.transform(FRAME)
    assert_array_equal(encoded, whole.encoder_.transform(FRAME))
    assert len(model.members_) == 2
    assert [member.t_ for member in model.members_] == [len(FRAME)] * 2
    assert model.classes_.tolist() == ["no", "yes"]
    assert_allclose(model.feature_importances_.sum(), 1.0)


def test_later_calls_train_every_member_on_and_keep_the_encoder():
    model = small().partial_fit(FRAME[:100], Y[:100], classes=["no", "yes"])
    encoded = model.encoder_.transform(FRAME)
    before = model.predict_proba(FRAME)
    model.partial_fit(FRAME[100:], Y[100:])
    assert_array_equal(model.encoder_.transform(FRAME), encoded)
    assert [member.t_ for member in model.members_] == [len(FRAME)] * 2
    assert (model.predict_proba(FRAME) != before).any()


def test_members_are_trained_as_networks_alone_would_be():
    model = small().partial_fit(FRAME, Y, classes=["no", "yes"])
    values = model.encoder_.transform(FRAME)
    for member in model.partial_fit(FRAME, Y).members_:
        alone = type(member)(**member.get_params())
        alone.partial_fit(values, Y, classes=["no", "yes"]).partial_fit(values, Y)
        assert_array_equal(alone.predict_proba(values), member.predict_proba(values))


@pytest.mark.parametrize("kind", ["text", "number"])
def test_what_fit_made_goes_on_learning(kind):
    y = targets(FRAME, kind)
    model = fitted(FRAME, kind)
    before, first = model.score(FRAME, y), model.predict(FRAME)
    for _ in range(25):
        model.partial_fit(FRAME, y)
    assert (model.predict(FRAME) != first).any()
    assert model.score(FRAME, y) > before
    assert [member.t_ for member in model.members_] == [28 * len(FRAME)] * 2


def test_chunks_teach_what_the_whole_table_holds():
    y = targets(FRAME, "number")
    model = SparseTabularRegressor(n_members=2, random_state=0)
    for _ in range(25):
        for rows in np.array_split(np.random.default_rng(0).permutation(160), 4):
            model.partial_fit(FRAME.iloc[rows], y[rows])
    assert model.score(FRAME, y) > 0.9


def test_a_category_that_comes_later_counts_as_rare():
    model = small().partial_fit(FRAME, Y, classes=["no", "yes"])
    later = FRAME.head(8).assign(job="pilot")
    rare = FRAME.head(8).assign(job="miner")
    model.partial_fit(later, Y[:8])
    assert_array_equal(model.predict_proba(later), model.predict_proba(rare))


def test_numbers_without_bins_learn_in_pieces():
    model = small(encoding="standard").partial_fit(FRAME, Y, classes=["no", "yes"])
    model.partial_fit(FRAME, Y)
    assert [member.t_ for member in model.members_] == [2 * len(FRAME)] * 2


def test_fit_begins_anew():
    model = small(max_iter=2).partial_fit(FRAME, Y, classes=["no", "yes"])
    again, new = model.fit(FRAME, Y), small(max_iter=2).fit(FRAME, Y)
    assert_array_equal(again.predict_proba(FRAME), new.predict_proba(FRAME))


def test_weights_of_zero_teach_nothing():
    weights = np.r_[np.ones(100), np.zeros(60)]
    other = np.where(weights > 0, Y, "no")
    some = [
        small().partial_fit(FRAME, y, ["no", "yes"], sample_weight=weights)
        for y in (Y, other)
    ]
    assert_array_equal(some[0].predict_proba(FRAME), some[1].predict_proba(FRAME))


def test_ensembles_learn_in_pieces():
    X, y = load_iris(return_X_y=True)
    rows = np.random.default_rng(0).permutation(len(X))
    model = ensemble()
    for _ in range(20):
        for part in np.array_split(rows, 3):
            model.partial_fit(X[part], y[part], classes=[0, 1, 2])
    assert model.score(X, y) > 0.85
    assert model.n_features_in_ == 4
    regressor = SparseMLPEnsembleRegressor(
        SETMLPRegressor((12,), sparsity=0.5, learning_rate_init=0.01), random_state=0
    )
    for _ in range(20):
        regressor.partial_fit(X[:, 1:], X[:, 0])
    assert regressor.score(X[:, 1:], X[:, 0]) > 0.5


def test_ensembles_of_other_estimators_learn_in_pieces():
    X, y = load_iris(return_X_y=True)
    model = SparseMLPEnsembleClassifier(SGDClassifier("log_loss"), random_state=0)
    model.partial_fit(X, y, classes=[0, 1, 2])
    before = state_of(model)
    with pytest.raises(ValueError, match="features"):
        model.partial_fit(X[:, :2], y)
    assert state_of(model) == before


def test_cycles_are_refused():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(AttributeError) as raised:
        ensemble(strategy="cyclic").partial_fit(X, y, classes=[0, 1, 2])
    assert "strategy='independent', got 'cyclic'" in str(raised.value.__cause__)


def test_the_first_call_asks_for_the_classes():
    with pytest.raises(ValueError, match="classes must be given in the first call"):
        small().partial_fit(FRAME, Y)


def test_early_stopping_is_refused():
    with pytest.raises(ValueError, match="does not support early_stopping=True"):
        small(early_stopping=True).partial_fit(FRAME, Y, classes=["no", "yes"])


def test_there_is_no_partial_fit_where_the_network_has_none():
    assert not hasattr(small(network=SETMLPClassifier(solver="lbfgs")), "partial_fit")


FAILING = {
    "other columns": (FRAME[["age"]], Y, {}),
    "text for numbers": (FRAME.assign(age="old"), Y, {}),
    "an unknown class": (FRAME, np.where(Y == "yes", "maybe", "no"), {}),
    "other classes": (FRAME, Y, {"classes": ["a", "b"]}),
    "fewer targets": (FRAME, Y[:5], {}),
    "negative weights": (FRAME, Y, {"sample_weight": np.full(len(Y), -1.0)}),
}


@pytest.mark.parametrize("case", FAILING)
@pytest.mark.parametrize("is_fitted", [False, True])
def test_a_failing_call_leaves_all_as_it_was(case, is_fitted):
    X, y, given = FAILING[case]
    model = small(random_state=np.random.RandomState(0))
    if is_fitted:
        model.partial_fit(FRAME, Y, classes=["no", "yes"])
    elif case in ("other columns", "other classes", "an unknown class"):
        # These are no mistakes in a first call; its missing classes are.
        given = {}
    before = state_of(model)
    with pytest.raises(ValueError, match=r"."):
        model.partial_fit(X, y, **given)
    assert state_of(model) == before


def test_if_one_member_fails_none_has_learned():
    model = small().partial_fit(FRAME, Y, classes=["no", "yes"])
    model.members_[1].set_params(early_stopping=True)
    before = state_of(model)
    with pytest.raises(ValueError, match="early_stopping"):
        model.partial_fit(FRAME, Y)
    assert state_of(model) == before


def test_batches_of_few_rows_warn_of_nothing():
    model = small().partial_fit(FRAME, Y, classes=["no", "yes"])
    model.partial_fit(FRAME.head(3), Y[:3])
    small().partial_fit(FRAME.head(12), Y[:12], classes=["no", "yes"])
    assert model.members_[0].batch_size == 3
    assert model.partial_fit(FRAME, Y).members_[0].batch_size == 32
