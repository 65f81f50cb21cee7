"""Pruners: which connections a rewiring drops.

A new pruner is a class in a file of this folder and a line in each list below.
"""

from typing import Any

from sparsekit.topology.pruners._gradient import MESTPruner, TaylorPruner
from sparsekit.topology.pruners._magnitude import (
    LAMPPruner,
    MagnitudePruner,
    RelativeImportancePruner,
    SETPruner,
    ThresholdPruner,
)
from sparsekit.topology.pruners._neuron import NeuronPruner
from sparsekit.topology.pruners._random import RandomPruner, SoftPruner
from sparsekit.topology.pruners._score import ScorePruner
from sparsekit.topology.pruners._sign_change import SignChangePruner

PRUNERS: dict[str, Any] = {
    "set": SETPruner,
    "magnitude": MagnitudePruner,
    "lamp": LAMPPruner,
    "threshold": ThresholdPruner,
    "mest": MESTPruner,
    "relative_importance": RelativeImportancePruner,
    "taylor": TaylorPruner,
    "soft": SoftPruner,
    "random": RandomPruner,
    "neuron": NeuronPruner,
    "sign_change": SignChangePruner,
}

__all__ = [
    "LAMPPruner",
    "MESTPruner",
    "MagnitudePruner",
    "NeuronPruner",
    "RandomPruner",
    "RelativeImportancePruner",
    "SETPruner",
    "ScorePruner",
    "SignChangePruner",
    "SoftPruner",
    "TaylorPruner",
    "ThresholdPruner",
]
