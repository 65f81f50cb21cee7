"""Initial topologies: where the connections of an untrained network are.

A new one is a class in a file of this folder and a line in each list below.
"""

from typing import Any

from sparsekit.topology.initial._correlation import CorrelationTopology
from sparsekit.topology.initial._graphs import ScaleFree, SmallWorld
from sparsekit.topology.initial._random import ConstantFanIn, RandomTopology
from sparsekit.topology.initial._snip import SNIPTopology

INITIAL_TOPOLOGIES: dict[str, Any] = {
    "random": RandomTopology,
    "constant_fan_in": ConstantFanIn,
    "small_world": SmallWorld,
    "scale_free": ScaleFree,
    "correlation": CorrelationTopology,
    "snip": SNIPTopology,
}

__all__ = [
    "ConstantFanIn",
    "CorrelationTopology",
    "RandomTopology",
    "SNIPTopology",
    "ScaleFree",
    "SmallWorld",
]
