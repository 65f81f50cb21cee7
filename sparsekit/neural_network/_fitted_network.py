"""What a fitted network can be asked for."""

import math
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from sparsekit import __version__
from sparsekit._utils._arrays import admitted, canonical, sound
from sparsekit._utils._estimators import DocLinkMixin
from sparsekit._utils._magnitudes import refuse_not_finite
from sparsekit._utils._sklearn_compat import _align_api_if_sparse
from sparsekit._utils._validation import refuse_all_but_numbers, refuse_unknown
from sparsekit.network import OptimizerState, SparseNetwork, raw_outputs, thread_count
from sparsekit.neural_network._checks import refuse_missing
from sparsekit.neural_network._protection import protected_matrices
from sparsekit.neural_network._summary import layer_table
from sparsekit.neural_network._warnings import warn_user
from sparsekit.neural_network.training._inputs import missing_inputs_of, prepare
from sparsekit.neural_network.training._records_by_id import record_by_id

if TYPE_CHECKING:
    from pandas import DataFrame


class FittedNetwork(DocLinkMixin, BaseEstimator):
    """Base of the networks: the attributes that follow from what a fit stored."""

    _network: SparseNetwork
    _optimizer: OptimizerState
    _inputs: dict[str, np.ndarray]
    loss_curve_: list[float]
    validation_scores_: list[float]
    history_: list[dict[str, Any]]
    _best_loss: float

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = self.missing != "raise"
        return tags

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_network")

    def __getstate__(self):
        return {**super().__getstate__(), "_sparsekit_version": __version__}

    def __setstate__(self, state):
        state = dict(state)
        version = state.pop("_sparsekit_version", "of unknown version")
        if version != __version__:
            warn_user(
                f"This {type(self).__name__} was pickled by sparsekit {version}, and "
                f"this is sparsekit {__version__}: what it predicts may differ, or "
                "it may fail. Fit it again. A file of save_checkpoint is refused where "
                "it is not understood."
            )
        super().__setstate__(state)

    @property
    def _n_epochs(self) -> int:
        """Epochs of all calls since the network began."""
        return self.history_[-1]["epoch"] if self.history_ else 0

    @property
    def coefs_(self) -> list[Any]:
        """Weight matrix of each layer, CSR of shape (n_in, n_out)."""
        network = self._fitted("coefs_")
        return [_align_api_if_sparse(coefs) for coefs in network.coefs()]

    @property
    def intercepts_(self) -> list[np.ndarray]:
        """Biases of each layer."""
        return self._fitted("intercepts_").intercepts()

    @property
    def n_connections_(self) -> int:
        """Number of connections over all layers."""
        return int(self._fitted("n_connections_").weights.size)

    @property
    def sparsity_(self) -> float:
        """Fraction of absent connections over all layers."""
        network = self._fitted("sparsity_")
        positions = int(np.dot(network.sizes[:-1], network.sizes[1:]))
        return 1.0 - network.weights.size / positions

    @property
    def n_layers_(self) -> int:
        """Number of levels of neurons, inputs and outputs included."""
        return int(self._fitted("n_layers_").sizes.size)

    @property
    def loss_(self) -> float:
        """Training loss of the last epoch; NaN before the first."""
        self._fitted("loss_")
        return self.loss_curve_[-1] if self.loss_curve_ else math.nan

    @property
    def best_loss_(self) -> float:
        """Smallest loss of an epoch; NaN before the first."""
        self._fitted("best_loss_")
        known = [self._best_loss, *self.loss_curve_]
        return min(_without_nan(known), default=math.nan)

    @property
    def best_validation_score_(self) -> float | None:
        """Largest of `validation_scores_`; None without validation rows."""
        self._fitted("best_validation_score_")
        return max(_without_nan(self.validation_scores_), default=None)

    @property
    def indicator_features_(self) -> np.ndarray:
        """Features whose missing values are an input of their own."""
        self._fitted("indicator_features_")
        return self._inputs["indicators"].copy()

    @property
    def feature_importances_(self) -> np.ndarray:
        """Fraction of each feature in the absolute weights of the first layer."""
        layer = self._fitted("feature_importances_").layer(1)
        # In double precision: the sum over many connections should not depend on dtype.
        sizes = np.abs(layer.weights, dtype=np.float64)
        strengths = np.bincount(layer.indices, sizes, minlength=layer.n_in)
        of_features = strengths[: self.n_features_in_].copy()
        of_features[self._inputs["indicators"]] += strengths[self.n_features_in_ :]
        total = of_features.sum()
        return of_features / total if total > 0 else of_features

    @property
    def births_(self) -> list[Any]:
        """Number of the rewiring in which each connection grew.

        0 for the first ones. For each layer a CSR matrix of int, shape (n_in, n_out),
        that has an entry, which may be 0, for each connection.

        Raises
        ------
        AttributeError
            Without ``record_births=True``.
        """
        network = self._fitted("births_")
        if not getattr(self, "record_births", False):
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute 'births_'; they are "
                "noted with record_births=True."
            )
        births = self._rewiring.get("births")
        if births is None:  # nothing was ever rewired
            births = np.zeros(network.weights.size, dtype=np.int32)
        return [_align_api_if_sparse(matrix) for matrix in network.matrices(births)]

    @property
    def protected_(self) -> list[Any]:
        """Which connections are protected.

        For each layer a CSR matrix of bool, shape (n_in, n_out), that stores True for
        each protected connection.
        """
        network = self._fitted("protected_")
        return protected_matrices(network, getattr(self, "_protection", None))

    @cached_property
    def record_(self):
        # What a call without identities noted stands in the way of this property, and
        # the next call takes away what it returned.
        notes = vars(self).get("_notes_by_id")
        if notes is None:
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute 'record_'"
            )
        return record_by_id(notes)

    def release(self) -> Self:
        """Lift the protection of all connections.

        Returns
        -------
        self : object
            The estimator itself.
        """
        self.__dict__.pop("_protection", None)
        return self

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
        return layer_table(self._network)

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

    def _missing_inputs(self, dtype):
        """Return what the first layer makes of missing inputs."""
        return missing_inputs_of(**self._input_config, inputs=self._inputs, dtype=dtype)

    def _samples(self, X, dtype=None):
        """Return validated X as the network takes it."""
        dtype = self._network.dtype if dtype is None else dtype
        keep_missing = self._missing_inputs(dtype) is not None
        names = getattr(self, "feature_names_in_", None)
        return prepare(X, self._inputs, dtype, keep_missing=keep_missing, names=names)

    def _raw_outputs(self, X):
        """Return W x + b of the output level, shape (n_samples, n_outputs).

        They are single precision if both the weights and X are.
        """
        check_is_fitted(self)
        X = self._check_X(X)
        network = self._network
        outputs = raw_outputs(
            network,
            self._samples(X),
            thread_count(self.n_jobs),
            self._missing_inputs(network.dtype),
        )
        refuse_not_finite(outputs, "The output for the values")
        return outputs.astype(np.result_type(outputs, X.dtype), copy=False)

    def _fitted(self, attribute: str) -> SparseNetwork:
        # An AttributeError, so that hasattr tells whether the estimator is fitted.
        if not hasattr(self, "_network"):
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {attribute!r} "
                "before fit"
            )
        return self._network


def _without_nan(values: Iterable[float]) -> Iterator[float]:
    # An epoch whose loss is not finite is none to compare with.
    return (value for value in values if not math.isnan(value))


def check_network(estimator: object) -> None:
    """Raise TypeError unless `estimator` is one of the networks here."""
    if not isinstance(estimator, FittedNetwork):
        raise TypeError(
            f"estimator must be a network of sparsekit, got {type(estimator).__name__}."
        )


def check_fitted_network(estimator: object) -> None:
    """Raise unless `estimator` is one of the networks here, and fitted."""
    check_network(estimator)
    check_is_fitted(estimator)
