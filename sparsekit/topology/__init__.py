"""What connects to what, and how that changes while a network trains."""

from sparsekit.topology._allocation import (
    ErdosRenyi,
    PerLayer,
    Uniform,
    erdos_renyi_counts,
)
from sparsekit.topology._check_strategy import check_strategy
from sparsekit.topology._constant_fan_in import ConstantFanIn
from sparsekit.topology._correlation import correlation_strengths
from sparsekit.topology._correlation_topology import CorrelationTopology
from sparsekit.topology._density import ConstantDensity, CubicDensity, SigmoidDensity
from sparsekit.topology._density_steps import (
    ElasticDensity,
    IterativeDensity,
    OneShotDensity,
)
from sparsekit.topology._exploration import Exploration
from sparsekit.topology._fan_in_grower import FanInGrower
from sparsekit.topology._gradient_grower import GradientGrower
from sparsekit.topology._initial import RandomTopology
from sparsekit.topology._initial import connect_idle_neurons as connect_idle_neurons
from sparsekit.topology._lamp_pruner import LAMPPruner
from sparsekit.topology._layer import Layer, needs_of
from sparsekit.topology._link_prediction_grower import LinkPredictionGrower
from sparsekit.topology._magnitude_pruner import MagnitudePruner
from sparsekit.topology._mest_pruner import MESTPruner
from sparsekit.topology._momentum_grower import MomentumGrower
from sparsekit.topology._names import ALLOCATIONS, TOPOLOGIES
from sparsekit.topology._neuron_pruner import NeuronPruner
from sparsekit.topology._neurons import (
    ImportancePruning,
    active_neurons,
    neuron_importance,
    percolation,
)
from sparsekit.topology._observed_grower import ObservedGrower
from sparsekit.topology._parameters import check_parameters_of
from sparsekit.topology._plan import Replacement, plan_rewiring
from sparsekit.topology._random_grower import RandomGrower
from sparsekit.topology._random_pruner import RandomPruner
from sparsekit.topology._redistribution import (
    MomentumRedistribution,
    NonzeroRedistribution,
)
from sparsekit.topology._relative_importance_pruner import RelativeImportancePruner
from sparsekit.topology._scale_free import ScaleFree
from sparsekit.topology._schedules import RewiringSchedule
from sparsekit.topology._score_pruner import ScorePruner
from sparsekit.topology._set_pruner import SETPruner
from sparsekit.topology._sign_change_pruner import SignChangePruner
from sparsekit.topology._small_world import SmallWorld
from sparsekit.topology._snip import SNIPTopology
from sparsekit.topology._soft_pruner import SoftPruner
from sparsekit.topology._taylor_pruner import TaylorPruner
from sparsekit.topology._threshold_pruner import ThresholdPruner
from sparsekit.topology._unfired_grower import UnfiredGrower

__all__ = [
    "ALLOCATIONS",
    "TOPOLOGIES",
    "ConstantDensity",
    "ConstantFanIn",
    "CorrelationTopology",
    "CubicDensity",
    "ElasticDensity",
    "ErdosRenyi",
    "Exploration",
    "FanInGrower",
    "GradientGrower",
    "ImportancePruning",
    "IterativeDensity",
    "LAMPPruner",
    "Layer",
    "LinkPredictionGrower",
    "MESTPruner",
    "MagnitudePruner",
    "MomentumGrower",
    "MomentumRedistribution",
    "NeuronPruner",
    "NonzeroRedistribution",
    "ObservedGrower",
    "OneShotDensity",
    "PerLayer",
    "RandomGrower",
    "RandomPruner",
    "RandomTopology",
    "RelativeImportancePruner",
    "Replacement",
    "RewiringSchedule",
    "SETPruner",
    "SNIPTopology",
    "ScaleFree",
    "ScorePruner",
    "SigmoidDensity",
    "SignChangePruner",
    "SmallWorld",
    "SoftPruner",
    "TaylorPruner",
    "ThresholdPruner",
    "UnfiredGrower",
    "Uniform",
    "active_neurons",
    "check_parameters_of",
    "check_strategy",
    "correlation_strengths",
    "erdos_renyi_counts",
    "needs_of",
    "neuron_importance",
    "percolation",
    "plan_rewiring",
]
