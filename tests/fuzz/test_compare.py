"""Comparisons on one table: random arguments, files, tables and rows of results."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.study import (
    TableComparison,
    TableComparisonDisplay,
    compare_on_table,
)
from sparsekit.study.cli import main
from sparsekit.study.cli._user_table import InputError, read_user_table
from sparsekit.study.one_table import _compare_on_table
from sparsekit.tabular import TableEncoder
from tests.fuzz.harness import behaves
from tests.fuzz.parameters import NONSENSE
from tests.fuzz.tables import ODD_VALUES, seeds, tables, targets
from tests.fuzz.test_dialects import files

OPTIONS = {
    "--target": ["a", "y", "t", "none", ""],
    "--drop": ["a", "b", "none"],
    "--na-values": ["0", "x", "-1", ""],
    "--task": ["auto", "classification", "regression", "guess"],
    "--models": ["sparse_tabular", "boosting", "prior", "linear", "other"],
    "--metric": ["loss", "accuracy", "auc", "r2", "f1"],
    "--folds": ["2", "5", "1", "11", "1000000000", "2.5", "x", ""],
    "--repeats": ["1", "0", "-3", "x"],
    "--jobs": ["1", "0", "x"],
    "--seed": ["0", "4294967295", "4294967296", "-1", "x"],
    "--unknown": ["1"],
}
FILES = ["good.csv", "bad.csv", "bad.parquet", "none.csv", ".", "words.csv"]


class Trained(Exception):
    """Training is about to begin: the arguments were accepted."""


@pytest.fixture
def no_training(monkeypatch, tmp_path):
    def stop(*args):
        raise Trained

    monkeypatch.setattr(_compare_on_table, "fit_folds", stop)
    monkeypatch.chdir(tmp_path)
    rows = {"a": range(20), "b": [0.5, None] * 10, "y": [0, 1] * 10, "t": ["x"] * 20}
    pd.DataFrame(rows).to_csv("good.csv", index=False)
    words = {"y": range(40), "t": [f"word {i}" for i in range(40)]}
    pd.DataFrame(words).to_csv("words.csv", index=False)
    (tmp_path / "bad.csv").write_bytes(b"\x00\xff\n1,2,3\n")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1nothingPAR1")


@given(data=st.data())
def test_arguments(no_training, capsys, data):
    chosen = st.lists(st.sampled_from(sorted(OPTIONS)), unique=True, max_size=4)
    arguments = ["compare", "--quiet", *data.draw(st.lists(st.sampled_from(FILES)))]
    if data.draw(st.booleans()):
        arguments += ["--target", "y"]
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


@given(files(), st.sampled_from([[], ["?"], ["-999", "x"]]))
def test_files_are_read_as_they_are_and_their_numbers_as_by_a_study(
    tmp_path_factory, content, codes
):
    path = tmp_path_factory.mktemp("fuzz") / "t.csv"
    path.write_bytes(content)
    given = path, "y", (), frozenset(codes)
    numbers = behaves(lambda: read_user_table(*given), allowed=(InputError,))
    whole = behaves(
        lambda: read_user_table(*given, numeric=False), allowed=(InputError,)
    )
    if numbers is not None:
        np.testing.assert_array_equal(whole[0].to_numpy(np.float64), numbers[0])
    if whole is not None:
        assert TableEncoder().fit(whole[0]).n_features_in_ == whole[0].shape[1]


@given(st.data())
def test_comparisons_refuse_what_they_cannot_do(data):
    names = ["models", "task", "metric", "folds", "repeats", "random_state", "n_jobs"]
    X = data.draw(tables())
    y = data.draw(targets(getattr(X, "shape", [3])[0] if getattr(X, "shape", 0) else 3))
    given = {"models": ["boosting", "linear", "prior"], "folds": 2}
    given[data.draw(st.sampled_from(names))] = data.draw(st.sampled_from(NONSENSE))
    result = behaves(lambda: compare_on_table(X, y, **given), X, y)
    if result is not None:
        assert np.isfinite(result.table["fit_time"]).all()


@st.composite
def results(draw):
    """Draw rows of a comparison; at times a column is missing or holds nonsense."""
    rng = np.random.default_rng(draw(seeds))
    models = ["sparse_tabular", "linear", "my $x$", "_", "", "a\x1bb"]
    some = draw(st.lists(st.sampled_from(models), min_size=1, max_size=4, unique=True))
    scores = draw(
        st.sampled_from([["log_loss", "accuracy", "auc"], ["rmse", "r2"], ["f1"]])
    )
    scale = draw(st.sampled_from([0.0, 1.0, 1e-300, 1e150, 1e300]))
    rows = [
        {
            "split": split,
            "model": model,
            **{score: scale * rng.choice([0.5, rng.random()]) for score in scores},
            "fit_time": rng.random(),
            "n_train": 20,
            "n_test": 10,
        }
        for model in some
        for split in range(draw(st.integers(1, 3)))
    ]
    frame = pd.DataFrame(rows)
    if draw(st.booleans()):
        column = draw(st.sampled_from(list(frame)))
        frame[column] = draw(st.sampled_from([*ODD_VALUES, "text", None]))
    return frame


@given(
    st.one_of(results(), tables()), st.sampled_from(["loss", "auc", "r2", *NONSENSE])
)
def test_comparisons_of_what_is_no_result(rows, metric):
    result = behaves(lambda: TableComparison(rows, metric), rows)
    if result is None:
        return
    report = result.report()
    assert "\x1b" not in report
    display = behaves(result.plot)
    assert isinstance(display, TableComparisonDisplay)
    display.figure_.canvas.draw()
    plt.close("all")
