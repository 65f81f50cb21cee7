"""A fit whose rewirings are decided by compiled code is the one that Python decides."""

import numpy as np
import pytest

from sparsekit import DSTMLPClassifier
from sparsekit.topology import (
    MagnitudePruner,
    RandomGrower,
    RandomPruner,
    SETPruner,
    ThresholdPruner,
)

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 7))
y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)


class OwnGrower(RandomGrower):
    """One of a user's own, for which Python plans every layer."""


PRUNERS = [SETPruner(), MagnitudePruner(), RandomPruner(), ThresholdPruner(0.2)]
FITS = {
    "capped": {"sparsity": 0.2},  # the output layer is full
    "empty rows": {"sparsity": 0.95, "solver": "sgd"},
    "all replaced": {"prune_fraction": 1.0, "dtype": "float64"},
    "none replaced": {"prune_fraction": 1e-9},
    "dense output": {"allocation": "uniform_dense_output", "solver": "adamw"},
    "own steps": {"growth_moments": "per_connection_step", "record_births": True},
    "old weights": {"grow_init": "history"},
    "drawn weights": {"grow_init": "he", "early_stopping": True},
    "recorded": {"record": "rewiring", "schedule": "elastic"},
}


def fitted_arrays(net):
    """Return all that a fit leaves, but for times."""
    network, state = net._network, net._optimizer
    yield from network.to_dict().items()
    yield from state.to_dict().items()
    rows = [*net.history_, *net.rewiring_history_]
    yield "rows", np.array([repr(row | {"seconds": 0}) for row in rows])
    yield "explored", net._rewiring["exploration"]["seen"]
    yield "births", net._rewiring.get("births", 0)
    yield "next random number", net._generator.random()


@pytest.mark.parametrize("pruner", PRUNERS, ids=lambda pruner: type(pruner).__name__)
@pytest.mark.parametrize("parameters", FITS.values(), ids=FITS)
def test_all_bits_are_those_of_a_fit_that_python_plans(parameters, pruner):
    first, second = (
        DSTMLPClassifier(
            (9, 8), pruner=pruner, grower=grower, max_iter=4, random_state=0
        )
        .set_params(**parameters)
        .fit(X, y)
        for grower in (RandomGrower(), OwnGrower())
    )
    assert first.rewiring_history_
    for (name, ours), (_, theirs) in zip(
        fitted_arrays(first), fitted_arrays(second), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs, err_msg=name)


def test_python_plans_nothing_where_all_parts_are_built_in(monkeypatch):
    def plan(*args, **kwargs):
        raise AssertionError("planned in Python")

    monkeypatch.setattr("sparsekit.network._training.plan_rewiring", plan)
    net = DSTMLPClassifier((9, 8), max_iter=3, random_state=0)
    assert net.fit(X, y).rewiring_history_
    with pytest.raises(AssertionError, match="planned in Python"):
        net.set_params(grower=OwnGrower()).fit(X, y)
