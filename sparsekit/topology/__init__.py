"""What connects to what, and how that changes while a network trains."""

from sparsekit.topology._allocation import (
    ErdosRenyi,
    PerLayer,
    Uniform,
    erdos_renyi_counts,
)
from sparsekit.topology._constant_fan_in import ConstantFanIn
from sparsekit.topology._correlation import correlation_strengths
from sparsekit.topology._correlation_topology import CorrelationTopology
from sparsekit.topology._growers import RandomGrower
from sparsekit.topology._initial import (
    RandomTopology,
    connect_idle_neurons,
    random_topology,
)
from sparsekit.topology._layer import Layer, needs_of
from sparsekit.topology._names import ALLOCATIONS, TOPOLOGIES
from sparsekit.topology._observed_grower import ObservedGrower
from sparsekit.topology._plan import Replacement, plan_rewiring
from sparsekit.topology._pruners import SETPruner
from sparsekit.topology._redistribution import (
    MomentumRedistribution,
    NonzeroRedistribution,
)
from sparsekit.topology._scale_free import ScaleFree
from sparsekit.topology._small_world import SmallWorld
from sparsekit.topology._snip import SNIPTopology

__all__ = [
    "ALLOCATIONS",
    "TOPOLOGIES",
    "ConstantFanIn",
    "CorrelationTopology",
    "ErdosRenyi",
    "Layer",
    "MomentumRedistribution",
    "NonzeroRedistribution",
    "ObservedGrower",
    "PerLayer",
    "RandomGrower",
    "RandomTopology",
    "Replacement",
    "SETPruner",
    "SNIPTopology",
    "ScaleFree",
    "SmallWorld",
    "Uniform",
    "connect_idle_neurons",
    "correlation_strengths",
    "erdos_renyi_counts",
    "needs_of",
    "plan_rewiring",
    "random_topology",
]
