"""Predictions of several networks: the mean of what each of them predicts."""

from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin, MultiOutputMixin, RegressorMixin
from sklearn.callback import CallbackSupportMixin
from sklearn.utils.validation import check_is_fitted

from sparsekit.tabular._in_pieces import ClassesInPieces, TargetsInPieces
from sparsekit.tabular._shipping import ShippedMembers


class MeanOfMembers(ShippedMembers, CallbackSupportMixin):
    """Base of estimators that predict by `members_`, fitted estimators.

    A subclass says by `_inputs` what the members see of X.
    """

    members_: list[Any]

    def __sklearn_is_fitted__(self):
        return hasattr(self, "members_")

    def _mean(self, inputs, method):
        """Return the mean over the members of what `method` returns."""
        return sum(getattr(m, method)(inputs) for m in self.members_) / len(
            self.members_
        )

    @property
    def n_connections_(self) -> int:
        """Number of connections of all members together."""
        check_is_fitted(self)
        return sum(member.n_connections_ for member in self.members_)

    def summary(self) -> Any:
        """Return a table of the members.

        Returns
        -------
        DataFrame
            A row for each member: its epochs, the neurons of its hidden layers, its
            connections, their share of those of a dense network, and its last loss.
        """
        import pandas as pd

        check_is_fitted(self)
        rows = [
            {
                "hidden_layer_sizes": tuple(w.shape[1] for w in network.coefs_[:-1]),
                "n_connections": network.n_connections_,
                "density": 1.0 - network.sparsity_,
                "n_iter": network.n_iter_,
                "loss": network.loss_,
            }
            for network in self.members_
        ]
        return pd.DataFrame(rows, index=pd.RangeIndex(len(rows), name="member"))


class MeanClassifier(ClassifierMixin, ClassesInPieces, MeanOfMembers):
    """Classes by the mean of the members' probabilities."""

    _response = "predict_proba"

    def predict_proba(self, X: Any) -> np.ndarray:
        """Estimate probabilities.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows, as in `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Mean of the members' probabilities; a column for each of `classes_`, or with
            label indicators the probability that the label is 1.
        """
        check_is_fitted(self)
        return self._mean(self._inputs(X), self._response)

    def predict(self, X: Any) -> np.ndarray:
        """Predict the classes of samples.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows, as in `fit`.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_labels)
            The most probable class, or the label indicators.
        """
        probabilities = self.predict_proba(X)
        if self._multilabel:
            return (probabilities > 0.5).astype(int)
        return self.classes_[probabilities.argmax(axis=1)]


class MeanRegressor(MultiOutputMixin, RegressorMixin, TargetsInPieces, MeanOfMembers):
    """The mean of the members' predictions."""

    _response = "predict"

    def predict(self, X: Any) -> np.ndarray:
        """Predict the targets of samples.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows, as in `fit`.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Mean of the members' predictions, in the units of `y`.
        """
        check_is_fitted(self)
        return self._mean(self._inputs(X), self._response)
