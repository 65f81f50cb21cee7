"""What a checkpoint holds, and which files are refused."""

import inspect
import json
import os
import zipfile

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

import sparsekit.topology as topology
from sparsekit import (
    SETMLPClassifier,
)
from sparsekit.neural_network import load_checkpoint, save_checkpoint
from tests.callbacks import Callback
from tests.estimators import NETWORKS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def flowers():
    X, y = load_iris(return_X_y=True)
    X[::7, 2] = np.nan
    return X, y


def saved(net, folder):
    save_checkpoint(net, folder / "net.ckpt")
    return load_checkpoint(folder / "net.ckpt")


def outputs(net, X):
    return net.predict_proba(X) if hasattr(net, "predict_proba") else net.predict(X)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_loaded_network_trains_on_as_if_it_had_stayed(network, tmp_path):
    X, y = flowers()
    net = network((9,), max_iter=2, dropout=0.1, random_state=0).fit(X, y)
    loaded = saved(net, tmp_path)
    assert type(loaded) is network
    assert loaded.get_params() == net.get_params()
    assert loaded.history_ == net.history_
    assert_array_equal(outputs(loaded, X), outputs(net, X))
    loaded.partial_fit(X, y)
    net.partial_fit(X, y)
    assert_array_equal(outputs(loaded, X), outputs(net, X))


@pytest.mark.parametrize(
    ("labels", "kind"), [("abc", object), ("abc", str), ([2, 5, 7], float)]
)
def test_labels_of_any_type_come_back(labels, kind, tmp_path):
    X, y = flowers()
    y = np.array(list(labels), dtype=kind)[y]
    net = SETMLPClassifier((5,), max_iter=1, random_state=0).fit(X, y)
    loaded = saved(net, tmp_path)
    assert loaded.classes_.dtype == net.classes_.dtype
    assert_array_equal(loaded.predict(X), net.predict(X))


def test_names_of_columns_come_back(tmp_path):
    X, y = load_iris(return_X_y=True, as_frame=True)
    net = SETMLPClassifier((5,), max_iter=1, random_state=0).fit(X, y)
    assert_array_equal(saved(net, tmp_path).feature_names_in_, X.columns)


@pytest.mark.parametrize(
    "given",
    [
        {"hidden_layer_sizes": np.array([3, 2])},
        {"hidden_layer_sizes": (np.int64(3),)},
        {"sparsity": np.float32(0.5), "n_iter_no_change": np.inf},
        {"class_weight": {0: 1.0, "b": 2}},
        {"class_weight": [{0: 1.0}, {1: np.float64(2.0)}]},
    ],
    ids=str,
)
def test_parameters_keep_values_and_types(given, tmp_path):
    loaded = saved(SETMLPClassifier(**given), tmp_path)
    for name, value in given.items():
        assert repr(getattr(loaded, name)) == repr(value)


STRATEGIES = [
    found
    for found in (getattr(topology, name) for name in topology.__all__)
    if inspect.isclass(found)
    and issubclass(found, BaseEstimator)
    and not inspect.isabstract(found)
]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_strategies_are_stored_by_name(strategy, tmp_path):
    required = [
        name
        for name, parameter in inspect.signature(strategy).parameters.items()
        if parameter.default is parameter.empty
    ]
    given = strategy(**{name: (0.5, 0.25) for name in required})
    loaded = saved(SETMLPClassifier(grower=given), tmp_path).grower
    assert type(loaded) is strategy
    assert repr(loaded.get_params()) == repr(given.get_params())


def test_a_random_state_goes_on_where_it_was(tmp_path):
    random_state = np.random.RandomState(5)
    random_state.normal(size=3)
    loaded = saved(SETMLPClassifier(random_state=random_state), tmp_path)
    assert loaded.random_state.normal() == random_state.normal()


def test_callbacks_are_not_stored(tmp_path):
    net = SETMLPClassifier((5,), max_iter=1).set_callbacks(Callback()).fit(*flowers())
    assert not hasattr(saved(net, tmp_path), "_skl_callbacks")


class OwnGrower(BaseEstimator):
    def select(self, layer, dropped, count, rng):
        raise NotImplementedError


class OwnNetwork(SETMLPClassifier):
    pass


@pytest.mark.parametrize(
    ("net", "message"),
    [
        (SETMLPClassifier(grower=OwnGrower()), "grower is a .*OwnGrower"),
        (SETMLPClassifier(class_weight={0: {1}}), r"class_weight\[0\] is a .*set"),
        (OwnNetwork(), "not a .*OwnNetwork"),
        (LogisticRegression(), "not a .*LogisticRegression"),
    ],
    ids=["strategy", "value", "subclass", "foreign"],
)
def test_what_cannot_be_read_back_is_not_written(net, message, tmp_path):
    with pytest.raises(TypeError, match=message):
        save_checkpoint(net, tmp_path / "net")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_finished_leaves_the_old_one(tmp_path, monkeypatch):
    net = SETMLPClassifier((5,), max_iter=1, random_state=0).fit(*flowers())
    save_checkpoint(net, tmp_path / "net")
    before = (tmp_path / "net").read_bytes()

    def full(descriptor):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_checkpoint(net.partial_fit(*flowers()), tmp_path / "net")
    assert (tmp_path / "net").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "net"
    X, y = flowers()
    net = SETMLPClassifier((5,), max_iter=1, missing="indicator", random_state=0)
    save_checkpoint(net.fit(X, y), path)
    return path.read_bytes()


def test_a_missing_file_is_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_checkpoint(tmp_path / "none")


@pytest.mark.parametrize("share", [0, 0.001, 0.3, 0.6, 0.99])
def test_a_truncated_file_is_refused(share, content, tmp_path):
    path = tmp_path / "short"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match=r"short' is not a .* or it is damaged"):
        load_checkpoint(path)


def test_a_flipped_bit_is_refused_wherever_it_changes_anything(content, tmp_path):
    path = tmp_path / "flipped"
    path.write_bytes(content)
    X, _ = flowers()
    whole = load_checkpoint(path)
    rng = np.random.default_rng(0)
    refused = 0
    for place in rng.choice(len(content), 300, replace=False):
        damaged = bytearray(content)
        damaged[place] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        try:
            loaded = load_checkpoint(path)
        except ValueError:
            refused += 1
            continue
        # A date, say, in the list of members.
        assert_array_equal(loaded.predict_proba(X), whole.predict_proba(X))
        assert loaded.history_ == whole.history_
    assert refused > 200


def foreign_files():
    yield "text", b"not an archive"
    yield "pickle", b"\x80\x04}\x94."


@pytest.mark.parametrize(("name", "data"), foreign_files())
def test_foreign_files_are_refused(name, data, tmp_path):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=f"{name}' is not a"):
        load_checkpoint(tmp_path / name)


def test_an_npz_file_of_another_kind_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", a=np.arange(3))
    with pytest.raises(ValueError, match=r"other\.npz' is not a"):
        load_checkpoint(tmp_path / "other.npz")


def rewritten(content, path, change):
    """Write the archive anew, checksums and all, with another document."""
    path.write_bytes(content)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    document = json.loads(members["document.json"])
    change(document, members)
    members["document.json"] = json.dumps(document).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("version", 99, "has version 99"),
        ("format", "another", "is a 'another'"),
        ("class", "LogisticRegression", "damaged"),
        ("class", "os.system", "damaged"),
    ],
)
def test_other_formats_and_classes_are_refused(key, value, message, content, tmp_path):
    path = rewritten(
        content, tmp_path / "net", lambda document, _: document.update({key: value})
    )
    with pytest.raises(ValueError, match=message):
        load_checkpoint(path)


@pytest.mark.parametrize(
    "entry",
    [
        {"$strategy": ["needs_of", {}]},
        {"$strategy": ["OwnGrower", {}]},
        {"$generator": {"bit_generator": "seed", "state": {}}},
        {"$unknown": 1},
        {"$array": "nowhere"},
    ],
    ids=str,
)
def test_entries_off_the_list_are_refused(entry, content, tmp_path):
    path = rewritten(
        content,
        tmp_path / "net",
        lambda document, _: document["parameters"].update({"grower": entry}),
    )
    with pytest.raises(ValueError, match="damaged"):
        load_checkpoint(path)


def test_a_pickled_array_is_refused(content, tmp_path):
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    pickled = (tmp_path / "objects.npy").read_bytes()

    def change(document, members):
        members["array0.npy"] = pickled

    path = rewritten(content, tmp_path / "net", change)
    with pytest.raises(ValueError, match="damaged"):
        load_checkpoint(path)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("_optimizer", "weight_first"),
        ("_optimizer", "bias_second"),
        ("_inputs", "indicators"),
    ],
)
def test_arrays_of_another_network_are_refused(part, name, content, tmp_path):
    def rewrite(document, members):
        entry = document["fitted"][part][name]["$array"] + ".npy"
        place = tmp_path / entry
        place.write_bytes(members[entry])
        np.save(place, np.repeat(np.load(place), 2))
        members[entry] = place.read_bytes()

    path = rewritten(content, tmp_path / "net", rewrite)
    with pytest.raises(ValueError, match="damaged"):
        load_checkpoint(path)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("indices", lambda array: array + 100),
        ("indices", lambda array: array - 100),
        ("indptr", lambda array: array[::-1]),
        ("weights", lambda array: array[1:]),
        ("weights", lambda array: array.astype(np.int64)),
        ("biases", lambda array: array[1:]),
        ("sizes", lambda array: array + 1),
        ("sizes", lambda array: -array),
        ("kinds", lambda array: array[1:]),
    ],
)
def test_arrays_that_are_no_network_are_refused(name, change, content, tmp_path):
    def rewrite(document, members):
        entry = document["fitted"]["_network"][name]["$array"] + ".npy"
        place = tmp_path / entry
        place.write_bytes(members[entry])
        np.save(place, change(np.load(place)))
        members[entry] = place.read_bytes()

    path = rewritten(content, tmp_path / "net", rewrite)
    with pytest.raises(ValueError, match="damaged"):
        load_checkpoint(path)
