"""What a fitted network tells about itself."""

import numpy as np

from sparsekit.network import SparseNetwork


class FittedNetworkMixin:
    """Gives networks their fitted attributes that follow from the arrays stored."""

    @property
    def coefs_(self):
        """Weight matrix of each layer, CSR of shape (n_in, n_out)."""
        return self._fitted_network("coefs_").coefs()

    @property
    def intercepts_(self):
        """Biases of each layer."""
        return self._fitted_network("intercepts_").intercepts()

    @property
    def n_connections_(self):
        """Number of connections over all layers."""
        return int(self._fitted_network("n_connections_").weights.size)

    @property
    def sparsity_(self):
        """Share of absent connections over all layers."""
        network = self._fitted_network("sparsity_")
        positions = int(np.dot(network.sizes[:-1], network.sizes[1:]))
        return 1.0 - network.weights.size / positions

    @property
    def n_layers_(self):
        """Number of levels of neurons, inputs and outputs included."""
        return int(self._fitted_network("n_layers_").sizes.size)

    @property
    def indicator_features_(self):
        """Features whose missing values are an input of their own."""
        self._fitted_network("indicator_features_")
        return self._inputs["indicators"].copy()

    def _fitted_network(self, attribute):
        # An AttributeError, so that hasattr tells whether the estimator is fitted.
        if not hasattr(self, "_network"):
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {attribute!r} "
                "before fit"
            )
        return SparseNetwork(**self._network)
