import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from sparsekit.study import MissingnessStudyDisplay, summarize

RATES = (0.0, 0.4, 0.8)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def study(
    models,
    sparsities,
    mechanisms=("mcar",),
    metric="accuracy",
    n_seeds=3,
    plain=("dense",),
):
    """Return a frame as a study makes it, with made-up scores."""
    rng = np.random.default_rng(0)
    rows = [
        {
            "mechanism": mechanism,
            "missing_rate": rate,
            "model": model,
            "sparsity": sparsity,
            "seed": seed,
            "metric": metric,
            "score": 0.9 - rate / 4 + 0.02 * rng.random(),
            "n_connections": round(1000 * (1 - sparsity)),
            "fit_time": 0.1,
        }
        for mechanism in mechanisms
        for rate in RATES
        for model in models
        for sparsity in ((0.0,) if model in plain else sparsities)
        for seed in range(n_seeds)
    ]
    return pd.DataFrame(rows)


def texts(legend):
    return [text.get_text() for text in legend.get_texts()]


def panel_legend(ax):
    (legend,) = [a for a in ax.artists if hasattr(a, "get_texts")]
    return texts(legend)


@pytest.fixture
def display():
    frame = study(["dense", "static", "set"], (0.25, 0.75, 0.8, 0.98))
    return MissingnessStudyDisplay.from_frame(frame)


def test_low_sparsities_go_to_the_left_panel_and_high_ones_to_the_right(display):
    left, right = display.axes_
    assert left.get_title() == "model sparsity 25 to 75 %"
    assert right.get_title() == "model sparsity 80 to 98 %"
    assert panel_legend(left) == ["25 % (750)", "75 % (250)"]
    assert panel_legend(right) == ["80 % (200)", "98 % (20)"]


def test_axes_are_labelled_with_units(display):
    left, right = display.axes_
    assert left.get_ylabel() == "test accuracy [%]"
    for ax in (left, right):
        assert ax.get_xlabel() == "missing rate [% of the cells]"


def test_line_style_is_the_model_and_colour_the_sparsity(display):
    left = display.axes_[0]
    colours = {line.get_color() for line in left.lines}
    styles = {line.get_linestyle() for line in left.lines}
    # Dense, and two models at two sparsities.
    assert len(left.lines) == 5
    assert len(colours) == 3
    assert len(styles) > 1
    (legend,) = display.figure_.legends
    assert texts(legend)[:3] == ["SET", "static sparse", "dense (1,000)"]


def test_curves_are_the_means_in_percent(display):
    dense = display.summary[display.summary["model"] == "dense"]
    line = display.axes_[0].lines[0]
    np.testing.assert_allclose(line.get_xdata(), 100 * np.array(RATES))
    np.testing.assert_allclose(line.get_ydata(), 100 * dense["score"])


def test_bands_are_the_intervals(display):
    frame = study(["dense"], ())
    wide = MissingnessStudyDisplay.from_frame(frame, confidence=0.99)
    summary = summarize(frame, confidence=0.99)
    (band,) = wide.axes_[0].collections
    assert texts(wide.figure_.legends[0])[-1] == "99 % interval over 3 seeds"
    heights = band.get_paths()[0].vertices[:, 1]
    assert heights.min() == pytest.approx(100 * summary["score_low"].min())
    assert heights.max() == pytest.approx(100 * summary["score_high"].max())


def test_plot_draws_anew_and_returns_the_display(display):
    first = display.figure_
    assert display.plot() is display
    assert display.figure_ is not first
    assert display.figure_ is display.axes_[0].figure
    assert len(display.lines_) == 10


def test_accuracy_ends_at_100_percent(display):
    display.summary["score_high"] = 1.3
    assert [ax.get_ylim()[1] for ax in display.plot().axes_] == [100, 100]


def test_one_group_of_sparsities_makes_one_panel():
    display = MissingnessStudyDisplay.from_frame(study(["set"], (0.9,)))
    (ax,) = display.axes_
    assert ax.get_title() == "model sparsity 90 %"


def test_a_study_without_sparse_models_can_be_drawn():
    display = MissingnessStudyDisplay.from_frame(study(["dense"], ()))
    assert len(display.lines_) == 1


def test_each_mechanism_is_a_row_of_panels():
    frame = study(["dense", "set"], (0.5, 0.9), mechanisms=("mcar", "other"))
    display = MissingnessStudyDisplay.from_frame(frame)
    titles = [ax.get_title() for ax in display.axes_]
    assert len(titles) == 4
    assert titles[0] == "model sparsity 50 %, mcar"
    assert titles[3] == "model sparsity 90 %, other"


def test_r2_is_drawn_as_it_is():
    display = MissingnessStudyDisplay.from_frame(study(["dense"], (), metric="r2"))
    (ax,) = display.axes_
    assert ax.get_ylabel() == "test $R^2$"
    assert max(display.lines_[0].get_ydata()) < 1


def test_one_seed_is_drawn_without_bands():
    frame = study(["dense", "set"], (0.5,), n_seeds=1)
    display = MissingnessStudyDisplay.from_frame(frame)
    assert np.isfinite(display.lines_[0].get_ydata()).all()
    assert texts(display.figure_.legends[0]) == ["SET", "dense (1,000)"]


def test_labels_of_ones_own_get_different_line_styles():
    frame = study(["first", "second", "set"], (0.5,))
    display = MissingnessStudyDisplay.from_frame(frame)
    assert len({line.get_linestyle() for line in display.lines_}) > 1
    assert texts(display.figure_.legends[0])[:3] == ["SET", "first", "second"]


def test_axes_of_ones_own_are_drawn_on(display):
    figure, axes = plt.subplots(1, 2)
    display.plot(axes)
    assert list(display.axes_) == list(axes)
    assert display.figure_ is figure


def test_a_wrong_number_of_axes_is_an_error(display):
    _, ax = plt.subplots()
    with pytest.raises(
        ValueError, match="axes has 1 Axes, but this study has 2 panels"
    ):
        display.plot(ax)


def test_nothing_is_clipped_at_the_edges_of_the_figure(display):
    figure = display.figure_
    figure.canvas.draw()
    box = figure.bbox
    for ax in display.axes_:
        tight = ax.get_tightbbox()
        assert tight.x0 >= box.x0
        assert tight.x1 <= box.x1
        assert tight.y0 >= box.y0
        assert tight.y1 <= box.y1


def at_one_rate(**options):
    frame = study(["dense", "static", "set"], (0.5, 0.9, 0.98), **options)
    return frame[frame["missing_rate"] == 0.4]


def test_one_missing_rate_shows_scores_against_sparsity_with_error_bars():
    display = MissingnessStudyDisplay.from_frame(at_one_rate())
    (ax,) = display.axes_
    assert "sparsity" in ax.get_xlabel()
    summary = summarize(at_one_rate())
    of_set = summary[summary["model"] == "set"].sort_values("sparsity")
    (bars,) = (c for c in ax.containers if c.get_label() == "SET")
    line, _, (stems,) = bars.lines
    x, y = np.asarray(line.get_data(), dtype=float)
    np.testing.assert_allclose(x, [50, 90, 98])
    np.testing.assert_allclose(y, 100 * of_set["score"].to_numpy(dtype=float))
    ends = np.array([segment[:, 1] for segment in stems.get_segments()], dtype=float)
    expected = 100 * of_set[["score_low", "score_high"]].to_numpy(dtype=float)
    np.testing.assert_allclose(ends, expected)
    assert line.get_marker() not in ("None", "")


def test_one_missing_rate_shows_a_model_without_sparsity_as_a_line():
    frame = at_one_rate()
    display = MissingnessStudyDisplay.from_frame(frame)
    (dense,) = (line for line in display.lines_ if line.get_label() == "dense")
    score = 100 * frame.loc[frame["model"] == "dense", "score"].mean()
    np.testing.assert_allclose(dense.get_ydata(), score)
    (legend,) = display.figure_.legends
    assert set(texts(legend)) == {"dense", "SET", "static sparse"}
    assert "missing rate of 40 %" in legend.get_title().get_text()
    assert "95 % intervals over 3 seeds" in legend.get_title().get_text()


def test_one_missing_rate_has_a_panel_for_each_mechanism():
    frame = at_one_rate(mechanisms=("mcar", "mnar"))
    display = MissingnessStudyDisplay.from_frame(frame)
    assert len(display.axes_) == 2
    assert [ax.get_title() for ax in display.axes_] == ["mcar", "mnar"]
