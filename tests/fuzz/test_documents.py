"""Files of networks and of studies whose document says something else than it should.

Their checksums are sound: whoever made them meant them to be read.
"""

import json
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit import DSTMLPClassifier, SETMLPRegressor
from sparsekit.deploy import SparsePredictor
from sparsekit.neural_network import (
    CheckpointCallback,
    load_checkpoint,
    resume,
    save_checkpoint,
    to_predictor,
)
from sparsekit.study import missingness_study
from tests.callbacks import CutOff
from tests.fuzz.harness import behaves

X = np.random.default_rng(0).normal(size=(12, 3))
Y = np.arange(12) % 3

LEAVES = [None, True, 0, 1, -1, 3, 2**31, 2**63, -(2**63), 10**400, 0.5, float("nan")]
LEAVES += [
    float("inf"),
    "",
    "set",
    "$array",
    "\x00",
    [],
    {},
    [[]],
    {"$array": "array0"},
]
LEAVES += [{"$array": "none"}, {"$tuple": 3}, {"$strategy": ["SETPruner", {}]}]
LEAVES += [
    {"$strategy": ["Layer", {}]},
    {"$objects": [[2, 2], [1]]},
    {"$dict": [[[], 1]]},
]
LEAVES += [{"$objects": [[-1], [1]]}, {"$scalar": {"$array": "array0"}}]
LEAVES += [{"$generator": {"bit_generator": "PCG64"}}, {"$random_state": {}}]


class Broken(Exception):
    """The fit is broken off."""


def checkpoint_within_a_fit(path):
    """Write a file that holds as much as one can."""
    net = DSTMLPClassifier((4,), method="deepr", sparsity=0.4, max_iter=4)
    net.set_params(random_state=0, early_stopping=True, validation_fraction=0.25)
    net.set_params(sample_selection="infobatch", missing="indicator", record="epoch")
    net.set_callbacks(CheckpointCallback(path), CutOff(2, error=Broken))
    holes = X.copy()
    holes[::4, 1] = np.nan
    with pytest.raises(Broken):
        net.fit(holes, Y)
    return holes


def use(net, rows):
    out = net.predict(rows)
    if hasattr(net, "partial_fit"):
        behaves(lambda: repr(net))
        behaves(lambda: net.coefs_)
        behaves(net.summary)
        net.set_params(early_stopping=False)
        net.partial_fit(rows, Y)
        net.consolidate(importance="magnitude")
    return out


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return files of all kinds, each with what reads it and the rows to use it on."""
    folder = tmp_path_factory.mktemp("documents")
    holes = checkpoint_within_a_fit(folder / "fit")
    net = SETMLPRegressor((4,), sparsity=0.4, tol=1e9, n_iter_no_change=1)
    net.set_params(missing="expected", random_state=0).fit(X, Y * 1.0)
    net.consolidate(importance="magnitude")
    save_checkpoint(net, folder / "regressor")
    to_predictor(net).save(folder / "expected")
    other = load_checkpoint(folder / "fit")
    to_predictor(other).save(folder / "indicator")
    return folder, {
        "fit": (load_checkpoint, holes),
        "regressor": (load_checkpoint, X),
        "expected": (SparsePredictor.load, X),
        "indicator": (SparsePredictor.load, holes),
    }


def contents_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def places_in(node, path=()):
    """Yield the path of every value of a document."""
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places_in(value, (*path, key))


@st.composite
def changed(draw, document):
    """Draw a document in which one value is another, missing, or an array's name."""
    place = draw(st.sampled_from(list(places_in(document))))
    node = document
    for key in place[:-1]:
        node = node[key]
    kind = draw(st.sampled_from(["value", "value", "gone", "swap"]))
    if kind == "gone" and isinstance(node, dict):
        del node[place[-1]]
    elif kind == "swap":
        node[place[-1]] = {"$array": f"array{draw(st.integers(0, 40))}"}
    else:
        node[place[-1]] = draw(st.sampled_from(LEAVES))
    return document


@given(data=st.data())
def test_documents_of_networks(files, data):
    folder, made = files
    name = data.draw(st.sampled_from(sorted(made)))
    read, rows = made[name]
    contents = contents_of(folder / name)
    document = data.draw(changed(json.loads(contents["document.json"])))
    contents["document.json"] = json.dumps(document).encode()
    path = folder / "changed"
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in contents.items():
            archive.writestr(member, content)
    net = behaves(lambda: read(path))
    if net is not None:
        behaves(lambda: use(net, rows), rows)
    if read is load_checkpoint:
        behaves(lambda: resume(path, rows, Y), rows, Y)


SETTINGS = {
    "models": ["dense"],
    "missing_rates": [0.2],
    "seeds": 1,
    "estimator_params": {"hidden_layer_sizes": (3,), "max_iter": 1},
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return the folder of a study's files."""
    folder = tmp_path_factory.mktemp("study")
    missingness_study(X, Y, output=folder / "r.csv", **SETTINGS)
    return folder, {n: (folder / n).read_bytes() for n in ("r.csv", "r.json")}


@given(data=st.data())
def test_files_of_studies(study, data):
    folder, contents = study
    contents = dict(contents)
    if data.draw(st.booleans()):
        document = data.draw(changed(json.loads(contents["r.json"])))
        contents["r.json"] = json.dumps(document).encode()
    else:
        text = [",", "\n", '"', "\x00", "-1", "1e999", "9" * 5000, "=1+1", "\r", "é"]
        content = contents["r.csv"].decode()
        place = data.draw(st.integers(0, len(content)))
        put = data.draw(st.sampled_from(text))
        contents["r.csv"] = (
            content[:place] + put + content[place + data.draw(st.integers(0, 3)) :]
        ).encode()
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    behaves(lambda: missingness_study(X, Y, output=folder / "r.csv", **SETTINGS), X, Y)
