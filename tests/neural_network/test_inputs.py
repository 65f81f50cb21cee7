"""Location, scale and presence of features, learned in one piece or in several."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from sparsekit.neural_network.training import _inputs
from sparsekit.neural_network.training._inputs import learn_inputs

N_ROWS = 60


def table():
    """Return numbers with holes and zeros; column 3 is empty, column 4 constant."""
    rng = np.random.default_rng(0)
    X = rng.normal(3.0, 2.0, size=(N_ROWS, 5))
    X[rng.random(X.shape) < 0.2] = 0.0
    X[:, 4] = 7.0
    X[rng.random(X.shape) < 0.2] = np.nan
    X[:, 1] = np.nan_to_num(X[:, 1])
    X[:, 3] = np.nan
    return X


def assert_moments(inputs, X, weight):
    """Compare with the moments of the observed values, column by column."""
    for column, values in enumerate(X.T):
        seen = ~np.isnan(values)
        assert inputs["n_seen"][column] == pytest.approx(weight[seen].sum())
        assert inputs["has_missing"][column] == (not seen.all())
        if seen.any():
            mean = np.average(values[seen], weights=weight[seen])
            var = np.average((values[seen] - mean) ** 2, weights=weight[seen])
            assert_allclose(inputs["mean"][column], mean, rtol=1e-12)
            assert_allclose(inputs["var"][column], var, rtol=1e-10, atol=1e-12)
    assert inputs["n_rows"] == pytest.approx(weight.sum())


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("store", [np.asarray, sparse.csr_array])
def test_moments_of_several_calls_are_those_of_all_rows(store, weighted):
    X = table()
    weight = np.random.default_rng(1).random(N_ROWS) if weighted else np.ones(N_ROWS)
    known = None
    for rows in (slice(0, 7), slice(7, 8), slice(8, N_ROWS)):
        mine = weight[rows] if weighted else None
        known = learn_inputs(store(X[rows]), True, mine, known)
    assert_moments(known, X, weight)
    whole = learn_inputs(store(X), True, weight if weighted else None)
    for name, values in whole.items():
        assert_allclose(known[name], values, rtol=1e-10, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("store", [np.asarray, sparse.csr_array])
def test_moments_of_blocks_are_those_of_all_rows(store, monkeypatch):
    monkeypatch.setattr(_inputs, "_BLOCK", 40)
    assert_moments(learn_inputs(store(table()), True), table(), np.ones(N_ROWS))


@pytest.mark.parametrize("standardize", [True, False])
def test_a_column_without_values_is_kept_out(standardize):
    inputs = learn_inputs(table(), standardize)
    assert inputs["scale"][3] == inputs["shift"][3] == 0
    assert (inputs["scale"][[0, 1, 2, 4]] > 0).all()


@pytest.mark.parametrize("store", [np.asarray, sparse.csr_array])
def test_a_column_without_values_in_rows_that_weigh_is_kept_out(store):
    X, weight = table(), np.random.default_rng(2).random(N_ROWS)
    X[:5, 3], weight[:5] = 1.0, 0.0
    inputs = learn_inputs(store(X), True, weight)
    assert inputs["n_seen"][3] == inputs["scale"][3] == 0


def test_a_constant_column_is_shifted_and_not_scaled():
    inputs = learn_inputs(table(), True)
    assert (inputs["shift"][4], inputs["scale"][4]) == (7.0, 1.0)


def test_what_is_not_to_be_standardised_keeps_its_place_and_scale():
    inputs = learn_inputs(table(), False)
    assert_array_equal(inputs["shift"], np.zeros(5))
    assert_array_equal(inputs["scale"], [1, 1, 1, 0, 1])
