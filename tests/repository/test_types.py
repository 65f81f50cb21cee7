"""What a type checker sees of the package from outside."""

import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Of `network`, only `suggest_format` is public.
SUBPACKAGES = [
    "sparsekit",
    "sparsekit.continual",
    "sparsekit.deploy",
    "sparsekit.difficulty",
    "sparsekit.distributed",
    "sparsekit.missingness",
    "sparsekit.network",
    "sparsekit.neural_network",
    "sparsekit.out_of_core",
    "sparsekit.study",
    "sparsekit.tabular",
    "sparsekit.topology",
]

CONSUMER = """\
from typing import assert_type

import numpy as np

import sparsekit
from sparsekit import (
    DSTMLPClassifier,
    MCARMasker,
    SETMLPClassifier,
    SparseTabularClassifier,
    SparseTabularRegressor,
    suggest_format,
)
from sparsekit.continual import continual_metrics
from sparsekit.deploy import SparsePredictor
from sparsekit.missingness import Diagnosis, MissingnessDisplay, diagnose
from sparsekit.neural_network import TopologyDisplay, compact, to_predictor
from sparsekit.out_of_core import fit_in_chunks
from sparsekit.study import StudyResult, missingness_study
from sparsekit.tabular import (
    PiecewiseLinearEncoder,
    SparseMLPEnsembleClassifier,
    SparseMLPEnsembleRegressor,
    TableEncoder,
)
from sparsekit.topology import MagnitudePruner, ErdosRenyi

X = np.zeros((5, 2))
own = DSTMLPClassifier(pruner=MagnitudePruner(scope="network"))
masked = MCARMasker(missing_rate=0.5).fit_transform(X)
net = SETMLPClassifier((5,), sparsity=0.5)
assert_type(net, SETMLPClassifier)
assert_type(compact(net), SETMLPClassifier)
assert_type(net.predict(X), np.ndarray)
assert_type(net.n_connections_, int)
assert_type(net.intercepts_, list[np.ndarray])
assert_type(to_predictor(net), SparsePredictor)
assert_type(to_predictor(net).predict_proba(X), np.ndarray)
assert_type(TopologyDisplay.from_estimator(net), TopologyDisplay)
assert_type(suggest_format(5, 5, density=0.1), str)
assert_type(continual_metrics([[1.0]]), dict[str, float])
assert_type(diagnose(X), Diagnosis)
assert_type(MissingnessDisplay.from_diagnosis(diagnose(X)), MissingnessDisplay)
assert_type(fit_in_chunks(net, X, X[:, 0]), SETMLPClassifier)
assert_type(missingness_study(X, X[:, 0]), StudyResult)
assert_type(missingness_study(X, X[:, 0]).report(), str)
assert_type(ErdosRenyi().counts([2, 5, 1], 0.5), np.ndarray)
assert_type(sparsekit.SETMLPClassifier, type[SETMLPClassifier])
table = SparseTabularClassifier(n_members=2, sparsity="auto", random_state=0)
table.fit(X, X[:, 0], sample_weight=X[:, 0])
assert_type(table, SparseTabularClassifier)
assert_type(table.predict_proba(X), np.ndarray)
assert_type(table.predict(X), np.ndarray)
assert_type(table.n_connections_, int)
assert_type(table.n_iter_, int)
numbers = SparseTabularRegressor(dropout=0.1, encoding="standard")
numbers.fit(X, X[:, 0])
assert_type(numbers.predict(X), np.ndarray)
ensemble = SparseMLPEnsembleClassifier(net, n_members=3, strategy="cyclic")
ensemble.fit(X, X[:, 0], X_val=X, y_val=X[:, 0])
assert_type(ensemble.feature_importances_, np.ndarray)
assert_type(SparseMLPEnsembleRegressor().predict(X), np.ndarray)
bins = PiecewiseLinearEncoder(4, strategy="tree", sparse_output=False)
bins.fit(X, X[:, 0])
assert_type(bins.get_feature_names_out(), np.ndarray)
columns = TableEncoder(max_categories=5)
columns.fit(X)
assert_type(columns.transform(X), np.ndarray)
assert_type(columns.column_of_outputs_, np.ndarray)
"""

MISTAKES = """\
from sparsekit import suggest_format
from sparsekit.neural_network import compact, save_checkpoint

suggest_format("5", 5, density=0.1)
compact(3)
save_checkpoint(None)
"""


def checked(code, folder):
    """Return what mypy says of a script that uses the package."""
    pytest.importorskip("mypy", reason="mypy is in the extra `lint`")
    script = folder / "consumer.py"
    script.write_text(code)
    command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml"]
    command.append("--disallow-untyped-calls")
    done = subprocess.run(
        [*command, str(script)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return done.stdout


@pytest.mark.slow
def test_a_script_sees_the_types_of_public_names(tmp_path):
    assert checked(CONSUMER, tmp_path) == "Success: no issues found in 1 source file\n"


@pytest.mark.slow
def test_wrong_arguments_are_seen(tmp_path):
    found = checked(MISTAKES, tmp_path)
    assert 'Argument 1 to "suggest_format" has incompatible type "str"' in found
    assert 'Value of type variable "Network" of "compact" cannot be "int"' in found
    assert 'Missing positional argument "path" in call to "save_checkpoint"' in found


@pytest.mark.parametrize("subpackage", SUBPACKAGES)
def test_calls_of_public_names_are_typed(subpackage):
    """Under ``mypy --strict`` a call of a function without any hint is an error."""
    module = importlib.import_module(subpackage)
    public = {name: getattr(module, name) for name in module.__all__}
    bare = {
        name
        for name, made in public.items()
        if callable(made)
        for called in [made.__init__ if inspect.isclass(made) else made]
        if inspect.isfunction(called) and not called.__annotations__
    }
    assert bare == set()


def test_the_package_says_that_it_is_typed():
    assert (ROOT / "sparsekit" / "py.typed").exists()
