"""Exported models, run by onnxruntime, agree with the estimators."""

import sys

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from sparsekit import (
    DenseMLPClassifier,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPRegressor,
)
from sparsekit.neural_network import export_onnx
from tests.deploy.fitted import MODES, flowers, trained

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

ACTIVATIONS = ["identity", "logistic", "tanh", "relu", "leaky_relu", "all_relu"]
EPSILON = {"float32": 2.0**-24, "float64": 2.0**-53}


def run(model, X):
    """Return the outputs by name."""
    session = onnxruntime.InferenceSession(model.SerializeToString())
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, {"X": X}), strict=True))


def rounding_of(net, X):
    """Return how far two evaluations of the outputs can differ, for each.

    A sum of n terms in any order is within (n + 2) epsilon sum |terms| of the exact one
    (Higham 2002, section 3.1). The slopes of the activations are at most 1, so that
    errors of their arguments do not grow; their own are within 8 units in the last
    place of 1. Two evaluations differ by twice the bound.
    """
    epsilon = EPSILON[net.dtype]
    x = np.nan_to_num((X.astype(float) - net._inputs["shift"]) * net._inputs["scale"])
    size, error = np.abs(x), 2 * epsilon * np.abs(x)
    for weights, bias in zip(net.coefs_, net.intercepts_, strict=True):
        strength = np.abs(weights.toarray().astype(float))
        terms = size @ strength + np.abs(bias)
        n_terms = np.count_nonzero(strength, axis=0) + 2
        error = error @ strength + n_terms * epsilon * terms + 8 * epsilon
        size = terms
    return 2 * error


def assert_probabilities(result, net, X, tolerance):
    """Compare; labels may differ where two classes are as good as equal."""
    wanted = net.predict_proba(X)
    assert (np.abs(result["probabilities"] - wanted) <= tolerance).all()
    best = np.sort(wanted, axis=1)
    clear = best[:, -1] - best[:, -2] > 2 * np.max(tolerance)
    assert clear.any()
    assert_array_equal(result["label"][clear], net.predict(X)[clear])


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_classifiers_agree_within_rounding(activation, dtype, sparse):
    net = trained(activation=activation, dtype=dtype)
    X, _ = flowers(dtype)
    # A probability changes by at most half of what its logits change by.
    tolerance = rounding_of(net, X).max(axis=1, keepdims=True) + 8 * EPSILON[dtype]
    assert_probabilities(run(export_onnx(net, sparse=sparse), X), net, X, tolerance)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_every_mode_of_missing_inputs_agrees(mode, sparse):
    net = trained(**mode)
    X, _ = flowers("float32")
    # The largest difference seen is 1e-6.
    assert_probabilities(run(export_onnx(net, sparse=sparse), X), net, X, 1e-5)


@pytest.mark.parametrize("hidden", [(), (8,)])
@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_few_layers_agree(mode, hidden):
    net = trained(hidden=hidden, **mode)
    X, _ = flowers("float32")
    assert_probabilities(run(export_onnx(net), X), net, X, 1e-5)


@pytest.mark.parametrize("n_outputs", [None, 1, 3])
def test_regressors_agree_in_the_units_of_the_target(n_outputs):
    X, _ = flowers("float32")
    rng = np.random.default_rng(0)
    shape = len(X) if n_outputs is None else (len(X), n_outputs)
    net = StaticSparseMLPRegressor((9,), sparsity=0.3, max_iter=5, random_state=0)
    net.fit(X, 1000 + 50 * rng.normal(size=shape))
    wanted = net.predict(X)
    predicted = run(export_onnx(net), X)["prediction"]
    assert predicted.shape == wanted.shape
    # The prediction itself is rounded to single precision.
    rounding = rounding_of(net, X) * net._target_scale
    rounding = rounding.reshape(shape) + EPSILON["float32"] * np.abs(wanted)
    assert (np.abs(predicted - wanted) <= rounding).all()


@pytest.mark.parametrize("out_activation", ["auto", "softmax"])
@pytest.mark.parametrize(
    "labels",
    [
        np.array(["no", "yes"], dtype=object),
        np.array(["no", "yes"]),
        np.array([False, True]),
        np.array([-3, 7]),
        np.array([1.0, 2.0]),
    ],
    ids=["object", "str", "bool", "int", "float"],
)
def test_labels_of_any_type_agree(labels, out_activation):
    X, y = flowers("float32")
    net = SETMLPClassifier((9,), max_iter=5, random_state=0)
    net.set_params(out_activation=out_activation)
    net.fit(X, labels[(y > 0).astype(int)])
    assert_probabilities(run(export_onnx(net), X), net, X, 1e-5)


def test_label_indicators_agree():
    X, y = flowers("float32")
    net = SETMLPClassifier((9,), max_iter=5, random_state=0)
    net.fit(X, np.column_stack([y == 0, y > 0]).astype(int))
    result = run(export_onnx(net), X)
    assert_array_equal(result["label"], net.predict(X))
    assert (np.abs(result["probabilities"] - net.predict_proba(X)) < 1e-5).all()


def test_dense_networks_agree():
    net = trained(DenseMLPClassifier)
    X, _ = flowers("float32")
    assert_probabilities(run(export_onnx(net), X), net, X, 1e-5)


def test_values_far_from_zero_keep_their_digits():
    X, y = load_iris(return_X_y=True)
    X = (X + 10_000).astype(np.float32)
    net = SETMLPClassifier((9,), max_iter=5, random_state=0).fit(X, y)
    tolerance = rounding_of(net, X).max(axis=1, keepdims=True) + 8 * EPSILON["float32"]
    assert_probabilities(run(export_onnx(net), X), net, X, tolerance)


@pytest.mark.parametrize(
    "steps",
    [
        [StandardScaler()],
        [StandardScaler(with_mean=False), StandardScaler(with_std=False)],
        [SimpleImputer(strategy="median")],
        [SimpleImputer(strategy="constant", fill_value=1.5), StandardScaler()],
        ["passthrough", StandardScaler()],
    ],
    ids=["scaler", "two scalers", "median", "constant, scaler", "passthrough"],
)
def test_steps_before_the_network_are_part_of_the_model(steps):
    X, y = flowers("float64")
    net = SETMLPClassifier((9,), sparsity=0.5, max_iter=5, dtype="float64")
    pipeline = make_pipeline(*steps, net.set_params(random_state=0)).fit(X, y)
    assert_probabilities(run(export_onnx(pipeline), X), pipeline, X, 1e-12)


def test_models_are_of_versions_that_old_runtimes_read():
    model = export_onnx(trained())
    assert model.ir_version == 8
    assert [entry.version for entry in model.opset_import] == [17]


def test_any_number_of_rows_can_be_predicted():
    model = export_onnx(trained())
    X, _ = flowers("float32")
    assert len(run(model, X[:1])["label"]) == 1
    assert len(run(model, X)["label"]) == len(X)


def test_sparse_weights_take_the_room_of_the_connections():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(150, 500)), np.arange(150) % 2
    net = SETMLPClassifier((400,), sparsity=0.99, max_iter=1, random_state=0).fit(X, y)
    size = len(export_onnx(net, sparse=True).SerializeToString())
    # A weight of 4 bytes and its place of 8; the rest goes with neurons and features.
    assert size < 12 * net.n_connections_ + 20_000
    assert size < len(export_onnx(net).SerializeToString()) / 20


def test_the_file_holds_the_model(tmp_path):
    model = export_onnx(trained(), tmp_path / "net.onnx")
    assert onnx.load(tmp_path / "net.onnx") == model


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (MinMaxScaler(), "'minmaxscaler' of the pipeline is a MinMaxScaler"),
        (SimpleImputer(add_indicator=True), "add_indicator=False"),
        (SimpleImputer(missing_values=-1), "missing_values=nan"),
    ],
)
def test_other_steps_are_refused(step, message):
    X, y = flowers("float32")
    pipeline = make_pipeline(step, SETMLPClassifier((5,), max_iter=1))
    with pytest.raises(ValueError, match=message):
        export_onnx(pipeline.fit(np.nan_to_num(X), y))


@pytest.mark.filterwarnings("ignore:Skipping features:UserWarning")
def test_an_imputer_that_drops_columns_is_refused():
    X, y = flowers("float32")
    X[:, 1] = np.nan
    pipeline = make_pipeline(SimpleImputer(), SETMLPClassifier((5,), max_iter=1))
    with pytest.raises(ValueError, match="keep_empty_features"):
        export_onnx(pipeline.fit(X, y))


def test_expected_activations_in_double_precision_are_refused():
    with pytest.raises(ValueError, match="single precision only"):
        export_onnx(trained(missing="expected", dtype="float64"))


def test_only_fitted_networks_are_exported():
    with pytest.raises(TypeError, match="LogisticRegression"):
        export_onnx(LogisticRegression())
    with pytest.raises(NotFittedError):
        export_onnx(SETMLPRegressor())
    with pytest.raises(NotFittedError):
        export_onnx(make_pipeline(StandardScaler(), SETMLPRegressor()))


def test_without_onnx_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match="pip install onnx"):
        export_onnx(trained())
