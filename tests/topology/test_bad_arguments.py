"""What is no layer, no generator or no number of neurons, given to public functions."""

import numpy as np
import pytest

from sparsekit.topology import (
    Layer,
    RandomGrower,
    SETPruner,
    active_neurons,
    correlation_strengths,
    erdos_renyi_counts,
    neuron_importance,
    percolation,
    plan_rewiring,
)

FIRST = Layer(np.array([0, 1, 2]), np.array([0, 2]), np.ones(2), 3)
SECOND = Layer(np.array([0, 2]), np.array([0, 1]), np.ones(2), 2)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(9, 4))

BROKEN = {
    "an index beyond the inputs": {"indices": np.array([0, 3])},
    "a negative index": {"indices": np.array([-1, 2])},
    "indices that are reals": {"indices": np.array([0.0, 2.0])},
    "rows that fall": {"indptr": np.array([0, 3, 2])},
    "rows that begin later": {"indptr": np.array([1, 1, 2])},
    "rows that end early": {"indptr": np.array([0, 1, 1])},
    "no rows": {"indptr": np.array([0])},
    "rows that are a list": {"indptr": [0, 1, 2]},
    "a weight too few": {"weights": np.ones(1)},
    "weights that are words": {"weights": np.array(["a", "b"])},
    "inputs that are a word": {"n_in": "three"},
}


@pytest.mark.parametrize("function", [active_neurons, percolation])
@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_layer_is_named(function, case):
    with pytest.raises(ValueError, match=r"layers\[0\]: (indptr|indices|weights) must"):
        function([FIRST._replace(**BROKEN[case]), SECOND])


@pytest.mark.parametrize("case", BROKEN)
def test_the_importance_in_a_broken_layer_is_refused(case):
    with pytest.raises(ValueError, match="layer: "):
        neuron_importance(FIRST._replace(**BROKEN[case]))


@pytest.mark.parametrize("function", [active_neurons, percolation])
def test_layers_must_follow_each_other(function):
    with pytest.raises(ValueError, match=r"layers\[1\] reads 3 neurons.* has 2"):
        function([FIRST, FIRST])
    with pytest.raises(ValueError, match="layers is empty"):
        function([])


@pytest.mark.parametrize("layers", [None, 3, "x", {}, FIRST, [None], [FIRST, 3]])
@pytest.mark.parametrize(
    "function",
    [
        active_neurons,
        percolation,
        lambda layers: plan_rewiring(layers, SETPruner(), RandomGrower(), 0.5, RNG),
    ],
)
def test_what_is_no_layer_is_of_another_type(function, layers):
    with pytest.raises(TypeError, match="must be a"):
        function(layers)


@pytest.mark.parametrize("layer", [None, 3, [FIRST]])
def test_a_single_layer_is_no_list(layer):
    with pytest.raises(TypeError, match="layer must be a Layer"):
        neuron_importance(layer)


@pytest.mark.parametrize(
    "given", [{"rng": "x"}, {"rng": None}, {"total": "many"}, {"total": 1.5}]
)
def test_a_plan_names_what_is_of_another_type(given):
    arguments = {"fraction": 0.5, "rng": RNG} | given
    with pytest.raises(TypeError, match=f"{next(iter(given))} must be"):
        plan_rewiring([FIRST], SETPruner(), RandomGrower(), **arguments)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        (-np.inf, "sizes must be whole numbers"),
        ([4, 2.5], "sizes must be whole numbers"),
        ([4, None], "sizes must be whole numbers"),
        ("ab", "sizes must be whole numbers"),
        ([10**30, 2], "sizes must be whole numbers"),
        ([2**40, 2**40], "more positions than 64 bits can count"),
        ([], "sizes is empty"),
    ],
)
def test_numbers_of_neurons_are_whole_and_can_be_counted(sizes, message):
    with pytest.raises(ValueError, match=message):
        erdos_renyi_counts(sizes, 0.5)


@pytest.mark.parametrize(
    "fill", [np.zeros(3), 0.0, np.full(4, np.nan), np.zeros((4, 1))]
)
def test_a_fill_has_a_number_for_each_feature(fill):
    with pytest.raises(ValueError, match="fill must hold a finite number for each of"):
        correlation_strengths(X, RNG, fill=fill)


@pytest.mark.parametrize("n_projections", [0, -3, 2.5, "many"])
def test_projections_are_counted(n_projections):
    with pytest.raises(ValueError, match="n_projections must be an integer >= 1"):
        correlation_strengths(X, RNG, n_projections=n_projections)


@pytest.mark.parametrize("table", [None, 3, X[0], X[..., np.newaxis], [["a"]]])
def test_strengths_need_a_table_of_numbers(table):
    with pytest.raises((TypeError, ValueError)):
        correlation_strengths(table, RNG)


def test_strengths_take_lists_and_need_a_generator():
    strengths = correlation_strengths(X, RNG)
    assert np.array_equal(correlation_strengths(X.tolist(), RNG), strengths)
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator"):
        correlation_strengths(X, "x")
