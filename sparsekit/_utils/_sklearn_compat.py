"""Every name that sparsekit takes from scikit-learn's private modules, in one place.

These are the names that third-party packages use in practice although scikit-learn does
not promise them; when one moves, this file is the only one to mend.
"""

from sklearn.base import _fit_context
from sklearn.utils import _safe_indexing
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    Options,
    RealNotInt,
    StrOptions,
)
from sklearn.utils._sparse import _align_api_if_sparse
from sklearn.utils.extmath import _incremental_mean_and_var
from sklearn.utils.metaestimators import _BaseComposition
from sklearn.utils.validation import (
    _check_feature_names_in,
    _check_method_params,
    _check_sample_weight,
    _estimator_has,
)

__all__ = [
    "HasMethods",
    "Interval",
    "Options",
    "RealNotInt",
    "StrOptions",
    "_BaseComposition",
    "_align_api_if_sparse",
    "_check_feature_names_in",
    "_check_method_params",
    "_check_sample_weight",
    "_estimator_has",
    "_fit_context",
    "_incremental_mean_and_var",
    "_safe_indexing",
]
