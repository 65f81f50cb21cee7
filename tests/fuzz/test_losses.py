"""Losses of regressors on targets of every kind."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit import DSTMLPRegressor, StaticSparseMLPRegressor
from sparsekit.neural_network import to_predictor
from tests.fuzz.harness import behaves

LOSSES = ["squared_error", "absolute_error", "huber", "quantile", "poisson", "gamma"]
POSITIVE = ("poisson", "gamma")


@pytest.mark.parametrize("made", [DSTMLPRegressor, StaticSparseMLPRegressor])
@given(data=st.data())
def test_random_losses_and_targets_are_learned_or_refused(made, data):
    loss = data.draw(st.sampled_from(LOSSES))
    numbers = st.one_of(
        st.sampled_from([0.0, 1.0, 1e-300, 1e300, -1.0, 5e-324]),
        st.floats(allow_nan=False, allow_infinity=False),
        st.floats(1e-3, 1e3),
    )
    y = np.array(data.draw(st.lists(numbers, min_size=12, max_size=12)))
    X = np.random.default_rng(0).normal(size=(12, 3))
    X[::5, 1] = np.nan
    net = made((4,), loss=loss, sparsity=0.5, max_iter=2, random_state=0)
    net.set_params(
        quantile=data.draw(st.sampled_from([None, 1e-6, 0.5, 1.0])),
        standardize=data.draw(st.booleans()),
        dtype=data.draw(st.sampled_from(["float32", "float64"])),
        learning_rate_init=data.draw(st.sampled_from([1e-3, 1e3, 1e30])),
        early_stopping=data.draw(st.booleans()),
        scoring=data.draw(st.sampled_from(["loss", None])),
    )
    if behaves(lambda: net.fit(X, y), X, y) is None:
        assert not hasattr(net, "_network")
        return
    for table in (X, 1e9 * X):
        predicted = behaves(lambda: net.predict(table), table)  # noqa: B023
        if predicted is not None:
            assert np.isfinite(predicted).all()
            assert loss not in POSITIVE or (predicted > 0).all()
        behaves(lambda: to_predictor(net).predict(table), table)  # noqa: B023
    behaves(lambda: net.consolidate(X, y), X, y)
    behaves(lambda: net.set_params(early_stopping=False).partial_fit(X, y), X, y)
