"""What connects to what, and how that changes while a network trains."""

from sparsekit.topology._allocation import erdos_renyi_counts
from sparsekit.topology._growers import RandomGrower
from sparsekit.topology._initial import connect_idle_neurons, random_topology
from sparsekit.topology._layer import Layer
from sparsekit.topology._pruners import SETPruner
from sparsekit.topology._rewiring import LayerPlan, plan_layer

__all__ = [
    "Layer",
    "LayerPlan",
    "RandomGrower",
    "SETPruner",
    "connect_idle_neurons",
    "erdos_renyi_counts",
    "plan_layer",
    "random_topology",
]
