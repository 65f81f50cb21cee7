"""Tools of scikit-learn that ask more of an estimator than fit and predict."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn import config_context
from sklearn.datasets import load_breast_cancer
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import RFE
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.model_selection import (
    HalvingGridSearchCV,
    TunedThresholdClassifierCV,
    learning_curve,
)
from sklearn.multioutput import ClassifierChain
from sklearn.semi_supervised import SelfTrainingClassifier

from sparsekit import MCARMasker, SETMLPClassifier, SETMLPRegressor
from sparsekit.continual import ReplayBuffer

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def quick(**settings):
    settings = {"max_iter": 5, "learning_rate_init": 0.02, **settings}
    return SETMLPClassifier((20,), random_state=0, **settings)


def patients():
    X, y = load_breast_cancer(return_X_y=True)
    X[::5, 3] = np.nan
    return X, y


def test_permutation_importance():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 5))
    net = quick(max_iter=50, sparsity=0.5).fit(X, X[:, 2] > 0)
    drops = permutation_importance(net, X, X[:, 2] > 0, random_state=0)
    # 10 seeds: 0.44 or more for feature 2, 0.02 or less for the others.
    assert drops.importances_mean.argmax() == 2


def test_partial_dependence():
    X = np.linspace(-1, 1, 200)[:, np.newaxis]
    net = SETMLPRegressor((20,), max_iter=50, sparsity=0.5, random_state=0)
    curve = partial_dependence(net.fit(X, 3 * X[:, 0]), X, [0])["average"][0]
    # From the 5th to the 95th percentile the target rises by 5.4; 10 seeds: 2.9 to 5.1.
    assert 2 < curve[-1] - curve[0] < 7


def test_recursive_elimination_takes_the_importances():
    X, y = patients()
    selector = RFE(quick(), n_features_to_select=5, step=0.5).fit(X, y)
    assert selector.transform(X).shape == (len(y), 5)


def test_self_training_takes_the_probabilities():
    X, y = patients()
    some = np.where(np.arange(len(y)) % 2, y, -1)
    model = SelfTrainingClassifier(quick(), max_iter=2).fit(X, some)
    assert set(model.predict(X)) <= {0, 1}
    assert (model.labeled_iter_ > 0).any()


def test_a_chain_of_classifiers():
    X, y = load_breast_cancer(return_X_y=True)  # a chain refuses NaN
    both = ClassifierChain(quick()).fit(X, np.column_stack([y, y])).predict(X)
    # The second one reads the answer of the first; 10 seeds: 0.84 or more.
    assert (both[:, 0] == both[:, 1]).mean() > 0.7


def test_a_search_that_gives_the_best_more_epochs():
    X, y = patients()
    grid = {"sparsity": [0.5, 0.7, 0.9]}
    search = HalvingGridSearchCV(
        quick(), grid, resource="max_iter", max_resources=9, cv=2, random_state=0
    )
    assert search.fit(X, y).best_estimator_.max_iter == 9


def test_a_tuned_threshold():
    X, y = patients()
    model = TunedThresholdClassifierCV(quick(), cv=2).fit(X, y)
    expected = model.estimator_.predict_proba(X)[:, 1] >= model.best_threshold_
    assert_array_equal(model.predict(X), expected.astype(int))


def test_a_learning_curve_in_steps():
    X, y = patients()
    sizes, _, scores = learning_curve(
        quick(), X, y, cv=2, train_sizes=[0.5, 1.0], exploit_incremental_learning=True
    )
    assert scores.shape == (2, 2)
    assert sizes.tolist() == [142, 284]


@pytest.mark.parametrize(
    ("interface", "kind"),
    [("sparray", sparse.csr_array), ("spmatrix", sparse.csr_matrix)],
)
def test_sparse_results_have_the_interface_that_is_configured(interface, kind):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 6))
    y = sparse.csr_array((X[:, :2] > 0).astype(int))
    with config_context(sparse_interface=interface):
        net = SETMLPClassifier((5,), max_iter=2).fit(X, y).consolidate(X, y)
        buffer = ReplayBuffer(5).add(sparse.coo_array(X), np.arange(60))
        buffer.add(sparse.csr_matrix(X), np.arange(60))
        parts = [*net.coefs_, *net.protected_, net.predict(X)]
        parts += [buffer.X_, buffer.sample(2)[0]]
    assert {type(part) for part in parts} == {kind}


@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.csr_matrix])
@pytest.mark.parametrize("interface", ["sparray", "spmatrix"])
def test_maskers_return_the_sparse_type_that_they_are_given(interface, kind):
    X = kind(np.random.default_rng(0).normal(size=(60, 6)))
    with config_context(sparse_interface=interface):
        masker = MCARMasker(0.2, random_state=0).fit(X)
        assert type(masker.transform(X)) is type(masker.mask(X)) is kind
