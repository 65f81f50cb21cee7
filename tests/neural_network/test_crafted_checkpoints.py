"""Checkpoints with sound checksums that say what no estimator would are refused."""

import json
import zipfile

import numpy as np
import pytest

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit._utils._archive import write_archive
from sparsekit.deploy import SparsePredictor
from sparsekit.neural_network import load_checkpoint, save_checkpoint, to_predictor

X, Y = np.random.default_rng(0).normal(size=(12, 3)), np.arange(12) % 3
SETTINGS = {"sparsity": 0.4, "tol": 1e9, "n_iter_no_change": 1, "random_state": 0}


def read(path):
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".npy")]
        arrays = {
            name.removesuffix(".npy"): np.lib.format.read_array(archive.open(name))
            for name in names
        }
        return json.loads(archive.read("document.json")), arrays


@pytest.fixture(scope="module")
def fitted():
    net = SETMLPClassifier((4,), **SETTINGS).fit(X, Y)
    return net.consolidate(importance="magnitude")


def refuse(net, tmp_path, change, message):
    """Change the fitted part of a checkpoint, and see it refused."""
    path = tmp_path / "net.ckpt"
    save_checkpoint(net, path)
    document, arrays = read(path)
    change(document["fitted"], arrays)
    write_archive(path, document, arrays)
    with pytest.raises(ValueError, match=message):
        load_checkpoint(path)


@pytest.mark.parametrize(
    "name", ["weight_first", "weight_second", "bias_first", "bias_second"]
)
def test_moments_of_no_weight_are_refused(name, fitted, tmp_path):
    # Compiled training would read and write beyond their end.
    def change(state, arrays):
        where = state["_optimizer"][name]["$array"]
        arrays[where] = arrays[where][:0]

    refuse(fitted, tmp_path, change, "does not belong to the network")


HISTORIES = {
    "loss_curve_": [None],
    "validation_scores_": ["high"],
    "history_": [{"epoch": None}],
    "rewiring_history_": [3],
}


@pytest.mark.parametrize("name", HISTORIES)
def test_histories_of_something_else_are_refused(name, fitted, tmp_path):
    def change(state, arrays):
        state[name] = HISTORIES[name]

    refuse(fitted, tmp_path, change, f"{name} is of another type")


@pytest.mark.parametrize("name", ["sizes", "indptr", "indices", "kinds"])
def test_narrow_integers_are_refused(name, fitted, tmp_path):
    def change(state, arrays):
        where = state["_network"][name]["$array"]
        arrays[where] = arrays[where].astype(np.int16)

    refuse(fitted, tmp_path, change, "an array of integers has another type")


@pytest.mark.parametrize(
    ("part", "name", "value", "message"),
    [
        ("_network", "kinds", 3, "an activation is not known"),
        ("_network", "weights", np.nan, "a weight is not finite"),
        ("_inputs", "scale", np.inf, "scale is not finite"),
    ],
)
def test_numbers_that_lead_nowhere_are_refused(
    part, name, value, message, fitted, tmp_path
):
    def change(state, arrays):
        arrays[state[part][name]["$array"]][0] = value

    refuse(fitted, tmp_path, change, message)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("_generator",), None),
        (("n_iter_",), -1),
        (("t_",), 2**70),
        (("_optimizer", "step"), 0.5),
        (("_input_config", "missing"), "no"),
        (("_rewiring", "n_since_rewiring"), None),
        (("_rewiring", "exploration", "halvings"), 100),
        (("_rewiring", "states"), []),
        (("_rewiring", "states"), {"pruner": {"strategy": "A", "layers": [{}]}}),
        (("_rewiring", "states"), {"pruner": {"strategy": 1, "layers": [{}, {}]}}),
        (
            ("_rewiring", "states"),
            {"pruner": {"strategy": "A", "layers": [{}, {"a": [1]}]}},
        ),
        (("_protection", "positions"), []),
        (("_protection", "frozen"), "yes"),
        (("loss_curve_",), {}),
        (("out_activation_",), "other"),
    ],
)
def test_values_of_another_type_are_refused(path, value, fitted, tmp_path):
    def change(state, arrays):
        for key in path[:-1]:
            state = state[key]
        state[path[-1]] = value

    refuse(fitted, tmp_path, change, "or it is damaged")


@pytest.mark.parametrize("name", ["predict", "fit", "coefs_", "__class__"])
def test_attributes_in_the_place_of_a_method_are_refused(name, fitted, tmp_path):
    refuse(
        fitted,
        tmp_path,
        lambda state, arrays: state.update({name: 3}),
        "is no attribute of a network",
    )


@pytest.mark.parametrize("name", ["_protection", "_rewiring"])
def test_positions_outside_the_network_are_refused(name, fitted, tmp_path):
    def change(state, arrays):
        node = state[name]
        node = node["positions"][0] if name == "_protection" else node["exploration"]
        where = node.get("$array") or node["seen"]["$array"]
        arrays[where][-1] = 2**40

    refuse(fitted, tmp_path, change, "are no positions of the network")


def test_a_record_comes_back(tmp_path):
    net = SETMLPClassifier((4,), record="epoch", **SETTINGS).fit(X, Y)
    save_checkpoint(net, tmp_path / "net.ckpt")
    loaded = load_checkpoint(tmp_path / "net.ckpt")
    assert (loaded.record_["n_seen"] == net.record_["n_seen"]).all()


def test_a_users_own_attribute_comes_back(fitted, tmp_path):
    net = SETMLPClassifier((4,), **SETTINGS).fit(X, Y)
    net.note_ = "from Monday"
    save_checkpoint(net, tmp_path / "net.ckpt")
    assert load_checkpoint(tmp_path / "net.ckpt").note_ == "from Monday"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("head", "kind"), "other"),
        (("head", "classes"), [0, 1]),
        (("missing_inputs", "allowed"), None),
        (("missing_inputs", "kind"), "other"),
        (("missing_inputs", "typical"), "many"),
        (("activation",), "other"),
        (("feature_names",), ["a"]),
    ],
)
def test_predictors_of_parts_that_do_not_fit_are_refused(
    place, value, fitted, tmp_path
):
    path = tmp_path / "net.predictor"
    to_predictor(fitted).save(path)
    document, arrays = read(path)
    node = document
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value
    arrays.pop(".".join(place), None)
    write_archive(path, document, arrays)
    with pytest.raises(ValueError, match="or it is damaged"):
        SparsePredictor.load(path)


@pytest.mark.parametrize(
    "name", ["inputs.shift", "inputs.scale", "head.shift", "head.scale"]
)
def test_predictors_of_arrays_that_do_not_fit_are_refused(name, tmp_path):
    path = tmp_path / "net.predictor"
    to_predictor(SETMLPRegressor((4,), **SETTINGS).fit(X, Y * 1.0)).save(path)
    for change in (lambda a: a[:0], lambda a: a * np.nan, lambda a: a.astype(int)):
        document, arrays = read(path)
        write_archive(path, document, arrays | {name: change(arrays[name])})
        with pytest.raises(ValueError, match="or it is damaged"):
            SparsePredictor.load(path)
        write_archive(path, document, arrays)
