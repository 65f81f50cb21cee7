"""partial_fit over chunks: every row once per epoch, in an order of its own."""

import gzip

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import SGDClassifier, SGDRegressor
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import OrdinalEncoder, StandardScaler

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.continual import ReplayClassifier
from sparsekit.out_of_core import fit_in_chunks

pa = pytest.importorskip("pyarrow")


class Recorder:
    """Notes what it is given."""

    def __init__(self):
        self.chunks, self.targets, self.weights = [], [], []

    def partial_fit(self, X, y=None, sample_weight=None):
        self.chunks.append(X)
        self.targets.append(y)
        self.weights.append(sample_weight)

    def rows(self):
        return np.concatenate([np.asarray(X) for X in self.chunks])


def table(n=100):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"number": np.arange(n), "b": rng.normal(size=n)})
    frame.loc[frame.index[::7], "b"] = np.nan
    frame["y"] = np.where(frame["number"] % 3 == 0, "fox", "owl")
    frame["w"] = rng.random(n)
    return frame


def parquet(frame, folder):
    frame.to_parquet(folder / "t.parquet", row_group_size=9, index=False)
    return folder / "t.parquet"


def parquet_folder(frame, folder):
    parts = folder / "parts"
    parts.mkdir()
    frame[:60].to_parquet(parts / "a.parquet")
    frame[60:].reset_index(drop=True).to_parquet(parts / "b.parquet")
    return str(parts)


def feather(frame, folder):
    frame.to_feather(folder / "t.feather", chunksize=11)
    return folder / "t.feather"


def csv(frame, folder):
    frame.to_csv(folder / "t.csv", index=False)
    return folder / "t.csv"


def zipped_csv(frame, folder):
    frame.to_csv(folder / "t.csv.gz", index=False)
    return folder / "t.csv.gz"


def csv_list(frame, folder):
    frame[:60].to_csv(folder / "a.csv", index=False)
    frame[60:].to_csv(folder / "b.csv", index=False)
    return [folder / "a.csv", folder / "b.csv"]


def dataset(frame, folder):
    import pyarrow.dataset as ds

    return ds.dataset(parquet(frame, folder))


def csv_dataset(frame, folder):
    import pyarrow.dataset as ds

    return ds.dataset(csv(frame, folder), format="csv")


def arrow_table(frame, folder):
    return pa.Table.from_pandas(frame)


SOURCES = [parquet, parquet_folder, feather, csv, zipped_csv, csv_list, dataset]
SOURCES += [csv_dataset, arrow_table]
sources = pytest.mark.parametrize("source", SOURCES)


@sources
@pytest.mark.parametrize("shuffle", [True, False])
def test_every_row_comes_once_per_epoch_with_its_target_and_weight(
    source, shuffle, tmp_path
):
    frame, noted = table(), Recorder()
    settings = {"sample_weight": "w", "chunk_rows": 16, "shuffle": shuffle}
    given = source(frame, tmp_path)
    fit_in_chunks(noted, given, "y", epochs=2, random_state=0, **settings)
    rows = noted.rows()
    assert noted.chunks[0].columns.tolist() == ["number", "b"]
    for epoch in (slice(100), slice(100, 200)):
        numbers = rows[epoch, 0].astype(int)
        assert sorted(numbers) == list(range(100))
        np.testing.assert_array_equal(rows[epoch, 1], frame["b"][numbers])
        y = np.concatenate(noted.targets)[epoch]
        np.testing.assert_array_equal(y, frame["y"][numbers])
        w = np.concatenate(noted.weights)[epoch]
        np.testing.assert_allclose(w, frame["w"][numbers])
    if not shuffle:
        assert rows[:100, 0].tolist() == list(range(100))


@pytest.mark.parametrize("source", [parquet, feather, csv, arrow_table])
def test_each_epoch_has_another_order_and_chunks_hold_rows_from_everywhere(
    source, tmp_path
):
    noted = Recorder()
    given = source(table(), tmp_path)
    fit_in_chunks(noted, given, "y", epochs=2, chunk_rows=40, random_state=0)
    rows = noted.rows()
    assert rows[:100, 0].tolist() != rows[100:, 0].tolist()
    first = noted.chunks[0]["number"]
    assert first.max() - first.min() > 60
    assert not first.is_monotonic_increasing


@pytest.mark.parametrize("n", [1, 39, 40, 59, 60, 61, 100, 119])
def test_no_chunk_is_much_smaller_or_larger_than_the_others(n):
    noted = Recorder()
    X = np.arange(2.0 * n).reshape(n, 2)
    fit_in_chunks(noted, X, 1, chunk_rows=40)
    sizes = [len(chunk) for chunk in noted.chunks]
    assert sum(sizes) == n
    assert all(20 <= size < 60 for size in sizes) or len(sizes) == 1


def test_an_integer_seed_repeats_the_order_and_another_changes_it(tmp_path):
    given = parquet(table(), tmp_path)
    orders = []
    for seed in (0, 0, 1):
        noted = Recorder()
        fit_in_chunks(noted, given, "y", chunk_rows=30, random_state=seed)
        orders.append(noted.rows()[:, 0].tolist())
    assert orders[0] == orders[1] != orders[2]


def test_one_unshuffled_chunk_is_one_call_of_partial_fit(tmp_path):
    frame = table()
    given = parquet(frame, tmp_path)
    net = SETMLPClassifier((5,), sparsity=0.3, random_state=0)
    other = clone(net)
    fit_in_chunks(net, given, "y", columns=["number", "b"], shuffle=False)
    X = frame[["number", "b"]].astype(float)
    other.partial_fit(X, frame["y"], classes=["fox", "owl"])
    np.testing.assert_array_equal(net.predict_proba(X), other.predict_proba(X))


@pytest.mark.parametrize(
    "estimator",
    [
        SETMLPClassifier((5,), batch_size=10, random_state=0),
        ReplayClassifier(SETMLPClassifier((5,), batch_size=10), random_state=0),
    ],
    ids=["network", "replay"],
)
def test_classifiers_find_their_classes_where_the_first_chunk_lacks_some(
    estimator, tmp_path
):
    frame = table().sort_values("y")
    given = parquet(frame, tmp_path)
    fit_in_chunks(estimator, given, "y", chunk_rows=30, shuffle=False)
    assert estimator.classes_.tolist() == ["fox", "owl"]


def test_classes_that_are_given_are_taken_as_they_are():
    X = np.array([[0.0, 0], [1, 1], [2, 1]])
    linear = SGDClassifier(random_state=0)
    fit_in_chunks(linear, X, 1, classes=[0, 1, 2])
    assert linear.classes_.tolist() == [0, 1, 2]


@pytest.mark.parametrize("source", [parquet, csv, feather])
@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([3, 1, 3, 1] * 10, [1, 3]),
        ([True, False] * 20, [False, True]),
        (["1"] * 39 + ["a"], ["1", "a"]),
        (pd.Categorical(["b", "a"] * 20), ["a", "b"]),
    ],
    ids=["integers", "booleans", "text that begins as numbers", "categories"],
)
def test_targets_of_every_kind(source, values, classes, tmp_path):
    frame = pd.DataFrame({"x": np.arange(40.0), "y": values})
    bayes = GaussianNB()
    fit_in_chunks(bayes, source(frame, tmp_path), "y", chunk_rows=8, shuffle=False)
    assert bayes.classes_.tolist() == classes


def test_a_fitted_classifier_goes_on():
    X = np.array([[0.0, 0], [1, 1], [2, 2], [3, 0]])
    bayes = fit_in_chunks(GaussianNB(), X, 1)
    fit_in_chunks(bayes, X[:2], 1)
    assert bayes.class_count_.tolist() == [3, 2, 1]


def test_regressors_learn_one_target_or_several():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 4))
    Y = X[:, :2] * 2
    net = SETMLPRegressor((20,), sparsity=0.2, random_state=0)
    fit_in_chunks(net, X, Y, epochs=20, chunk_rows=50, random_state=0)
    assert net.score(X, Y) > 0.8
    columns = Recorder()
    fit_in_chunks(columns, np.hstack([X, Y]), [4, 5], shuffle=False)
    np.testing.assert_array_equal(columns.targets[0], Y)
    assert columns.chunks[0].shape == (200, 4)


def test_running_moments_after_an_epoch_are_those_of_the_whole_table():
    X = np.random.default_rng(0).normal(5, 3, size=(500, 3))
    y = X[:, 0]
    net = SETMLPRegressor((4,), batch_size=20, random_state=0)
    fit_in_chunks(net, X, y, epochs=2, chunk_rows=60, random_state=0)
    np.testing.assert_allclose(net._inputs["shift"], X.mean(axis=0))
    np.testing.assert_allclose(net._inputs["scale"], 1 / X.std(axis=0))


def test_a_fitted_transformer_makes_numbers_of_text(tmp_path):
    given = csv(pd.DataFrame({"colour": list("rgb") * 5, "y": range(15)}), tmp_path)
    encoder = OrdinalEncoder().fit(pd.DataFrame({"colour": list("bgr")}))
    noted = Recorder()
    fit_in_chunks(noted, given, "y", transformer=encoder, shuffle=False)
    assert noted.rows()[:, 0].tolist() == [2.0, 1.0, 0.0] * 5


def test_estimators_without_target_and_without_weights(tmp_path):
    frame = table()
    given = parquet(frame, tmp_path)
    scaler = fit_in_chunks(StandardScaler(), given, None, columns=["number", "b"])
    np.testing.assert_allclose(scaler.mean_, frame[["number", "b"]].mean())


def test_npy_files_are_mapped_and_targets_may_lie_in_a_file_of_their_own(tmp_path):
    X = np.arange(60, dtype=np.float32).reshape(20, 3)
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "y.npy", np.arange(20))
    noted = Recorder()
    fit_in_chunks(noted, tmp_path / "X.npy", tmp_path / "y.npy", shuffle=False)
    assert noted.rows().dtype == np.float32
    np.testing.assert_array_equal(noted.rows(), X)
    assert noted.targets[0].tolist() == list(range(20))
    fit_in_chunks(SGDRegressor(), tmp_path / "X.npy", -1, columns=[0])


def test_arrays_are_not_changed_by_what_the_estimator_does():
    class Vandal:
        def partial_fit(self, X, y, sample_weight):
            X[:], y[:], sample_weight[:] = 0, 0, 0

    X, y, weight = np.ones((9, 2)), np.ones(9), np.ones(9)
    for shuffle in (True, False):
        settings = {"sample_weight": weight, "shuffle": shuffle}
        fit_in_chunks(Vandal(), X, y, epochs=2, chunk_rows=3, **settings)
    assert X.all()
    assert y.all()
    assert weight.all()


@pytest.mark.parametrize("name", ["t.csv.gz", "t.csv", "t.parquet", "t.arrow", "t.npy"])
@pytest.mark.parametrize("content", [b"", b"\x00\xff\x1f\x8b", b"PAR1nothingPAR1"])
def test_a_file_that_is_no_table_cannot_be_read(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=r"cannot read|has no column"):
        fit_in_chunks(GaussianNB(), tmp_path / name, "y")


def test_a_damaged_archive_cannot_be_read(tmp_path):
    content = bytearray(gzip.compress(b"a,y\n" + b"1,0\n2,1\n" * 500))
    content[20:40] = bytes(20)
    (tmp_path / "t.csv.gz").write_bytes(content)
    with pytest.raises(ValueError, match="cannot read"):
        fit_in_chunks(GaussianNB(), tmp_path / "t.csv.gz", "y")


def test_the_name_of_a_column_beside_an_array_is_no_file():
    with pytest.raises(ValueError, match="cannot read the file 'y'"):
        fit_in_chunks(GaussianNB(), np.ones((3, 2)), "y")


def test_a_list_of_what_are_no_files_is_refused():
    with pytest.raises(TypeError, match="source must list names of files"):
        fit_in_chunks(GaussianNB(), [[1.0, 2.0]], "y")
