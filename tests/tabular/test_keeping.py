"""Estimators of whole tables in files without code, and without dead neurons."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.linear_model import SGDClassifier
from sklearn.preprocessing import StandardScaler

from sparsekit import SETMLPClassifier, SparseTabularClassifier
from sparsekit.neural_network import (
    compact,
    load_checkpoint,
    resume,
    save_checkpoint,
)
from sparsekit.tabular import (
    PiecewiseLinearEncoder,
    SparseMLPEnsembleClassifier,
    TableEncoder,
)
from tests.fuzz.harness import state_of
from tests.tabular.whole_tables import fitted, table, targets, with_more_kinds

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

ROOT = Path(__file__).resolve().parents[2]
FRAME = with_more_kinds(table())


def of_table(kind="text", **given):
    return fitted(FRAME, kind, **given), FRAME, targets(FRAME, kind)


def ensemble(**given):
    X, y = load_iris(return_X_y=True)
    network = SETMLPClassifier((12,), sparsity=0.5, max_iter=3)
    model = SparseMLPEnsembleClassifier(network, n_members=2, random_state=0, **given)
    return model.fit(X, y), X, y


MODELS = {
    "classes": of_table,
    "numbers": lambda: of_table("number"),
    "no bins": lambda: of_table(encoding="standard"),
    "an encoder": lambda: of_table(encoding=TableEncoder(max_categories=2)),
    "a network": lambda: of_table(network=SETMLPClassifier(alpha=0.1)),
    "an ensemble": ensemble,
    "cycles": lambda: ensemble(strategy="cyclic"),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_checkpoint_holds_the_whole_estimator(name, tmp_path):
    model, X, y = MODELS[name]()
    save_checkpoint(model, tmp_path / "model")
    same = load_checkpoint(tmp_path / "model")
    assert state_of(same) == state_of(model)
    assert_array_equal(same.predict(X), model.predict(X))
    if hasattr(model, "predict_proba"):
        assert_array_equal(same.predict_proba(X), model.predict_proba(X))
    if name != "cycles":
        one, other = same.partial_fit(X, y), model.partial_fit(X, y)
        assert_array_equal(one.predict(X), other.predict(X))


def test_a_checkpoint_is_loaded_where_only_networks_were_imported(tmp_path):
    save_checkpoint(of_table()[0], tmp_path / "model")
    code = (
        "from sparsekit.neural_network import load_checkpoint\n"
        f"print(type(load_checkpoint({str(tmp_path / 'model')!r})).__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "SparseTabularClassifier"


@pytest.mark.parametrize("encoder", [TableEncoder(), PiecewiseLinearEncoder(3)])
def test_a_checkpoint_holds_an_encoder(encoder, tmp_path):
    X = FRAME if isinstance(encoder, TableEncoder) else FRAME[["age", "visits"]]
    save_checkpoint(clone(encoder).fit(X), tmp_path / "encoder")
    same = load_checkpoint(tmp_path / "encoder")
    assert_array_equal(same.transform(X), clone(encoder).fit_transform(X))


def test_a_checkpoint_holds_an_estimator_that_is_not_fitted(tmp_path):
    model = SparseTabularClassifier(network=SETMLPClassifier((3,)), random_state=0)
    save_checkpoint(model, tmp_path / "model")
    same = load_checkpoint(tmp_path / "model")
    assert repr(same) == repr(model)
    assert not hasattr(same, "members_")


def test_what_a_checkpoint_cannot_hold_is_named(tmp_path):
    frame = table()[["age", "visits"]]
    model = SparseTabularClassifier(
        n_members=1, max_iter=1, encoding=StandardScaler(), random_state=0
    ).fit(frame, targets(table()))
    with pytest.raises(TypeError, match="encoding is a sklearn"):
        save_checkpoint(model, tmp_path / "model")
    with pytest.raises(TypeError, match="estimator is a sklearn"):
        save_checkpoint(SparseMLPEnsembleClassifier(SGDClassifier()), tmp_path / "m")
    assert list(tmp_path.iterdir()) == []


def test_fits_of_tables_are_not_resumed(tmp_path):
    model, X, y = of_table()
    save_checkpoint(model, tmp_path / "model")
    with pytest.raises(ValueError, match="SparseTabularClassifier, whose fits cannot"):
        resume(tmp_path / "model", X, y)


def steps_of(document):
    return document["fitted"]["encoder_"]["$pipeline"]


def plans_of(document):
    return steps_of(document)[0][1]["$estimator"]["fitted"]["columns_"]


def bins_of(document):
    return steps_of(document)[1][1]["$estimator"]


WRONG = {
    "no encoder": lambda d: d["fitted"].pop("encoder_"),
    "no members": lambda d: d["fitted"].pop("members_"),
    "one step less": lambda d: steps_of(d).pop(),
    "no step": lambda d: steps_of(d).clear(),
    "a step twice": lambda d: steps_of(d).append(["twice", steps_of(d)[1][1]]),
    "other columns": lambda d: d["fitted"].update(n_features_in_=3),
    "no columns": lambda d: steps_of(d)[0][1]["$estimator"]["fitted"].pop("columns_"),
    "other classes": lambda d: d["fitted"].update(classes_={"$objects": [[1], ["a"]]}),
    "a method": lambda d: d["fitted"].update(predict=3),
    "a method of a step": lambda d: steps_of(d)[0][1]["$estimator"]["fitted"].update(
        transform=3
    ),
    "many other values": lambda d: plans_of(d)[4].update(others=2**31),
    "a vast category": lambda d: plans_of(d)[4].update(categories=[10**400]),
    "an odd parameter": lambda d: d["parameters"].update(
        batch_size={"$array": "array0"}
    ),
    "an odd parameter of bins": lambda d: bins_of(d)["parameters"].update(
        include_values=None
    ),
    "indicators": lambda d: bins_of(d)["fitted"].update(indicator_features_=None),
    "names that are none": lambda d: d["fitted"].update(feature_names_in_=[1]),
    "fewer names": lambda d: d["fitted"].update(
        feature_names_in_={"$objects": [[1], ["age"]]}
    ),
    "another class": lambda d: d.update({"class": "SparseTabularRegressor"}),
    "an unknown class": lambda d: d.update({"class": "Pipeline"}),
    "members of another kind": lambda d: d["fitted"].update(members_=[3]),
}


@pytest.mark.parametrize("name", WRONG)
def test_documents_that_no_fit_left_are_refused(name, tmp_path):
    save_checkpoint(of_table()[0], tmp_path / "model")
    with zipfile.ZipFile(tmp_path / "model") as archive:
        contents = {member: archive.read(member) for member in archive.namelist()}
    document = json.loads(contents["document.json"])
    WRONG[name](document)
    contents["document.json"] = json.dumps(document).encode()
    with zipfile.ZipFile(tmp_path / "wrong", "w") as archive:
        for member, content in contents.items():
            archive.writestr(member, content)
    with pytest.raises(ValueError, match="or it is damaged"):
        load_checkpoint(tmp_path / "wrong")


@pytest.mark.parametrize("name", MODELS)
def test_compact_members_predict_the_same_bits(name):
    model, X, _ = MODELS[name]()
    before = state_of(model)
    small = compact(model)
    assert state_of(model) == before
    assert type(small) is type(model)
    assert_array_equal(small.predict(X), model.predict(X))


def test_compact_members_have_no_dead_neurons():
    model, X, _ = of_table(hidden_layer_sizes=(60, 60), sparsity=0.98)
    small = compact(model)
    sizes = [member.hidden_layer_sizes for member in small.members_]
    assert all(sum(size) < 120 for size in sizes)
    assert small.n_connections_ < model.n_connections_
    assert_array_equal(small.predict_proba(X), model.predict_proba(X))
    small.members_[0].set_params(alpha=9.0)
    assert small.encoder_ is not model.encoder_
    assert np.shape(small.feature_importances_) == (FRAME.shape[1],)
