"""Malformed sparse matrices are refused wherever they come in, by what is wrong."""

import re

import numpy as np
import pytest
from scipy import sparse
from sklearn.naive_bayes import GaussianNB

from sparsekit import (
    DenseMLPRegressor,
    MCARMasker,
    MissingnessTransformer,
    SETMLPClassifier,
)
from sparsekit._utils._arrays import canonical, sound
from sparsekit.continual import ReplayBuffer, ReplayClassifier, prequential_scores
from sparsekit.difficulty import (
    HardSampleSelector,
    grand_scores,
    memorization_scores,
    second_split_forgetting,
    selection_curve,
)
from sparsekit.missingness import MARMasker, MissingnessDisplay, MNARMasker, diagnose
from sparsekit.neural_network import QuickSelector, to_predictor
from sparsekit.study import missingness_study

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

RNG = np.random.default_rng(0)
X = np.where(RNG.random((12, 4)) < 0.7, RNG.normal(size=(12, 4)), 0.0)
X[:, 0] = np.arange(1.0, 13.0)
Y = np.arange(12) % 2
LABELS = np.c_[Y, 1 - Y]


def written(name, at, value):
    """Return what writes a number to one of the arrays of a matrix."""

    def write(matrix):
        getattr(matrix, name)[at] = value

    return write


def shortened(name):
    def shorten(matrix):
        setattr(matrix, name, getattr(matrix, name)[:-1])

    return shorten


FAULTS = {
    "column far away": (written("indices", 0, 10**6), r"0 .*1000000 of \d+, at ind"),
    "column just outside": (written("indices", 3, 12), r" 12 of \d+, at indices\[3\]"),
    "negative column": (written("indices", 3, -1), r" -1 of \d+, at indices\[3\]"),
    "row of a million": (written("indptr", 1, 10**6), "indptr falls from 1000000"),
    "row of less than nothing": (written("indptr", 2, -3), "indptr falls from"),
    "end past the data": (written("indptr", -1, 10**6), "ends with 1000000, for"),
    "beginning past zero": (written("indptr", 0, 1), "begins with 1 and not with 0"),
    "data too short": (shortened("data"), "indices and .* entries of data"),
    "indices too short": (shortened("indices"), "indices and .* entries of data"),
    "indptr too short": (shortened("indptr"), r"indptr has the shape"),
}
COMPRESSED = ["csr_array", "csr_matrix", "csc_array", "csc_matrix", "bsr_array"]


def malformed(fault="column far away", kind="csr_array", table=X):
    blocks = {"blocksize": (1, 1)} if kind == "bsr_array" else {}
    matrix = getattr(sparse, kind)(table, **blocks)
    FAULTS[fault][0](matrix)
    return matrix


@pytest.mark.parametrize("kind", COMPRESSED)
@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_told_in_every_compressed_format(fault, kind):
    name = kind[:3].upper()
    with pytest.raises(ValueError, match=f"X is a malformed {name} matrix: .*") as told:
        sound(malformed(fault, kind))
    assert re.search(FAULTS[fault][1], str(told.value))


@pytest.mark.parametrize(
    ("axis", "value", "message"),
    [(0, 12, "entry 5 is in row 12 of 12"), (1, -1, "entry 5 is in column -1 of 4")],
)
def test_coordinates_outside_are_refused(axis, value, message):
    matrix = sparse.coo_array(X)
    matrix.coords[axis][5] = value
    with pytest.raises(ValueError, match=f"malformed COO matrix: {message}"):
        sound(matrix)


@pytest.mark.parametrize("kind", [*COMPRESSED, "coo_array", "lil_array", "dok_array"])
def test_sound_matrices_of_all_formats_keep_their_values(kind):
    matrix = getattr(sparse, kind)(X)
    assert (sound(matrix).toarray() == X).all()


def test_entries_past_the_last_row_are_left_out():
    matrix = sparse.csr_array(X)
    matrix.data = np.append(matrix.data, [5.0, np.nan])
    matrix.indices = np.append(matrix.indices, [10**6, 1]).astype(np.int32)
    before = matrix.indices.copy()
    assert sound(matrix).data.size == before.size - 2
    np.testing.assert_array_equal(matrix.indices, before)
    net = fitted()
    np.testing.assert_array_equal(net.predict_proba(matrix), net.predict_proba(X))


def reordered(matrix):
    """Swap the first two entries of each row, of which scipy noted that they lie so."""
    matrix = matrix.copy()
    assert matrix.has_canonical_format
    first = matrix.indptr[:-1]
    for array in (matrix.indices, matrix.data):
        array[first], array[first + 1] = array[first + 1], array[first].copy()
    return matrix


def test_rows_reordered_behind_the_back_of_scipy_are_put_in_order():
    plain = sparse.csr_array(X)
    mixed = reordered(plain)
    assert mixed.has_canonical_format  # which is not true any more
    ordered = canonical(sound(mixed))
    np.testing.assert_array_equal(ordered.indices, plain.indices)
    np.testing.assert_array_equal(ordered.data, plain.data)
    one, other = (
        SETMLPClassifier((3,), sparsity=0.3, max_iter=2, random_state=0).fit(table, Y)
        for table in (plain, mixed)
    )
    np.testing.assert_array_equal(one.coefs_[0].data, other.coefs_[0].data)
    masker = MNARMasker(0.3, kind="logistic", random_state=0).fit(plain)
    expected = masker.transform(plain).toarray()
    np.testing.assert_array_equal(masker.transform(mixed).toarray(), expected)


def test_entries_that_come_twice_are_added():
    twice = sparse.csr_array(X)
    halves = (np.repeat(twice.data / 2, 2), np.repeat(twice.indices, 2))
    twice = sparse.csr_array((*halves, 2 * twice.indptr), shape=X.shape)
    net = fitted()
    np.testing.assert_array_equal(net.predict_proba(twice), net.predict_proba(X))
    predicted = to_predictor(net).predict_proba(twice)
    np.testing.assert_allclose(predicted, net.predict_proba(X), rtol=1e-5)


def fitted(**options):
    net = SETMLPClassifier((3,), sparsity=0.3, max_iter=2, random_state=0, **options)
    return net.fit(X, Y)


def regressor():
    return DenseMLPRegressor((3,), max_iter=2, random_state=0)


def after_partial_fit(bad):
    net = fitted()
    before = net.predict_proba(X)
    try:
        net.partial_fit(bad, Y)
    finally:
        np.testing.assert_array_equal(net.predict_proba(X), before)


CALLS = {
    "fit": lambda bad: fitted().fit(bad, Y),
    "fit of a regressor": lambda bad: regressor().fit(bad, Y),
    "first partial_fit": lambda bad: SETMLPClassifier((3,)).partial_fit(
        bad, Y, classes=[0, 1]
    ),
    "partial_fit": after_partial_fit,
    "X_val": lambda bad: fitted().fit(X, Y, X_val=bad, y_val=Y),
    "predict": lambda bad: fitted().predict(bad),
    "predict of a regressor": lambda bad: regressor().fit(X, Y).predict(bad),
    "predict_proba": lambda bad: fitted().predict_proba(bad),
    "predict_log_proba": lambda bad: fitted().predict_log_proba(bad),
    "decision_function": lambda bad: fitted().decision_function(bad),
    "score": lambda bad: fitted().score(bad, Y),
    "consolidate": lambda bad: fitted().consolidate(bad, Y),
    "a predictor": lambda bad: to_predictor(fitted()).predict(bad),
    "QuickSelector.fit": lambda bad: QuickSelector(fitted()).fit(bad, Y),
    "QuickSelector.transform": lambda bad: (
        QuickSelector(fitted()).fit(X, Y).transform(bad)
    ),
    "QuickSelector.inverse_transform": lambda bad: (
        QuickSelector(fitted(), 4).fit(X, Y).inverse_transform(bad)
    ),
    "MCARMasker.fit": lambda bad: MCARMasker().fit(bad),
    "MCARMasker.transform": lambda bad: MCARMasker().fit(X).transform(bad),
    "MARMasker.mask": lambda bad: MARMasker().fit(X).mask(bad),
    "MNARMasker.propensity": lambda bad: MNARMasker().fit(X).propensity(bad),
    "MissingnessTransformer": lambda bad: MissingnessTransformer().fit_transform(bad),
    "diagnose": diagnose,
    "MissingnessDisplay": MissingnessDisplay.from_data,
    "ReplayClassifier.fit": lambda bad: ReplayClassifier(fitted()).fit(bad, Y),
    "ReplayClassifier.predict": lambda bad: (
        ReplayClassifier(fitted()).fit(X, Y).predict(bad)
    ),
    "ReplayBuffer": lambda bad: ReplayBuffer(3).add(bad, Y),
    "prequential_scores": lambda bad: prequential_scores(GaussianNB(), bad, Y),
    "HardSampleSelector": lambda bad: HardSampleSelector(fitted()).fit(bad, Y),
    "fit_resample": lambda bad: HardSampleSelector(fitted(), by="random").fit_resample(
        bad, Y
    ),
    "grand_scores": lambda bad: grand_scores(fitted(), bad, Y),
    "memorization_scores": lambda bad: memorization_scores(fitted(), bad, Y),
    "second_split_forgetting": lambda bad: second_split_forgetting(fitted(), bad, Y),
    "selection_curve": lambda bad: selection_curve(fitted(), bad, Y),
    "missingness_study": lambda bad: missingness_study(bad, Y),
}
IN_COLUMNS = ("fit", "predict", "a predictor", "MCARMasker.fit", "diagnose")


@pytest.mark.parametrize("call", CALLS)
def test_a_malformed_matrix_is_refused(call):
    for fault in ("column far away", "row of a million"):
        with pytest.raises(ValueError, match="is a malformed CSR matrix"):
            CALLS[call](malformed(fault))


@pytest.mark.parametrize("call", IN_COLUMNS)
def test_so_it_is_in_formats_that_are_converted(call):
    with pytest.raises(ValueError, match="X is a malformed CSC matrix"):
        CALLS[call](malformed(kind="csc_array"))


def test_label_indicators_are_checked_as_well():
    labels = malformed(table=LABELS)
    net = SETMLPClassifier((3,), sparsity=0.3, max_iter=2, random_state=0)
    with pytest.raises(ValueError, match="y is a malformed CSR matrix"):
        net.fit(X, labels)
    with pytest.raises(ValueError, match="y is a malformed CSR matrix"):
        net.fit(X, LABELS).score(X, labels)
    with pytest.raises(ValueError, match="y_val is a malformed CSR matrix"):
        net.fit(X, LABELS, X_val=X, y_val=labels)


def test_a_mask_is_checked_as_well():
    with pytest.raises(ValueError, match="mask is a malformed CSR matrix"):
        diagnose(X, malformed(table=X != 0))


def test_large_tables_are_checked_in_a_pass():
    rows = np.arange(0, 1_000_001, 10)
    indices = np.tile(np.arange(10, dtype=np.int32), rows.size - 1)
    big = sparse.csr_array((np.ones(indices.size), indices, rows), shape=(100_000, 10))
    checked = sound(big)
    assert np.shares_memory(checked.indices, big.indices)
    assert np.shares_memory(checked.data, big.data)
