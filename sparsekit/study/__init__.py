"""Studies: how missing values and the sparsity of a network act together.

`missingness_study` trains every model at every sparsity and missing rate on the same
splits and the same masks; `summarize` turns the result into means, intervals and paired
differences; `MissingnessStudyDisplay` draws it. `StudyResult` compares and ranks the
models. The same from a shell: ``sparsekit study``, or ``python -m sparsekit.study``.
`compare_on_table` compares `SparseTabular*` with the usual models on one table as it
is; from a shell, ``sparsekit compare``.
"""

from sparsekit.study._missingness_study import missingness_study
from sparsekit.study._result import StudyResult
from sparsekit.study._sparsity_study import sparsity_study
from sparsekit.study.displays._cost import CostDisplay
from sparsekit.study.displays._difference import DifferenceDisplay
from sparsekit.study.displays._ranks import CriticalDifferenceDisplay
from sparsekit.study.displays._score import MissingnessStudyDisplay
from sparsekit.study.displays._table import TableComparisonDisplay
from sparsekit.study.one_table._compare_on_table import compare_on_table
from sparsekit.study.one_table._comparison import TableComparison
from sparsekit.study.statistics._corrected_ttest import corrected_ttest, holm
from sparsekit.study.statistics._ranks import ModelRanks
from sparsekit.study.statistics._summary import summarize

__all__ = [
    "CostDisplay",
    "CriticalDifferenceDisplay",
    "DifferenceDisplay",
    "MissingnessStudyDisplay",
    "ModelRanks",
    "StudyResult",
    "TableComparison",
    "TableComparisonDisplay",
    "compare_on_table",
    "corrected_ttest",
    "holm",
    "missingness_study",
    "sparsity_study",
    "summarize",
]
