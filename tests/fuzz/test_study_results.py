"""Results of studies: frames by chance, and what is no frame of a study."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.study import (
    CostDisplay,
    CriticalDifferenceDisplay,
    DifferenceDisplay,
    MissingnessStudyDisplay,
    ModelRanks,
    StudyResult,
    corrected_ttest,
    holm,
    summarize,
)
from tests.fuzz.harness import behaves
from tests.fuzz.parameters import NONSENSE
from tests.fuzz.tables import ODD_VALUES, arrays, seeds, tables

DISPLAYS = [
    CostDisplay,
    CriticalDifferenceDisplay,
    DifferenceDisplay,
    MissingnessStudyDisplay,
]
NAMES = ["set", "static", "dense", "my $x$", "<b>", "ä", ""]
odd = st.sampled_from(NONSENSE)
confidences = st.one_of(st.just(0.95), st.just(0.95), odd)


@st.composite
def frames(draw):
    """Draw rows of a study; at times some are missing, or a column is nonsense."""
    rng = np.random.default_rng(draw(seeds))
    some = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)
    datasets = draw(st.one_of(st.none(), some))
    metric = draw(st.sampled_from(["accuracy", "r2", "accuracy"]))
    rows = [
        {
            **({} if datasets is None else {"dataset": dataset}),
            "mechanism": mechanism,
            "missing_rate": rate,
            "model": model,
            "sparsity": 0.0 if model == "dense" else sparsity,
            "seed": seed,
            "metric": metric,
            "score": rng.choice([0.5, rng.random()]),
            "n_connections": rng.choice([10, np.nan]),
            "fit_time": rng.random(),
            "n_train": 20,
            "n_test": 10,
        }
        for dataset in datasets or [None]
        for mechanism in draw(st.sampled_from([["mcar"], ["mcar", "mnar"]]))
        for rate in draw(st.sampled_from([[0.0], [0.0, 0.5]]))
        for model in draw(some)
        for sparsity in draw(st.sampled_from([[0.5], [0.5, 0.9]]))
        for seed in range(draw(st.integers(1, 3)))
    ]
    frame = pd.DataFrame(rows)
    if draw(st.booleans()):
        frame["when"] = draw(st.sampled_from(["both", "fit", "never"]))
    frame = frame.drop_duplicates([c for c in frame if c not in NOT_A_KEY])
    change = draw(st.sampled_from(["none", "none", "rows", "column", "value", "cell"]))
    column = draw(st.sampled_from(list(frame.columns)))
    if change == "rows":
        frame = frame[rng.random(len(frame)) < 0.5]
    elif change == "column":
        frame = frame.drop(columns=column)
    elif change == "value":
        values = [None, "x", -1, 1.5, np.nan, np.inf, [1], b"\x00"]
        value = draw(st.sampled_from(values))
        frame[column] = pd.Series([value] * len(frame), index=frame.index)
    elif change == "cell" and len(frame):
        frame[column] = frame[column].astype(object)
        position = frame.columns.get_loc(column)
        frame.iat[0, position] = draw(st.sampled_from([None, "x", np.nan, -np.inf]))
    return frame


NOT_A_KEY = ("score", "n_connections", "fit_time", "n_train", "n_test", "metric")

models = st.one_of(
    st.sampled_from([None, "set", "dense", "static", "none", ("set", 0.5)]),
    st.lists(st.sampled_from(["set", "dense", ("set", 0.5)]), max_size=2),
    odd,
)


@given(frames(), st.data())
def test_results(frame, data):
    result = behaves(lambda: StudyResult(frame), frame)
    if result is None:
        return
    behaves(lambda: repr(result), frame)
    behaves(result._repr_html_, frame)
    a, b, confidence = data.draw(models), data.draw(models), data.draw(confidences)
    behaves(lambda: result.summary(confidence=confidence), frame)
    behaves(lambda: result.summary(pool_rates=True), frame)
    options = {
        "over": data.draw(st.sampled_from(["seeds", "datasets", "seeds", *NONSENSE])),
        "pool_rates": data.draw(st.booleans()),
        "test_size": data.draw(st.one_of(st.just(None), odd)),
        "confidence": confidence,
    }
    behaves(lambda: result.compare(a, b, **options), frame)
    ranks = behaves(lambda: result.ranks(a, confidence=confidence), frame)
    if ranks is not None:
        assert isinstance(ranks, ModelRanks)
        assert repr(ranks)
        assert ranks._repr_html_()
    parts = {"one": result, "two": frame, data.draw(st.sampled_from(NAMES)): result}
    behaves(lambda: StudyResult.combine(parts), frame)


@given(odd, st.one_of(tables(), odd))
def test_what_is_no_result(results, frame):
    behaves(lambda: StudyResult(frame), frame)
    behaves(lambda: StudyResult.combine(results), results)
    behaves(lambda: StudyResult.combine({"a": frame}), frame)
    behaves(lambda: StudyResult.from_file(results), results, allowed=(OSError,))
    for display in DISPLAYS:
        further = ("set",) if display is DifferenceDisplay else ()
        behaves(lambda: display.from_frame(frame, *further), frame)  # noqa: B023
    plt.close("all")


@given(frames(), st.data())
def test_figures(frame, data):
    kind = data.draw(st.sampled_from(["score", "ranks", "difference", "cost", "no", 3]))
    options = {"a": data.draw(models)} if kind == "difference" else {}
    if kind != "difference" and data.draw(st.booleans()):
        options["models"] = data.draw(models)
    if kind == "cost":
        options["cost"] = data.draw(
            st.sampled_from(["n_connections", "fit_time", "no", 3])
        )
    result = behaves(lambda: StudyResult(frame), frame)
    if result is not None:
        axes = data.draw(st.sampled_from([None, None, None, 3, "axes", []]))
        try:
            shown = behaves(lambda: result.plot(kind, axes=axes, **options), frame)
            if shown is not None:
                shown.figure_.canvas.draw()
        finally:
            plt.close("all")


@given(frames(), st.data())
def test_files(tmp_path_factory, frame, data):
    kind = data.draw(st.sampled_from([".csv", ".csv.gz", ".parquet", ".txt"]))
    path = tmp_path_factory.mktemp("fuzz") / f"results{kind}"
    if kind == ".parquet":
        written = behaves(lambda: frame.to_parquet(path) or 1, allowed=(Exception,))
    else:
        frame.to_csv(path, index=False)
        written = True
    if written is None:
        return
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(0, 3)) if content else 0):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.sampled_from([None, None, 0, 20, 200]))])
    result = behaves(lambda: StudyResult.from_file(path))
    if result is not None:
        behaves(lambda: repr(result))
        behaves(result.summary)


@given(st.one_of(arrays(), odd, st.lists(st.sampled_from([0.1, 0.5, *ODD_VALUES]))))
def test_holm(p_values):
    corrected = behaves(lambda: holm(p_values), p_values)
    if corrected is not None:
        assert corrected.shape == np.atleast_1d(p_values).shape


scores = st.one_of(
    st.lists(st.floats(0, 1), min_size=1, max_size=4),
    arrays(),
    st.just([0.5, 0.6]),
    odd,
)


@given(
    scores, scores, st.one_of(st.just(2), odd), st.one_of(st.just(1), odd), confidences
)
def test_corrected_ttest(a, b, n_train, n_test, confidence):
    result = behaves(
        lambda: corrected_ttest(a, b, n_train, n_test, confidence=confidence), a, b
    )
    if result is not None:
        assert np.isnan(result.p_value) or 0 <= result.p_value <= 1


@given(st.one_of(frames(), tables()), confidences)
def test_summaries(frame, confidence):
    behaves(lambda: summarize(frame, confidence=confidence), frame)


@pytest.fixture(autouse=True)
def _no_figures_left():
    yield
    plt.close("all")
