"""Predictors as graphs of ONNX operators."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from sparsekit.deploy._ensemble_predictor import SparseEnsemblePredictor
from sparsekit.deploy._onnx_graph import Graph
from sparsekit.deploy._onnx_table import add_table
from sparsekit.deploy._predictor import SparsePredictor

# What may precede a network.
_STEPS = ("Sub", "Div", "impute")


def onnx_model(
    predictor: SparsePredictor | SparseEnsemblePredictor,
    steps: Sequence[tuple[str, np.ndarray]] = (),
    sparse_weights: bool = False,
) -> Any:
    """Return the graph of a predictor.

    Parameters
    ----------
    predictor : SparsePredictor or SparseEnsemblePredictor
        A network that predicts, or several of them.
    steps : sequence of (str, ndarray), default=()
        What precedes the network: "Sub" or "Div" by a row, or "impute" with it. None
        before a table.
    sparse_weights : bool, default=False
        Whether the weights are sparse tensors; dense matrices are read by more
        runtimes.

    Returns
    -------
    onnx.ModelProto
        The model.

    Raises
    ------
    TypeError
        If an argument is of another type.
    ValueError
        For a step that is not known, or is not about the features of the network, for a
        network that no runtime could run, and for a column of a table that has no form
        in a graph, with its name.
    ImportError
        Without the package ``onnx``.

    See Also
    --------
    sparsekit.neural_network.export_onnx : Writes the graph of an estimator to a file.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.deploy import onnx_model
    >>> from sparsekit.neural_network import to_predictor
    >>> net = SETMLPClassifier(tol=0.1, random_state=0)
    >>> predictor = to_predictor(net.fit(*load_iris(return_X_y=True)))
    >>> [value.name for value in onnx_model(predictor).graph.input]
    ['X']
    """
    _check(predictor, steps, sparse_weights)
    members = getattr(predictor, "_members", [predictor])
    table = getattr(predictor, "_table", None)
    graph = Graph(members[0]._network["weights"].dtype, sparse_weights)
    if table is None:
        x = _rows(graph, predictor.n_features_in_, steps)
    else:
        x = add_table(graph, table)
    outputs = [_outputs(graph, member, x) for member in members]
    if predictor._regresses:
        _add_targets(graph, [member._head for member in members], outputs)
    else:
        _add_classes(graph, predictor._head, outputs)
    return graph.model()


def _rows(graph, n_features, steps):
    """Return the rows of the input X after `steps`."""
    graph.input("X", graph.dtype, ["n_samples", n_features])
    # In double precision, as the estimator: the mean may be far from zero.
    x = graph.cast("X", np.float64)
    for operator, row in steps:
        if operator == "impute":
            x = graph.add("Where", graph.add("IsNaN", x), row, x)
        else:
            x = graph.add(operator, x, row)
    return x


def _outputs(graph, predictor, x):
    """Return W x + b of the output level of one network."""
    levels = _first_level(graph, predictor, x)
    slopes, n_layers = predictor._network["slopes"], len(predictor._layers)
    for number, (matrix, bias) in enumerate(predictor._layers[1:], start=2):
        levels = _sums(graph, matrix, bias, levels)
        if number < n_layers:
            levels = _activated(graph, predictor._activation, slopes[number], levels)
    return levels


def _check(predictor, steps, sparse_weights):
    if not isinstance(predictor, SparsePredictor | SparseEnsemblePredictor):
        raise TypeError(
            f"predictor must be a SparsePredictor, got {type(predictor).__name__}; "
            "to_predictor makes one of a fitted network."
        )
    if not isinstance(sparse_weights, bool):
        raise TypeError(
            f"sparse_weights must be True or False, got {sparse_weights!r}."
        )
    if not isinstance(steps, list | tuple):
        raise TypeError(f"steps must be a sequence of pairs, got {steps!r}.")
    if steps and getattr(predictor, "_table", None) is not None:
        raise ValueError(
            "steps before a table cannot be exported: its columns are inputs of the "
            "graph as they are."
        )
    n_features = predictor.n_features_in_
    for step in steps:
        is_pair = isinstance(step, list | tuple) and len(step) == 2
        if not is_pair or not isinstance(step[0], str) or step[0] not in _STEPS:
            raise ValueError(
                f"steps must be pairs of one of {_STEPS} and a row, got {step!r}."
            )
        row = np.asarray(step[1])
        if row.dtype.kind not in "iuf" or row.shape != (n_features,):
            raise ValueError(
                f"steps: {step[0]!r} needs a row of {n_features} numbers, got "
                f"{step[1]!r}."
            )


def _sums(graph, matrix, bias, x):
    return graph.add("Add", graph.add("MatMul", x, graph.matrix(matrix)), bias)


def _activated(graph, kind, slope, z):
    if kind == "logistic":
        return graph.add("Sigmoid", z)
    if kind == "tanh":
        return graph.add("Tanh", z)
    if slope == 1:
        return z
    if slope == 0:
        return graph.add("Relu", z)
    positive = graph.add("Greater", z, 0.0)
    return graph.add("Where", positive, z, graph.add("Mul", z, slope))


def _first_level(graph, predictor, x):
    """Return the values of level 1; the formulas are those of `_forward`."""
    inputs, missing_inputs = predictor._inputs, predictor._missing_inputs
    (matrix, bias), slope = predictor._layers[0], predictor._network["slopes"][1]
    hidden = len(predictor._layers) > 1
    missing = graph.add("IsNaN", x)
    x = graph.add("Mul", graph.add("Sub", x, inputs["shift"]), inputs["scale"])
    absent = missing_inputs["mean"] if missing_inputs["kind"] == "expected" else 0.0
    x = graph.add("Where", missing, absent, graph.cast(x, graph.dtype))
    if missing_inputs["kind"] == "expected" and hidden:
        if graph.dtype != np.float32:
            raise ValueError(
                "missing='expected' needs the error function, which onnxruntime has in "
                "single precision only; fit with dtype='float32' to export."
            )
        return _expected(
            graph, matrix, bias, x, missing, missing_inputs["variance"], slope
        )
    if missing_inputs["kind"] == "sample":
        marks = graph.cast(missing, graph.dtype)
        n_missing = graph.add("ReduceSum", marks, np.array([1]))
        n_seen = graph.add("Sub", float(predictor.n_features_in_), n_missing)
        factor = _factor(
            graph, missing_inputs["typical"], n_seen, missing_inputs["root"]
        )
        x = graph.add("Mul", x, factor)
    if missing_inputs["kind"] == "neuron":
        z = _neuron_scaled(graph, predictor, x, missing)
    else:
        marks = _indicators(graph, inputs["indicators"], missing)
        x = graph.add("Concat", x, marks, axis=1) if marks else x
        z = _sums(graph, matrix, bias, x)
    return _activated(graph, predictor._activation, slope, z) if hidden else z


def _indicators(graph, features, missing):
    """Return the indicators of missing values; None where there are none."""
    if features.size == 0:
        return None
    return graph.cast(graph.add("Gather", missing, features, axis=1), graph.dtype)


def _factor(graph, typical, n_seen, root):
    """Return (typical / n_seen) ** p, and 1 where nothing is seen."""
    some = graph.add("Greater", n_seen, 0.0)
    ratio = graph.add("Div", typical, graph.add("Where", some, n_seen, typical))
    return graph.add("Sqrt", ratio) if root else ratio


def _neuron_scaled(graph, predictor, x, missing):
    (matrix, bias), n_values = predictor._layers[0], predictor.n_features_in_
    of_values = sparse.csr_array(matrix[:, :n_values])
    present = sparse.csr_array(
        (np.ones_like(of_values.data), of_values.indices, of_values.indptr),
        of_values.shape,
    )
    n_read = np.diff(of_values.indptr).astype(graph.dtype)
    marks = graph.cast(missing, graph.dtype)
    n_missing = graph.add("MatMul", marks, graph.matrix(present))
    n_seen = graph.add("Sub", n_read, n_missing)
    # A neuron that reads no value has no sum to scale.
    factor = _factor(
        graph, np.maximum(n_read, 1), n_seen, predictor._missing_inputs["root"]
    )
    z = graph.add("Mul", graph.add("MatMul", x, graph.matrix(of_values)), factor)
    marks = _indicators(graph, predictor._inputs["indicators"], missing)
    if marks:
        of_marks = graph.matrix(matrix[:, n_values:])
        z = graph.add("Add", z, graph.add("MatMul", marks, of_marks))
    return graph.add("Add", z, bias)


def _expected(graph, matrix, bias, x, missing, variance, slope):
    m = _sums(graph, matrix, bias, x)
    noise = graph.add("Where", missing, variance, 0.0)
    squares = sparse.csr_array(
        (matrix.data**2, matrix.indices, matrix.indptr), matrix.shape
    )
    s = graph.add("Sqrt", graph.add("MatMul", noise, graph.matrix(squares)))
    some = graph.add("Greater", s, 0.0)
    t = graph.add("Div", m, graph.add("Where", some, s, 1.0))
    erf = graph.add("Erf", graph.add("Mul", t, np.sqrt(0.5)))
    below = graph.add("Mul", graph.add("Add", erf, 1.0), 0.5)
    square = graph.add("Mul", graph.add("Mul", t, t), -0.5)
    density = graph.add("Mul", graph.add("Exp", square), 1 / np.sqrt(2 * np.pi))
    spread = graph.add("Mul", s, density)
    positive = graph.add("Add", graph.add("Mul", m, below), spread)
    positive = graph.add("Where", some, positive, graph.add("Relu", m))
    linear, rest = graph.add("Mul", m, slope), 1 - slope
    return graph.add("Add", linear, graph.add("Mul", positive, rest))


def _mean(graph, results, dtype):
    """Return the mean of results, numbers of `dtype`."""
    if len(results) == 1:
        return results[0]
    return graph.add("Div", graph.add("Sum", *results), np.array(len(results), dtype))


def _target(graph, head, outputs):
    """Return what one network predicts, in double precision."""
    values = graph.cast(outputs, np.float64)
    if head["kind"] != "exp":
        return graph.add("Add", graph.add("Mul", values, head["scale"]), head["shift"])
    values = graph.add("Exp", graph.add("Add", values, np.log(head["scale"])))
    # As in `graph.dtype`, in which a prediction is never 0.
    least = np.array(np.finfo(graph.dtype).tiny, dtype=np.float64)
    return graph.add("Max", values, least)


def _add_targets(graph, heads, outputs):
    values = [
        _target(graph, head, of_one)
        for head, of_one in zip(heads, outputs, strict=True)
    ]
    values = graph.cast(_mean(graph, values, np.float64), graph.dtype)
    shape = ["n_samples", heads[0]["scale"].size]
    if heads[0]["flat"]:
        values, shape = graph.add("Squeeze", values, np.array([1])), shape[:1]
    graph.output("prediction", values, graph.dtype, shape)


def _add_classes(graph, head, outputs):
    kind, classes = head["kind"], head["classes"]
    chances = [_probabilities(graph, kind, of_one) for of_one in outputs]
    probabilities = _mean(graph, chances, graph.dtype)
    # The outputs of one network tell apart what rounds to the same probability.
    scores, even = (outputs[0], 0.0) if len(outputs) == 1 else (probabilities, 0.5)
    if kind == "softmax":
        labels = graph.add("ArgMax", scores, axis=1, keepdims=0)
    else:
        labels = graph.cast(graph.add("Greater", scores, even), np.int64)
    shape = ["n_samples", classes.size]
    if kind == "labels":
        graph.output("label", labels, np.int64, shape)
    else:
        if kind == "logistic":
            other = [_probabilities(graph, kind, graph.add("Neg", z)) for z in outputs]
            other = _mean(graph, other, graph.dtype)
            probabilities = graph.add("Concat", other, probabilities, axis=1)
            labels = graph.add("Squeeze", labels, np.array([1]))
        if classes.dtype.kind in "OU":
            classes = classes.astype(object)
        labels = graph.add("Gather", classes, labels, axis=0)
        graph.output("label", labels, classes.dtype, shape[:1])
    graph.output("probabilities", probabilities, graph.dtype, shape)


def _probabilities(graph, kind, outputs):
    if kind == "softmax":
        return graph.add("Softmax", outputs, axis=1)
    return graph.add("Sigmoid", outputs)
