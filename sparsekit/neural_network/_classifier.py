"""Classification: labels, losses, probabilities."""

from typing import Any

import numpy as np
from scipy.sparse import csr_array, issparse
from scipy.special import expit, log_expit, log_softmax, softmax
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils import column_or_1d, compute_sample_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import (
    check_classification_targets,
    type_of_target,
    unique_labels,
)

from sparsekit._utils._arrays import sound
from sparsekit._utils._estimators import unchanged_on_error
from sparsekit._utils._sklearn_compat import _align_api_if_sparse, _fit_context
from sparsekit._utils._validation import refuse_unknown
from sparsekit.network import LOSSES, label_targets, moderate, value_targets
from sparsekit.neural_network._base import BaseSparseMLP
from sparsekit.neural_network._checks import check_one_kind, learns_in_pieces


class BaseSparseMLPClassifier(ClassifierMixin, BaseSparseMLP):
    """Base of the classifiers."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    @available_if(learns_in_pieces)
    @unchanged_on_error
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None, sample_ids=None):
        """Train for one epoch on some rows, going on from the present network.

        From the second call on, an estimator that rewires does so first. The learning
        rate is `learning_rate_init` in every call; only "invscaling", which counts
        samples, goes on. Of what grows with every call, the last 250 calls are kept:
        `loss_curve_`, `history_` and `rewiring_history_` end at the present one;
        `n_iter_`, `t_` and `best_loss_` are of all calls.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Classes of the rows, or label indicators.
        classes : array-like of shape (n_classes,), default=None
            All classes that will ever come; needed in the first call, and not used with
            label indicators.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative.
        sample_ids : array-like of shape (n_samples,), default=None
            Identities of the samples, integers or strings, no two alike; None for a row
            without one. With them what `record` notes goes on from call to call:
            `record_` is about all samples with an identity so far, in the order in
            which they first came, and its ``index`` holds the identities. They change
            nothing in training.

        Returns
        -------
        self : object
            The estimator itself.

        Raises
        ------
        ValueError
            For input that does not fit, before anything is trained; in the first call
            without `classes`; with ``class_weight="balanced"``.
        MemoryError
            If the connections take more memory than there is; it says how much.
        """
        if classes is None and not hasattr(self, "_network"):
            raise ValueError(
                "classes must be given in the first call of partial_fit: all that will "
                "ever come, as classes=np.unique(y) has them where y holds all."
            )
        if isinstance(self.class_weight, str):
            raise ValueError(
                f"class_weight={self.class_weight!r} is not supported for partial_fit, "
                "which does not see all rows; give a dict of weights."
            )
        return self._partial_fit(X, y, sample_weight, sample_ids, classes)

    def _encode(self, y, sample_weight, first, classes=None, partial=False):
        if first:
            self._sparse_labels = issparse(y)
        y = _dense_labels(y)
        if first or self._multilabel or y.ndim != 1:
            check_classification_targets(y)
            multilabel = type_of_target(y).startswith("multilabel")
            if not multilabel:
                y = column_or_1d(y, warn=True)
        else:
            multilabel = False  # and whether all are known classes comes next
        if first:
            self._learn_classes(y, classes, multilabel)
        else:
            self._check_classes(y, classes, multilabel)
            if self._wanted_activation() != self.out_activation_:
                raise ValueError(
                    f"out_activation={self.out_activation!r} does not describe the "
                    f"fitted network, whose outputs are {self.out_activation_}."
                )
        if not (partial or multilabel) and np.unique(y).size < self.classes_.size:
            raise ValueError(
                "With warm_start=True, y must have the same classes as in the first "
                f"fit, {self.classes_.tolist()}; it has {np.unique(y).tolist()}."
            )
        if self.class_weight is not None:
            balance = compute_sample_weight(self.class_weight, y)
            if (balance < 0).any():
                raise ValueError(
                    f"class_weight must not be negative, got {self.class_weight}."
                )
            balance = moderate(balance)
            if sample_weight is not None:
                balance = moderate(balance * sample_weight)
            # A later call of partial_fit may bring rows of such classes only.
            if not balance.any() and (first or not partial):
                raise ValueError(
                    "No row has a positive weight: class_weight is 0 for all classes "
                    "of the rows that count."
                )
            sample_weight = balance
        return self._targets(y, sample_weight)

    def _learn_classes(self, y, classes, multilabel):
        if multilabel:
            known = np.arange(y.shape[1])
        elif classes is not None:
            refuse_unknown(classes, "classes")
            known = unique_labels(classes)
        else:
            known = np.unique(y)
        if not known.size:
            raise ValueError(
                f"{'y' if classes is None else 'classes'} has no class; a classifier "
                "needs one at least."
            )
        self._multilabel = multilabel
        self.classes_ = known
        self.out_activation_ = self._wanted_activation()
        one_output = self.out_activation_ == "logistic" and not multilabel
        self.n_outputs_ = 1 if one_output else known.size
        if not multilabel:
            self._check_classes(y, None, multilabel)

    def _facts_of_targets(self, y):
        is_sparse, y = issparse(y), _dense_labels(y)
        check_classification_targets(y)
        if type_of_target(y).startswith("multilabel"):
            return {"kind": y.shape[1:], "sparse": is_sparse}
        labels, counts = np.unique(column_or_1d(y), return_counts=True)
        return {"kind": (), "sparse": is_sparse, "labels": labels, "counts": counts}

    def _learn_targets(self, facts):
        check_one_kind(facts)
        self._sparse_labels = facts[0]["sparse"]
        balanced = isinstance(self.class_weight, str)
        if facts[0]["kind"]:
            if balanced:
                raise ValueError(
                    "class_weight='balanced' needs all label indicators at once; give "
                    "a list of weights."
                )
            self._learn_classes(np.empty((0, *facts[0]["kind"])), None, True)
            return
        labels = [one["labels"] for one in facts]
        classes = unique_labels(*labels)  # which refuses words among numbers
        self._learn_classes(classes, classes, False)
        if balanced:
            counts = np.concatenate([one["counts"] for one in facts])
            place = np.searchsorted(classes, np.concatenate(labels))
            of_classes = np.bincount(place, counts)
            weights = counts.sum() / (classes.size * of_classes)
            pairs = zip(classes.tolist(), weights.tolist(), strict=True)
            self.class_weight = dict(pairs)

    def _loss(self):
        loss = LOSSES[self.out_activation_]
        return loss._replace(smoothing=float(self.label_smoothing))

    def _wanted_activation(self):
        binary = self.classes_.size == 2 and self.out_activation == "auto"
        return "logistic" if binary or self._multilabel else "softmax"

    def _check_classes(self, y, classes, multilabel):
        if multilabel != self._multilabel:
            raise ValueError(
                "y must be of one kind in all calls: label indicators of shape "
                "(n_samples, n_labels), or one class per sample; got "
                f"{'label indicators' if multilabel else 'one class per sample'} after "
                f"{'label indicators' if self._multilabel else 'one class per sample'}."
            )
        if multilabel:
            if y.shape[1] != self.classes_.size:
                raise ValueError(
                    f"y has {y.shape[1]} labels; it must have the {self.classes_.size} "
                    "of the first call."
                )
            return
        if classes is not None and not np.array_equal(
            self.classes_, unique_labels(classes)
        ):
            raise ValueError(
                f"classes={classes} differs from the first call's {self.classes_}."
            )
        unknown = np.setdiff1d(y, self.classes_)
        if unknown.size:
            raise ValueError(
                f"y contains classes {unknown.tolist()} that are not in "
                f"`classes_`, {self.classes_.tolist()}."
            )

    def _targets(self, y, sample_weight=None):
        if self._multilabel:
            return value_targets(y, sample_weight, self.dtype)
        labels = np.searchsorted(self.classes_, y)
        if self.out_activation_ == "softmax":
            return label_targets(labels, sample_weight, self.dtype)
        return value_targets(labels[:, np.newaxis], sample_weight, self.dtype)

    def _encode_held_out(self, y):
        y = _dense_labels(y)
        multilabel = type_of_target(y).startswith("multilabel")
        if not multilabel:
            y = column_or_1d(y, warn=True)
        self._check_classes(y, None, multilabel)
        return self._targets(y)

    def _strata(self, targets):
        if self._multilabel:
            return None
        return targets.labels if targets.labels.size else targets.values[:, 0]

    def _score_outputs(self, outputs, targets):
        weight = targets.sample_weight if targets.sample_weight.size else None
        if targets.labels.size:
            return accuracy_score(
                targets.labels, outputs.argmax(axis=1), sample_weight=weight
            )
        return accuracy_score(
            targets.values.astype(int), (outputs > 0).astype(int), sample_weight=weight
        )

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the accuracy of predictions.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Classes of the rows, or label indicators.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.

        Returns
        -------
        float
            Fraction of the rows that are predicted right, with all their labels.
        """
        return super().score(X, sound(y, "y"), sample_weight)

    def predict(self, X: Any) -> np.ndarray:
        """Predict the classes of samples.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples,) or (n_samples, n_labels)
            The class of each row, or its label indicators, 0 and 1; these are sparse if
            those of the first `fit` or `partial_fit` were.
        """
        outputs = self._raw_outputs(X)
        if self._multilabel:
            labels = (outputs > 0).astype(int)
            if self._sparse_labels:
                return _align_api_if_sparse(csr_array(labels))
            return labels
        if self.out_activation_ == "softmax":
            return self.classes_[outputs.argmax(axis=1)]
        return self.classes_[(outputs[:, 0] > 0).astype(int)]

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the outputs before the softmax or the logistic function.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.

        Returns
        -------
        ndarray of shape (n_samples,) for two classes, else (n_samples, n_classes)
            For two classes the log-odds of ``classes_[1]``; for more, and for label
            indicators, a column for each of `classes_`.
        """
        outputs = self._raw_outputs(X)
        if self._multilabel or self.n_outputs_ > 2:
            return outputs
        return outputs[:, -1] - outputs[:, 0] if self.n_outputs_ == 2 else outputs[:, 0]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Estimate probabilities.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            A column for each of `classes_`; with label indicators, the probability that
            the label is 1.
        """
        return self._chances(X, expit, softmax)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Estimate logarithms of probabilities, without underflow.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Logarithms of the values of `predict_proba`.
        """
        logarithms = self._chances(X, log_expit, log_softmax)
        if logarithms.dtype == np.float32:
            # What single precision rounds to a probability of 1 has a logarithm of 0.
            rounded = np.exp(logarithms, dtype=np.float64).astype(np.float32)
            logarithms[rounded == 1] = 0
        return logarithms

    def _chances(self, X, sigmoid, over_classes):
        """Return a column for each class, computed in double precision."""
        outputs = self._raw_outputs(X)
        z = outputs.astype(np.float64)
        if self._multilabel:
            chances = sigmoid(z)
        elif self.out_activation_ == "softmax":
            chances = over_classes(z, axis=1)
        else:
            chances = np.hstack([sigmoid(-z), sigmoid(z)])
        return chances.astype(outputs.dtype, copy=False)


def _dense_labels(y):
    """Return `y` as an array; only label indicators may be sparse."""
    if not issparse(y):
        return np.asarray(y)
    if y.shape[1] == 1:
        raise ValueError(
            "A sparse y must hold label indicators, shape (n_samples, n_labels); give "
            "one class per sample as a dense array."
        )
    return y.toarray()
