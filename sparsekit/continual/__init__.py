"""Learning from streams and from one task after another."""

from sparsekit.continual._buffer import ReplayBuffer
from sparsekit.continual._metrics import continual_metrics
from sparsekit.continual._prequential import prequential_scores
from sparsekit.continual._replay import ReplayClassifier, ReplayRegressor

__all__ = [
    "ReplayBuffer",
    "ReplayClassifier",
    "ReplayRegressor",
    "continual_metrics",
    "prequential_scores",
]
