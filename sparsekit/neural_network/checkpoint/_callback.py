"""The callback that writes checkpoints while a network is fitted."""

from numbers import Integral

from sparsekit.neural_network.checkpoint._files import save_checkpoint


class CheckpointCallback:
    """Callback that writes a checkpoint after every few epochs, and one at the end.

    Parameters
    ----------
    path : str or path-like
        The file; each checkpoint replaces the one before.
    every : int, default=1
        Epochs from one checkpoint to the next.

    See Also
    --------
    resume : Go on from the file.

    Notes
    -----
    An estimator of several networks, such as `SparseTabular*`, is written once, when
    its fit ends. One fit, one file: the clones that a grid search makes share their
    callbacks, and would write over each other's checkpoints.

    Examples
    --------
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import CheckpointCallback
    >>> callback = CheckpointCallback("net.ckpt", every=10)
    >>> net = SETMLPClassifier().set_callbacks(callback)
    """

    def __init__(self, path, every=1) -> None:
        if isinstance(every, bool) or not isinstance(every, Integral) or every < 1:
            raise ValueError(f"every must be an integer > 0, got {every!r}.")
        self.path = path
        self.every = every

    def __repr__(self):
        return f"CheckpointCallback({str(self.path)!r}, every={self.every})"

    def setup(self, estimator, context):
        """Prepare nothing, see :class:`sklearn.callback.FitCallback`."""

    def teardown(self, estimator, context):
        """Leave the file, see :class:`sklearn.callback.FitCallback`."""

    def on_fit_task_begin(self, estimator, context):
        """Do nothing, see :class:`sklearn.callback.FitCallback`."""

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        """Write the file if it is time, see :class:`sklearn.callback.FitCallback`."""
        # After Ctrl-C the file of the last epoch stays: the fit can go on from it.
        interrupted = hasattr(fitted_estimator, "_interrupted")
        finished = context.task_name == "fit" and not interrupted
        due = context.task_name == "epoch" and estimator.n_iter_ % self.every == 0
        if finished or due:
            save_checkpoint(fitted_estimator, self.path)
