"""Learning from streams and from one task after another."""

from sparsekit.continual._metrics import continual_metrics
from sparsekit.continual._prequential import prequential_scores

__all__ = ["continual_metrics", "prequential_scores"]
