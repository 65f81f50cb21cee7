"""How strongly a network reads each feature."""

import numpy as np


class FeatureImportancesMixin:
    """Gives networks `feature_importances_`."""

    @property
    def feature_importances_(self):
        """Share of each feature in the absolute weights of the first layer."""
        layer = self._fitted_network("feature_importances_").layer(1)
        # In double precision: the sum over many connections should not depend on dtype.
        sizes = np.abs(layer.weights, dtype=np.float64)
        strengths = np.bincount(layer.indices, sizes, minlength=layer.n_in)
        of_features = strengths[: self.n_features_in_].copy()
        of_features[self._inputs["indicators"]] += strengths[self.n_features_in_ :]
        total = of_features.sum()
        return of_features / total if total > 0 else of_features
