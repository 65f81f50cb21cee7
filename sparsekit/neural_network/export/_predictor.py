"""From a fitted estimator to the object that predicts without a compiler."""

from typing import Any, overload

import numpy as np

from sparsekit.deploy import SparseEnsemblePredictor, SparsePredictor
from sparsekit.network import activation_table
from sparsekit.neural_network._base import BaseSparseMLP
from sparsekit.neural_network._fitted_network import check_fitted_network
from sparsekit.neural_network.export._composed import Composed


@overload
def to_predictor(estimator: BaseSparseMLP) -> SparsePredictor: ...
@overload
def to_predictor(estimator: Composed) -> SparseEnsemblePredictor: ...
def to_predictor(estimator: Any) -> SparsePredictor | SparseEnsemblePredictor:
    """Return what a fitted estimator needs to predict, on numpy and scipy alone.

    Parameters
    ----------
    estimator : object
        A fitted network of sparsekit, a `SparseMLPEnsemble*` of such networks, or a
        `SparseTabular*`.

    Returns
    -------
    sparsekit.deploy.SparsePredictor or sparsekit.deploy.SparseEnsemblePredictor
        With copies of the arrays; the latter of several networks, and with the encoder
        of a table. ``sparsekit.deploy`` imports neither numba nor scikit-learn, and
        :meth:`~sparsekit.deploy.SparsePredictor.save` and
        :meth:`~sparsekit.deploy.SparsePredictor.load` move it to where it predicts.

    Raises
    ------
    TypeError
        For another estimator, or an ensemble of others.
    ValueError
        For a `SparseTabular*` with a transformer as `encoding`, or with categories that
        are neither text nor numbers.
    sklearn.exceptions.NotFittedError
        For an estimator that is not fitted.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sparsekit import SETMLPRegressor
    >>> from sparsekit.neural_network import to_predictor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> net = SETMLPRegressor(early_stopping=True, random_state=0).fit(X, y)
    >>> bool(abs(to_predictor(net).predict(X) - net.predict(X)).max() < 0.01)
    True
    """
    if isinstance(estimator, Composed):
        return estimator._to_predictor()
    check_fitted_network(estimator)
    names = getattr(estimator, "feature_names_in_", None)
    network = estimator._network
    return SparsePredictor(
        network={name: array.copy() for name, array in network.to_dict().items()},
        inputs={
            name: estimator._inputs[name].copy()
            for name in ("shift", "scale", "indicators")
        },
        missing_inputs=_missing_inputs_of(estimator),
        head=_head_of(estimator),
        activation=_activation_names()[int(network.kinds[1])],
        feature_names=None if names is None else names.tolist(),
    )


def _activation_names():
    """Return the names of the kinds of activation."""
    named = {"piecewise": "identity", "logistic": "logistic", "tanh": "tanh"}
    return {int(activation_table(a, None, 1)[0][1]): name for name, a in named.items()}


def _missing_inputs_of(estimator):
    config = estimator._input_config
    missing_inputs = estimator._missing_inputs(estimator._network.dtype)
    expected = config["missing"] == "expected"
    empty = np.empty(0)
    return {
        "kind": "expected" if expected else config["missing_scaling"],
        "typical": 0.0 if missing_inputs is None else float(missing_inputs.typical),
        "root": bool(missing_inputs is not None and missing_inputs.root),
        "mean": empty if missing_inputs is None else missing_inputs.mean.copy(),
        "variance": empty if missing_inputs is None else missing_inputs.variance.copy(),
        "allowed": estimator.missing != "raise",
    }


def _head_of(estimator):
    if estimator.out_activation_ == "exp":
        return {
            "kind": "exp",
            "scale": estimator._target_scale.copy(),
            "flat": bool(estimator._flat),
        }
    if estimator.out_activation_ == "identity":
        return {
            "kind": "identity",
            "shift": estimator._target_shift.copy(),
            "scale": estimator._target_scale.copy(),
            "flat": bool(estimator._flat),
        }
    kind = "labels" if estimator._multilabel else estimator.out_activation_
    return {"kind": kind, "classes": estimator.classes_.copy()}
