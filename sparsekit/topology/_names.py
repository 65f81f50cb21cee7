"""Names of the strategies that say how a network begins."""

from typing import Any

from sparsekit.topology._allocation import ErdosRenyi, Uniform
from sparsekit.topology._constant_fan_in import ConstantFanIn
from sparsekit.topology._correlation_topology import CorrelationTopology
from sparsekit.topology._initial import RandomTopology
from sparsekit.topology._scale_free import ScaleFree
from sparsekit.topology._small_world import SmallWorld
from sparsekit.topology._snip import SNIPTopology

#: Allocations by name. Only what needs no arguments has one.
ALLOCATIONS: dict[str, type[Any]] = {
    "erdos_renyi": ErdosRenyi,
    "uniform": Uniform,
}

#: First topologies by name.
TOPOLOGIES: dict[str, type[Any]] = {
    "random": RandomTopology,
    "constant_fan_in": ConstantFanIn,
    "small_world": SmallWorld,
    "scale_free": ScaleFree,
    "correlation": CorrelationTopology,
    "snip": SNIPTopology,
}
