"""What the estimators accept: rows, weights, sizes of levels and batches."""

from numbers import Integral

import numpy as np
from sklearn.utils.validation import validate_data

from sparsekit._layout import admitted, canonical, sound
from sparsekit._sklearn_compat import _check_sample_weight
from sparsekit._unknown import refuse_unknown
from sparsekit._words import refuse_all_but_numbers
from sparsekit.network import moderate
from sparsekit.neural_network._checks import refuse_lbfgs, refuse_missing
from sparsekit.neural_network._warnings import warn_user

# What ``batch_size="auto"`` stands for: about so many steps an epoch, of so many rows.
N_STEPS = 50
SMALLEST_BATCH = 8
LARGEST_BATCH = 32


class InputChecksMixin:
    """Checks of what is given to `fit` and to the methods that predict."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = self.missing != "raise"
        return tags

    def _validate_params(self):
        refuse_lbfgs(self.solver)
        super()._validate_params()

    def _check_X(self, X, y="no_validation", reset=False):
        """Return canonical X, or canonical X and y."""
        refuse_all_but_numbers(X)
        y = sound(y, "y")
        if not isinstance(y, str):
            refuse_unknown(y)
        checked = validate_data(
            self,
            admitted(X),
            y,
            accept_sparse="csr",
            dtype=(np.float64, np.float32),
            ensure_all_finite="allow-nan",
            reset=reset,
            **({} if isinstance(y, str) else {"multi_output": True}),
        )
        X, y = (checked, None) if isinstance(y, str) else checked
        if self.missing == "raise":
            refuse_missing(X)
        return canonical(X) if y is None else (canonical(X), y)

    def _check_weights(self, sample_weight, X):
        if sample_weight is None:
            return None
        return moderate(
            _check_sample_weight(
                sample_weight, X, dtype=np.float64, ensure_non_negative=True
            )
        )

    def _level_sizes(self, n_features):
        """Return the neurons per level."""
        sizes = self.hidden_layer_sizes
        sizes = [sizes] if isinstance(sizes, Integral) else list(sizes)
        if not all(isinstance(n, Integral) and n > 0 for n in sizes):
            raise ValueError(
                f"hidden_layer_sizes must be integers > 0, got {sizes} instead."
            )
        return [n_features, *(int(n) for n in sizes), self.n_outputs_]

    def _rows_per_batch(self, n_samples, partial):
        if self.batch_size == "auto":
            # A call of partial_fit sees a part of the rows only, which does not tell
            # how many steps there will be.
            wanted = LARGEST_BATCH if partial else n_samples // N_STEPS
            return min(max(SMALLEST_BATCH, wanted), LARGEST_BATCH, n_samples)
        if self.batch_size > n_samples:
            warn_user(
                f"batch_size={self.batch_size} is larger than the number of training "
                f"rows, {n_samples}, and is clipped to it."
            )
        return min(self.batch_size, n_samples)
