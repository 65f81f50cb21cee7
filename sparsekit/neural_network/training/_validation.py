"""Rows that are held out of training, and the scores on them."""

from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from sklearn.metrics import check_scoring
from sklearn.utils import check_array, check_consistent_length

from sparsekit._utils._arrays import sound
from sparsekit._utils._sklearn_compat import _safe_indexing
from sparsekit._utils._splitting import parted
from sparsekit._utils._validation import refuse_unknown
from sparsekit.network import loss_of_outputs, raw_outputs, take_targets, thread_count


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


def hold_out(estimator, given, X, y, targets, X_val, y_val):
    """Return the training rows (None for all) and what is held out of training.

    Its samples are rows of X, which are not prepared for the network yet. `given` is
    X as the user gave it: a table has names of columns, which scorers need.
    """
    if X_val is not None:
        given_val, X_val = X_val, estimator._check_X(X_val)
        refuse_unknown(y_val, "y_val")
        y_val = check_array(
            sound(y_val, "y_val"),
            accept_sparse="csr",
            ensure_2d=False,
            dtype=None,
            input_name="y_val",
        )
        check_consistent_length(X_val, y_val)
        targets = estimator._encode_held_out(y_val)
        return None, Validation(X_val, targets, (given_val, y_val))
    if not estimator.early_stopping:
        return None, None
    rows, held = _split(estimator, X.shape[0], targets)
    if held.size < 2:
        raise ValueError(
            "The validation set is too small: increase validation_fraction="
            f"{estimator.validation_fraction} or give more rows than {X.shape[0]}."
        )
    weights = targets.sample_weight
    if weights.size and not weights[rows].any():
        raise ValueError(
            f"All {rows.size} rows that early_stopping=True left for training have a "
            "weight of 0. Decrease "
            f"validation_fraction={estimator.validation_fraction}, drop the rows of "
            "weight 0, or give X_val and y_val."
        )
    held_targets = take_targets(targets, held)
    if held_targets.sample_weight.size and not held_targets.sample_weight.any():
        raise ValueError(
            f"All {held.size} validation rows that early_stopping=True put aside "
            "have a weight of 0, so they have no score. Increase "
            f"validation_fraction={estimator.validation_fraction}, drop the rows of "
            "weight 0, or give X_val and y_val."
        )
    X_held = X[held]
    named = hasattr(estimator, "feature_names_in_")
    table = _safe_indexing(given, held) if named else X_held
    return rows, Validation(X_held, held_targets, (table, y[held]))


def _split(estimator, n_rows, targets):
    """Return the rows to train on, and those to put aside."""
    strata = estimator._strata(targets)
    seed = int(estimator._generator.integers(np.iinfo(np.int32).max))
    try:
        return parted(n_rows, estimator.validation_fraction, seed, strata)
    except ValueError as error:
        raise ValueError(
            "early_stopping=True could not put "
            f"validation_fraction={estimator.validation_fraction} of the {n_rows} rows "
            f"aside: {error}. Give more rows, X_val and y_val, or early_stopping=False."
        ) from error


class ValidationScore:
    """What the parameter `scoring` says, of the rows that training does not see.

    Parameters
    ----------
    estimator : BaseSparseMLP
        It gets the scores in `validation_scores_`.
    validation : Validation or None
        None has no scores.
    """

    def __init__(self, estimator, validation) -> None:
        self.estimator = estimator
        self.validation = validation
        self.scorer = None
        if validation is not None and estimator.scoring not in ("loss", None):
            self.scorer = check_scoring(estimator, scoring=estimator.scoring)

    def of(self, trainer):
        """Return the score of the network that a trainer holds now.

        NaN where it has none, as that of a network that diverges, which gets here
        before its training loss is found infinite. None without validation rows.
        """
        if self.validation is None:
            return None
        estimator, targets = self.estimator, self.validation.targets
        outputs = raw_outputs(
            trainer.network,
            self.validation.samples,
            thread_count(estimator.n_jobs),
            trainer.missing_inputs,
        )
        loss = loss_of_outputs(trainer.loss, outputs, targets)
        score = np.nan
        if np.isfinite(loss):
            if estimator.scoring == "loss":
                score = -loss
            elif self.scorer is None:
                score = float(estimator._score_outputs(outputs, targets))
            else:
                estimator._keep(trainer)
                score = self._scored()
        score = score if np.isfinite(score) else np.nan
        estimator.validation_scores_.append(score)
        return score

    def _scored(self):
        """Return what the scorer says of the estimator as it is."""
        weights = self.validation.targets.sample_weight
        more = {"sample_weight": weights.astype(np.float64)} if weights.size else {}
        score = self.scorer(self.estimator, *self.validation.given, **more)
        if not isinstance(score, Real):
            raise ValueError(
                f"scoring must return a number, got {score!r} of type "
                f"{type(score).__name__}."
            )
        return float(score)
