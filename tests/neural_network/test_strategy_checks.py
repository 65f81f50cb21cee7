"""Parts of a method are checked before training, not at the first rewiring."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from sparsekit import DSTMLPClassifier, SETMLPClassifier
from sparsekit.neural_network.parameters import _methods
from sparsekit.topology import (
    AblationPruner,
    AdaptiveThresholdPruner,
    ElasticDensity,
    ElasticSchedule,
    ErdosRenyi,
    FanInGrower,
    GradientGrower,
    LAMPPruner,
    LinkPredictionGrower,
    MESTPruner,
    MomentumGrower,
    NeuronPruner,
    RandomGrower,
    RewiringSchedule,
    SETPruner,
    SigmoidDensity,
    SignChangePruner,
    SmallWorld,
    SNIPTopology,
    SoftPruner,
    ThresholdPruner,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

WRONG = [
    ({"pruner": LAMPPruner(scope="all")}, "scope"),
    ({"pruner": MESTPruner(gradient_weight=-1)}, "gradient_weight"),
    ({"pruner": SoftPruner(temperature=0)}, "temperature"),
    ({"pruner": SoftPruner(MESTPruner(scope=3))}, "scope"),
    ({"pruner": ThresholdPruner(threshold="1")}, "threshold"),
    ({"pruner": AdaptiveThresholdPruner(threshold=0)}, "threshold"),
    ({"pruner": AdaptiveThresholdPruner(tolerance=1)}, "tolerance"),
    ({"pruner": SignChangePruner(noise=-1)}, "noise"),
    ({"pruner": AblationPruner(min_salient=2)}, "min_salient"),
    ({"grower": FanInGrower(fill_idle=None)}, "fill_idle"),
    ({"schedule": ElasticSchedule(extra=(1,))}, "extra"),
    ({"pruner": NeuronPruner(percentile=100)}, "percentile"),
    ({"pruner": NeuronPruner(ThresholdPruner(-1))}, "threshold"),
    ({"grower": GradientGrower(candidates=0)}, "candidates"),
    ({"grower": GradientGrower(n_batches=0)}, "n_batches"),
    ({"grower": MomentumGrower(decay=2)}, "decay"),
    ({"grower": FanInGrower(candidates=0.5)}, "candidates"),
    ({"grower": LinkPredictionGrower("CH1")}, "rule"),
    ({"grower": LinkPredictionGrower(candidates="all")}, "candidates"),
    ({"grower": LinkPredictionGrower(max_degree=0)}, "max_degree"),
    ({"schedule": RewiringSchedule(end=0)}, "end"),
    ({"density_schedule": SigmoidDensity(steepness=0)}, "steepness"),
    ({"density_schedule": ElasticDensity(extra=(1,), until=())}, "extra"),
    ({"allocation": ErdosRenyi(epsilon=-1)}, "epsilon"),
    ({"initial_topology": SmallWorld(beta=2)}, "beta"),
    ({"initial_topology": SNIPTopology(candidates=0)}, "candidates"),
]


def data():
    rng = np.random.default_rng(0)
    return rng.normal(size=(40, 6)), np.arange(40) % 2


@pytest.mark.parametrize(
    ("parameters", "message"), WRONG, ids=lambda value: str(value)[:50]
)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_the_error_names_class_parameter_and_value_before_any_training(
    parameters, message, method
):
    X, y = data()
    net = DSTMLPClassifier((8,), sparsity=0.5, max_iter=3, **parameters)
    further = {"classes": [0, 1]} if method == "partial_fit" else {}
    with pytest.raises(ValueError, match=rf"\w+: .*{message}.* must be .*got"):
        getattr(net, method)(X, y, **further)
    assert not hasattr(net, "loss_curve_")


@pytest.mark.parametrize("inner", [SETPruner, RandomGrower, 3, "set"])
def test_a_part_of_a_pruner_that_is_no_pruner_is_a_type_error(inner):
    X, y = data()
    net = DSTMLPClassifier((8,), sparsity=0.5, pruner=SoftPruner(inner))
    with pytest.raises(TypeError, match="SoftPruner: pruner must be"):
        net.fit(X, y)


@pytest.mark.parametrize("inner", [SETPruner, 3, "set"])
def test_a_pruner_of_neurons_needs_an_object_inside(inner):
    X, y = data()
    net = DSTMLPClassifier((8,), sparsity=0.5, pruner=NeuronPruner(inner))
    with pytest.raises(TypeError, match="NeuronPruner: pruner must be"):
        net.fit(X, y)


def test_a_strategy_of_ones_own_may_check_itself():
    class Picky(SETPruner, BaseEstimator):
        def check_parameters(self):
            raise ValueError("never satisfied")

    X, y = data()
    with pytest.raises(ValueError, match="never satisfied"):
        DSTMLPClassifier((8,), sparsity=0.5, pruner=Picky()).fit(X, y)


@pytest.mark.parametrize("sparsity", [0.0, 0.5])
def test_the_parts_are_made_once_in_a_fit_and_once_in_a_call(monkeypatch, sparsity):
    made = []
    original = _methods._made

    def counted(name, value):
        made.append(name)
        return original(name, value)

    monkeypatch.setattr(_methods, "_made", counted)
    X, y = data()
    net = DSTMLPClassifier((8,), sparsity=sparsity, max_iter=3, initial_topology="snip")
    net.fit(X, y)
    assert made.count("initial_topology") == 1
    net.partial_fit(X, y)
    assert made.count("initial_topology") == 2


@pytest.mark.parametrize("name", ["prune_fraction", "grower"])
def test_only_a_method_has_parts_that_none_stands_for(name):
    X, y = data()
    DSTMLPClassifier(max_iter=1, **{name: None}).fit(X, y)
    with pytest.raises(ValueError, match=f"The '{name}' parameter of SETMLPClassifier"):
        SETMLPClassifier(max_iter=1, **{name: None}).fit(X, y)
