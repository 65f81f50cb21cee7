"""The object that predicts, and its file."""

import os
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import sparse
from scipy.special import expit, softmax

from sparsekit._utils import _archive
from sparsekit._utils._magnitudes import from_logarithms, refuse_not_finite, scaled_back
from sparsekit.deploy._checks import check_parts
from sparsekit.deploy._forward import (
    activated,
    expected_activation,
    neuron_scaled_sums,
    plain_sums,
    sample_scaled,
    stored_sums,
)
from sparsekit.deploy._inputs import checked, dense_values, stored_values

_FORMAT, _VERSION = "sparsekit predictor", 1

# What a predictor is made of, besides names.
_PARTS = ("network", "inputs", "missing_inputs", "head")

# Numbers of a level that are computed at a time: bounds the memory beside the result.
_BLOCK = 2**22


class SparsePredictor:
    """A fitted network that predicts with numpy and scipy only.

    Made by :func:`sparsekit.neural_network.to_predictor`, or read by :meth:`load`. Its
    predictions are those of the estimator within rounding. It holds what predicting
    needs: importing and loading it compiles nothing and starts in the time that scipy
    needs, and it is slower than the compiled estimator on many rows.

    Parameters
    ----------
    network : dict of str to ndarray
        `sizes`, `indptr`, `indices`, `weights`, `biases`, `kinds` and `slopes`, as the
        estimators store them.
    inputs : dict of str to ndarray
        `shift` and `scale` of the features, and the features with `indicators`.
    missing_inputs : dict
        `kind`: None, "sample", "neuron" or "expected"; `typical`, `root`, `mean`,
        `variance`; and `allowed`, whether values may be missing.
    head : dict
        `kind`: "softmax", "logistic", "labels", "identity" or "exp"; `classes`; for the
        last two, a regression, `shift` (not for "exp"), `scale` and `flat` of its
        targets.
    activation : {"piecewise", "logistic", "tanh"}
        Activation of the hidden layers; "piecewise" stands for the linear ones.
    feature_names : list of str or None, default=None
        Names of the features, where they had any.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        For classifiers.
    n_features_in_ : int

    Raises
    ------
    TypeError
        If `network`, `inputs`, `missing_inputs` or `head` is no dict.
    ValueError
        If the parts do not belong together.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import to_predictor
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(random_state=0).fit(X, y)
    >>> predictor = to_predictor(net)
    >>> bool((predictor.predict(X) == net.predict(X)).all())
    True
    """

    def __init__(
        self, network, inputs, missing_inputs, head, activation, feature_names=None
    ) -> None:
        check_parts(network, inputs, missing_inputs, head, activation, feature_names)
        self._network = network
        self._inputs = inputs
        self._missing_inputs = missing_inputs
        self._head = head
        self._activation = activation
        self._feature_names = feature_names
        self._layers = _layers_of(network)
        self.n_features_in_ = inputs["shift"].size
        self._regresses = head["kind"] in ("identity", "exp")
        if not self._regresses:
            self.classes_ = head["classes"]

    def __repr__(self):
        levels = "-".join(map(str, self._network["sizes"].tolist()))
        kind = "regressor" if self._regresses else "classifier"
        n_connections = self._network["weights"].size
        return f"SparsePredictor({kind}, {levels}, {n_connections} connections)"

    def predict(self, X: Any) -> np.ndarray:
        """Predict classes, or targets in their own units.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            NaN where a value is missing.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            What is predicted for each row.

        Raises
        ------
        ValueError
            For input that does not fit.
        """
        outputs, head = self._outputs(X), self._head
        if self._regresses:
            if head["kind"] == "exp":
                values = from_logarithms(outputs, head["scale"])
            else:
                values = scaled_back(outputs, head["shift"], head["scale"])
            return values[:, 0] if head["flat"] else values
        if head["kind"] == "labels":
            return (outputs > 0).astype(int)
        if head["kind"] == "softmax":
            return self.classes_[outputs.argmax(axis=1)]
        return self.classes_[(outputs[:, 0] > 0).astype(int)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Estimate probabilities; for classifiers.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities, with a column for each of `classes_`.

        Raises
        ------
        AttributeError
            For a regressor.
        """
        kind = self._head["kind"]
        if self._regresses:
            raise AttributeError("A regressor has no predict_proba; use predict.")
        outputs = self._outputs(X)
        z = outputs.astype(np.float64)
        if kind == "softmax":
            chances = softmax(z, axis=1)
        elif kind == "labels":
            chances = expit(z)
        else:
            chances = np.hstack([expit(-z), expit(z)])
        return chances.astype(outputs.dtype, copy=False)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the predictor to a file, all of it or nothing.

        Parameters
        ----------
        path : str or path-like
            The file.

        Notes
        -----
        A zip archive of ``.npy`` arrays and a JSON document; nothing is pickled. With
        single precision it takes about 8 bytes per connection.
        """
        arrays: dict[str, np.ndarray] = {}
        document = {"format": _FORMAT, "version": _VERSION, **self._packed(arrays)}
        _archive.write_archive(path, document, arrays)

    def _packed(self, arrays, before=""):
        """Return what JSON can hold; the rest goes to `arrays`, `before` its names."""
        document: dict[str, Any] = {}
        for part in _PARTS:
            document[part] = {}
            for name, value in getattr(self, f"_{part}").items():
                if isinstance(value, np.ndarray) and not value.dtype.hasobject:
                    arrays[f"{before}{part}.{name}"] = value
                else:
                    document[part][name] = _plain(value)
        document["activation"] = self._activation
        document["feature_names"] = self._feature_names
        return document

    @classmethod
    def _unpacked(cls, document, arrays):
        """Return the predictor of what `_packed` made."""
        parts = {part: document[part] for part in _PARTS}
        for name, array in arrays.items():
            part, _, name = name.partition(".")
            parts[part][name] = array
        classes = parts["head"].get("classes")
        if isinstance(classes, list):
            parts["head"]["classes"] = np.array(classes, dtype=object)
        for name in ("activation", "feature_names"):
            parts[name] = document[name]
        return cls(**parts)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "SparsePredictor":
        """Read a predictor; no code in the file is run.

        Parameters
        ----------
        path : str or path-like
            The file.

        Returns
        -------
        SparsePredictor
            The predictor that was saved.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is truncated, damaged, of another kind or too new.
        """
        document, arrays = _archive.read_archive(path, _FORMAT, _VERSION)
        with _archive.refuse_damage(path, _FORMAT):
            return cls._unpacked(document, arrays)

    def _outputs(self, X):
        """Return W x + b of the output level, shape (n_samples, n_outputs)."""
        allowed = self._missing_inputs["allowed"]
        X = checked(X, self.n_features_in_, self._feature_names, allowed)
        n_rows = max(1, _BLOCK // int(self._network["sizes"].max()))
        starts = range(0, max(1, X.shape[0]), n_rows)
        with np.errstate(over="ignore", invalid="ignore"):
            blocks = [self._block_outputs(X[at : at + n_rows]) for at in starts]
        outputs = np.concatenate(blocks, axis=1).T
        refuse_not_finite(outputs, "The output for the values")
        # In the precision that the estimator answers in.
        return outputs.astype(np.result_type(outputs, X.dtype), copy=False)

    def _block_outputs(self, X):
        levels = self._first_level(X)
        slopes = self._network["slopes"]
        for number, (matrix, bias) in enumerate(self._layers[1:], start=2):
            levels = plain_sums(matrix, bias, levels)
            if number < slopes.size - 1:
                levels = activated(levels, self._activation, slopes[number])
        return levels

    def _first_level(self, X):
        """Return the values of level 1, whatever becomes of missing inputs."""
        (matrix, bias), missing_inputs = self._layers[0], self._missing_inputs
        names = self._feature_names
        slope, hidden = self._network["slopes"][1], len(self._layers) > 1
        if missing_inputs["kind"] is None and sparse.issparse(X):
            z = stored_sums(
                matrix, bias, *stored_values(X, self._inputs, bias.dtype, names)
            )
            return activated(z, self._activation, slope) if hidden else z
        X = X.toarray() if sparse.issparse(X) else X
        values, missing = dense_values(X, self._inputs, bias.dtype, names)
        if missing_inputs["kind"] == "expected":
            if hidden:
                moments = missing_inputs["mean"], missing_inputs["variance"]
                return expected_activation(
                    matrix, bias, values, missing, *moments, slope
                )
            values = np.where(missing, missing_inputs["mean"][:, np.newaxis], values)
        elif missing_inputs["kind"] == "sample":
            values = sample_scaled(
                values, missing, missing_inputs["typical"], missing_inputs["root"]
            )
        if missing_inputs["kind"] == "neuron":
            z = neuron_scaled_sums(
                matrix, bias, values, missing, missing_inputs["root"]
            )
        else:
            z = plain_sums(matrix, bias, values)
        return activated(z, self._activation, slope) if hidden else z


def _layers_of(network):
    """Return matrix (n_out, n_in) and bias of every layer."""
    layers, row = [], 0
    sizes, indptr = network["sizes"], network["indptr"]
    for n_in, n_out in pairwise(sizes):
        rows = indptr[row : row + n_out + 1]
        mine = slice(rows[0], rows[-1])
        parts = (network["weights"][mine], network["indices"][mine], rows - rows[0])
        matrix = sparse.csr_array(parts, shape=(int(n_out), int(n_in)))
        layers.append((matrix, network["biases"][row : row + n_out]))
        row += n_out
    return layers


def _plain(value):
    """Return what JSON can hold."""
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
