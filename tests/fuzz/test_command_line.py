"""Arguments of the command line: it runs, or says in one line what is wrong."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.study import missingness_study, sparsity_study, summarize
from sparsekit.study.cli import main
from sparsekit.study.run import _run
from tests.fuzz.harness import behaves
from tests.fuzz.parameters import NONSENSE
from tests.fuzz.tables import tables, targets

OPTIONS = {
    "--target": ["a", "y", "none", ""],
    "--drop": ["a", "b", "none"],
    "--task": ["auto", "classification", "regression", "guess"],
    "--preset": ["quick", "figure2", "none"],
    "--models": ["dense", "set", "static", "sparse_tabular", "other"],
    "--sparsities": ["0", "0.5", "0.99999", "1", "-1", "nan", "inf", "x", "1e-300"],
    "--rates": ["0", "0.5", "1", "-0.1", "nan", ""],
    "--mechanism": ["mcar", "mar", "mnar", "other"],
    "--when": ["both", "fit", "transform", "never"],
    "--seeds": ["1", "0", "-3", "2.5", "x"],
    "--hidden": ["3", "0", "x", "1000000000000"],
    "--epochs": ["1", "0", "x"],
    "--jobs": ["1", "0", "x"],
    "--unknown": ["1"],
}


class Trained(Exception):
    """Training is about to begin: the arguments were accepted."""


@pytest.fixture
def no_training(monkeypatch, tmp_path):
    def stop(*args):
        raise Trained

    monkeypatch.setattr(_run, "try_models", stop)
    monkeypatch.chdir(tmp_path)
    rows = {"a": range(20), "b": [0.5] * 20, "y": [0, 1] * 10, "t": ["x"] * 20}
    pd.DataFrame(rows).to_csv("good.csv", index=False)
    (tmp_path / "bad.csv").write_bytes(b"\x00\xff\n1,2,3\n")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1nothingPAR1")


@given(data=st.data())
def test_arguments(no_training, capsys, data):
    chosen = st.lists(st.sampled_from(sorted(OPTIONS)), unique=True, max_size=4)
    arguments = ["study", "--quiet", "--overwrite"]
    files = ["good.csv", "bad.csv", "bad.parquet", "none.csv", "."]
    if data.draw(st.booleans()):
        arguments += ["--data", data.draw(st.sampled_from(files))]
    for option in data.draw(chosen):
        values = st.lists(st.sampled_from(OPTIONS[option]), max_size=3)
        arguments += [option, *data.draw(values)]
    capsys.readouterr()
    try:
        code = main(arguments)
    except Trained:
        return
    except SystemExit as stop:
        code = stop.code
    printed = capsys.readouterr()
    assert code == 2, arguments
    assert printed.err.count("\n") == 1, printed.err
    assert "Traceback" not in printed.err


@given(st.data())
def test_studies_refuse_what_they_cannot_do(data):
    names = ["models", "sparsities", "missing_rates", "mechanisms", "when", "seeds"]
    names += ["test_size", "task", "preset", "estimator_params"]
    chosen = data.draw(st.sampled_from(names))
    X = data.draw(tables())
    y = data.draw(targets(getattr(X, "shape", [3])[0] if getattr(X, "shape", 0) else 3))
    given = {
        "models": ["dense"],
        "sparsities": [0.5],
        "missing_rates": [0.2],
        "seeds": 1,
        "estimator_params": {"hidden_layer_sizes": (3,), "max_iter": 1},
        chosen: data.draw(st.sampled_from(NONSENSE)),
    }
    result = behaves(lambda: missingness_study(X, y, **given), X, y)
    if result is not None:
        complete = {name: given[name] for name in ("models", "sparsities", "seeds")}
        few = {"estimator_params": {"hidden_layer_sizes": (3,), "max_iter": 1}}
        behaves(lambda: sparsity_study(X, y, **complete, **few), X, y)
        confidence = data.draw(st.sampled_from(NONSENSE))
        behaves(lambda: summarize(result.frame, confidence=confidence))


@given(tables())
def test_summaries_of_what_is_no_result(X):
    behaves(lambda: summarize(X), X)
