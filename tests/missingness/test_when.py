"""`when`: values missing in training, in prediction, or in both."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import make_pipeline

from sparsekit.missingness import MCARMasker


def normal_data():
    return np.random.default_rng(0).normal(size=(100, 5))


@pytest.mark.parametrize(
    ("when", "masked_in_fit", "masked_in_transform"),
    [("both", True, True), ("fit", True, False), ("transform", False, True)],
)
@pytest.mark.parametrize("storage", [np.asarray, sparse.csr_array])
def test_when_says_which_calls_mask(when, masked_in_fit, masked_in_transform, storage):
    X = normal_data()
    masker = MCARMasker(0.5, when=when, random_state=0)
    in_fit = sparse.csr_array(masker.fit_transform(storage(X))).toarray()
    in_transform = sparse.csr_array(masker.transform(storage(X))).toarray()
    expected = np.where(masker.mask(X), np.nan, X)
    np.testing.assert_array_equal(in_fit, expected if masked_in_fit else X)
    np.testing.assert_array_equal(in_transform, expected if masked_in_transform else X)


@pytest.mark.parametrize("when", ["both", "fit", "transform"])
def test_what_is_not_masked_is_a_copy_all_the_same(when):
    X = normal_data()
    masker = MCARMasker(0.5, when=when, random_state=0)
    assert not np.shares_memory(masker.fit_transform(X), X)
    assert not np.shares_memory(masker.transform(X), X)


@pytest.mark.parametrize("when", ["both", "fit", "transform"])
def test_mask_and_realized_rate_do_not_depend_on_when(when):
    X = normal_data()
    masker = MCARMasker(0.5, when=when, random_state=0).fit(X)
    reference = MCARMasker(0.5, random_state=0).fit(X)
    np.testing.assert_array_equal(masker.mask(X), reference.mask(X))
    assert masker.realized_rate_ == reference.realized_rate_


class MissingShareRecorder(DummyClassifier):
    """Predicts nothing, but stores the share of missing cells it was given."""

    def fit(self, X, y):
        self.share_in_fit_ = np.isnan(X).mean()
        return super().fit(X, y)

    def predict(self, X):
        self.share_in_predict_ = np.isnan(X).mean()
        return super().predict(X)


@pytest.mark.parametrize(
    ("when", "in_fit", "in_predict"),
    [("both", 1.0, 1.0), ("fit", 1.0, 0.0), ("transform", 0.0, 1.0)],
)
def test_a_pipeline_trains_and_predicts_accordingly(when, in_fit, in_predict):
    X = normal_data()
    model = make_pipeline(MCARMasker(1.0, when=when), MissingShareRecorder())
    model.fit(X, X[:, 0] > 0).predict(X)
    assert model[-1].share_in_fit_ == in_fit
    assert model[-1].share_in_predict_ == in_predict
