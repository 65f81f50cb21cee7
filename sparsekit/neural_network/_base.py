"""What the estimators share: fitting, in one go and in pieces."""

from abc import ABCMeta, abstractmethod
from dataclasses import replace

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sparsekit._doc_links import DocLinkMixin
from sparsekit._magnitudes import refuse_not_finite
from sparsekit._sample_ids import check_sample_ids
from sparsekit._sklearn_compat import _fit_context
from sparsekit._unchanged import unchanged_on_error
from sparsekit.network import SparseNetwork, raw_outputs, take_targets, thread_count
from sparsekit.neural_network._checks import validate_parameters
from sparsekit.neural_network._consolidation import ConsolidationMixin
from sparsekit.neural_network._fit_loop import FitLoop
from sparsekit.neural_network._fitted_network import FittedNetworkMixin
from sparsekit.neural_network._held_out import hold_out
from sparsekit.neural_network._identified import IdentifiedRecordMixin, recorder_of
from sparsekit.neural_network._importance import FeatureImportancesMixin
from sparsekit.neural_network._input_checks import InputChecksMixin
from sparsekit.neural_network._inputs import learn_inputs
from sparsekit.neural_network._network_state import NetworkStateMixin
from sparsekit.neural_network._pickling import PickleVersionMixin
from sparsekit.neural_network._prepared_fit import PreparedFit
from sparsekit.neural_network._resumption import restore
from sparsekit.neural_network._sample_selection import selection_of
from sparsekit.neural_network._strategies import n_rewirings, strategies_of


class BaseSparseMLP(
    DocLinkMixin,
    InputChecksMixin,
    NetworkStateMixin,
    FittedNetworkMixin,
    ConsolidationMixin,
    FeatureImportancesMixin,
    IdentifiedRecordMixin,
    PickleVersionMixin,
    CallbackSupportMixin,
    BaseEstimator,
    metaclass=ABCMeta,
):
    """Base of classifiers and regressors; not for direct use."""

    @property
    def _method_name(self):
        """Name of a method in `RECIPES`."""
        return self.method

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_network")

    @abstractmethod
    def _encode(self, y, sample_weight, first, classes=None, partial=False):
        """Learn about `y` if `first`; return the targets.

        With `partial`, `y` need not hold all classes.
        """

    @abstractmethod
    def _encode_held_out(self, y):
        """Return the targets of validation rows."""

    @abstractmethod
    def _loss(self):
        """Return what is minimised, see `network.LOSSES`."""

    @abstractmethod
    def _score_outputs(self, outputs, targets):
        """Return accuracy or R2 of raw outputs."""

    @unchanged_on_error
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, X_val=None, y_val=None):
        """Fit the network; a new one unless ``warm_start=True``.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            NaN where a value is missing. Sparse input is read as CSR.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets: classes or label indicators for a classifier, numbers for a
            regressor.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative.
        X_val, y_val : array-like, default=None
            Rows and targets, as X and y, to compute `validation_scores_` from after
            every epoch; nothing is learned from them. With ``early_stopping=True`` they
            decide when to stop, and no training rows are put aside.

        Returns
        -------
        self : object
            The estimator itself.

        Raises
        ------
        ValueError
            For input that does not fit, before anything is trained.
        MemoryError
            If the connections take more memory than there is; it says how much.

        Warns
        -----
        sklearn.exceptions.ConvergenceWarning
            If `max_iter` epochs were not enough, or the loss left the finite numbers;
            those before the epoch in which it did are kept.
        UserWarning
            If less than a quarter of the hidden neurons of a new network have an input
            and an output; it says how many.

        Notes
        -----
        Time per epoch: O(n_samples * connections). Memory beside the prepared inputs:
        O(connections + batch_size * neurons).
        """
        first = not (self.warm_start and hasattr(self, "_network"))
        if (X_val is None) != (y_val is None):
            absent = "X_val" if X_val is None else "y_val"
            raise ValueError(f"X_val and y_val must be given together; {absent}=None.")
        prepared = self._prepare_fit(X, y, sample_weight, X_val, y_val, first)
        return self._run_fit(prepared, X, y, sample_weight, first)

    def _run_fit(self, prepared, X, y, sample_weight, first, state=None):
        """Train; with `state`, go on from there."""
        # Callbacks get what the user gave: a table keeps the names of its columns.
        data = {"X": X, "y": y}
        if sample_weight is not None:
            data["metadata"] = {"sample_weight": sample_weight}
        n_between = n_rewirings(prepared.strategies, self.max_iter, first)
        context = self._init_callback_context(max_subtasks=self.max_iter + n_between)
        loop = FitLoop(self, prepared, context, data)
        if state is not None:
            restore(loop, state)
        context.call_on_fit_task_begin(estimator=self, **data)
        loop.run(self.max_iter)
        context.call_on_fit_task_end(
            estimator=self, reconstruction_attributes=loop.fitted_attributes, **data
        )
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def _resume(self, X, y, sample_weight, X_val, y_val):
        """Go on with the fit of a checkpoint, see `_checkpoint.resume`."""
        state = self._training
        self._generator.bit_generator.state = state["generator_at_start"]
        prepared = self._prepare_fit(
            X, y, sample_weight, X_val, y_val, first=False, resuming=True
        )
        return self._run_fit(prepared, X, y, sample_weight, False, state)

    def _prepare_fit(self, X, y, sample_weight, X_val, y_val, first, resuming=False):
        """Check everything, build what is new."""
        strategies = strategies_of(self)
        selection = selection_of(self.sample_selection)
        given = X
        X, y = self._check_X(X, y, reset=first)
        sample_weight = self._check_weights(sample_weight, X)
        if first:
            self._seed()
        targets = self._encode(y, sample_weight, first)
        generator_state = self._generator.bit_generator.state
        n_rows = X.shape[0]
        rows, held_out = hold_out(self, given, X, y, targets, X_val, y_val)
        if rows is not None:
            X, targets = X[rows], take_targets(targets, rows)
        if first:
            self._start(strategies, X, targets)
            trainer = self._first_trainer(strategies, X, targets)
        else:
            if not resuming:
                self._check_same_network(strategies)
            trainer = self._trainer_of_copies(X, targets)
        if held_out is not None:
            held_out = replace(held_out, samples=self._samples(held_out.samples))
        trainer.recorder = recorder_of(self, trainer, given, n_rows, rows)
        self.n_iter_ = 0
        return PreparedFit(trainer, strategies, selection, held_out, generator_state)

    def _partial_fit(self, X, y, sample_weight, sample_ids, classes=None):
        validate_parameters(self)
        prepared = self._prepare_partial_fit(X, y, sample_weight, sample_ids, classes)
        FitLoop(self, prepared).run(max_iter=1)
        return self

    def _prepare_partial_fit(self, X, y, sample_weight, sample_ids, classes):
        """Check everything, build what is new."""
        strategies = strategies_of(self)
        # The rows of a call are new to it, so that it selects none of them; but what
        # `fit` refuses is refused here, too.
        selection_of(self.sample_selection)
        if self.early_stopping:
            raise ValueError(
                "partial_fit does not support early_stopping=True: it has no rows to "
                "hold out. Set early_stopping=False, or use fit."
            )
        first = not hasattr(self, "_network")
        given = X
        X, y = self._check_X(X, y, reset=first)
        sample_weight = self._check_weights(sample_weight, X)
        if sample_ids is not None:
            sample_ids = check_sample_ids(sample_ids, X.shape[0])
        if first:
            self._seed()
        targets = self._encode(y, sample_weight, first, classes, partial=True)
        if first:
            self._start(strategies, X, targets, partial=True)
            trainer = self._first_trainer(strategies, X, targets)
            self.n_iter_ = 0
        else:
            self._check_same_network(strategies)
            self._refuse_far_values(X)
            self._inputs = learn_inputs(
                X, self.standardize, sample_weight, self._inputs
            )
            trainer = self._trainer_of_copies(X, targets)
        trainer.recorder = recorder_of(self, trainer, given, X.shape[0], ids=sample_ids)
        return PreparedFit(trainer, strategies)

    def _seed(self):
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        self._generator = np.random.default_rng(seed)

    def _strata(self, targets):
        """Return the classes that a validation split should keep in proportion."""
        return None

    def _raw_outputs(self, X):
        """Return W x + b of the output level, shape (n_samples, n_outputs).

        They are single precision if both the weights and X are.
        """
        check_is_fitted(self)
        X = self._check_X(X)
        network = SparseNetwork(**self._network)
        n_threads = thread_count(self.n_jobs)
        outputs = raw_outputs(network, self._samples(X), n_threads, self._holes())
        refuse_not_finite(outputs, "The output for the values")
        return outputs.astype(np.result_type(outputs, X.dtype), copy=False)
