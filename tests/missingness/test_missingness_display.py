"""The figure of a diagnosis."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from sparsekit.missingness import MissingnessDisplay, diagnose


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def table():
    X = pd.DataFrame(np.arange(80.0).reshape(20, 4), columns=["a", "b", "c", "d"])
    X.loc[:4, "b"] = np.nan
    X.loc[3:4, "d"] = np.nan
    return X


def wide_table(n_columns=60):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, n_columns))
    X[rng.random(X.shape) < 0.02] = np.nan
    return X


def labels(texts):
    return [text.get_text() for text in texts]


def test_cells_and_bars_are_the_patterns_and_rates():
    display = MissingnessDisplay.from_data(table())
    (mesh,) = display.ax_.collections
    assert mesh.get_array().tolist() == [[0, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 1]]
    heights = [bar.get_height() for bar in display.rates_ax_.patches]
    assert heights == pytest.approx([0, 25, 0, 10])
    widths = [bar.get_width() for bar in display.shares_ax_.patches]
    assert widths == pytest.approx([75, 15, 10])


def test_columns_and_bars_are_labelled():
    display = MissingnessDisplay.from_data(table())
    assert labels(display.ax_.get_xticklabels()) == ["a", "b", "c", "d"]
    assert labels(display.rates_ax_.texts) == ["", "25", "", "10"]
    assert labels(display.shares_ax_.texts) == ["75", "15", "10"]
    assert display.ax_.get_ylabel() == "all 3 patterns"


def test_the_most_frequent_pattern_is_on_top():
    low, high = MissingnessDisplay.from_data(table()).ax_.get_ylim()
    assert low > high


def test_no_more_patterns_than_wanted_are_shown():
    display = MissingnessDisplay.from_data(table(), max_patterns=2)
    assert display.patterns.shape == (2, 4)
    assert (
        display.ax_.get_ylabel() == "2 most frequent of 3 patterns\n(90% of the rows)"
    )


def test_a_diagnosis_gives_the_same_display_as_its_data():
    first = MissingnessDisplay.from_data(table())
    second = MissingnessDisplay.from_diagnosis(diagnose(table()))
    np.testing.assert_array_equal(first.patterns, second.patterns)
    np.testing.assert_array_equal(first.pattern_shares, second.pattern_shares)
    np.testing.assert_array_equal(first.missing_rates, second.missing_rates)
    assert first.names == second.names


def test_a_mask_is_shown_as_what_it_hides():
    X = table()
    expected = MissingnessDisplay.from_data(X)
    display = MissingnessDisplay.from_data(X.fillna(0), X.isna())
    np.testing.assert_array_equal(display.patterns, expected.patterns)


def test_wide_tables_have_no_names_but_an_axis_of_rates():
    display = MissingnessDisplay.from_data(wide_table())
    assert display.ax_.get_xlabel() == "60 columns"
    assert len(display.rates_ax_.texts) == 0
    assert display.patterns.shape == (20, 60)


@pytest.mark.parametrize("make_table", [table, wide_table])
def test_all_of_a_new_figure_lies_inside_it(make_table):
    figure = MissingnessDisplay.from_data(make_table()).figure_
    figure.draw_without_rendering()
    drawn, page = figure.get_tightbbox(), figure.bbox_inches
    assert drawn.x0 >= 0
    assert drawn.y0 >= 0
    assert drawn.x1 <= page.x1
    assert drawn.y1 <= page.y1


def test_it_draws_into_given_axes():
    figure, axes = plt.subplots(1, 2)
    display = MissingnessDisplay.from_data(table(), ax=axes[1])
    assert display.ax_ is axes[1]
    assert display.figure_ is figure
    assert not axes[0].patches
    assert len(plt.get_fignums()) == 1


def test_a_table_without_holes_can_be_drawn():
    display = MissingnessDisplay.from_data(np.ones((4, 3)))
    assert display.ax_.get_ylabel() == "the only pattern"


@pytest.mark.parametrize(
    ("share", "label"), [(0.0004, "<0.1"), (0.01, "1.0"), (0.123, "12"), (1.0, "100")]
)
def test_percentages_have_two_digits(share, label):
    display = MissingnessDisplay(
        patterns=np.ones((1, 1), dtype=bool),
        pattern_shares=[share],
        missing_rates=[share],
        names=["a"],
    ).plot()
    assert labels(display.shares_ax_.texts) == [label]
