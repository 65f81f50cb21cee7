"""What connects to what, and how that changes while a network trains."""

from sparsekit.topology._allocation import erdos_renyi_counts
from sparsekit.topology._check_strategy import check_strategy
from sparsekit.topology._density import ConstantDensity, CubicDensity, SigmoidDensity
from sparsekit.topology._density_steps import (
    ElasticDensity,
    IterativeDensity,
    OneShotDensity,
)
from sparsekit.topology._growers import RandomGrower
from sparsekit.topology._initial import connect_idle_neurons, random_topology
from sparsekit.topology._layer import Layer, needs_of
from sparsekit.topology._magnitude_pruner import MagnitudePruner
from sparsekit.topology._mest_pruner import MESTPruner
from sparsekit.topology._observed_grower import ObservedGrower
from sparsekit.topology._plan import Replacement, plan_rewiring
from sparsekit.topology._random_pruner import RandomPruner
from sparsekit.topology._redistribution import (
    MomentumRedistribution,
    NonzeroRedistribution,
)
from sparsekit.topology._relative_importance_pruner import RelativeImportancePruner
from sparsekit.topology._schedules import RewiringSchedule
from sparsekit.topology._score_pruner import ScorePruner
from sparsekit.topology._set_pruner import SETPruner
from sparsekit.topology._sign_change_pruner import SignChangePruner
from sparsekit.topology._soft_pruner import SoftPruner
from sparsekit.topology._taylor_pruner import TaylorPruner
from sparsekit.topology._threshold_pruner import ThresholdPruner

__all__ = [
    "ConstantDensity",
    "CubicDensity",
    "ElasticDensity",
    "IterativeDensity",
    "Layer",
    "MESTPruner",
    "MagnitudePruner",
    "MomentumRedistribution",
    "NonzeroRedistribution",
    "ObservedGrower",
    "OneShotDensity",
    "RandomGrower",
    "RandomPruner",
    "RelativeImportancePruner",
    "Replacement",
    "RewiringSchedule",
    "SETPruner",
    "ScorePruner",
    "SigmoidDensity",
    "SignChangePruner",
    "SoftPruner",
    "TaylorPruner",
    "ThresholdPruner",
    "check_strategy",
    "connect_idle_neurons",
    "erdos_renyi_counts",
    "needs_of",
    "plan_rewiring",
    "random_topology",
]
