"""What the first layer makes of missing inputs, against the formulas."""

import numpy as np
import pytest
from scipy import sparse

from sparsekit.network import (
    csr_samples,
    dense_samples,
    expected_missing_inputs,
    raw_outputs,
    scaled_missing_inputs,
)
from tests.reference.cases import (
    plain_sgd,
    random_naive_network,
    random_target,
    sparse_network,
    trainer_of,
)
from tests.reference.naive_holes import (
    expected_activation,
    outputs_after,
    scaled_sums,
)
from tests.reference.naive_network import activate
from tests.reference.test_gradients import N_ROWS, assert_gradients_are_slopes

N_VALUES = 6
PIECEWISE = [("identity", None), ("relu", None), ("leaky_relu", 0.3)]


def holey_inputs(rng, n_rows=N_ROWS, n_indicators=0):
    """Draw values with holes, a complete row and a row without values."""
    X = rng.normal(size=(n_rows, N_VALUES))
    X[rng.random(X.shape) < 0.4] = np.nan
    X[0] = rng.normal(size=N_VALUES)
    X[1] = np.nan
    indicators = np.arange(n_indicators)
    return X, np.hstack([X, np.isnan(X[:, indicators])]), indicators


def samples_of(X, indicators, dtype=np.float64, *, store=np.asarray):
    make = dense_samples if store is np.asarray else csr_samples
    return make(
        store(X),
        np.zeros(N_VALUES),
        np.ones(N_VALUES),
        dtype,
        indicators=indicators,
        keep_missing=True,
    )


def network_and_inputs(activation, slope=None, sizes=(7, 3), n_indicators=0, seed=2):
    rng = np.random.default_rng(seed)
    n_inputs = N_VALUES + n_indicators
    naive = random_naive_network(rng, (n_inputs, *sizes), 0.6, activation, slope)
    return rng, naive, *holey_inputs(rng, n_indicators=n_indicators)


@pytest.mark.parametrize("store", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("root", [False, True])
@pytest.mark.parametrize("unit", ["sample", "neuron"])
@pytest.mark.parametrize("n_indicators", [0, 3])
def test_scaled_sums_equal_their_formula(unit, root, n_indicators, store):
    _, naive, X, inputs, indicators = network_and_inputs(
        "tanh", n_indicators=n_indicators
    )
    missing_inputs = scaled_missing_inputs(
        unit, N_VALUES, 4.2, root=root, dtype=np.float64
    )
    ours = raw_outputs(
        sparse_network(naive),
        samples_of(X, indicators, store=store),
        missing_inputs=missing_inputs,
    )
    z = scaled_sums(naive, inputs, N_VALUES, unit=unit, typical=4.2, root=root)
    expected = outputs_after(naive, activate("tanh", None, 1, z)[0])
    np.testing.assert_allclose(ours, expected, rtol=1e-10)


@pytest.mark.parametrize("store", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize(("activation", "slope"), [*PIECEWISE, ("all_relu", 0.6)])
def test_expected_activations_equal_their_formula(activation, slope, store):
    rng, naive, X, _, indicators = network_and_inputs(activation, slope)
    mean, variance = rng.normal(size=N_VALUES), rng.uniform(0.2, 3.0, size=N_VALUES)
    variance[2] = 0.0  # a constant feature
    ours = raw_outputs(
        sparse_network(naive),
        samples_of(X, indicators, store=store),
        missing_inputs=expected_missing_inputs(mean, variance, dtype=np.float64),
    )
    expected = outputs_after(naive, expected_activation(naive, X, mean, variance))
    np.testing.assert_allclose(ours, expected, rtol=1e-10)


def test_expected_relu_is_what_a_million_draws_give():
    rng, naive, X, _, indicators = network_and_inputs("relu", sizes=(7, 1))
    mean, variance = rng.normal(size=N_VALUES), rng.uniform(0.2, 3.0, size=N_VALUES)
    row = X[4:5]
    assert np.isnan(row).sum() > 1
    ours = raw_outputs(
        sparse_network(naive),
        samples_of(row, indicators),
        missing_inputs=expected_missing_inputs(mean, variance, dtype=np.float64),
    )
    draws = rng.normal(mean, np.sqrt(variance), size=(1_000_000, N_VALUES))
    draws = np.where(np.isnan(row), draws, row)
    hidden = np.maximum(draws @ naive.matrices[0].T + naive.biases[0], 0)
    outputs = hidden @ naive.matrices[1].T + naive.biases[1]
    standard_error = outputs.std() / 1000
    np.testing.assert_allclose(ours, [outputs.mean(axis=0)], atol=5 * standard_error)


def test_nothing_missing_leaves_the_plain_activation():
    _, naive, X, _, indicators = network_and_inputs("relu")
    X = np.nan_to_num(X)
    ones = np.ones(N_VALUES)
    plain = raw_outputs(sparse_network(naive), samples_of(X, indicators))
    for missing_inputs in (
        expected_missing_inputs(ones, ones, dtype=np.float64),
        scaled_missing_inputs("neuron", N_VALUES, 3.0, root=True, dtype=np.float64),
        scaled_missing_inputs(
            "sample", N_VALUES, N_VALUES, root=True, dtype=np.float64
        ),
    ):
        ours = raw_outputs(
            sparse_network(naive),
            samples_of(X, indicators),
            missing_inputs=missing_inputs,
        )
        np.testing.assert_allclose(ours, plain, rtol=1e-12)


def gradient_case(
    activation, slope, missing_inputs, n_indicators=0, sizes=(5, 4, 3), **noise
):
    rng, naive, X, _, indicators = network_and_inputs(
        activation, slope, sizes, n_indicators
    )
    weight = rng.uniform(0.1, 3.0, size=N_ROWS)
    trainer = trainer_of(
        sparse_network(naive),
        samples_of(X, indicators),
        "softmax",
        random_target(rng, "softmax", N_ROWS, sizes[-1]),
        plain_sgd(0.5),
        batch_size=N_ROWS,
        weight=weight,
        missing_inputs=missing_inputs,
        n_values=N_VALUES,
        **noise,
    )
    assert_gradients_are_slopes(trainer, 0.5, weight.sum())


@pytest.mark.parametrize(("activation", "slope"), [*PIECEWISE, ("all_relu", 0.6)])
@pytest.mark.parametrize("noise", [{}, {"dropout": 0.3, "noise_seed": 4}])
def test_gradients_through_expected_activations(activation, slope, noise):
    rng = np.random.default_rng(8)
    missing_inputs = expected_missing_inputs(
        rng.normal(size=N_VALUES), rng.uniform(0.2, 3, N_VALUES), dtype=np.float64
    )
    gradient_case(activation, slope, missing_inputs, **noise)


def test_gradients_of_a_linear_model_with_expected_inputs():
    ones = np.ones(N_VALUES)
    missing_inputs = expected_missing_inputs(ones, ones, dtype=np.float64)
    gradient_case("relu", None, missing_inputs, sizes=(3,))


@pytest.mark.parametrize("n_indicators", [0, 3])
@pytest.mark.parametrize("unit", ["sample", "neuron"])
@pytest.mark.parametrize("root", [False, True])
def test_gradients_under_scaling(unit, root, n_indicators):
    missing_inputs = scaled_missing_inputs(
        unit, N_VALUES, 4.2, root=root, dtype=np.float64
    )
    gradient_case("tanh", None, missing_inputs, n_indicators)


def test_gradients_under_input_dropout_and_scaling():
    missing_inputs = scaled_missing_inputs(
        "neuron", N_VALUES, 4.2, root=True, dtype=np.float64
    )
    gradient_case("tanh", None, missing_inputs, 3, input_dropout=0.3, noise_seed=4)
