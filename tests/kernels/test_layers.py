"""Kernels that go through one layer: gather, forward, loss, backward."""

import numpy as np
import pytest
from scipy import sparse

from sparsekit.kernels import backward, gather, order, outputs
from sparsekit.kernels import forward as forward_kernels
from sparsekit.kernels import noise as noise_kernels
from sparsekit.kernels._lanes import lanes_of
from sparsekit.kernels._structs import BY_INPUT, BY_ROW, Noise
from sparsekit.network import LOSSES, OptimizerState, csr_samples
from tests.reference.cases import (
    per_layer,
    plain_samples,
    random_naive_network,
    random_target,
    sparse_network,
    targets_of,
)
from tests.reference.inner import callable_from_python
from tests.reference.naive_network import (
    backpropagate,
    forward,
    kept_neurons,
    losses_and_deltas,
)
from tests.reference.naive_network import hash_key as naive_hash_key
from tests.reference.tiles import tiled, untiled

backward_inputs = callable_from_python(backward.backward_inputs)
bias_gradient = callable_from_python(backward.bias_gradient)
gradient_by_row = callable_from_python(backward.gradient_by_row)
forward_tile = callable_from_python(forward_kernels.forward_tile)
hash_key = callable_from_python(noise_kernels.hash_key)
derivative_from_output = callable_from_python(forward_kernels.derivative_from_output)
gather_tile = callable_from_python(gather.gather_tile)
output_deltas = callable_from_python(outputs.output_deltas)
connection_range = callable_from_python(order.connection_range)

WIDTH = 16
SIZES = [5, 7, 6, 3]
N_ROWS = 21  # two tiles, the second with five rows
N_TILES = 2
CLOSE = {
    np.float64: {"rtol": 1e-12, "atol": 1e-14},
    np.float32: {"rtol": 1e-4, "atol": 1e-5},
}
SILENCE = Noise(0, np.zeros(len(SIZES)))

FORMATS = np.array([0, BY_ROW, BY_INPUT, BY_INPUT])

both_precisions = pytest.mark.parametrize("dtype", [np.float64, np.float32])


def rounded_case(activation, dtype, density=0.5):
    """Draw a network and inputs that have the same values in both precisions."""
    rng = np.random.default_rng(3)
    naive = random_naive_network(rng, SIZES, density, activation)
    naive.matrices = [m.astype(dtype).astype(float) for m in naive.matrices]
    naive.biases = [b.astype(dtype).astype(float) for b in naive.biases]
    X = rng.normal(size=(N_ROWS, SIZES[0])).astype(dtype).astype(float)
    return rng, naive, X


def test_hash_of_four_integers_agrees_bit_for_bit():
    rng = np.random.default_rng(0)
    for seed, step, level, neuron in rng.integers(2**31 - 1, size=(200, 4)).tolist():
        ours = hash_key(seed, step, level, neuron)
        assert int(ours) == naive_hash_key(seed, step, level, neuron)


@both_precisions
def test_gather_writes_rows_in_order_and_pads_with_zeros(dtype):
    rng, naive, _ = rounded_case("relu", dtype)
    X = rng.normal(size=(50, SIZES[0])).astype(dtype)
    order = rng.permutation(50)
    arrays = sparse_network(naive, dtype).for_training(FORMATS, N_TILES * WIDTH)
    values = np.full(sum(SIZES) * N_TILES * WIDTH, 7, dtype)
    for tile in range(N_TILES):
        gather_tile(
            lanes_of(dtype, WIDTH),
            arrays,
            plain_samples(X, dtype),
            order,
            4,
            N_ROWS,
            tile,
            None,
            0,
            values,
        )
    rest = [np.full((N_TILES * WIDTH, n), 7.0) for n in SIZES[1:]]
    expected = tiled(
        [X[order[4 : 4 + N_ROWS]], *rest], SIZES, N_TILES, WIDTH, dtype, inputs=True
    )
    np.testing.assert_array_equal(values, expected)


def test_gather_of_csr_rows_fills_what_is_not_stored():
    rng, naive, _ = rounded_case("relu", np.float64)
    X = rng.normal(size=(50, SIZES[0]))
    X[rng.random(X.shape) < 0.5] = 0.0
    shift, scale = rng.normal(size=SIZES[0]), rng.uniform(0.5, 2.0, size=SIZES[0])
    samples = csr_samples(sparse.csr_array(X), shift, scale, np.float64)
    order = rng.permutation(50)
    values = np.zeros(sum(SIZES) * N_TILES * WIDTH)
    for tile in range(N_TILES):
        gather_tile(
            lanes_of(np.float64, WIDTH),
            sparse_network(naive).for_training(FORMATS, N_TILES * WIDTH),
            samples,
            order,
            4,
            N_ROWS,
            tile,
            None,
            0,
            values,
        )
    gathered = untiled(values, SIZES, N_TILES, WIDTH, 0, N_ROWS, inputs=True)
    expected = ((X - shift) * scale)[order[4 : 4 + N_ROWS]]
    np.testing.assert_array_equal(gathered, expected)


def forwarded(naive, X, dtype, *, noise=SILENCE, step=0, training=True):
    """Take all tiles through all levels; return values and factors, tiled."""
    values = tiled([X], SIZES[:1], N_TILES, WIDTH, dtype, inputs=True)
    values = np.append(values, np.full(sum(SIZES[1:]) * N_TILES * WIDTH, 9, dtype))
    factors = np.full(sum(SIZES[1:]) * N_TILES * WIDTH * training, 9, dtype)
    arrays = sparse_network(naive, dtype).for_training(FORMATS, N_TILES * WIDTH)
    lanes = lanes_of(dtype, WIDTH)
    for level in range(1, len(SIZES)):
        for tile in range(N_TILES):
            forward_tile(
                lanes, arrays, level, tile, N_TILES, values, factors, noise, step
            )
    return values, factors


@both_precisions
@pytest.mark.parametrize("density", [0.4, 1])
@pytest.mark.parametrize(
    "activation", ["identity", "logistic", "tanh", "relu", "leaky_relu", "all_relu"]
)
def test_forward_values_and_derivatives(activation, density, dtype):
    _, naive, X = rounded_case(activation, dtype, density)
    values, factors = forwarded(naive, X, dtype)
    expected, slopes = forward(naive, X)
    arrays = sparse_network(naive, dtype).for_training(FORMATS, N_TILES * WIDTH)
    for level in range(1, len(SIZES)):
        ours = untiled(values, SIZES, N_TILES, WIDTH, level, N_ROWS, inputs=True)
        np.testing.assert_allclose(ours, expected[level], **CLOSE[dtype])
    for level in range(1, len(SIZES) - 1):
        if derivative_from_output(arrays, level, SILENCE):
            values_above_zero = expected[level] > 0
            told = np.where(values_above_zero, 1, arrays.slopes[level])
            np.testing.assert_allclose(told, slopes[level - 1], **CLOSE[dtype])
            continue
        ours = untiled(factors, SIZES, N_TILES, WIDTH, level, N_ROWS, inputs=False)
        np.testing.assert_allclose(ours, slopes[level - 1], **CLOSE[dtype])


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_prediction_leaves_out_derivatives_and_dropout(activation):
    _, naive, X = rounded_case(activation, np.float64)
    noise = Noise(1, np.full(len(SIZES), 0.5))
    values, _ = forwarded(naive, X, np.float64, noise=noise, training=False)
    outputs = untiled(values, SIZES, N_TILES, WIDTH, 3, N_ROWS, inputs=True)
    np.testing.assert_allclose(outputs, forward(naive, X)[0][-1], rtol=1e-12)


@both_precisions
def test_forward_with_dropout(dtype):
    rate, seed, step = 0.35, 2**31 - 2, 12345
    _, naive, X = rounded_case("tanh", dtype)
    noise = Noise(seed, np.full(len(SIZES), rate))
    values, factors = forwarded(naive, X, dtype, noise=noise, step=step)
    scales = [
        kept_neurons(seed, step, level, N_ROWS, SIZES[level], rate) / (1 - rate)
        for level in (1, 2)
    ]
    assert 0 < sum((s == 0).sum() for s in scales) < N_ROWS * sum(SIZES[1:3])
    expected, slopes = forward(naive, X, scales)
    for level in (1, 2, 3):
        ours = untiled(values, SIZES, N_TILES, WIDTH, level, N_ROWS, inputs=True)
        np.testing.assert_allclose(ours, expected[level], **CLOSE[dtype])
    for level in (1, 2):
        ours = untiled(factors, SIZES, N_TILES, WIDTH, level, N_ROWS, inputs=False)
        np.testing.assert_allclose(ours, slopes[level - 1], **CLOSE[dtype])


@both_precisions
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("loss", ["softmax", "logistic", "squared_error"])
def test_losses_and_output_gradients(loss, weighted, dtype):
    rng, naive, X = rounded_case("tanh", dtype)
    z = forward(naive, X)[0][-1] * 3
    target = random_target(rng, loss, 50, SIZES[-1])
    weight = rng.uniform(0.1, 3.0, size=50) if weighted else None
    order = rng.permutation(50)
    rows = order[4 : 4 + N_ROWS]
    level_values = [np.zeros((N_ROWS, n)) for n in SIZES[:-1]] + [z]
    values = tiled(level_values, SIZES, N_TILES, WIDTH, dtype, inputs=True, padding=1.0)
    network = sparse_network(naive, dtype)
    arrays = network.for_training(FORMATS, N_TILES * WIDTH)
    deltas = np.full(sum(SIZES[1:]) * N_TILES * WIDTH, 9, dtype)
    lanes = lanes_of(dtype, WIDTH)
    total = sum(
        output_deltas(
            lanes,
            arrays,
            LOSSES[loss],
            targets_of(loss, target, weight, dtype),
            order,
            4,
            N_ROWS,
            tile,
            N_TILES,
            values,
            deltas,
            None,
            None,
        )
        for tile in range(N_TILES)
    )
    row_losses, delta = losses_and_deltas(loss, z, target[rows])
    factor = np.ones(N_ROWS) if weight is None else weight[rows]
    delta = delta * factor[:, np.newaxis]
    np.testing.assert_allclose(total, factor @ row_losses, rtol=CLOSE[dtype]["rtol"])
    padded = np.vstack([delta, np.zeros((N_TILES * WIDTH - N_ROWS, SIZES[-1]))])
    ours = untiled(deltas, SIZES, N_TILES, WIDTH, 3, len(padded), inputs=False)
    np.testing.assert_allclose(ours, padded, **CLOSE[dtype])
    np.testing.assert_array_equal(ours[N_ROWS:], 0.0)

    slots = OptimizerState.zeros(network, "sgd").arrays(network)
    bias_gradient(lanes, arrays, 3, 0, SIZES[3], N_TILES, deltas, slots)
    np.testing.assert_allclose(
        slots.bias_grad[-SIZES[-1] :], delta.sum(axis=0), **CLOSE[dtype]
    )


@both_precisions
@pytest.mark.parametrize("loss", ["softmax", "logistic"])
def test_losses_of_outputs_far_from_zero_are_exact_and_finite(loss, dtype):
    # exp(500) has no place in either precision.
    _, naive, _ = rounded_case("tanh", dtype)
    z = np.array([[500.0, -500.0, 0.0], [-500.0, 500.0, 499.0]])
    target = {"softmax": np.array([1, 1]), "logistic": np.array([[0, 1, 0], [1, 0, 1]])}
    expected = {"softmax": 1000 + np.log1p(np.exp(-1)), "logistic": 2000 + np.log(2)}
    values = tiled(
        [*(np.zeros((2, n)) for n in SIZES[:-1]), z],
        SIZES,
        1,
        WIDTH,
        dtype,
        inputs=True,
    )
    deltas = np.zeros(sum(SIZES[1:]) * WIDTH, dtype)
    total = output_deltas(
        lanes_of(dtype, WIDTH),
        sparse_network(naive, dtype).for_training(FORMATS, N_TILES * WIDTH),
        LOSSES[loss],
        targets_of(loss, target[loss], None, dtype),
        np.arange(2),
        0,
        2,
        0,
        1,
        values,
        deltas,
        None,
        None,
    )
    np.testing.assert_allclose(total, expected[loss], rtol=1e-6)
    assert np.isfinite(deltas).all()


@both_precisions
@pytest.mark.parametrize("density", [0.4, 1])
def test_backward_through_all_layers(density, dtype):
    rng, naive, X = rounded_case("tanh", dtype, density)
    values, slopes = forward(naive, X)
    delta = rng.normal(size=(N_ROWS, SIZES[-1])).astype(dtype).astype(float)
    matrix_grads, bias_grads, expected = backpropagate(naive, values, slopes, delta)
    network = sparse_network(naive, dtype)
    arrays = network.for_training(FORMATS, N_TILES * WIDTH)
    for layer in (2, 3):
        first, last, by_input = connection_range(arrays, layer)
        mine = slice(by_input, by_input + last - first)
        arrays.in_weights[mine] = network.weights[arrays.in_position[mine]]
    slots = OptimizerState.zeros(network, "sgd").arrays(network)
    # Lanes beyond the batch hold values but no gradient.
    flat = tiled(values, SIZES, N_TILES, WIDTH, dtype, inputs=True, padding=3.0)
    deltas = tiled([*slopes, delta], SIZES, N_TILES, WIDTH, dtype, inputs=False)
    lanes = lanes_of(dtype, WIDTH)
    gradient = np.zeros(network.weights.size, dtype)
    for level in (2, 1):
        here = network.first[level] - network.first[0]
        for begin, end in ((0, 2), (2, SIZES[level])):
            first, last = arrays.in_indptr[[here + begin, here + end]]
            share = np.zeros(last - first, dtype)
            for tile in range(N_TILES):
                backward_inputs(
                    lanes,
                    arrays,
                    level,
                    begin,
                    end,
                    tile,
                    N_TILES,
                    flat,
                    deltas,
                    SILENCE,
                    share,
                )
            bias_gradient(lanes, arrays, level, begin, end, N_TILES, deltas, slots)
            gradient[arrays.in_position[first:last]] = share
    for begin, end in ((0, 4), (4, SIZES[1])):
        first, last = network.indptr[[begin, end]]
        mine = gradient[first:last]
        gradient_by_row(lanes, arrays, begin, end, N_TILES, flat, deltas, mine)
    for level in (1, 2):
        ours = untiled(deltas, SIZES, N_TILES, WIDTH, level, N_ROWS, inputs=False)
        np.testing.assert_allclose(ours, expected[level - 1], **CLOSE[dtype])
    for ours, theirs in zip(per_layer(naive, gradient), matrix_grads, strict=True):
        np.testing.assert_allclose(ours, theirs, **CLOSE[dtype])
    n_hidden = sum(SIZES[1:3])
    np.testing.assert_allclose(
        slots.bias_grad[:n_hidden], np.concatenate(bias_grads[:-1]), **CLOSE[dtype]
    )
