"""Dropout masks have the rate asked for and no pattern across what they depend on."""

import numpy as np
import pytest
from scipy.stats import chisquare

from tests.reference.naive_network import kept_neurons

# The kernels' masks are those of this twin, bit by bit; see tests/reference.


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_share_of_silenced_neurons(rate):
    kept = kept_neurons(7, 1, 1, 200, 100, rate)
    # Four standard errors of a share among 20,000 cells.
    allowed = 4 * np.sqrt(rate * (1 - rate) / kept.size)
    assert (~kept).mean() == pytest.approx(rate, abs=allowed)
    rows, columns = kept.sum(axis=1), kept.sum(axis=0)
    assert rows.var() == pytest.approx(100 * rate * (1 - rate), rel=0.5)
    assert columns.var() == pytest.approx(200 * rate * (1 - rate), rel=0.5)


@pytest.mark.parametrize("change", ["seed", "step", "level"])
def test_masks_of_other_seeds_steps_and_levels_are_independent(change):
    key = {"seed": 7, "step": 1, "level": 1}
    one = kept_neurons(**key, n_rows=100, n_neurons=100, rate=0.5)
    key[change] += 1
    other = kept_neurons(**key, n_rows=100, n_neurons=100, rate=0.5)
    table = [(one & other).sum(), (one & ~other).sum()]
    table += [(~one & other).sum(), (~one & ~other).sum()]
    assert chisquare(table).pvalue > 1e-3


def test_neighbours_are_independent():
    kept = kept_neurons(7, 1, 1, 200, 200, 0.5)
    assert np.corrcoef(kept[1:].ravel(), kept[:-1].ravel())[0, 1] < 0.02
    assert np.corrcoef(kept[:, 1:].ravel(), kept[:, :-1].ravel())[0, 1] < 0.02
