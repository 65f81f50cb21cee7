"""Pickles that know which version wrote them, as scikit-learn's do."""

from sparsekit import __version__
from sparsekit.neural_network._warnings import warn_user


class PickleVersionMixin:
    """Gives networks pickles that warn where another version reads them."""

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
