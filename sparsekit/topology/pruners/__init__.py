"""Pruners: which connections a rewiring drops.

A new pruner is a class in a file of this folder and a line in each list below.
"""

from typing import Any

from sparsekit.topology.pruners._ablation import AblationPruner
from sparsekit.topology.pruners._gradient import MESTPruner, TaylorPruner
from sparsekit.topology.pruners._input import InputPruner
from sparsekit.topology.pruners._magnitude import (
    LAMPPruner,
    MagnitudePruner,
    RelativeImportancePruner,
    SETPruner,
)
from sparsekit.topology.pruners._neuron import NeuronPruner
from sparsekit.topology.pruners._random import RandomPruner, SoftPruner
from sparsekit.topology.pruners._score import ScorePruner
from sparsekit.topology.pruners._sign_change import SignChangePruner
from sparsekit.topology.pruners._threshold import (
    AdaptiveThresholdPruner,
    ThresholdPruner,
)

PRUNERS: dict[str, Any] = {
    "set": SETPruner,
    "magnitude": MagnitudePruner,
    "lamp": LAMPPruner,
    "threshold": ThresholdPruner,
    "adaptive_threshold": AdaptiveThresholdPruner,
    "mest": MESTPruner,
    "relative_importance": RelativeImportancePruner,
    "taylor": TaylorPruner,
    "soft": SoftPruner,
    "random": RandomPruner,
    "neuron": NeuronPruner,
    "ablation": AblationPruner,
    "input": InputPruner,
    "sign_change": SignChangePruner,
}

__all__ = [
    "AblationPruner",
    "AdaptiveThresholdPruner",
    "InputPruner",
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
