"""Finite numbers of any size: what comes out is finite, or refused on purpose."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.missingness import LabelMasker, MARMasker, MNARMasker, diagnose
from sparsekit.neural_network import to_predictor
from tests.fuzz.harness import behaves
from tests.fuzz.invariants import check_network
from tests.fuzz.tables import seeds

ENDS = [5e-324, 1e-310, 1e-300, 1e-160, 1e-40, 1e30, 1e38, 1e39, 1e155, 1e300]
ENDS += [np.finfo(np.float64).max]
SIZES = [1.0, *ENDS]
MODES = [{}, {"missing": "indicator"}, {"missing": "expected"}, {"standardize": False}]
MODES += [{"missing_scaling": "sample"}, {"missing_scaling": "neuron"}]
MODES += [{"dtype": "float64"}, {"activation": "tanh"}, {"missing": "raise"}]


@st.composite
def tables_of_any_size(draw):
    """Draw a table whose columns, and some cells, are of any finite size."""
    rng = np.random.default_rng(draw(seeds))
    X = rng.uniform(-1, 1, size=(12, 3))
    if draw(st.booleans()):
        X[:, draw(st.integers(0, 2))] = draw(st.sampled_from([0.0, 1.0, -1.0]))
    X *= [draw(st.sampled_from(SIZES)) for _ in range(3)]
    for _ in range(draw(st.integers(0, 2))):
        cell = draw(st.integers(0, 11)), draw(st.integers(0, 2))
        X[cell] = draw(st.sampled_from(ENDS)) * draw(st.sampled_from([-1, 1]))
    if draw(st.booleans()):
        X[rng.random(X.shape) < 0.2] = np.nan
    if draw(st.booleans()):
        with np.errstate(over="ignore"):
            narrow = X.astype(np.float32)
        X = narrow if not np.isinf(narrow).any() else X
    return sparse.csr_array(X) if draw(st.booleans()) else X


@st.composite
def numbers_of_any_size(draw, positive=False):
    """Draw a target, or weights, for twelve rows."""
    rng = np.random.default_rng(draw(seeds))
    values = rng.uniform(0.1 if positive else -1, 1, size=12)
    values *= draw(st.sampled_from(SIZES))
    if draw(st.booleans()):
        values[draw(st.integers(0, 11))] = draw(st.sampled_from(ENDS))
    return values


def finite(result):
    """Fail unless all numbers of a result are finite."""
    if result is not None:
        assert np.isfinite(np.asarray(result, dtype=np.float64)).all()


def all_finite(net, X, y):
    for name in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        if hasattr(net, name):
            finite(behaves(lambda: getattr(net, name)(X), X))  # noqa: B023
    # R2 of targets that predictions miss by more than all numbers is minus infinity.
    score = behaves(lambda: net.score(X, y), X, y)
    assert score is None or not np.isnan(score)
    finite(behaves(lambda: to_predictor(net).predict(X), X))


@pytest.mark.parametrize("made", [SETMLPClassifier, SETMLPRegressor])
@given(data=st.data())
def test_networks_predict_finite_numbers(made, data):
    settings = data.draw(st.sampled_from(MODES))
    X, other = data.draw(tables_of_any_size()), data.draw(tables_of_any_size())
    classifies = made is SETMLPClassifier
    y = np.arange(12) % 3 if classifies else data.draw(numbers_of_any_size())
    weights = data.draw(st.one_of(st.none(), numbers_of_any_size(positive=True)))
    net = made((4,), sparsity=0.5, max_iter=2, random_state=0, **settings)
    net.set_params(solver=data.draw(st.sampled_from(["adam", "sgd"])))
    net.set_params(
        learning_rate_init=data.draw(st.sampled_from([1e-3, 1e3, 1e30])),
        early_stopping=data.draw(st.booleans()),
    )
    behaves(lambda: net.fit(X, y, weights), X, y, weights)
    if hasattr(net, "_network"):
        for table in (X, other):
            all_finite(net, table, y)
    first = {"classes": [0, 1, 2]} if classifies else {}
    stream = made((4,), sparsity=0.5, random_state=0, **settings)
    for table in (X, other, X):
        before = state_of(stream)
        learned = behaves(lambda: stream.partial_fit(table, y, **first), table, y)  # noqa: B023
        if learned is None:
            assert state_of(stream) == before
        elif hasattr(stream, "_network"):
            all_finite(stream, table, y)
    if hasattr(stream, "_network"):
        check_network(stream, np.tile(stream._inputs["shift"], (5, 1)))


def state_of(net):
    """Return what a refused call must leave as it was."""
    if not hasattr(net, "_network"):
        return None
    arrays = [*net._network.to_dict().values(), *net._inputs.values()]
    return [np.asarray(array).tobytes() for array in arrays]


@pytest.mark.parametrize(
    "masker",
    [
        *(MNARMasker(kind=kind) for kind in ("self", "quantile", "latent", "logistic")),
        MARMasker(),
        MARMasker(drivers=1, link="rank"),
        LabelMasker(),
    ],
    ids=repr,
)
@given(tables_of_any_size(), tables_of_any_size(), numbers_of_any_size())
def test_maskers_have_a_probability_for_all_cells(masker, X, other, y):
    masker.set_params(random_state=0)
    if behaves(lambda: masker.fit(X, y), X, y) is None:
        return
    for table in (X, other):
        found = behaves(lambda: masker.propensity(table, y), table)  # noqa: B023
        assert found is None or ((found >= 0) & (found <= 1)).all()
        behaves(lambda: masker.transform(table), table)  # noqa: B023


@given(tables_of_any_size())
def test_a_diagnosis_tells_numbers(X):
    found = behaves(lambda: diagnose(X), X)
    if found is not None:
        tests = found.dependence[["difference", "z", "p_value", "p_adjusted"]]
        finite(tests)
