"""All neurons end with the same fan-in, or as near as the number allows."""

import numpy as np
from hypothesis import given

from sparsekit.topology import FanInGrower, Layer
from tests.reference.strategies import rewirings


def fan_ins(layer, dropped, positions):
    survivors = layer.positions()[~dropped]
    rows = np.concatenate([survivors, positions]) // layer.n_in
    return np.bincount(rows, minlength=layer.n_out)


@given(rewirings())
def test_no_row_that_got_connections_has_two_more_than_another(drawn):
    layer, dropped, count, _ = drawn
    grower = FanInGrower(candidates=1.5)
    positions = grower.select(layer, dropped, count, np.random.default_rng(0))
    after = fan_ins(layer, dropped, positions)
    grew = np.unique(positions // layer.n_in)
    if grew.size:
        assert after[grew].max() - after.min() <= 1


def test_a_number_that_can_be_shared_equally_is():
    rng = np.random.default_rng(0)
    n_in, n_out, fan_in = 50, 40, 6
    indices = np.sort(np.argsort(rng.random((n_out, n_in)))[:, :fan_in]).ravel()
    layer = Layer(
        np.arange(n_out + 1) * fan_in,
        indices,
        np.ones(indices.size),
        n_in,
        values=rng.normal(size=(1, n_in, 16)),
        deltas=rng.normal(size=(1, n_out, 16)),
    )
    dropped = rng.random(indices.size) < 0.4
    positions = FanInGrower().select(layer, dropped, int(dropped.sum()), rng)
    assert (fan_ins(layer, dropped, positions) == fan_in).all()


def test_a_row_with_more_survivors_than_its_share_keeps_them():
    layer = Layer(
        np.array([0, 4, 5, 6]),
        np.array([0, 1, 2, 3, 0, 1]),
        np.ones(6),
        5,
        values=np.ones((1, 5, 1)),
        deltas=np.ones((1, 3, 1)),
    )
    dropped = np.array([False] * 4 + [True, True])
    positions = FanInGrower().select(layer, dropped, 2, np.random.default_rng(0))
    assert fan_ins(layer, dropped, positions).tolist() == [4, 1, 1]


def layer_with_an_idle_row(number):
    return Layer(
        np.array([0, 1, 2, 4]),
        np.array([0, 1, 0, 2]),
        np.ones(4),
        4,
        values=np.ones((1, 4, 1)),
        deltas=np.ones((1, 3, 1)),
        number=number,
        n_layers=2,
    )


def test_neurons_that_keep_nothing_may_be_left_idle():
    layer, dropped = layer_with_an_idle_row(1), np.array([True, False, False, True])
    grower, rng = FanInGrower(fill_idle=False), np.random.default_rng(0)
    for count, expected in ((2, [0, 2, 2]), (6, [0, 4, 4])):
        positions = grower.select(layer, dropped, count, rng)
        assert fan_ins(layer, dropped, positions).tolist() == expected


def test_idle_neurons_are_filled_where_the_others_are_full():
    layer, dropped = layer_with_an_idle_row(1), np.array([True, False, False, True])
    grower, rng = FanInGrower(fill_idle=False), np.random.default_rng(0)
    positions = grower.select(layer, dropped, 7, rng)
    assert fan_ins(layer, dropped, positions).tolist() == [3, 3, 3]


def test_no_output_neuron_is_left_idle():
    layer, dropped = layer_with_an_idle_row(2), np.array([True, False, False, True])
    grower, rng = FanInGrower(fill_idle=False), np.random.default_rng(0)
    positions = grower.select(layer, dropped, 4, rng)
    assert fan_ins(layer, dropped, positions).tolist() == [2, 2, 2]
