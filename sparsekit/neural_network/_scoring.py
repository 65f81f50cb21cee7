"""The score on validation rows, after each epoch."""

from numbers import Real

import numpy as np
from sklearn.metrics import check_scoring

from sparsekit.network import loss_of_outputs, raw_outputs, thread_count


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
