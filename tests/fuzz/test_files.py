"""Files of networks with damaged bytes, and with sound bytes that say nonsense."""

import json
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit import SETMLPClassifier
from sparsekit._utils._archive import write_archive
from sparsekit.deploy import SparsePredictor
from sparsekit.neural_network import (
    load_checkpoint,
    resume,
    save_checkpoint,
    to_predictor,
)
from tests.fuzz.harness import behaves

X = np.random.default_rng(0).normal(size=(9, 3))
Y = np.arange(9) % 3


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return a checkpoint and a predictor as bytes, with what reads them."""
    folder = tmp_path_factory.mktemp("files")
    net = SETMLPClassifier((4,), sparsity=0.4, tol=1e9, n_iter_no_change=1)
    net.set_params(random_state=0).fit(X, Y)
    save_checkpoint(net, folder / "checkpoint")
    to_predictor(net).save(folder / "predictor")
    readers = {"checkpoint": load_checkpoint, "predictor": SparsePredictor.load}
    return folder, {name: (folder / name, read) for name, read in readers.items()}


def use(net):
    """Do what a loaded network is loaded for."""
    out = net.predict(X)
    if hasattr(net, "partial_fit"):
        net.partial_fit(X, Y)
    return out


@given(data=st.data())
def test_damaged_bytes(files, data):
    folder, made = files
    path, read = made[data.draw(st.sampled_from(sorted(made)))]
    content = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content)))]
    for _ in range(data.draw(st.integers(1, 4)) if content else 0):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(
            st.sampled_from([1, 2, 4, 8, 16, 32, 64, 128, 255])
        )
    damaged = folder / "damaged"
    damaged.write_bytes(content)
    net = behaves(lambda: read(damaged))
    if net is not None:
        behaves(lambda: use(net))
    behaves(lambda: resume(damaged, X, Y))


@given(data=st.data())
def test_arrays_that_are_sound_but_wrong(files, data):
    folder, made = files
    path, read = made[data.draw(st.sampled_from(sorted(made)))]
    with zipfile.ZipFile(path) as archive:
        document = json.loads(archive.read("document.json"))
        arrays = {
            name.removesuffix(".npy"): np.lib.format.read_array(archive.open(name))
            for name in archive.namelist()
            if name.endswith(".npy")
        }
    name = data.draw(st.sampled_from(sorted(arrays)))
    arrays[name] = data.draw(changed(arrays[name]))
    wrong = folder / "wrong"
    write_archive(wrong, document, arrays)
    net = behaves(lambda: read(wrong))
    if net is not None:
        behaves(lambda: use(net))


@st.composite
def changed(draw, array):
    """Draw another array in the place of one."""
    kind = draw(st.sampled_from(["value", "shape", "type", "order", "empty"]))
    if kind == "value" and array.size and array.dtype.kind in "iuf":
        array = array.copy()
        place = draw(st.integers(0, array.size - 1))
        values = [0, 1, 5, 100] + [-1, 2**31 - 1] * (array.dtype.kind == "i")
        values += [np.nan, np.inf, 1e30] * (array.dtype.kind == "f")
        array.reshape(-1)[place] = draw(st.sampled_from(values))
        return array
    if kind == "shape" and array.ndim:
        return (
            np.append(array, array[:1])
            if draw(st.booleans())
            else array[..., np.newaxis]
        )
    if kind == "type" and array.dtype.kind in "iuf":
        return array.astype(draw(st.sampled_from([np.float32, np.int64, np.int16])))
    if array.ndim and kind == "order":
        return array[::-1].copy()
    return array[:0] if array.ndim else np.zeros(2)
