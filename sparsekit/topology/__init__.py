"""What connects to what, and how that changes while a network trains."""

from sparsekit.topology._allocation import erdos_renyi_counts
from sparsekit.topology._growers import RandomGrower
from sparsekit.topology._initial import connect_idle_neurons, random_topology
from sparsekit.topology._layer import Layer, needs_of
from sparsekit.topology._observed_grower import ObservedGrower
from sparsekit.topology._plan import Replacement, plan_rewiring
from sparsekit.topology._pruners import SETPruner
from sparsekit.topology._redistribution import (
    MomentumRedistribution,
    NonzeroRedistribution,
)

__all__ = [
    "Layer",
    "MomentumRedistribution",
    "NonzeroRedistribution",
    "ObservedGrower",
    "RandomGrower",
    "Replacement",
    "SETPruner",
    "connect_idle_neurons",
    "erdos_renyi_counts",
    "needs_of",
    "plan_rewiring",
    "random_topology",
]
