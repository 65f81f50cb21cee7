"""Displays follow scikit-learn's: class methods draw, constructors do not."""

import functools
import inspect

import matplotlib.pyplot as plt
import numpy as np
import pytest

from tests.displays import CLASS_METHODS, draw, place_of, public_displays

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def calls(monkeypatch):
    """Return a list that fills with what `plot` is called with."""
    seen = []

    def noted(plot):
        signature = inspect.signature(plot)

        @functools.wraps(plot)
        def call(self, *args, **kwargs):
            given = signature.bind(self, *args, **kwargs).arguments
            seen.append({name: given[name] for name in given if name != "self"})
            return plot(self, *args, **kwargs)

        return call

    for display in public_displays().values():
        monkeypatch.setattr(display, "plot", noted(display.plot))
    return seen


def display_of(name):
    return public_displays()[name.partition(".")[0]]


def axes_for(name):
    """Return a new figure and as many axes of it as the display draws on."""
    place = place_of(display_of(name))
    # A study of two tables has two panels.
    figure, axes = plt.subplots(1, 2 if place == "axes" else 1)
    return figure, {place: axes}


def test_no_class_method_is_left_out():
    found = {
        f"{name}.{method}"
        for name, display in public_displays().items()
        for method in vars(display)
        if method.startswith("from_")
    }
    assert found == set(CLASS_METHODS)


@pytest.mark.parametrize("name", CLASS_METHODS)
def test_a_class_method_draws_once_into_given_axes(name, calls):
    figure, where = axes_for(name)
    options = CLASS_METHODS[name][2]
    display = draw(name, **where)
    (call,) = calls
    assert call == {**where, **options}
    assert display.figure_ is figure
    assert isinstance(display, display_of(name))
    (place,) = where
    drawn = np.ravel(getattr(display, f"{place}_"))
    assert list(drawn) == list(np.ravel(where[place]))
    assert plt.get_fignums() == [figure.number]


@pytest.mark.parametrize("name", CLASS_METHODS)
def test_a_class_method_makes_one_figure_if_no_axes_are_given(name):
    display = draw(name)
    assert plt.get_fignums() == [display.figure_.number]
    assert display.figure_.axes


@pytest.mark.parametrize("name", CLASS_METHODS)
def test_axes_are_given_by_name_only(name):
    make = getattr(display_of(name), name.partition(".")[2])
    parameters = inspect.signature(make).parameters
    place = parameters[place_of(display_of(name))]
    assert place.kind is inspect.Parameter.KEYWORD_ONLY
    assert place.default is None


@pytest.mark.parametrize("name", CLASS_METHODS)
def test_a_display_that_is_constructed_is_drawn_by_plot_and_not_before(name):
    drawn = draw(name)
    plt.close("all")
    cls = type(drawn)
    data = {key: getattr(drawn, key) for key in inspect.signature(cls).parameters}
    display = cls(**data)
    assert plt.get_fignums() == []
    assert not hasattr(display, "figure_")
    assert display.plot() is display
    assert plt.get_fignums() == [display.figure_.number]


@pytest.mark.parametrize(
    "name", [name for name, (_, _, drawing) in CLASS_METHODS.items() if drawing]
)
def test_an_option_that_plot_does_not_know_is_an_error(name):
    with pytest.raises(TypeError, match="'colour'"):
        draw(name, colour="red")
