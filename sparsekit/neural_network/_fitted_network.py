"""What a fitted network tells about itself."""

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sparsekit._sklearn_compat import _align_api_if_sparse
from sparsekit.network import SparseNetwork
from sparsekit.neural_network._summary import layer_table

if TYPE_CHECKING:
    from pandas import DataFrame


class FittedNetworkMixin:
    """Gives networks their fitted attributes that follow from the arrays stored."""

    _network: dict[str, np.ndarray]
    _inputs: dict[str, np.ndarray]
    loss_curve_: list[float]
    validation_scores_: list[float]
    history_: list[dict[str, Any]]
    _best_loss: float

    @property
    def _n_epochs(self) -> int:
        """Epochs of all calls since the network began."""
        return self.history_[-1]["epoch"] if self.history_ else 0

    @property
    def coefs_(self) -> list[Any]:
        """Weight matrix of each layer, CSR of shape (n_in, n_out)."""
        network = self._fitted_network("coefs_")
        return [_align_api_if_sparse(coefs) for coefs in network.coefs()]

    @property
    def intercepts_(self) -> list[np.ndarray]:
        """Biases of each layer."""
        return self._fitted_network("intercepts_").intercepts()

    @property
    def n_connections_(self) -> int:
        """Number of connections over all layers."""
        return int(self._fitted_network("n_connections_").weights.size)

    @property
    def sparsity_(self) -> float:
        """Share of absent connections over all layers."""
        network = self._fitted_network("sparsity_")
        positions = int(np.dot(network.sizes[:-1], network.sizes[1:]))
        return 1.0 - network.weights.size / positions

    @property
    def n_layers_(self) -> int:
        """Number of levels of neurons, inputs and outputs included."""
        return int(self._fitted_network("n_layers_").sizes.size)

    @property
    def loss_(self) -> float:
        """Training loss of the last epoch; NaN before the first."""
        self._fitted_network("loss_")
        return self.loss_curve_[-1] if self.loss_curve_ else math.nan

    @property
    def best_loss_(self) -> float:
        """Smallest loss of an epoch; NaN before the first."""
        self._fitted_network("best_loss_")
        known = [self._best_loss, *self.loss_curve_]
        return min(_without_nan(known), default=math.nan)

    @property
    def best_validation_score_(self) -> float | None:
        """Largest of `validation_scores_`; None without validation rows."""
        self._fitted_network("best_validation_score_")
        return max(_without_nan(self.validation_scores_), default=None)

    @property
    def indicator_features_(self) -> np.ndarray:
        """Features whose missing values are an input of their own."""
        self._fitted_network("indicator_features_")
        return self._inputs["indicators"].copy()

    def summary(self) -> "DataFrame":
        """Return a table of the layers of the fitted network.

        Returns
        -------
        pandas.DataFrame
            A row for each layer, 1 for the first, and a row "total". The columns:

            - ``n_in``, ``n_out``: neurons that the layer reads (of the first layer
              features and indicators), and its own; in the row "total" inputs and
              outputs of the network, as with ``active_in`` and ``active_out``;
            - ``n_connections``, ``density``: connections, and their share of all
              positions;
            - ``active_in``, ``active_out``: how many of the neurons lie on a path from
              an input to an output; the others do no work;
            - ``fan_in_mean``, ``fan_in_max``: connections of an output neuron;
              ``fan_out_mean``, ``fan_out_max``: of an input neuron;
            - ``mean_abs_weight``: mean absolute weight of the connections;
            - ``n_bytes``: bytes of weights, indices and biases; training needs the
              optimizer's state besides, once ("sgd") or twice that of the weights;
            - ``format``: how training works on the layer if the inputs are dense, see
              :func:`sparsekit.suggest_format`; "mixed" where layers differ.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the network is not fitted.

        Notes
        -----
        Complexity: O(connections + neurons).

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sparsekit import SETMLPClassifier
        >>> net = SETMLPClassifier((50,), sparsity=0.8, tol=0.01, random_state=0)
        >>> table = net.fit(*load_iris(return_X_y=True)).summary()
        >>> table[["n_in", "n_out", "n_connections"]]
               n_in  n_out  n_connections
        layer
        1         4     50             35
        2        50      3             35
        total     4      3             70
        """
        check_is_fitted(self)
        return layer_table(SparseNetwork(**self._network))

    def _fitted_network(self, attribute: str) -> SparseNetwork:
        # An AttributeError, so that hasattr tells whether the estimator is fitted.
        if not hasattr(self, "_network"):
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {attribute!r} "
                "before fit"
            )
        return SparseNetwork(**self._network)


def _without_nan(values: Iterable[float]) -> Iterator[float]:
    # An epoch whose loss is not finite is none to compare with.
    return (value for value in values if not math.isnan(value))


def check_fitted_network(estimator: object) -> None:
    """Raise unless `estimator` is one of the networks here, and fitted."""
    if not isinstance(estimator, FittedNetworkMixin):
        raise TypeError(
            f"estimator must be a network of sparsekit, got {type(estimator).__name__}."
        )
    check_is_fitted(estimator)
