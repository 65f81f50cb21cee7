"""Schedules: when a network is rewired, and how many connections it then has.

A new one is a class in a file of this folder and a line in the lists below.
"""

from functools import partial
from typing import Any

from sparsekit.topology.schedules._density import (
    CubicDensity,
    IterativeDensity,
    OneShotDensity,
    SigmoidDensity,
)
from sparsekit.topology.schedules._elastic import ElasticDensity, ElasticSchedule
from sparsekit.topology.schedules._rewiring import DECAYS, RewiringSchedule

SCHEDULES: dict[str, Any] = {
    **{decay: partial(RewiringSchedule, decay=decay) for decay in DECAYS},
    "elastic": ElasticSchedule,
}

DENSITY_SCHEDULES: dict[str, Any] = {
    "constant": lambda: None,
    "cubic": CubicDensity,
    "sigmoid": SigmoidDensity,
    "elastic": ElasticDensity,
}

__all__ = [
    "CubicDensity",
    "ElasticDensity",
    "ElasticSchedule",
    "IterativeDensity",
    "OneShotDensity",
    "RewiringSchedule",
    "SigmoidDensity",
]
