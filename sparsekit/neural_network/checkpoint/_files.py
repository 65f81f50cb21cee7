"""Checkpoints: an estimator in a file, and fits that go on where they were cut off."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sparsekit._utils import _archive
from sparsekit.neural_network._base import BaseSparseMLP
from sparsekit.neural_network.checkpoint._json_codec import (
    decode_estimator,
    encode_estimator,
    estimators,
)

_FORMAT, _VERSION = "sparsekit checkpoint", 1


def save_checkpoint(estimator: Any, path: str | os.PathLike[str]) -> None:
    """Write an estimator to a file.

    Parameters
    ----------
    estimator : object
        A network of sparsekit, a `SparseMLPEnsemble*` of such networks, a
        `SparseTabular*`, or one of the encoders of tables, fitted or not. The
        `fitted_estimator` that a callback gets within the fit of a network brings along
        what :func:`resume` needs.
    path : str or path-like
        Replaced at once when all is written: a crash leaves the old file or the new.

    Raises
    ------
    TypeError
        For another estimator, a subclass included, or a parameter that is not a number,
        a string, a list, a dict, an array, a generator, an estimator of sparsekit or a
        strategy of :mod:`sparsekit.topology`.

    Notes
    -----
    The file is a zip archive of ``.npy`` arrays and one JSON document, with a checksum
    of each. Callbacks and metadata requests are not stored. Complexity: O(connections +
    training rows) time and bytes, 16 to 24 bytes per connection with "adam".

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import load_checkpoint, save_checkpoint
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_checkpoint(net, Path(folder) / "net.ckpt")
    ...     same = load_checkpoint(Path(folder) / "net.ckpt")
    >>> bool((same.predict_proba(X) == net.predict_proba(X)).all())
    True
    """
    known = estimators()
    if known.get(type(estimator).__name__) is not type(estimator):
        raise TypeError(
            f"A checkpoint holds one of {sorted(known)}, not a "
            f"{type(estimator).__module__}.{type(estimator).__qualname__}."
        )
    arrays: dict[str, np.ndarray] = {}
    document = {
        "format": _FORMAT,
        "version": _VERSION,
        **encode_estimator(estimator, arrays),
    }
    _archive.write_archive(path, document, arrays)


def load_checkpoint(path: str | os.PathLike[str]) -> Any:
    """Read an estimator from a file of :func:`save_checkpoint`; no code in it is run.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    object
        The estimator as it was saved: it predicts the same bits, and `partial_fit`
        trains on as if it had stayed. From a file written within a fit, it is as if fit
        had stopped there; :func:`resume` goes on with that fit.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is truncated, damaged or of another kind, or if a newer sparsekit
        wrote it.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import load_checkpoint, save_checkpoint
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(tol=0.1, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_checkpoint(net, Path(folder) / "net.ckpt")
    ...     again = load_checkpoint(Path(folder) / "net.ckpt")
    >>> bool((again.predict_proba(X) == net.predict_proba(X)).all())
    True
    """
    document, arrays = _archive.read_archive(path, _FORMAT, _VERSION)
    with _archive.refuse_damage(path, _FORMAT):
        return decode_estimator(document, arrays)


def resume(
    path: str | os.PathLike[str],
    X: Any,
    y: Any,
    *,
    sample_weight: ArrayLike | None = None,
    X_val: Any = None,
    y_val: Any = None,
    callbacks: Sequence[Any] = (),
) -> Any:
    """Go on with a fit that was cut off, from the file that it left.

    A fit that is cut off after any epoch and resumed makes the same bits as one that
    ran through: connections, weights, history (but for the seconds) and predictions.

    Parameters
    ----------
    path : str or path-like
        Written by :class:`CheckpointCallback` or, within a fit, by
        :func:`save_checkpoint`.
    X, y : array-like
        The arguments of the interrupted `fit`. A digest of them tells whether they are.
    sample_weight, X_val, y_val : array-like, default=None
        So, too, where that fit had them.
    callbacks : sequence of objects, default=()
        Callbacks of scikit-learn for the rest of the fit, for instance
        :class:`CheckpointCallback` with the same path.

    Returns
    -------
    object
        The fitted estimator. A file of a fit that came to its end is loaded, and
        nothing is trained.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        As :func:`load_checkpoint`, if the estimator is no network or is not fitted, or
        if the data are not those of the interrupted fit.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import CheckpointCallback, resume
    >>> X, y = load_iris(return_X_y=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "net.ckpt"
    ...     net = SETMLPClassifier(random_state=0)
    ...     net = net.set_callbacks(CheckpointCallback(path)).fit(X, y)
    ...     # After a crash within fit, this goes on where the file was written.
    ...     same = resume(path, X, y, callbacks=[CheckpointCallback(path)])
    >>> bool((same.predict_proba(X) == net.predict_proba(X)).all())
    True
    """
    estimator = load_checkpoint(path)
    if not isinstance(estimator, BaseSparseMLP):
        raise ValueError(
            f"{str(path)!r} holds a {type(estimator).__name__}, whose fits cannot be "
            "resumed; load it with load_checkpoint."
        )
    if not hasattr(estimator, "_network"):
        raise ValueError(
            f"{str(path)!r} holds an estimator that no fit has begun to train; load it "
            "with load_checkpoint and call fit."
        )
    if not hasattr(estimator, "_training"):
        return estimator
    return estimator.set_callbacks(*callbacks)._resume(
        X, y, sample_weight, X_val, y_val
    )
