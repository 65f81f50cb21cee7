"""The topology of a network: which connections it has, and how training changes them.

Pruners choose the connections that a rewiring drops and growers the positions of new
ones; schedules say when, and how many there are. Allocations and redistributions
distribute connections over layers, and initial topologies place the first ones.
"""

from sparsekit.topology import growers, initial, pruners, schedules
from sparsekit.topology._allocation import (
    ErdosRenyi,
    PerLayer,
    Uniform,
    apportion,
    n_layers_sharing,
)
from sparsekit.topology._built_in import compiled_choice
from sparsekit.topology._check_strategy import check_strategy
from sparsekit.topology._contract import (
    Number,
    check_allowed,
    check_counts,
    check_drawn,
    check_kept,
    check_parameters_of,
    copied_states,
    density_at,
    fraction_at,
    needs_of,
)
from sparsekit.topology._layer import Layer
from sparsekit.topology._neurons import active_neurons
from sparsekit.topology._plan import Plan, Replacement, plan_rewiring
from sparsekit.topology._positions import Exploration, draw_seeds
from sparsekit.topology._redistribution import (
    MomentumRedistribution,
    NonzeroRedistribution,
)
from sparsekit.topology._registry import STRATEGIES
from sparsekit.topology._selection import mark_lowest
from sparsekit.topology.growers import *
from sparsekit.topology.initial import *
from sparsekit.topology.initial._centered_features import CenteredFeatures
from sparsekit.topology.initial._correlation import correlation_strengths
from sparsekit.topology.initial._random import connect_idle_neurons
from sparsekit.topology.pruners import *
from sparsekit.topology.schedules import *

# What is imported above and not listed here is for the other subpackages only.
__all__ = [
    "ErdosRenyi",
    "Layer",
    "MomentumRedistribution",
    "NonzeroRedistribution",
    "PerLayer",
    "Uniform",
    "check_strategy",
    *growers.__all__,
    *initial.__all__,
    *pruners.__all__,
    *schedules.__all__,
]
