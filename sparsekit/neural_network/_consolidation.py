"""Protection of the connections that matter to what was learned."""

from numbers import Real
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from sparsekit._sklearn_compat import _align_api_if_sparse
from sparsekit._unchanged import unchanged_on_error
from sparsekit.network import (
    LOSSES,
    Protection,
    SparseNetwork,
    connection_importance,
    value_targets,
)
from sparsekit.neural_network._checks import validate_parameters
from sparsekit.neural_network._strategies import strategies_of


class ConsolidationMixin:
    """Gives networks `consolidate`, `release` and `protected_`."""

    _network: Any

    @unchanged_on_error
    def consolidate(
        self, X=None, y=None, *, share=0.5, importance="fisher", protect="gradient"
    ) -> Self:
        """Protect the connections that matter most on some rows.

        To be called after a task is learned and before the next one. What is protected
        stays protected, and each call adds a share of the connections that are still
        free, so that some are always left to learn with. A new `fit` releases all.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows of the task; not needed for "magnitude".
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Their targets; needed for "fisher" only.
        share : float in [0, 1], default=0.5
            Share of the free connections of each layer that become protected, rounded
            down: those of highest importance, and none whose importance is 0.
        importance : {"fisher", "mas", "magnitude"}, default="fisher"
            "fisher": mean square of the gradient of a row's loss, the diagonal of the
            empirical Fisher information (elastic weight consolidation [1]_). "mas":
            mean absolute gradient of half the squared norm of the outputs, which needs
            no targets (memory aware synapses [2]_). "magnitude": abs(w), as in
            PackNet [3]_.
        protect : {"gradient", "pruning"}, default="gradient"
            "pruning": no rewiring drops a protected connection. "gradient": the
            optimizer leaves their weights alone, too; they stay as they are to the
            bit. It holds for all protected connections, those of earlier calls
            included.

        Returns
        -------
        self : object
            The estimator itself.

        Raises
        ------
        ValueError
            If a parameter is none of those allowed, or rows are missing.

        Notes
        -----
        Biases are never protected, and neither are location and scale of the features,
        which `partial_fit` keeps learning with ``standardize=True``: where features
        mean the same in all tasks, scale them beforehand. Complexity: O(n_samples *
        connections) time, O(connections + batch_size * neurons) memory.

        References
        ----------
        .. [1] Kirkpatrick et al., "Overcoming catastrophic forgetting in neural
           networks", PNAS 114, 2017. There a penalty holds the weights.
        .. [2] Aljundi, Babiloni, Elhoseiny, Rohrbach and Tuytelaars, "Memory aware
           synapses: learning what (not) to forget", ECCV 2018, equation 3.
        .. [3] Mallya and Lazebnik, "PackNet: adding multiple tasks to a single network
           by iterative pruning", CVPR 2018.
        """
        check_is_fitted(self)
        _check_options(share, importance, protect)
        network = SparseNetwork(**self._network)
        scores = self._importance_of_connections(network, X, y, importance)
        protection = getattr(self, "_protection", None)
        layers = network.layers()
        if protection is None:
            masks = [np.zeros(layer.indices.size, dtype=bool) for layer in layers]
        else:
            masks = Protection(**protection).masks(network)
        for number, mask in enumerate(masks, start=1):
            _add_highest(mask, scores[network.connections(number)], share)
        positions = [
            layer.positions()[mask] for layer, mask in zip(layers, masks, strict=True)
        ]
        self._protection = {"positions": positions, "frozen": protect == "gradient"}
        return self

    def release(self) -> Self:
        """Lift the protection of all connections.

        Returns
        -------
        self : object
            The estimator itself.
        """
        vars(self).pop("_protection", None)
        return self

    @property
    def protected_(self):
        """Which connections are protected.

        For each layer a CSR matrix of bool, shape (n_in, n_out), that stores True for
        each protected connection.
        """
        network = self._fitted_network("protected_")
        protection = getattr(self, "_protection", None)
        matrices = []
        for number, layer in enumerate(network.layers()):
            mine = np.empty(0, dtype=np.int64)
            if protection is not None:
                mine = protection["positions"][number]
            outputs, inputs = np.divmod(mine, layer.n_in)
            mask = sparse.csr_array(
                (np.ones(mine.size, dtype=bool), (inputs, outputs)),
                shape=(layer.n_in, layer.n_out),
            )
            matrices.append(_align_api_if_sparse(mask))
        return matrices

    def _importance_of_connections(self, network, X, y, importance):
        """Return a number for each connection of all layers."""
        if importance == "magnitude":
            return np.abs(network.weights)
        if X is None or (y is None and importance == "fisher"):
            needed = "X and y" if importance == "fisher" else "X"
            raise ValueError(f"importance={importance!r} needs rows: give {needed}.")
        validate_parameters(self)
        self._check_same_network(strategies_of(self))
        # What later training draws does not depend on whether anything was protected.
        state = self._generator.bit_generator.state
        if importance == "fisher":
            X, y = self._check_X(X, y)
            targets = self._encode(y, None, first=False, partial=True)
            result = connection_importance(self._trainer(X, targets), power=2)
        else:
            X = self._check_X(X)
            zeros = np.zeros((X.shape[0], self.n_outputs_))
            trainer = self._trainer(X, value_targets(zeros, None, self.dtype))
            trainer.loss = LOSSES["squared_error"]
            result = connection_importance(trainer, power=1)
        self._generator.bit_generator.state = state
        if not np.isfinite(result).all():
            raise ValueError(
                f"importance={importance!r} of a connection is beyond all numbers: "
                "values of X or y lie very far from those of the training rows. Clip "
                "or transform them."
            )
        return result


def _check_options(share, importance, protect):
    if not isinstance(share, Real) or not 0 <= share <= 1:
        raise ValueError(f"share must be in [0, 1], got {share!r}.")
    for name, value, allowed in (
        ("importance", importance, ("fisher", "mas", "magnitude")),
        ("protect", protect, ("gradient", "pruning")),
    ):
        if value not in allowed:
            raise ValueError(f"{name} must be one of {allowed}, got {value!r}.")


def _add_highest(mask, scores, share):
    """Mark the `share` of the unmarked that has the highest positive scores."""
    free = np.flatnonzero(~mask)
    mine = scores[free]
    count = min(int(share * free.size), int(np.count_nonzero(mine > 0)))
    order = np.argsort(-mine, kind="stable")
    mask[free[order[:count]]] = True
