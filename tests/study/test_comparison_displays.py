from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from sparsekit.study import (
    CostDisplay,
    CriticalDifferenceDisplay,
    DifferenceDisplay,
    MissingnessStudyDisplay,
    StudyResult,
)
from sparsekit.study.statistics._ranks import ModelRanks
from tests.study.frames import made_up_study

MODELS = [("dense", 0.0), ("static", 0.8), ("static", 0.9), ("set", 0.8), ("set", 0.9)]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def result():
    return StudyResult(made_up_study(["wine", "diabetes"], models=MODELS))


@pytest.fixture
def alone():
    return StudyResult(made_up_study(models=MODELS))


def texts(ax):
    return [text.get_text() for text in ax.texts]


def legend_texts(figure):
    (legend,) = figure.legends
    return [text.get_text() for text in legend.get_texts()]


def lines_of(ax, label):
    """Return the data of the error bars with a label."""
    (bars,) = [c for c in ax.containers if c.get_label() == label]
    return bars[0].get_xydata(), bars[2][0].get_segments()


OPTIONS = {
    "score": {},
    "ranks": {},
    "difference": {"a": "set", "test_size": 0.25},
    "cost": {},
}
DISPLAYS = {
    "score": MissingnessStudyDisplay,
    "ranks": CriticalDifferenceDisplay,
    "difference": DifferenceDisplay,
    "cost": CostDisplay,
}


@pytest.mark.parametrize("kind", DISPLAYS)
def test_each_kind_is_a_display_with_its_figure(result, kind):
    display = result.plot(kind, **OPTIONS[kind])
    assert isinstance(display, DISPLAYS[kind])
    assert display.figure_.axes


@pytest.mark.parametrize("kind", DISPLAYS)
@pytest.mark.parametrize("of", ["result", "alone"])
def test_nothing_is_clipped_at_the_edges_of_the_figure(kind, of, request):
    display = request.getfixturevalue(of).plot(kind, **OPTIONS[kind])
    figure = display.figure_
    figure.canvas.draw()
    boxes = [ax.get_tightbbox() for ax in figure.axes]
    boxes += [legend.get_window_extent() for legend in figure.legends]
    for box in boxes:
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0
        assert box.y1 <= figure.bbox.y1


def test_a_kind_that_is_not_known_is_an_error(result):
    with pytest.raises(ValueError, match="kind='rank' must be one of score, ranks"):
        result.plot("rank")


def test_each_dataset_is_a_row_of_the_score_figure(result):
    left, *_, right = result.plot().axes_
    assert left.get_title() == "model sparsity 80 to 90 %, diabetes"
    assert left.get_ylabel() == "test $R^2$"
    assert right.get_title() == "model sparsity 80 to 90 %, wine"
    assert right.get_ylabel() == "test accuracy [%]"


def test_differences_and_their_intervals_are_drawn_at_the_missing_rates(alone):
    table = alone.compare(("set", 0.9), "static", pool_rates=False, test_size=0.25)
    display = alone.plot("difference", a=("set", 0.9), b="static", test_size=0.25)
    (ax,) = display.axes_
    points, intervals = lines_of(ax, "SET - static sparse, 90 %")
    np.testing.assert_allclose(points[:, 0], [0, 40, 80])
    np.testing.assert_allclose(points[:, 1], 100 * table["difference"])
    np.testing.assert_allclose([s[0, 1] for s in intervals], 100 * table["low"])
    np.testing.assert_allclose([s[1, 1] for s in intervals], 100 * table["high"])
    assert ax.get_ylabel() == "difference in accuracy [points]"


def test_differences_name_both_sparsities_where_they_differ(result):
    display = result.plot("difference", a="set", b="dense", test_size=0.25)
    assert legend_texts(display.figure_) == ["SET 80 % - dense", "SET 90 % - dense"]
    assert [ax.get_title() for ax in display.axes_] == ["diabetes", "wine"]


def test_of_many_comparisons_each_pair_of_models_has_panels():
    sparsities = (0.5, 0.8, 0.9, 0.98)
    models = [(m, s) for m in ("static", "set") for s in sparsities]
    frame = made_up_study(["iris", "wine"], models=[("dense", 0.0), *models])
    display = StudyResult(frame).plot("difference", a="set", test_size=0.25)
    assert [ax.get_title() for ax in display.axes_] == [
        "SET - dense, iris",
        "SET - dense, wine",
        "SET - static sparse, iris",
        "SET - static sparse, wine",
    ]
    assert legend_texts(display.figure_) == ["50 %", "80 %", "90 %", "98 %"]
    colours = [[c[0].get_color() for c in ax.containers] for ax in display.axes_]
    assert all(of_panel == colours[0] for of_panel in colours)
    assert len(set(colours[0])) == 4


@pytest.mark.parametrize("least", [10, 2000])
def test_the_numbers_of_a_cost_axis_do_not_overlap(alone, least):
    frame = alone.frame
    frame.loc[frame["model"] == "dense", "n_connections"] = 20_000
    frame.loc[frame["model"] == "set", "n_connections"] = least
    display = alone.plot("cost")
    display.figure_.canvas.draw()
    (ax,) = display.axes_
    low, high = ax.get_xlim()
    shown = [t for t in ax.get_xticklabels() if low < t.get_position()[0] < high]
    boxes = [text.get_window_extent() for text in shown]
    assert len(boxes) > 1
    assert all(a.x1 < b.x0 for a, b in pairwise(boxes))


def test_costs_are_means_over_the_missing_rates(alone):
    (ax,) = alone.plot("cost").axes_
    points, intervals = lines_of(ax, "SET")
    summary = alone.summary(pool_rates=True)
    summary = summary[summary["model"] == "set"]
    np.testing.assert_allclose(points[:, 0], [200, 100], rtol=0.03)
    np.testing.assert_allclose(points[:, 1], 100 * summary["score"])
    np.testing.assert_allclose([s[0, 1] for s in intervals], 100 * summary["score_low"])
    assert ax.get_xscale() == "log"


def test_times_are_where_they_are_and_tell_the_sparsities_at_the_ends(alone):
    (ax,) = alone.plot("cost", cost="fit_time").axes_
    summary = alone.summary(pool_rates=True)
    times = summary.loc[summary["model"] == "set", "fit_time"]
    np.testing.assert_allclose(lines_of(ax, "SET")[0][:, 0], times)
    assert texts(ax) == ["80 %", "90 %"] * 2


def test_a_model_without_connections_is_a_line(alone):
    frame = alone.frame
    frame.loc[frame["model"] == "dense", "n_connections"] = np.nan
    (ax,) = alone.plot("cost").axes_
    (line,) = [line for line in ax.lines if line.get_label() == "dense"]
    mean = 100 * frame.loc[frame["model"] == "dense", "score"].mean()
    np.testing.assert_allclose(line.get_ydata(), [mean, mean])


def test_models_of_the_same_cost_look_so():
    models = [("static", 0.9), ("set", 0.9)]
    (ax,) = StudyResult(made_up_study(models=models)).plot("cost").axes_
    low, high = ax.get_xlim()
    assert high / low == pytest.approx(3)
    assert low * high == pytest.approx(100**2, rel=0.01)


def test_accuracy_stays_within_0_and_100_percent(alone):
    alone.frame["score"] = alone.frame["seed"].isin([0, 1]) * 1.0
    (ax,) = alone.plot("cost").axes_
    assert ax.get_ylim() == (0, 100)


def test_the_legend_has_the_models_in_their_order(alone):
    alone.frame.loc[alone.frame["model"] == "set", "n_connections"] = np.nan
    display = alone.plot("cost")
    assert legend_texts(display.figure_) == ["dense", "SET", "static sparse"]


@pytest.mark.parametrize("name", ["", "_mine"])
def test_names_that_matplotlib_hides_stand_in_quotes(name):
    result = StudyResult(made_up_study(models=[("dense", 0.0), (name, 0.8)]))
    assert repr(name) in legend_texts(result.plot("cost").figure_)


@pytest.mark.parametrize("kind", ["cost", "difference"])
def test_a_model_has_the_same_colour_where_others_are_missing(result, kind):
    frame = result.frame
    gone = (frame["dataset"] == "diabetes") & (frame["model"] == "dense")
    display = StudyResult(frame[~gone]).plot(kind, **OPTIONS[kind])
    diabetes, wine = (
        {c.get_label(): c[0].get_color() for c in ax.containers} for ax in display.axes_
    )
    assert len(diabetes) < len(wine) == len(legend_texts(display.figure_))
    assert diabetes.items() <= wine.items()


def test_many_models_are_told_apart():
    models = [(f"model {i}", 0.0) for i in range(10)]
    (ax,) = StudyResult(made_up_study(models=models)).plot("cost").axes_
    styles = {(c[0].get_color(), c[0].get_marker()) for c in ax.containers}
    assert len(styles) == 10


@pytest.mark.parametrize("kind", ["score", "ranks", "cost"])
def test_models_can_be_chosen(result, kind):
    some = result.plot(kind, models=["dense", ("set", 0.9)])
    frame = result.frame
    kept = frame[
        (frame["model"] == "dense")
        | ((frame["model"] == "set") & (frame["sparsity"] == 0.9))
    ]
    expected = StudyResult(kept).plot(kind)
    (of_some, of_kept) = (
        [line.get_xydata() for ax in d.figure_.axes for line in ax.lines]
        for d in (some, expected)
    )
    assert len(of_some) == len(of_kept) > 0
    for line, other in zip(of_some, of_kept, strict=True):
        np.testing.assert_allclose(line, other)


def test_an_unknown_cost_is_an_error(alone):
    with pytest.raises(ValueError, match="cost='memory' must be one of n_connections"):
        alone.plot("cost", cost="memory")


def test_the_rank_diagram_names_models_at_their_ranks(result):
    display = result.plot("ranks")
    for model, rank, _ in display.ranks.table.itertuples(index=False):
        assert f"{model}  ({rank:.2f})" in texts(display.ax_)
    assert display.ax_.get_xlim() == (1, 5)


def test_the_rank_diagram_has_a_bar_for_each_group():
    rows = [[1.0, 2.0, 3.0, 4.0]] * 8 + [[2.0, 1.0, 3.0, 4.0]] * 4
    ranks = ModelRanks(pd.DataFrame(rows, columns=list("abcd")))
    ax = CriticalDifferenceDisplay(ranks=ranks).plot().ax_
    bars = [line.get_xdata() for line in ax.lines if line.get_linewidth() > 4]
    # Ranks 1.33, 1.67, 3 and 4.
    assert ranks.groups == [["a", "b"], ["b", "c"], ["c", "d"]]
    expected = [(4 / 3, 5 / 3), (5 / 3, 3), (3, 4)]
    np.testing.assert_allclose(bars, expected, atol=0.03)


def test_the_rank_diagram_shows_the_critical_difference_to_scale(result):
    display = result.plot("ranks", confidence=0.9)
    (scale,) = [line for line in display.ax_.lines if line.get_marker() == "|"]
    low, high = scale.get_xdata()
    assert high - low == pytest.approx(display.ranks.critical_difference)
    assert any("(10 %)" in text for text in texts(display.ax_))


def test_the_rank_diagram_of_one_dataset_says_that_there_is_no_test(alone):
    ax = alone.plot("ranks").ax_
    assert "ranks on one dataset, 1 is best: no test" in texts(ax)


@pytest.mark.parametrize("kind", ["difference", "cost"])
def test_axes_of_ones_own_are_drawn_on(result, kind):
    figure, axes = plt.subplots(1, 2)
    display = result.plot(kind, axes=axes, **OPTIONS[kind])
    assert list(display.axes_) == list(axes)
    assert display.figure_ is figure
    with pytest.raises(ValueError, match="axes has 1 Axes, but this study has 2"):
        result.plot(kind, axes=axes[0], **OPTIONS[kind])


def test_the_rank_diagram_can_be_drawn_on_axes_of_ones_own(result):
    _, ax = plt.subplots()
    assert result.plot("ranks", axes=ax).ax_ is ax


@pytest.mark.parametrize("kind", ["score", "cost", "difference", "ranks"])
def test_names_with_dollars_are_no_formulas(kind, tmp_path):
    models = [(r"$\frac$", 0.0), ("set", 0.8)]
    frame = made_up_study([r"$\nu", r"$\x$", "c"], models=models)
    pair = {"a": "set", "b": r"$\frac$", "test_size": 0.3}
    options = pair if kind == "difference" else {}
    display = StudyResult(frame).plot(kind, **options)
    display.figure_.savefig(tmp_path / "figure.png")
