"""What a fit begins with, once everything that was given is checked."""

from dataclasses import dataclass
from typing import Any


@dataclass
class Validation:
    """Rows that training does not see.

    Attributes
    ----------
    samples : Samples
    targets : Targets
    given : tuple of (X, y)
        The rows as scorers of scikit-learn take them.
    """

    samples: Any
    targets: Any
    given: tuple[Any, Any]


@dataclass
class PreparedFit:
    """What the preparation of a call of `fit` or `partial_fit` hands to `FitLoop`.

    Attributes
    ----------
    trainer : Trainer
    strategies : Strategies
    selection : SampleSelection or None, default=None
        None lets every epoch take all rows.
    validation : Validation or None, default=None
    generator_state : dict or None, default=None
        State of the estimator's generator before rows were held out: a fit that is
        resumed prepares from there. None for `partial_fit`, which is never resumed.
    """

    trainer: Any
    strategies: Any
    selection: Any = None
    validation: Validation | None = None
    generator_state: dict | None = None
