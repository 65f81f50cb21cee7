"""A fitted masker survives storage, copies and other processes."""

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone

from sparsekit.missingness import (
    BlockMasker,
    MARMasker,
    MCARMasker,
    MissingnessTransformer,
    MNARMasker,
    MonotoneMasker,
)
from tests.storing import WAYS

MASKERS = [
    MCARMasker(0.4, random_state=0),
    MCARMasker([0.1, 0.5, 0.9], row_key="position"),
    MissingnessTransformer("mcar", features=["a", "c"], random_state=0),
    MARMasker(drivers={"a": 1.0, "b": -2.0}, link="rank", random_state=0),
    MARMasker(random_state=0),
    *[MNARMasker(kind=kind) for kind in ("self", "quantile", "latent", "logistic")],
    BlockMasker(blocks=[["a", "c"]]),
    MonotoneMasker(exact=True),
    MissingnessTransformer([("x", MARMasker(0.5, drivers=["b"]), ["a", "c"])]),
]


def frame():
    values = np.random.default_rng(0).normal(size=(50, 3))
    return pd.DataFrame(values, columns=["a", "b", "c"])


@pytest.mark.parametrize("masker", MASKERS, ids=repr)
@pytest.mark.parametrize("store", WAYS)
def test_a_stored_masker_gives_the_same_masks(masker, store, tmp_path):
    X = frame()
    fitted = clone(masker).fit(X)
    restored = store(fitted, tmp_path)
    np.testing.assert_array_equal(restored.transform(X), fitted.transform(X))
    np.testing.assert_array_equal(restored.propensity(X), fitted.propensity(X))
    assert restored.realized_rate_ == fitted.realized_rate_
    assert restored.get_feature_names_out().tolist() == ["a", "b", "c"]


@pytest.mark.parametrize("masker", MASKERS, ids=repr)
def test_clone_copies_parameters_and_nothing_fitted(masker):
    copy = clone(clone(masker).fit(frame()))
    assert repr(copy) == repr(masker)
    assert not hasattr(copy, "seed_")


@pytest.mark.parametrize("masker", MASKERS, ids=repr)
def test_fitted_attributes_are_plain(masker):
    fitted = clone(masker).fit(frame())
    parts = getattr(fitted, "maskers_", [])
    for each in [fitted, *parts]:
        given = each.get_params(deep=False)
        learned = {k: v for k, v in vars(each).items() if k not in given}
        learned.pop("maskers_", None)
        types = {type(value) for value in learned.values()}
        assert types <= {int, float, np.ndarray, type(None)}


def test_a_memory_mapped_matrix_is_accepted(tmp_path):
    X = frame().to_numpy()
    joblib.dump((X, sparse.csr_array(X)), tmp_path / "X.joblib")
    dense, stored = joblib.load(tmp_path / "X.joblib", mmap_mode="r")
    masker = MCARMasker(random_state=0).fit(dense)
    np.testing.assert_array_equal(masker.mask(dense), masker.mask(X))
    np.testing.assert_array_equal(masker.mask(stored).toarray(), masker.mask(X))
