"""The names by which estimators know strategies."""

from typing import Any

from sparsekit.topology._allocation import ALLOCATIONS
from sparsekit.topology._redistribution import REDISTRIBUTIONS
from sparsekit.topology.growers import GROWERS
from sparsekit.topology.initial import INITIAL_TOPOLOGIES
from sparsekit.topology.pruners import PRUNERS
from sparsekit.topology.schedules import DENSITY_SCHEDULES, SCHEDULES

# By parameter of the estimators and by name: what makes the strategy. A name can stand
# for None, which is to leave the matter alone.
STRATEGIES: dict[str, dict[str, Any]] = {
    "pruner": PRUNERS,
    "grower": GROWERS,
    "schedule": SCHEDULES,
    "density_schedule": DENSITY_SCHEDULES,
    "redistribution": REDISTRIBUTIONS,
    "allocation": ALLOCATIONS,
    "initial_topology": INITIAL_TOPOLOGIES,
}
