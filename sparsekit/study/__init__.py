"""Studies: how missing values and the sparsity of a network act together.

`missingness_study` trains every model at every sparsity and missing rate on the same
splits and the same masks; `summarize` turns the result into means, intervals and paired
differences; `MissingnessStudyDisplay` draws it. `StudyResult` compares and ranks the
models. The same from a shell: ``sparsekit study``, or ``python -m sparsekit.study``.
`compare_on_table` compares `SparseTabular*` with the usual models on one table as it
is; from a shell, ``sparsekit compare``.
"""

from sparsekit.study._compare_on_table import compare_on_table
from sparsekit.study._corrected_ttest import corrected_ttest, holm
from sparsekit.study._display_cost import CostDisplay
from sparsekit.study._display_difference import DifferenceDisplay
from sparsekit.study._display_ranks import CriticalDifferenceDisplay
from sparsekit.study._display_score import MissingnessStudyDisplay
from sparsekit.study._display_table import TableComparisonDisplay
from sparsekit.study._ranks import ModelRanks
from sparsekit.study._result import StudyResult
from sparsekit.study._study import missingness_study
from sparsekit.study._summary import summarize
from sparsekit.study._table_comparison import TableComparison

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
    "summarize",
]
