"""Sparse matrices whose arrays somebody wrote to: refused, or read as they are."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from sparsekit import DenseMLPClassifier
from sparsekit.continual import ReplayBuffer
from sparsekit.difficulty import HardSampleSelector
from sparsekit.missingness import MARMasker, MCARMasker, MNARMasker, diagnose
from sparsekit.neural_network import QuickSelector, to_predictor
from tests.fuzz.tables import seeds, untidy_csr

SHAPE = (9, 4)
Y = np.arange(9) % 3
NUMBERS = [-(2**31), -7, -1, 0, 1, 3, 4, 5, 9, 10, 1000, 2**31 - 1]
FORMATS = ["csr_array", "csr_matrix", "csc_array", "bsr_array", "coo_array"]
X = np.random.default_rng(0).normal(size=SHAPE)


def network():
    # It stops by itself after two epochs, without a warning.
    settings = {"tol": 1e9, "n_iter_no_change": 1, "random_state": 0}
    return DenseMLPClassifier((3,), **settings)


FITTED = network().fit(X, Y)
CALLS = {
    "fit": lambda table: network().fit(table, Y),
    "partial_fit": lambda table: network().partial_fit(table, Y, classes=[0, 1, 2]),
    "predict": FITTED.predict_proba,
    "score": lambda table: FITTED.score(table, Y),
    "predictor": to_predictor(FITTED).predict,
    "select": lambda table: QuickSelector(network()).fit(X, Y).transform(table),
    "mcar": lambda table: MCARMasker(random_state=0).fit(X).transform(table),
    "mar": lambda table: MARMasker(random_state=0).fit(X).propensity(table),
    "mnar": lambda table: MNARMasker(random_state=0).fit(table),
    "diagnose": diagnose,
    "buffer": lambda table: ReplayBuffer(4, random_state=0).add(table, Y),
    "resample": lambda table: HardSampleSelector(network(), by="random").fit_resample(
        table, Y
    ),
}


@st.composite
def written_to(draw):
    """Draw a sparse matrix, and write to its arrays; return them as they are."""
    rng = np.random.default_rng(draw(seeds))
    table = np.where(rng.random(SHAPE) < 0.3, np.nan, rng.normal(size=SHAPE))
    matrix = getattr(sparse, draw(st.sampled_from(FORMATS)))(untidy_csr(table, rng))
    coordinates = matrix.format == "coo"
    index = list(matrix.coords) if coordinates else [matrix.indices, matrix.indptr]
    for _ in range(draw(st.integers(0, 2))):
        array = draw(st.sampled_from(index))
        array[draw(st.integers(0, array.size - 1))] = draw(st.sampled_from(NUMBERS))
    cut = draw(st.sampled_from([None, None, None, "data", "indices", "indptr"]))
    if cut is not None and not coordinates:
        by = draw(st.sampled_from([slice(None, -1), slice(1, None), slice(0, 0)]))
        setattr(matrix, cut, getattr(matrix, cut)[by])
    return matrix


@pytest.mark.parametrize("call", CALLS)
@given(matrix=written_to())
def test_malformed_matrices_are_refused_and_others_are_read(call, matrix):
    # Not `behaves`, which looks at the matrix with code that follows its arrays.
    message = "is a malformed"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            CALLS[call](matrix)
        except ValueError as error:
            message = str(error)
    assert "is a malformed" in message
