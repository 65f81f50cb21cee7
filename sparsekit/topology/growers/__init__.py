"""Growers: where a rewiring adds connections.

A new grower is a class in a file of this folder and a line in each list below.
"""

from typing import Any

from sparsekit.topology.growers._fan_in import FanInGrower
from sparsekit.topology.growers._gradient import GradientGrower, MomentumGrower
from sparsekit.topology.growers._input import InputGrower
from sparsekit.topology.growers._link_prediction import LinkPredictionGrower
from sparsekit.topology.growers._random import (
    ObservedGrower,
    OccurringGrower,
    RandomGrower,
    UnfiredGrower,
)

GROWERS: dict[str, Any] = {
    "random": RandomGrower,
    "unfired": UnfiredGrower,
    "observed": ObservedGrower,
    "occurring": OccurringGrower,
    "gradient": GradientGrower,
    "momentum": MomentumGrower,
    "fan_in": FanInGrower,
    "input": InputGrower,
    "link_prediction": LinkPredictionGrower,
}

__all__ = [
    "FanInGrower",
    "GradientGrower",
    "InputGrower",
    "LinkPredictionGrower",
    "MomentumGrower",
    "ObservedGrower",
    "OccurringGrower",
    "RandomGrower",
    "UnfiredGrower",
]
