"""Callbacks that the tests of several rooms need."""


class Callback:
    """Does nothing at any time; what a callback is there for is written over."""

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context):
        pass


class CutOff(Callback):
    """Raise at the end of an epoch; the callbacks before this one have been called."""

    def __init__(self, epoch, task="epoch", error=RuntimeError):
        self.epoch = epoch
        self.task = task
        self.error = error

    def on_fit_task_end(self, estimator, context):
        if context.task_name == self.task and estimator.n_iter_ == self.epoch:
            raise self.error("cut off")


class InterruptAt(Callback):
    """Press Ctrl-C at the end of the n-th of some tasks."""

    def __init__(self, count, tasks=("epoch", "rewiring")):
        self.count = count
        self.tasks = tasks

    def on_fit_task_end(self, estimator, context):
        self.count -= context.task_name in self.tasks
        if self.count == 0:
            self.count = -1
            raise KeyboardInterrupt
