"""The gradient at chosen positions, against the whole dense gradient."""

import numpy as np
import pytest

from sparsekit.topology import Layer


def layer_with_batch(rng, n_in=7, n_out=5, n_tiles=3, n_lanes=4):
    values = rng.normal(size=(n_tiles, n_in, n_lanes))
    deltas = rng.normal(size=(n_tiles, n_out, n_lanes))
    return Layer(
        np.zeros(n_out + 1, dtype=np.int64),
        np.empty(0, dtype=np.int32),
        np.empty(0),
        n_in,
        values=values,
        deltas=deltas,
    )


# Tiles of 32 lanes take two vectors; one of 3 lanes has to be filled up.
@pytest.mark.parametrize("n_lanes", [3, 32])
@pytest.mark.parametrize("count", [0, 3, 20, 35])
def test_gradients_at_positions_are_those_of_the_dense_gradient(n_lanes, count):
    rng = np.random.default_rng(0)
    layer = layer_with_batch(rng, n_lanes=n_lanes)
    dense = np.einsum("til,tol->oi", layer.values, layer.deltas).ravel()
    positions = rng.permutation(dense.size)[:count]
    np.testing.assert_allclose(layer.gradients_at(positions), dense[positions])


def test_the_order_of_the_positions_does_not_matter():
    rng = np.random.default_rng(0)
    layer = layer_with_batch(rng, n_lanes=16)
    positions = rng.permutation(35)
    in_order = layer.gradients_at(np.arange(35))
    np.testing.assert_array_equal(layer.gradients_at(positions), in_order[positions])


def test_an_unknown_gradient_is_an_error_that_names_the_remedy():
    layer = layer_with_batch(np.random.default_rng(0))._replace(deltas=None)
    with pytest.raises(ValueError, match="needs = frozenset"):
        layer.gradients_at(np.array([0]))


@pytest.mark.parametrize("position", [-1, 35])
def test_a_position_outside_the_layer_is_refused(position):
    layer = layer_with_batch(np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"positions must be in \[0, 35\)"):
        layer.gradients_at(np.array([3, position]))
