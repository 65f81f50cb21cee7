"""A word before a compile that takes long: silence looks like a hang."""

import logging

from numba.core import event as events

_LOGGER = logging.getLogger("sparsekit")

# Seconds that the kernels take to compile which take longest, those that they call
# included, on a machine of 2 GHz.
SECONDS = {
    "_run_epoch": 25,
    "_run_epoch_parallel": 35,
    "_predict": 5,
    "_predict_parallel": 8,
}


class _Announcer(events.Listener):
    """Says of a kernel that is not on disk that it is being compiled."""

    def on_start(self, event):
        kernel = event.data["dispatcher"].py_func
        if kernel.__module__.startswith("sparsekit.kernels."):
            seconds = SECONDS.get(kernel.__qualname__)
            if seconds is not None:
                _LOGGER.warning(
                    "Compiling for this machine, once, about %d s (%s); "
                    "`sparsekit warm-up` does it ahead of time.",
                    seconds,
                    kernel.__qualname__.strip("_").replace("_", " "),
                )

    def on_end(self, event):
        """Say nothing."""


def announce_compiling():
    """Log a warning from now on when one of these kernels is compiled."""
    events.register("numba:compile", _Announcer())
