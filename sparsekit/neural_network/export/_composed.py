"""Estimators of several networks, as the functions here know them."""

from typing import Any, Protocol, runtime_checkable

from sparsekit.deploy import SparseEnsemblePredictor


@runtime_checkable
class Composed(Protocol):
    """An estimator that is made of fitted networks, and says what becomes of them."""

    def _to_predictor(self) -> SparseEnsemblePredictor:
        """Return what `to_predictor` returns."""

    def _compacted(self) -> Any:
        """Return what `compact` returns."""

    def _check_restored(self) -> None:
        """Raise unless what a file says about the fitted estimator belongs together."""
