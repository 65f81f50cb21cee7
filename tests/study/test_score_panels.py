"""The figure of a study with more models than line styles can tell apart."""

import matplotlib.pyplot as plt
import pytest

from sparsekit.study import MissingnessStudyDisplay
from tests.study.test_display import study, texts

NETWORKS = ["static", "set", "rigl", "chts"]
PLAIN = ["dense", "trees", "linear"]
SPARSITIES = (0.5, 0.9, 0.98)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def display_of(mechanisms=("mcar",), networks=NETWORKS, plain=PLAIN):
    frame = study([*networks, *plain], SPARSITIES, mechanisms, plain=plain)
    return MissingnessStudyDisplay.from_frame(frame)


def looks(lines):
    """Return the distinct colours with line styles; dashes have no public getter."""
    return {str((line.get_color(), line._unscaled_dash_pattern)) for line in lines}


def test_each_sparsity_has_a_panel_and_models_without_one_share_the_first():
    display = display_of(mechanisms=("mar", "mcar"))
    expected = ["without sparsity", "sparsity 50 %", "sparsity 90 %", "sparsity 98 %"]
    titles = [ax.get_title() for ax in display.axes_]
    assert titles == [f"{t}, {m}" for m in ("mar", "mcar") for t in expected]
    n_lines = [len(ax.lines) for ax in display.axes_]
    # The four networks, and the dense one to compare with.
    assert n_lines == [len(PLAIN), 5, 5, 5] * 2


def test_dense_alone_needs_no_panel_of_its_own():
    display = display_of(plain=["dense"])
    assert [len(ax.lines) for ax in display.axes_] == [5, 5, 5]


def test_only_models_without_a_sparsity_are_one_panel():
    plain = [f"model {i}" for i in range(8)]
    (ax,) = display_of(networks=[], plain=plain).axes_
    assert ax.get_title() == "without sparsity"
    assert len(ax.lines) == len(looks(ax.lines)) == 8


def test_a_model_looks_the_same_in_all_panels_and_in_the_legend():
    display = display_of()
    (legend,) = display.figure_.legends
    assert texts(legend)[:3] == ["SET", "static sparse", "dense (1,000)"]
    in_legend = looks(legend.get_lines())
    assert len(in_legend) == len(NETWORKS) + len(PLAIN)
    for ax in display.axes_:
        assert len(looks(ax.lines)) == len(ax.lines)
        assert looks(ax.lines) <= in_legend


@pytest.mark.parametrize("networks", [["set"], NETWORKS])
def test_no_curve_leaves_its_panel(networks):
    display = display_of(networks=networks, plain=["dense"])
    display.summary.loc[display.summary["sparsity"] == 0.98, "score"] /= 3
    display.plot()
    for ax in display.axes_:
        low, high = ax.get_ylim()
        for line in ax.lines:
            assert low <= line.get_ydata().min() <= line.get_ydata().max() <= high


def test_panels_of_one_condition_in_two_rows_are_labelled_at_their_outer_sides():
    axes = display_of().axes_
    assert [bool(ax.get_ylabel()) for ax in axes] == [True, False, False, True]
    assert [bool(ax.get_xlabel()) for ax in axes] == [False, True, True, True]
    assert len({ax.get_ylim() for ax in axes}) == 1
