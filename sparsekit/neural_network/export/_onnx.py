"""Fitted networks, and the steps before them, as ONNX models."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from sparsekit.deploy import onnx_model
from sparsekit.neural_network.export._predictor import to_predictor


def export_onnx(
    estimator: Any, path: str | os.PathLike[str] | None = None, sparse: bool = False
) -> Any:
    """Return a fitted estimator as an ONNX model, which many runtimes can run.

    Parameters
    ----------
    estimator : object
        A fitted network of sparsekit, a `SparseMLPEnsemble*` of such networks, or a
        :class:`~sklearn.pipeline.Pipeline` of `StandardScaler`, `SimpleImputer` and,
        last, one of these; or a `SparseTabular*`, whose encoder becomes part of the
        graph.
    path : str, path-like or None, default=None
        File to write the model to.
    sparse : bool, default=False
        Whether weights are stored as sparse tensors, 12 bytes per connection with
        single precision. Few tools but onnxruntime read them; a model without them
        takes 4 bytes per position of each layer, connected or not.

    Returns
    -------
    onnx.ModelProto
        Input ``X`` of shape (n_samples, n_features), NaN where a value is missing, as
        `fit` got it: standardising, missing inputs and their indicators are part of the
        graph. Outputs of a classifier: ``label`` and ``probabilities``; of a regressor:
        ``prediction``, in the units of the target. Numbers have the estimator's
        `dtype`. A `SparseTabular*` has an input of shape (n_samples, 1) for each column
        of the table, with its name, instead of ``X``: text for categories that are
        text, with ``""`` where a value is missing; days since 1970 in double precision,
        with a fraction for the time, for dates; and numbers, in seconds for durations,
        for all others.

    Raises
    ------
    ImportError
        Without the package ``onnx`` (``pip install onnx``).
    TypeError
        For another estimator, or a `sparse` that is neither True nor False.
    ValueError
        For another step, an imputer that drops columns or adds indicators, and
        ``missing="expected"`` in double precision. For a `SparseTabular*` also for a
        transformer as `encoding`, a column with text beside numbers or with ``""`` as a
        category, and one with the name of an output.
    sklearn.exceptions.NotFittedError
        For an estimator that is not fitted.

    Notes
    -----
    The model agrees with the estimator within rounding. With ``missing="raise"`` it
    takes NaN as absent: a graph cannot refuse. onnxruntime makes sparse weights dense
    when it loads them, so that they save space on disk only.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import export_onnx
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(random_state=0).fit(X, y)
    >>> [output.name for output in export_onnx(net).graph.output]
    ['label', 'probabilities']
    """
    if not isinstance(sparse, bool):
        raise TypeError(f"sparse must be True or False, got {sparse!r}.")
    steps, network = [], estimator
    if isinstance(estimator, Pipeline):
        *before, (_, network) = estimator.steps
        for name, step in before:
            if step not in (None, "passthrough"):
                check_is_fitted(step)
                steps += _operations(name, step)
    predictor = to_predictor(network)
    _require_onnx()
    model = onnx_model(predictor, steps, sparse_weights=sparse)
    if path is not None:
        Path(path).write_bytes(model.SerializeToString())
    return model


def _require_onnx():
    try:
        import onnx  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "export_onnx needs the package onnx: pip install onnx."
        ) from error


def _operations(name, step):
    """Return what a step does to each row, as operators and constant rows."""
    if type(step) is StandardScaler:
        rows = [("Sub", step.mean_ if step.with_mean else None), ("Div", step.scale_)]
        return [(operator, row) for operator, row in rows if row is not None]
    if type(step) is SimpleImputer:
        return [("impute", _statistics(name, step))]
    raise ValueError(
        f"Step {name!r} of the pipeline is a {type(step).__name__}; export_onnx takes "
        "StandardScaler and SimpleImputer before the network."
    )


def _statistics(name, imputer):
    """Return what stands for the missing values of each column."""
    values = np.asarray(imputer.statistics_, dtype=object)
    numbers = all(isinstance(value, int | float | np.number) for value in values)
    marks_nan = isinstance(imputer.missing_values, float) and np.isnan(
        imputer.missing_values
    )
    if imputer.add_indicator or not marks_nan or not numbers:
        raise ValueError(
            f"Step {name!r} of the pipeline must be a SimpleImputer of numbers with "
            "missing_values=nan and add_indicator=False to be exported."
        )
    values = values.astype(np.float64)
    if np.isnan(values).any():
        raise ValueError(
            f"Step {name!r} of the pipeline drops columns that have no observed value, "
            "which cannot be exported; use keep_empty_features=True."
        )
    return values
