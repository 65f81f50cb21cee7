"""What connects to what, and how that changes while a network trains."""

from sparsekit.topology._allocation import erdos_renyi_counts
from sparsekit.topology._fan_in_grower import FanInGrower
from sparsekit.topology._gradient_grower import GradientGrower
from sparsekit.topology._growers import RandomGrower
from sparsekit.topology._initial import connect_idle_neurons, random_topology
from sparsekit.topology._layer import Layer, needs_of
from sparsekit.topology._link_prediction_grower import LinkPredictionGrower
from sparsekit.topology._momentum_grower import MomentumGrower
from sparsekit.topology._observed_grower import ObservedGrower
from sparsekit.topology._pruners import SETPruner
from sparsekit.topology._rewiring import Replacement, plan_rewiring
from sparsekit.topology._unfired_grower import UnfiredGrower

__all__ = [
    "FanInGrower",
    "GradientGrower",
    "Layer",
    "LinkPredictionGrower",
    "MomentumGrower",
    "ObservedGrower",
    "RandomGrower",
    "Replacement",
    "SETPruner",
    "UnfiredGrower",
    "connect_idle_neurons",
    "erdos_renyi_counts",
    "needs_of",
    "plan_rewiring",
    "random_topology",
]
