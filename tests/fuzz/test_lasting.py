"""What runs for long: calls that fail among calls that do not, and damaged files."""

import io
import pickle
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone, is_classifier
from sklearn.linear_model import SGDClassifier

from sparsekit import DSTMLPClassifier, SETMLPClassifier, SETMLPRegressor
from sparsekit.continual import ReplayClassifier, ReplayRegressor
from sparsekit.deploy import SparsePredictor
from sparsekit.difficulty import HardSampleSelector, SubsetFitClassifier
from sparsekit.kernels._disk_cache import _SealedFiles
from sparsekit.missingness import LabelMasker, MARMasker, MissingnessTransformer
from sparsekit.neural_network import (
    QuickSelector,
    Recording,
    load_checkpoint,
    save_checkpoint,
    to_predictor,
)
from tests.fuzz.harness import behaves, state_of
from tests.fuzz.parameters import NONSENSE

X = np.random.default_rng(0).normal(size=(12, 5))
Y = np.arange(12) % 3
SMALL = {"hidden_layer_sizes": (4,), "sparsity": 0.5, "max_iter": 2, "random_state": 0}
NET = SETMLPClassifier(**SMALL)

ESTIMATORS = [
    NET,
    SETMLPClassifier(**SMALL, warm_start=True, record="rewiring", batch_size=4),
    SETMLPRegressor(**SMALL, missing="indicator", record=Recording("epoch")),
    DSTMLPClassifier(**SMALL, method="rigl", density_schedule="cubic"),
    ReplayClassifier(NET, buffer_size=5, random_state=0),
    ReplayClassifier(NET, buffer_size=5, strategy="difficulty", random_state=0),
    ReplayClassifier(SGDClassifier(random_state=0), strategy="class_balanced"),
    ReplayRegressor(SETMLPRegressor(**SMALL), buffer_size=5, random_state=0),
    QuickSelector(NET),
    HardSampleSelector(NET, random_state=0),
    SubsetFitClassifier(NET, HardSampleSelector(NET, by="random", random_state=0)),
    MARMasker(random_state=0),
    LabelMasker({0: 0.1, 1: 0.5, 2: 0.0}, random_state=0),
    MissingnessTransformer([("a", "mnar", [0, 1])], random_state=0),
]

ROWS = {
    "sound": X,
    "half": X[::2],
    "single": X.astype(np.float32),
    "CSR": sparse.csr_array(X),
    "one column less": X[:, 1:],
    "one row": X[:1],
    "no rows": X[:0],
    "infinite": np.where(X > 1, np.inf, X),
    "huge": X * 1e300,
    "holes": np.where(X > 1, np.nan, X),
    "words": np.full(X.shape, "word", dtype=object),
    "cube": X[:, :, np.newaxis],
}
LABELS = {
    "sound": lambda n: Y[:n],
    "others": lambda n: Y[:n] + 7,
    "one more": lambda n: np.resize(Y, n + 1),
    "one class": lambda n: np.zeros(n, dtype=int),
    "holes": lambda n: np.where(Y[:n] == 1, np.nan, Y[:n]),
    "words": lambda n: np.array(["a", "b", "c"])[Y[:n]],
    "two columns": lambda n: np.stack([Y[:n], Y[:n]], axis=1),
}
FURTHER = [{}, {}, {"sample_weight": np.ones(3)}, {"sample_ids": np.zeros(12, int)}]
FURTHER += [{"classes": [0, 9]}]

calls = st.tuples(
    st.sampled_from(["fit", "partial_fit", "partial_fit", "odd"]),
    st.sampled_from(["sound", "sound", *ROWS]),
    st.sampled_from(["sound", "sound", *LABELS]),
    st.sampled_from(FURTHER),
    st.integers(0, 99),
)


def run(estimator, kind, rows, labels, further, number):
    """Do one of the things above; return whether it worked."""
    if kind == "odd":  # a parameter that is probably none of those allowed
        names = sorted(estimator.get_params(deep=False))
        name = names[number % len(names)]
        sound = getattr(estimator, name)
        setattr(estimator, name, NONSENSE[number % len(NONSENSE)])
        worked = run(estimator, "fit", rows, labels, {}, number)
        setattr(estimator, name, sound)
        return worked
    learn = getattr(estimator, kind, estimator.fit)
    X, y = ROWS[rows], LABELS[labels](ROWS[rows].shape[0])
    if learn.__name__ == "partial_fit":
        if is_classifier(estimator):
            further = {"classes": [0, 1, 2]} | further
        elif "classes" in further:
            further = {}
    else:
        further = {}
    done = []
    before = state_of(estimator)
    behaves(lambda: done.append(learn(X, y, **further)), X, y, allowed=(Exception,))
    if not done:
        assert state_of(estimator) == before, "a call that failed left a trace"
    return bool(done)


@given(st.sampled_from(range(len(ESTIMATORS))), st.lists(calls, max_size=5))
def test_calls_that_fail_leave_no_trace_among_those_that_do_not(which, steps):
    harmed, spared = clone(ESTIMATORS[which]), clone(ESTIMATORS[which])
    for step in steps:
        if run(harmed, *step):
            assert run(spared, *step)
    assert vars(harmed).keys() == vars(spared).keys()
    for each in (harmed, spared):
        run(each, "fit", "sound", "sound", {}, 0)
    ask = "predict" if hasattr(harmed, "predict") else "transform"
    if hasattr(harmed, ask):
        answers = (getattr(each, ask)(X) for each in (harmed, spared))
        np.testing.assert_array_equal(*answers)


@given(
    st.sampled_from(["nbi", "nbc"]),
    st.sampled_from(["flip", "cut", "empty", "replace", "folder", "remove"]),
    st.integers(0, 10**6),
    st.binary(max_size=200),
)
def test_cached_files_come_back_whole_or_not_at_all(ending, harm, place, content):
    with tempfile.TemporaryDirectory() as folder:
        files = _SealedFiles(folder, "kernel", "stamp")
        data = {"code": bytes(range(200)), "names": ["a", "b"]}
        files.save("key", data)
        assert files.load("key") == data
        path = Path(folder) / ("kernel.nbi" if ending == "nbi" else "kernel.1.nbc")
        whole = path.read_bytes()
        at = place % len(whole)
        path.unlink()
        if harm == "folder":
            path.mkdir()
        elif harm != "remove":
            flipped = whole[:at] + bytes([whole[at] ^ (1 + place % 255)])
            harmed = {"flip": flipped + whole[at + 1 :], "cut": whole[:at]}
            path.write_bytes(harmed.get(harm, b"" if harm == "empty" else content))
        assert files.load("key") is None
        assert _SealedFiles(folder, "kernel", "later").load("key") is None
        if harm != "folder":
            files.save("key", data)
            assert files.load("key") == data


def contents_of(write):
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "file")
        with zipfile.ZipFile(Path(folder) / "file") as archive:
            return {name: archive.read(name) for name in archive.namelist()}


def fitted():
    return clone(NET).partial_fit(X, Y, [0, 1, 2])


FILES = {
    "checkpoint": (lambda path: save_checkpoint(fitted(), path), load_checkpoint),
    "predictor": (lambda path: to_predictor(fitted()).save(path), SparsePredictor.load),
}
DTYPES = ["'|V0'", "'|S0'", "'<U0'", "'|V8'", "'>f4'", "'>i8'", "'<f2'", "'<c16'", "[]"]
DTYPES += ["'<M8[s]'", "'|O'", "[('a', '<f4')]", "'<f16'", "'|b1'"]
SHAPES = ["()", "(0,)", "(3,)", "(10**12,)", "(1000000000000,)", "(1000000000000, 0)"]
SHAPES += ["(0, 1000000000000)", "(-1,)", "(2, 2)", "(1000000, 1000000, 1000000)"]


@given(
    st.sampled_from(sorted(FILES)),
    st.integers(0, 99),
    st.sampled_from(DTYPES),
    st.sampled_from(SHAPES),
    st.binary(max_size=64),
)
def test_arrays_that_say_what_they_like(kind, which, descr, shape, content):
    write, load = FILES[kind]
    members = contents_of(write)
    names = [name for name in members if name.endswith(".npy")]
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"
    header = text.encode().ljust(117) + b"\n"
    magic = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little")
    members[names[which % len(names)]] = magic + header + content
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in members.items():
            archive.writestr(name, part)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(file.getvalue())
        loaded = behaves(lambda: load(path))
        if loaded is not None:
            behaves(lambda: loaded.predict(X), X)
            pickle.loads(pickle.dumps(loaded))
