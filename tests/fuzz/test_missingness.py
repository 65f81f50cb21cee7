"""Maskers and the diagnosis, on random parameters and tables."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from sparsekit import missingness
from sparsekit.missingness import MissingnessDisplay, diagnose
from tests.fuzz.harness import behaves
from tests.fuzz.parameters import NONSENSE, parameters
from tests.fuzz.tables import rows_of, tables, targets

MASKERS = [
    getattr(missingness, name)
    for name in missingness.__all__
    if name.endswith(("Masker", "Transformer"))
]


@pytest.mark.parametrize("masker", MASKERS)
@given(data=st.data())
def test_maskers(masker, data):
    settings = data.draw(parameters(masker))
    X, other = data.draw(tables()), data.draw(tables())
    y = data.draw(targets(rows_of(X)))
    made = masker(**settings)
    behaves(lambda: made.transform(X), X)  # not fitted
    for call in (lambda: made.fit(X, y), lambda: made.fit_transform(X, y)):
        masked = behaves(call, X, y)
    if masked is None or not isinstance(masked, np.ndarray | sparse.sparray):
        return
    assert masked.shape == X.shape
    behaves(lambda: made.transform(X), X)
    behaves(lambda: made.transform(other), other)


@given(tables(), st.one_of(st.none(), tables()), st.sampled_from([1, 3, *NONSENSE]))
def test_diagnose(X, mask, max_patterns):
    found = behaves(lambda: diagnose(X, mask, max_patterns=max_patterns), X, mask)
    if found is not None:
        assert 0 <= found.missing_rate <= 1
        assert len(found.columns) == X.shape[1]
        assert repr(found)
        assert found._repr_html_()


@given(tables())
def test_display(X):
    _, ax = plt.subplots()
    shown = behaves(lambda: MissingnessDisplay.from_data(X, ax=ax), X)
    plt.close("all")
    assert shown is None or len(shown.missing_rates) == X.shape[1]
