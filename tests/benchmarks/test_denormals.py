"""Values that decay towards zero: subnormal numbers are slow to compute with."""

import numpy as np
import pytest

from benchmarks.speed.measure import seconds_of
from benchmarks.speed.networks import trainer_for, wide

pytestmark = pytest.mark.benchmark
WORK = wide(0.01)
ORDER = np.arange(WORK.n_rows)


def run_epoch(trainer):
    # A rate of zero: values stay as small as they are.
    return trainer.run_epoch(ORDER, 0.0)


def decayed(scale):
    """Return a trainer whose weights and momenta are tiny."""
    trainer = trainer_for(WORK)
    trainer.run_epoch(ORDER, WORK.learning_rate)
    trainer.network.weights *= np.float32(scale)
    trainer.network.biases *= np.float32(scale)
    trainer.state.weight_first *= np.float32(scale)
    trainer.state.bias_first *= np.float32(scale)
    return trainer


@pytest.mark.parametrize("exponent", [-5, -10, -13, -20, -30, -38, -40])
def test_decayed_networks_train_as_fast_as_fresh_ones(exponent):
    fresh, small = decayed(1.0), decayed(10.0**exponent)
    times = {"fresh": [], "small": []}
    for _ in range(10):
        times["fresh"].append(seconds_of(run_epoch, fresh))
        times["small"].append(seconds_of(run_epoch, small))
    assert min(times["small"]) < 1.5 * min(times["fresh"])
