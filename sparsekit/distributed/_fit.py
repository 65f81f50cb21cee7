"""Rounds in which every part trains a copy of a network, and the copies are averaged."""

import os
from numbers import Integral
from typing import Any, TypeVar

from sparsekit._utils._cluster import WORKER_SECONDS, ClusterError
from sparsekit._utils._estimators import restored_on_error
from sparsekit.distributed._engines import engine_for
from sparsekit.distributed._parts import parts_of
from sparsekit.distributed._rounds import Rounds
from sparsekit.neural_network import partwise

Estimator = TypeVar("Estimator")

_CHOICES = {
    "topology": ("own", "shared"),
    "merge": ("average", "top"),
    "transfer_dtype": (None, "float16"),
}


def fit_distributed(
    estimator: Estimator,
    X: Any,
    y: Any = None,
    *,
    client: Any = None,
    n_jobs: int | None = None,
    n_parts: int = 8,
    rounds: int | None = None,
    local_epochs: int = 1,
    topology: str = "own",
    merge: str = "average",
    transfer_dtype: str | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    client_timeout: float = WORKER_SECONDS,
) -> Estimator:
    """DOC."""
    settings: dict[str, Any] = {
        "local_epochs": local_epochs,
        "topology": topology,
        "merge": merge,
        "transfer_dtype": transfer_dtype,
    }
    _check_settings(settings)
    _check_count("n_parts", n_parts)
    partwise.check_partwise(estimator, shared=topology == "shared")
    if rounds is None:
        rounds = -(-estimator.max_iter // local_epochs)  # type: ignore[attr-defined]
    _check_count("rounds", rounds)
    parts = parts_of(X, y, n_parts)
    with (
        restored_on_error(estimator),
        engine_for(parts, client, n_jobs, client_timeout) as engine,
    ):
        fit = Rounds(estimator, engine, rounds, settings, checkpoint)
        try:
            fit.run()
        except ClusterError as error:
            raise ClusterError(f"{error}. {fit.how_to_go_on()}.") from error
        partwise.hand_over(fit.estimator, estimator)
    return estimator


def _check_settings(settings):
    for name, allowed in _CHOICES.items():
        if settings[name] not in allowed:
            raise ValueError(
                f"{name} must be one of {allowed}, got {settings[name]!r}."
            )
    _check_count("local_epochs", settings["local_epochs"])


def _check_count(name, value):
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be an integer > 0, got {value!r}.")
