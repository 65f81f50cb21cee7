"""Files from strangers: reading them runs nothing, writes nothing and stays small."""

import io
import json
import pickle
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris

from sparsekit import SETMLPClassifier
from sparsekit.deploy import SparsePredictor
from sparsekit.neural_network import (
    CheckpointCallback,
    load_checkpoint,
    resume,
    save_checkpoint,
    to_predictor,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

LOADERS = {"checkpoint": load_checkpoint, "predictor": SparsePredictor.load}


class Payload:
    """Unpickling it makes a file."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@pytest.fixture(scope="module")
def members(tmp_path_factory):
    """Return the members of a good file of each kind."""
    folder = tmp_path_factory.mktemp("good")
    X, y = load_iris(return_X_y=True)
    X[::7, 2] = np.nan
    net = SETMLPClassifier((9,), missing="indicator", max_iter=2, random_state=0)
    save_checkpoint(net.fit(X, y), folder / "checkpoint")
    to_predictor(net).save(folder / "predictor")
    found = {}
    for kind in LOADERS:
        with zipfile.ZipFile(folder / kind) as archive:
            found[kind] = {name: archive.read(name) for name in archive.namelist()}
    return found


def written(path, contents, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def npy(array, **kwargs):
    file = io.BytesIO()
    np.save(file, array, **kwargs)
    return file.getvalue()


def an_array_in(contents):
    """Return the name of a member that holds an array."""
    return next(name for name in contents if name.endswith(".npy"))


def refused_without_much_memory(load, path, n_bytes=20e6):
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="or it is damaged"):
            load(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < n_bytes


@pytest.mark.parametrize("kind", LOADERS)
def test_good_files_are_read(kind, members, tmp_path):
    LOADERS[kind](written(tmp_path / "good", members[kind]))


@pytest.mark.parametrize("kind", LOADERS)
def test_a_pickle_in_place_of_an_array_is_not_run(kind, members, tmp_path):
    mark = tmp_path / "mark"
    payload = Payload(mark)
    objects = np.array([payload], dtype=object)
    hidden = [npy(objects, allow_pickle=True), pickle.dumps(payload)]
    for content in hidden:
        contents = members[kind] | {an_array_in(members[kind]): content}
        with pytest.raises(ValueError, match="or it is damaged"):
            LOADERS[kind](written(tmp_path / "bad", contents))
    (tmp_path / "bad").write_bytes(pickle.dumps(payload))
    with pytest.raises(ValueError, match="or it is damaged"):
        LOADERS[kind](tmp_path / "bad")
    assert not mark.exists()
    pickle.loads(pickle.dumps(payload))  # it would have worked
    assert mark.exists()


@pytest.mark.parametrize("kind", LOADERS)
@pytest.mark.parametrize("name", ["../outside.npy", "/outside.npy", "a/../../b.npy"])
def test_names_that_lead_outside_write_nothing(kind, name, members, tmp_path):
    folder = tmp_path / "inside"
    folder.mkdir()
    path = written(folder / "file", members[kind] | {name: npy(np.zeros(3))})
    before = sorted(tmp_path.rglob("*"))
    if kind == "checkpoint":
        load_checkpoint(path)  # an array that nothing asks for
    else:
        with pytest.raises(ValueError, match="or it is damaged"):
            SparsePredictor.load(path)
    assert sorted(tmp_path.rglob("*")) == before
    assert not Path("/outside.npy").exists()


@pytest.mark.parametrize("kind", LOADERS)
@pytest.mark.parametrize("shape", ["(100000000,)", "(10000000000000,)", "(-8, -1)"])
def test_an_array_that_says_it_is_huge_gets_no_room(kind, shape, members, tmp_path):
    name = an_array_in(members[kind])
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
    header = text.encode().ljust(117) + b"\n"
    content = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    contents = members[kind] | {name: content + bytes(64)}
    refused_without_much_memory(LOADERS[kind], written(tmp_path / "bad", contents))


@pytest.mark.parametrize("kind", LOADERS)
@pytest.mark.parametrize("descr", ["'|V0'", "'|S0'", "'<U0'", "[]", "[('a', '|V0')]"])
def test_elements_of_no_size_are_refused_whatever_their_number(
    kind, descr, members, tmp_path
):
    # numpy reads them one buffer of elements after another: hours, for 10**12.
    name = an_array_in(members[kind])
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': (10000000,), }}"
    header = text.encode().ljust(117) + b"\n"
    content = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    contents = members[kind] | {name: content}
    path = written(tmp_path / "bad", contents)
    with pytest.raises(ValueError, match="elements of no size"):
        LOADERS[kind](path)


@pytest.mark.parametrize("kind", LOADERS)
def test_arrays_of_the_other_byte_order_are_turned(kind, members, tmp_path):
    contents = dict(members[kind])
    for name in [name for name in contents if name.endswith(".npy")]:
        array = np.load(io.BytesIO(contents[name]))
        contents[name] = npy(array.astype(array.dtype.newbyteorder(">")))
    assert contents != members[kind]
    X, _ = load_iris(return_X_y=True)
    good, turned = (
        LOADERS[kind](written(tmp_path / name, parts))
        for name, parts in (("good", members[kind]), ("turned", contents))
    )
    np.testing.assert_array_equal(turned.predict_proba(X), good.predict_proba(X))
    if kind == "checkpoint":
        assert all(array.dtype.isnative for array in turned._network.to_dict().values())
        y = np.arange(150) % 3
        good, turned = (net.partial_fit(X, y) for net in (good, turned))
        np.testing.assert_array_equal(turned.predict_proba(X), good.predict_proba(X))


@pytest.mark.parametrize("kind", LOADERS)
@pytest.mark.parametrize("member", ["document.json", "array"])
def test_a_bomb_of_compressed_zeros_is_refused(kind, member, members, tmp_path):
    name = an_array_in(members[kind]) if member == "array" else member
    contents = members[kind] | {name: npy(np.zeros(10**7))}
    path = written(tmp_path / "bad", contents, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 1e6
    refused_without_much_memory(LOADERS[kind], path)


@pytest.mark.parametrize("kind", LOADERS)
def test_members_that_share_their_bytes_are_refused(kind, members, tmp_path):
    name = an_array_in(members[kind])
    contents = members[kind] | {name: npy(np.zeros(10**5))}
    path = written(tmp_path / "bad", contents)
    with zipfile.ZipFile(path, "a") as archive:
        archive.filelist += [archive.getinfo(name)] * 100
        archive._didModify = True
    refused_without_much_memory(LOADERS[kind], path)


@pytest.mark.parametrize("kind", LOADERS)
def test_a_document_nested_without_end_is_refused(kind, members, tmp_path):
    deep = b"[" * 100_000 + b"]" * 100_000
    path = written(tmp_path / "bad", members[kind] | {"document.json": deep})
    refused_without_much_memory(LOADERS[kind], path)


def with_array(contents, part, name, change):
    """Return the members of a checkpoint with one array of the fitted state changed."""
    node = json.loads(contents["document.json"])["fitted"]
    node = node[part][name] if name else node[part]
    member = f"{node['$array']}.npy"
    array = np.load(io.BytesIO(contents[member]))
    return contents | {member: npy(change(array))}


@pytest.mark.parametrize(
    ("part", "name", "change", "message"),
    [
        ("_inputs", "scale", lambda a: a[:-1], "scale does not belong"),
        ("_inputs", "shift", lambda a: a[:, None], "shift does not belong"),
        ("_inputs", "mean", lambda a: a.astype(int), "mean does not belong"),
        ("_inputs", "indicators", lambda a: a.astype(float), "to no feature"),
        ("classes_", None, lambda a: np.arange(5), "classes are not those"),
        ("_network", "indices", lambda a: a * 0, "not sorted"),
        (
            "_network",
            "sizes",
            lambda a: a + np.array([0, 0, 1]),
            "sizes of one network",
        ),
        (
            "_network",
            "sizes",
            lambda a: a + np.array([0, 2**62, 2**62]),
            "sizes of one network",
        ),
    ],
)
def test_arrays_that_would_lead_kernels_astray_are_refused(
    part, name, change, message, members, tmp_path
):
    contents = with_array(members["checkpoint"], part, name, change)
    with pytest.raises(ValueError, match=message):
        load_checkpoint(written(tmp_path / "bad", contents))


def test_a_record_of_other_rows_is_refused_where_a_fit_goes_on(tmp_path):
    X, y = load_iris(return_X_y=True)
    net = SETMLPClassifier((9,), record="epoch", max_iter=3, random_state=0)
    path = tmp_path / "net"

    class CopyAfterTwo(CheckpointCallback):
        def on_fit_task_end(self, estimator, context, *, fitted_estimator):
            if context.task_name == "epoch" and estimator.n_iter_ == 2:
                save_checkpoint(fitted_estimator, self.path)

    net.set_callbacks(CopyAfterTwo(path)).fit(X, y)
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    document = json.loads(contents["document.json"])
    node = document["fitted"]["_training"]["record"]["record"][0]
    contents[f"{node['$array']}.npy"] = npy(np.zeros((3, 4), dtype=np.int32))
    written(path, contents)
    with pytest.raises(ValueError, match="record in the checkpoint is of other rows"):
        resume(path, X, y)
