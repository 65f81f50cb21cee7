"""Which samples are hard: scores of what training recorded about each of them.

A network that is fitted with `record` holds `record_`, a dict of arrays that are
aligned with the rows of X. Most scores are functions of it, and return a DataFrame
indexed like X. What it holds:

- when, loss, tolerance: how it was made;
- index: the index of X, if X was a table, or the identities given to `partial_fit`;
- n_seen, n_correct, n_forgotten: counts of presentations (or, with ``record="epoch"``,
  of epochs), of those at which the prediction was right, and of forgetting events;
- first_learned, last_wrong: numbers of presentations, from 1; 0 stands for never;
- correct: whether the last prediction was right; -1 where there was none;
- confidence_mean, confidence_std, loss_mean, margin_mean, error_mean;
- early_errors: the error at each of `early_presentations`;
- all_correct, all_losses, all_margins, all_errors, of shape (n_epochs, n_samples), with
  ``store="full"``;
- rewirings: None, or a dict of what happened around rewirings to the samples `rows`.
"""

from sparsekit.difficulty._cartography import cartography
from sparsekit.difficulty._data_map_display import DataMapDisplay
from sparsekit.difficulty._exemplars import pruning_identified_exemplars
from sparsekit.difficulty._forgetting import forgetting_events
from sparsekit.difficulty._forgetting_display import ForgettingDisplay
from sparsekit.difficulty._gradients import gradient_coverage, grand_scores
from sparsekit.difficulty._margins import aum_scores, el2n_scores
from sparsekit.difficulty._memorization import memorization_scores
from sparsekit.difficulty._prac import prac_set
from sparsekit.difficulty._report import difficulty_report
from sparsekit.difficulty._second_split import second_split_forgetting
from sparsekit.difficulty._selection import HardSampleSelector
from sparsekit.difficulty._selection_curve import selection_curve
from sparsekit.difficulty._selection_curve_display import SelectionCurveDisplay
from sparsekit.difficulty._subset_fit import SubsetFitClassifier, SubsetFitRegressor

__all__ = [
    "DataMapDisplay",
    "ForgettingDisplay",
    "HardSampleSelector",
    "SelectionCurveDisplay",
    "SubsetFitClassifier",
    "SubsetFitRegressor",
    "aum_scores",
    "cartography",
    "difficulty_report",
    "el2n_scores",
    "forgetting_events",
    "gradient_coverage",
    "grand_scores",
    "memorization_scores",
    "prac_set",
    "pruning_identified_exemplars",
    "second_split_forgetting",
    "selection_curve",
]
