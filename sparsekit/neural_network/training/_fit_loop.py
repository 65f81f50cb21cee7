"""Epochs, rewirings, stopping, and the callbacks around them."""

import time
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from sparsekit.network import LearningRate, has_velocity, n_samples_of
from sparsekit.neural_network._warnings import warn_user
from sparsekit.neural_network.training._history import WINDOW, show_epoch
from sparsekit.neural_network.training._learning_rates import LEARNING_RATES
from sparsekit.neural_network.training._resumption import training_state
from sparsekit.neural_network.training._rewirings import Rewirings
from sparsekit.neural_network.training._selected_rows import selected_rows
from sparsekit.neural_network.training._validation import Validation, ValidationScore


@dataclass
class PreparedFit:
    """What the preparation of a call of `fit` or `partial_fit` hands to `FitLoop`.

    Attributes
    ----------
    trainer : Trainer
    strategies : Strategies
    selection : SampleSelection or None, default=None
        None lets every epoch take all rows.
    validation : Validation or None, default=None
    generator_state : dict or None, default=None
        State of the estimator's generator before rows were held out: a fit that is
        resumed prepares from there. None for `partial_fit`, which is never resumed.
    """

    trainer: Any
    strategies: Any
    selection: Any = None
    validation: Validation | None = None
    generator_state: dict | None = None


# What grows from epoch to epoch.
_LISTS = ("loss_curve_", "validation_scores_", "history_", "rewiring_history_")


class FitLoop:
    """Runs the epochs of one call of `fit` or `partial_fit`.

    Parameters
    ----------
    estimator : BaseSparseMLP
        Receives `loss_curve_`, `history_` and the like as training goes.
    prepared : PreparedFit
    context : CallbackContext or None, default=None
        The root context of the estimator's callbacks; None in `partial_fit`, which has
        no callbacks and is not expected to converge.
    callback_data : dict or None, default=None
        X, y and metadata for the callbacks.
    """

    def __init__(self, estimator, prepared, context=None, callback_data=None) -> None:
        self.estimator = estimator
        # A call that fails gives these lists back as they were.
        for name in _LISTS:
            setattr(estimator, name, list(getattr(estimator, name)))
        self.trainer = trainer = prepared.trainer
        self.validation = prepared.validation
        self.validation_score = ValidationScore(estimator, prepared.validation)
        self.context = context
        self.callback_data = callback_data
        self.order = np.arange(n_samples_of(trainer.samples))
        schedule = estimator.learning_rate
        if isinstance(schedule, str):
            schedule = LEARNING_RATES.get(schedule, schedule)
        if not callable(schedule) and not has_velocity(trainer.optimizer.solver):
            schedule = "constant"  # as in scikit-learn
        self.rate = LearningRate(
            schedule,
            estimator.learning_rate_init,
            estimator.power_t,
            estimator.max_iter,
        )
        # The best score, or the negative of the smallest loss, and the epochs since.
        self.best = -np.inf
        self.n_waited = 0
        self.rewirings = Rewirings(estimator, trainer, prepared.strategies)
        # None where every epoch takes all rows.
        self.selected = None
        if prepared.selection is not None:
            self.selected = selected_rows(estimator, prepared)
        self.best_network = self.best_births = None
        self.stopped = False
        self.interrupted = False
        # For checkpoints, see `_resumption`; what an earlier fit left is void.
        vars(estimator).pop("_training", None)
        vars(estimator).pop("record_", None)
        if context is not None:
            vars(estimator).pop("_notes_by_id", None)
        self.generator_at_start = prepared.generator_state
        self.first_epoch = 0
        self.digest = None

    def run(self, max_iter):
        """Train for at most `max_iter` epochs."""
        estimator = self.estimator
        try:
            for epoch in range(self.first_epoch, max_iter):
                # partial_fit, where every call is one epoch, counts over all calls.
                done = epoch if self.context is not None else estimator.n_iter_
                self.rewirings.begin_epoch(
                    done / estimator.max_iter, 1 / estimator.max_iter
                )
                n_replaced = 0
                # A fit that is resumed may have stopped before.
                if not self.stopped and not self.rewirings.by_steps:
                    n_replaced = self._rewire(self.context)
                if self.stopped:
                    break
                self._epoch(epoch, n_replaced)
            if not self.stopped:
                self._warn_if_unfinished(max_iter)
        except KeyboardInterrupt:
            self.interrupted = True
            warn_user("Training interrupted by user.")
        if self.best_network is None and self.context is not None:
            self.rewirings.finish()
        if self.trainer.recorder is not None:
            self.trainer.recorder.finish(self.trainer)
        if self.best_network is not None:
            self.trainer.go_back(self.best_network)
            self.rewirings.network_restored({"births": self.best_births})
        self.rewirings.keep()
        estimator._keep(self.trainer)
        if self.context is None:
            self._leave_window()
        if estimator.record is not None:
            self.trainer.recorder.keep_record(estimator)

    def _leave_window(self):
        """Forget single epochs and rewirings that are long past."""
        estimator = self.estimator
        estimator._best_loss = estimator.best_loss_
        n_rows = WINDOW * self.trainer.network.n_layers
        del estimator.rewiring_history_[:-n_rows]
        del estimator.history_[:-WINDOW]
        del estimator.loss_curve_[:-WINDOW]

    def _rewire(self, context):
        """Rewire if that is due, which it never is in a new network."""
        wanted = self.rewirings.wanted()
        if wanted is None:
            return 0
        with self._task("rewiring", context) as task:
            n_replaced = self.rewirings.rewire(*wanted)
        if self.selected is not None:
            self.selected.rewired = True
        self.stopped |= task.stop
        return n_replaced

    def _epoch(self, epoch, n_replaced):
        estimator = self.estimator
        n_inside = None if self.rewirings.by_steps else 0
        with self._task(
            "epoch", self.context, n_inside, self.resumable_attributes
        ) as task:
            begin = time.perf_counter()
            if estimator.shuffle:
                estimator._generator.shuffle(self.order)
            rate = self.rate.at(epoch, estimator.t_)
            # Between rewirings connections stay where they are.
            network = self.trainer.network.copy(topology=self.rewirings.by_steps)
            before = network, dict(self.rewirings.kept)
            rows = self.order
            if self.selected is not None:
                rows = self.selected.begin_epoch(rows, epoch)
            loss, finite, n_inside = self._train(rows, rate, task.context)
            finite = finite and self.trainer.has_finite_losses()
            if self.selected is not None:
                loss = self.selected.end_epoch(loss)
            if self.trainer.recorder is not None:
                self.trainer.recorder.end_epoch(self.trainer)
            estimator.t_ += rows.size
            estimator.n_iter_ += 1
            estimator.loss_curve_.append(loss)
            score = self.validation_score.of(self.trainer)
            n_replaced += n_inside
            seconds = time.perf_counter() - begin
            self._record(loss, score, rate, n_replaced, rows.size, seconds)
            if finite:
                self._judge(loss, score)
            else:
                self._diverged(*before)
        self.stopped |= task.stop

    def _train(self, order, rate, context):
        """Pass once over rows; return the mean loss, whether it is finite, and how
        many connections were replaced on the way.
        """
        total, n_replaced, start, n_rows = 0.0, 0, 0, order.size
        while True:
            n_more = n_rows - start
            if self.rewirings.by_steps:
                n_replaced += self._rewire(context)
                n_more = self.rewirings.rows_until_due(n_more)
            rows = order[start : start + n_more]
            loss, finite = self.trainer.run_epoch(rows, rate)
            start += n_more
            total += loss * n_more
            self.rewirings.trained(n_more, start, n_rows)
            if start == n_rows or not finite:
                return total / start, finite, n_replaced

    def _record(self, loss, score, rate, n_replaced, n_samples, seconds):
        history = self.estimator.history_
        history.append(
            {
                "epoch": self.estimator._n_epochs + 1,
                "loss": loss,
                "validation_score": score,
                "learning_rate": rate,
                "n_connections": int(self.trainer.network.weights.size),
                "n_replaced": n_replaced,
                "n_samples": n_samples,
                "seconds": seconds,
            }
        )
        if self.estimator.verbose:
            show_epoch(history[-1], first=len(history) == 1)

    def _judge(self, loss, score):
        """Keep the best network, and stop where nothing improves.

        Epochs without progress are counted as scikit-learn's MLPClassifier does.
        """
        if not self.rewirings.has_final_number:
            return  # the network that training is about is yet to come
        estimator = self.estimator
        value = score if estimator.early_stopping else -loss
        self.n_waited = 0 if value >= self.best + estimator.tol else self.n_waited + 1
        if value > self.best:
            self.best = value
            if estimator.early_stopping:
                self.best_network = self.trainer.network.copy()
                # Replaced by a rewiring, and not written to.
                self.best_births = self.rewirings.kept.get("births")
        if self.n_waited > estimator.n_iter_no_change:
            self.n_waited = 0
            self.stopped = self.rate.plateau()

    def _diverged(self, network, kept):
        """Stop with the last network under which all training rows have a loss."""
        warn_user(
            "Training stopped because the loss was no longer finite; the weights that "
            "the epoch began with are kept. Lower learning_rate_init, or rescale X and "
            "y.",
            ConvergenceWarning,
        )
        self.trainer.go_back(network)
        self.rewirings.network_restored(kept)
        self.stopped = True

    def _warn_if_unfinished(self, max_iter):
        estimator = self.estimator
        # A rate that has fallen to 0, the best epoch by held-out rows, or no rule to
        # stop by: training ends as planned.
        planned = (
            callable(self.rate.schedule)
            or estimator.early_stopping
            or estimator.n_iter_no_change == np.inf
        )
        if self.context is None or planned:
            return
        warn_user(
            f"Maximum number of epochs, max_iter={max_iter}, reached before the loss "
            "stopped improving. early_stopping=True or learning_rate='cosine' ends "
            "training in a planned way.",
            ConvergenceWarning,
        )

    def fitted_attributes(self):
        """Return a copy of the fitted state, for callbacks that predict."""
        self.estimator._keep(self.trainer)
        attributes = {"_network": self.estimator._network.copy()}
        for name in _LISTS:
            attributes[name] = list(getattr(self.estimator, name))
        return attributes | ({"_interrupted": True} if self.interrupted else {})

    def resumable_attributes(self):
        """Return the fitted state with what the fit needs to go on from it."""
        return {
            **self.fitted_attributes(),
            "_optimizer": self.estimator._optimizer.copy(),
            "_rewiring": self.rewirings.state(),
            "_training": training_state(self),
        }

    @contextmanager
    def _task(self, name, parent, max_subtasks=0, attributes=None):
        """Surround a block by the callback task `name`.

        Yields an object with the ``context`` of the task and, after the block, whether
        a callback asks training to ``stop``.
        """
        task = SimpleNamespace(context=None, stop=False)
        if parent is None or not hasattr(self.estimator, "_skl_callbacks"):
            yield task
            return
        data = self.callback_data
        task.context = parent.subcontext(task_name=name, max_subtasks=max_subtasks)
        task.context.call_on_fit_task_begin(estimator=self.estimator, **data)
        yield task
        task.stop = task.context.call_on_fit_task_end(
            estimator=self.estimator,
            reconstruction_attributes=attributes or self.fitted_attributes,
            **data,
        )
