"""Fits on parts, of random parameters, tables and ways to divide them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.distributed import fit_distributed
from sparsekit.neural_network import DSTMLPClassifier, SETMLPClassifier, SETMLPRegressor
from tests.fuzz.harness import behaves
from tests.fuzz.parameters import NONSENSE, parameters
from tests.fuzz.tables import rows_of, tables, targets

COUNTS = [1, 2, 3]
OPTIONS = {
    "n_parts": COUNTS,
    "rounds": COUNTS,
    "local_epochs": COUNTS,
    "topology": ["own", "shared"],
    "merge": ["average", "top"],
    "transfer_dtype": [None, "float16"],
}


@st.composite
def options(draw):
    """Draw options, of which one in some draws is nonsense."""
    chosen = {n: draw(st.sampled_from(values)) for n, values in OPTIONS.items()}
    if draw(st.integers(0, 9)) == 0:
        name = draw(st.sampled_from(sorted(OPTIONS)))
        chosen[name] = draw(st.sampled_from(NONSENSE))
    return chosen


@pytest.mark.parametrize(
    "network", [SETMLPClassifier, SETMLPRegressor, DSTMLPClassifier]
)
@given(data=st.data())
def test_fits_on_parts(network, data):
    X = data.draw(tables())
    y = data.draw(targets(rows_of(X)))
    given = data.draw(parameters(network))
    given |= {"hidden_layer_sizes": (4,), "max_iter": 2}
    net, chosen = network(**given), data.draw(options())
    if data.draw(st.booleans()):
        other = data.draw(tables())
        X = [(X, y), (other, data.draw(targets(rows_of(other))))]
        y = None
    fitted = behaves(lambda: fit_distributed(net, X, y, **chosen), X, y, given)
    if fitted is None:
        assert not hasattr(net, "_network")
        return
    assert np.isfinite(fitted._network.weights).all()
    assert len(fitted.history_) == len(fitted.loss_curve_) == fitted.n_iter_
    behaves(lambda: fitted.predict(X if y is not None else X[0][0]))
