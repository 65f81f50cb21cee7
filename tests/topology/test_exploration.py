"""Counting the positions that have ever had a connection."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.topology import Exploration, Layer
from sparsekit.topology import _positions as module

SIZES = [5, 7, 3]
SPANS = [35, 21]

# For each of several rewirings, the new connections of both layers.
histories = st.lists(st.tuples(*(st.sets(st.integers(0, n - 1)) for n in SPANS)))


def flat(sets):
    """Return the positions of all layers in one array, and where each layer ends."""
    parts = [np.array(sorted(positions), dtype=np.int64) for positions in sets]
    return np.concatenate(parts), np.cumsum([0, *map(len, parts)])


@given(histories, st.booleans(), st.data())
def test_every_position_counts_once_however_often_it_comes(history, exact, data):
    exploration = Exploration(SIZES, exact=exact)
    seen: list[set] = [set(), set()]
    for sets in history:
        exploration.add(*flat(sets))
        for positions, new in zip(seen, sets, strict=True):
            positions |= new
        rates = [len(s) / n for s, n in zip(seen, SPANS, strict=True)]
        assert exploration.rates.tolist() == rates
        if data.draw(st.booleans()):  # a copy goes on from here
            exploration = Exploration(SIZES, exact=exact, state=exploration.to_dict())
    for positions, expected in zip(exploration.positions(), seen, strict=True):
        assert positions.tolist() == sorted(expected)


def test_the_connections_of_layers_are_added():
    rng = np.random.default_rng(0)
    layers, expected = [], []
    for n_in, n_out in ((5, 7), (7, 3)):
        mask = rng.random((n_out, n_in)) < 0.5
        mask[1] = False
        indptr = np.concatenate([[0], np.cumsum(mask.sum(axis=1))])
        indices = np.nonzero(mask)[1]
        layers.append(Layer(indptr, indices, np.ones(indices.size), n_in))
        expected.append(np.flatnonzero(mask).tolist())
    exploration = Exploration(SIZES)
    exploration.add_layers(layers)
    assert [here.tolist() for here in exploration.positions()] == expected


def test_beyond_the_budget_the_rate_is_estimated(monkeypatch):
    monkeypatch.setattr(module, "BUDGET", 4000)
    rng = np.random.default_rng(0)
    n = 400
    exploration = Exploration([n, n])
    seen = np.zeros(n * n, dtype=bool)
    for _ in range(40):
        positions = np.sort(rng.choice(n * n, 3000, replace=False))
        exploration.add(positions, np.array([0, positions.size]))
        seen[positions] = True
    assert exploration.to_dict()["seen"].size <= 4000
    # A sample of 2,000 to 4,000: a standard error of about 2 %.
    assert exploration.rates[0] == pytest.approx(seen.mean(), rel=0.08)


def test_all_are_remembered_where_a_strategy_asks_for_them(monkeypatch):
    monkeypatch.setattr(module, "BUDGET", 10)
    exploration = Exploration([30, 30], exact=True)
    positions = np.arange(0, 900, 2)
    exploration.add(positions, np.array([0, positions.size]))
    assert exploration.positions()[0].tolist() == positions.tolist()
