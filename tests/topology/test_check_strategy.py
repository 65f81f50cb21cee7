"""The check of strategies passes ours and catches those that break the contract."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from sparsekit.topology import (
    AblationPruner,
    AdaptiveThresholdPruner,
    FanInGrower,
    GradientGrower,
    MagnitudePruner,
    MESTPruner,
    MomentumGrower,
    NeuronPruner,
    ObservedGrower,
    RandomGrower,
    RandomPruner,
    RelativeImportancePruner,
    SETPruner,
    SignChangePruner,
    SoftPruner,
    TaylorPruner,
    ThresholdPruner,
    UnfiredGrower,
    check_strategy,
)


@pytest.mark.parametrize(
    "strategy",
    [
        AblationPruner(),
        NeuronPruner(),
        NeuronPruner(MagnitudePruner(scope="network"), percentile=10.0),
        AblationPruner(min_salient=1.0, candidates=None),
        AdaptiveThresholdPruner(),
        AdaptiveThresholdPruner(0.6),
        FanInGrower(),
        FanInGrower(candidates=None),
        FanInGrower(fill_idle=False),
        GradientGrower(),
        GradientGrower(candidates=None),
        MomentumGrower(n_batches=2),
        UnfiredGrower(),
        MESTPruner(),
        MagnitudePruner(),
        MagnitudePruner("network"),
        ObservedGrower(),
        RandomGrower(),
        RandomPruner(),
        RelativeImportancePruner(),
        SETPruner(),
        SignChangePruner(),
        SignChangePruner(shrinkage=0.1, noise=0.2),
        SoftPruner(),
        SoftPruner(MESTPruner(scope="network")),
        TaylorPruner(),
        ThresholdPruner(0.6),
    ],
    ids=repr,
)
def test_all_strategies_of_the_package_pass(strategy):
    check_strategy(strategy)


# Strategies that break the contract, each in one way.


class NotAnEstimator:
    def __init__(self, share):
        self.share = share

    def select(self, layer, fraction, rng):
        return np.zeros(layer.indices.size, dtype=bool)


class ForgetsParameter(RandomPruner):
    def __init__(self, share=0.1):
        self.factor = share


class NeedsUnknown(RandomPruner):
    needs = frozenset({"temperatures"})


class NeedsIsAString(RandomPruner):
    needs = "values"


class NeedsNotDeclared(TaylorPruner):
    needs = frozenset()


class NeedsOnlyOne(MESTPruner):
    needs = frozenset({"values"})


class RelatesToRates(RandomGrower):
    needs = frozenset({"input_rates"})

    def select(self, layer, dropped, count, rng):
        layer.input_rates.sum()
        return super().select(layer, dropped, count, rng)


class IntegerMask(RandomPruner):
    def select(self, layer, fraction, rng):
        return super().select(layer, fraction, rng).astype(np.int8)


class ListMask(RandomPruner):
    def select(self, layer, fraction, rng):
        return super().select(layer, fraction, rng).tolist()


class IndicesForMask(RandomPruner):
    def select(self, layer, fraction, rng):
        return np.flatnonzero(super().select(layer, fraction, rng))


class DropsTooMany(RandomPruner):
    def select(self, layer, fraction, rng):
        return super().select(layer, np.sqrt(fraction), rng)


class DropsOneAlways(RandomPruner):
    def select(self, layer, fraction, rng):
        dropped = super().select(layer, fraction, rng)
        dropped[:1] = True
        return dropped


class DropsTooFew(MagnitudePruner):
    def select(self, layer, fraction, rng):
        return super().select(layer, fraction / 2, rng)


class FailsOnNothing(RandomPruner):
    def select(self, layer, fraction, rng):
        np.abs(layer.weights).max()
        return super().select(layer, fraction, rng)


class WritesWeights(RandomPruner):
    def select(self, layer, fraction, rng):
        layer.weights[:] = 0
        return super().select(layer, fraction, rng)


class UnlocksWeights(RandomPruner):
    def select(self, layer, fraction, rng):
        layer.weights.flags.writeable = True
        layer.weights[:] *= 2
        return super().select(layer, fraction, rng)


class OwnGenerator(RandomPruner):
    def select(self, layer, fraction, rng):
        return super().select(layer, fraction, np.random.default_rng())


class CountsItsCalls(RandomPruner):
    calls = 0

    def select(self, layer, fraction, rng):
        self.calls += 1
        rng.random(self.calls)
        return super().select(layer, fraction, rng)


class NetworkWithoutRanking(RandomPruner):
    scope = "network"


class RanksOneLayerOnly(MagnitudePruner):
    def select_network(self, layers, fraction, rng):
        return super().select_network(layers[:1], fraction, rng)


class DropsTooManyOfTwo(MagnitudePruner):
    def select_network(self, layers, fraction, rng):
        return super().select_network(layers, fraction ** (1 / len(layers)), rng)


class NoSelect(BaseEstimator):
    pass


class OtherArguments(BaseEstimator):
    def select(self, layer):
        return np.zeros(layer.indices.size, dtype=bool)


class GrowsTooMany(RandomGrower):
    def select(self, layer, dropped, count, rng):
        n_free = layer.n_free + dropped.sum()
        return super().select(layer, dropped, min(count + 1, n_free), rng)


class GrowsUnsorted(RandomGrower):
    def select(self, layer, dropped, count, rng):
        return super().select(layer, dropped, count, rng)[::-1]


class GrowsTwice(RandomGrower):
    def select(self, layer, dropped, count, rng):
        grown = super().select(layer, dropped, count, rng)
        return np.repeat(grown, 2)[:count]


class GrowsInUse(RandomGrower):
    def select(self, layer, dropped, count, rng):
        return np.sort(rng.permutation(layer.n_in * layer.n_out)[:count])


class GrowsOutside(RandomGrower):
    def select(self, layer, dropped, count, rng):
        return layer.n_in * layer.n_out + np.arange(count)


class GrowsInt32(RandomGrower):
    def select(self, layer, dropped, count, rng):
        return super().select(layer, dropped, count, rng).astype(np.int32)


class GrowsPairs(RandomGrower):
    def select(self, layer, dropped, count, rng):
        grown = super().select(layer, dropped, count, rng)
        return np.stack(np.divmod(grown, layer.n_in), axis=1)


class ForgetsDropped(RandomGrower):
    # As if the positions of dropped connections were not free: too few are left.
    def select(self, layer, dropped, count, rng):
        return super().select(layer, np.zeros_like(dropped), count, rng)


class WritesDropped(RandomGrower):
    def select(self, layer, dropped, count, rng):
        dropped[:] = False
        return super().select(layer, dropped, count, rng)


class Remembers(MagnitudePruner):
    """Notes in its state, and goes by it."""

    needs = frozenset({"state", "epoch", "step", "progress", "number", "n_layers"})

    def scores(self, layer):
        assert 1 <= layer.number <= layer.n_layers
        assert 0 <= layer.progress <= 1
        layer.state["n"] = layer.state.get("n", 0) + 1
        layer.state["last"] = layer.weights
        return layer.state["n"] * super().scores(layer)


class RemembersObjects(Remembers):
    def scores(self, layer):
        layer.state["layer"] = layer
        return super().scores(layer)


class RemembersChance(Remembers):
    def scores(self, layer):
        layer.state["chance"] = np.random.default_rng().random()
        return super().scores(layer)


class FailsWithNotes(Remembers):
    def scores(self, layer):
        if layer.state:
            raise KeyError("second")
        return super().scores(layer)


@pytest.mark.parametrize("scope", ["layer", "network"])
def test_a_strategy_may_have_a_state(scope):
    check_strategy(Remembers(scope))


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        (RemembersObjects(), r"TypeError.*layer.state\['layer'\] must be an array"),
        (RemembersChance(), "left something else in layer.state"),
        (FailsWithNotes(), "select raised KeyError"),
        (NotAnEstimator(1), "cannot be cloned"),
        (ForgetsParameter(), "cannot be cloned"),
        (NeedsUnknown(), r"needs is frozenset\({'temperatures'}\)"),
        (NeedsIsAString(), "needs is 'values'"),
        (NeedsNotDeclared(), "select raised ValueError.*gradient is not known"),
        (NeedsOnlyOne(), "select raised ValueError.*gradient is not known"),
        (RelatesToRates(), "inputs have no rates.*select raised AttributeError"),
        (IntegerMask(), r"got one of int8 of shape \(\d+,\)"),
        (ListMask(), "got list"),
        (IndicesForMask(), "got one of int64"),
        (DropsTooMany(), r"fraction=0.29: \d+ of \d+ connections are dropped; at most"),
        (DropsOneAlways(), r"fraction=0.0: 1 of \d+ connections are dropped"),
        (DropsTooFew(), "a pruner with scores drops exactly"),
        (FailsOnNothing(), "without a connection.*select raised ValueError"),
        (WritesWeights(), "must not be modified"),
        (UnlocksWeights(), "modified an array"),
        (OwnGenerator(), "another result for the same seed"),
        (CountsItsCalls(), "another result for the same seed"),
        (NetworkWithoutRanking(), "needs a method select_network"),
        (RanksOneLayerOnly("network"), "a mask for each of the 2 layers, got 1"),
        (DropsTooManyOfTwo("network"), r"select_network.* at most 31 may be"),
        (NoSelect(), "has no method select"),
        (OtherArguments(), r"select takes \['layer'\]"),
        (GrowsTooMany(), "chose 1 positions where"),
        (GrowsUnsorted(), "not sorted or not distinct"),
        (GrowsTwice(), "not sorted or not distinct"),
        (GrowsInUse(), "at which a connection stays"),
        (GrowsOutside(), "must be from 0 to 599"),
        (GrowsInt32(), "got one of int32"),
        (GrowsPairs(), r"got one of int64 of shape \(0, 2\)"),
        (ForgetsDropped(), "18 of 54 dropped, count=564: select raised ValueError"),
        (WritesDropped(), "must not be modified"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_broken_strategy_is_caught(strategy, message):
    with pytest.raises(
        AssertionError, match=f"(?s){type(strategy).__name__}.*{message}"
    ):
        check_strategy(strategy)
