"""Initial topologies: where the connections of an untrained network are.

A new one is a class in a file of this folder and a line in each list below.
"""

from typing import Any

from sparsekit.topology.initial._correlation import CorrelationTopology
from sparsekit.topology.initial._csti import CSTI
from sparsekit.topology.initial._graphs import ScaleFree, SmallWorld
from sparsekit.topology.initial._random import (
    ConstantFanIn,
    OccurringTopology,
    RandomTopology,
)
from sparsekit.topology.initial._receptive_field import ReceptiveField
from sparsekit.topology.initial._snip import SNIPTopology

INITIAL_TOPOLOGIES: dict[str, Any] = {
    "random": RandomTopology,
    "occurring": OccurringTopology,
    "constant_fan_in": ConstantFanIn,
    "small_world": SmallWorld,
    "scale_free": ScaleFree,
    "receptive_field": ReceptiveField,
    "correlation": CorrelationTopology,
    "csti": CSTI,
    "snip": SNIPTopology,
}

__all__ = [
    "CSTI",
    "ConstantFanIn",
    "CorrelationTopology",
    "OccurringTopology",
    "RandomTopology",
    "ReceptiveField",
    "SNIPTopology",
    "ScaleFree",
    "SmallWorld",
]
