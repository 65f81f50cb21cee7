"""How connections spread over the neurons, against dense masks."""

import numpy as np
import pytest

from sparsekit.network import degree_statistics
from tests.reference.cases import random_naive_network, sparse_network


@pytest.mark.parametrize("sizes", [(6, 3), (6, 9, 8, 3), (1, 5, 1)])
@pytest.mark.parametrize("density", [0.2, 0.6, 1])
def test_statistics_are_those_of_the_masks(sizes, density):
    naive = random_naive_network(np.random.default_rng(0), sizes, density)
    statistics = degree_statistics(sparse_network(naive))
    is_fed = np.ones(sizes[0], dtype=bool)
    for ours, mask in zip(statistics, naive.masks, strict=True):
        fan_in, fan_out = mask.sum(axis=1), mask.sum(axis=0)
        assert ours["n_active"] == ((fan_out > 0) & is_fed).sum()
        for name, degrees in (("fan_in", fan_in), ("fan_out", fan_out)):
            assert ours[f"{name}_mean"] == pytest.approx(degrees.mean())
            assert ours[f"{name}_std"] == pytest.approx(degrees.std(), abs=1e-6)
            assert ours[f"{name}_max"] == degrees.max()
        is_fed = fan_in > 0
