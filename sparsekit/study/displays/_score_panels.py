"""Which curves stand in which panel of a study's figure, and what they look like.

Of few models, a panel has several sparsities: colour is the sparsity, line style the
model. Of many, there would be too many line styles: each sparsity has a panel of its
own, colour is the model, and those that have no sparsity share the first panel.
"""

from typing import NamedTuple

from sparsekit._utils._figures import COLOURS
from sparsekit.study.displays._drawing import BASELINE_COLOUR, SMALL_PANEL
from sparsekit.study.rows._models_at_sparsity import (
    ModelAtSparsity,
    models_at_sparsities,
)

MODEL_ORDER = ("set", "static", "dense")
# Sparsities above this go to the right panel: there networks begin to lose accuracy.
HIGH_SPARSITY = 0.75
# Line styles that can be told apart at a glance.
MAX_STYLED = 3

SOLID, DOTTED = "-", (0, (1, 1.2))
STYLES = {"set": SOLID, "static": (0, (4, 2)), "dense": DOTTED}
OTHER_STYLES = ((0, (6, 2, 1, 2)), (0, (3, 1, 1, 1, 1, 1)), (0, (8, 3)))


class Column(NamedTuple):
    """Panels of one kind, one for each condition."""

    title: str
    curves: list[tuple[ModelAtSparsity, dict]]
    """What is drawn, with its colour and line style."""
    sparsities: dict[float, str]
    """Colours of the sparsities, where colour is the sparsity."""


class ScorePanels(NamedTuple):
    """All panels of a figure."""

    columns: list[Column]
    models: dict[str, dict]
    """Colour and line style of each model, for the legend."""
    size: tuple[float, float]
    """Width and height of a panel, in inches."""


def score_panels(summary):
    """Return the `ScorePanels` of what `summarize` returns."""
    compared = models_at_sparsities(summary)
    models = sorted(dict.fromkeys(t.model for t in compared), key=_place)
    highest = {m: max(t.sparsity for t in compared if t.model == m) for m in models}
    # Models that have no sparsity.
    plain = [model for model in models if highest[model] == 0]
    varied = sorted({t.sparsity for t in compared if t.model not in plain})
    if len(models) <= MAX_STYLED:
        return _by_style(compared, models, plain, varied)
    return _by_colour(compared, models, plain, varied)


def _place(model):
    return MODEL_ORDER.index(model) if model in MODEL_ORDER else len(MODEL_ORDER)


def _by_style(compared, models, plain, varied):
    """Return panels of low and of high sparsities, with the plain models in both."""
    spare = iter(OTHER_STYLES)
    lines = {model: STYLES.get(model) or next(spare) for model in models}
    low = [s for s in varied if s <= HIGH_SPARSITY]
    high = [s for s in varied if s > HIGH_SPARSITY]
    columns = []
    for group in [group for group in (low, high) if group] or [[]]:
        colours = dict(zip(group, _cycle(COLOURS, len(group)), strict=True))
        curves = [
            (t, {"color": BASELINE_COLOUR, "linestyle": lines[t.model]})
            for t in compared
            if t.model in plain
        ]
        curves += [
            (t, {"color": colours[t.sparsity], "linestyle": lines[t.model]})
            for t in sorted(compared, key=lambda t: (t.sparsity, t.model))
            if t.model not in plain and t.sparsity in group
        ]
        columns.append(Column(_title_of_group(group), curves, colours))
    styles = {
        model: {
            "color": BASELINE_COLOUR if model in plain else "#666666",
            "linestyle": lines[model],
        }
        for model in models
    }
    return ScorePanels(columns, styles, (5.2, 4.4))


def _by_colour(compared, models, plain, varied):
    """Return a panel of the plain models, and one of each sparsity.

    The dense network is the one to compare with, and stands in all of them.
    """
    styles = {"dense": {"color": BASELINE_COLOUR, "linestyle": DOTTED}}
    for line, group in (
        ((0, (4, 1.5)), [m for m in plain if m != "dense"]),
        (SOLID, [m for m in models if m not in plain]),
    ):
        for i, model in enumerate(group):
            # When the colours come round, another line style comes with each round.
            rounds = (line, *OTHER_STYLES)
            style = rounds[i // len(COLOURS) % len(rounds)]
            styles[model] = {"color": COLOURS[i % len(COLOURS)], "linestyle": style}
    columns = []
    if len(plain) > 1 or not varied:
        columns.append(("without sparsity", [t for t in compared if t.model in plain]))
    for sparsity in varied:
        shown = [
            t
            for t in compared
            if t.model == "dense" or (t.model not in plain and t.sparsity == sparsity)
        ]
        columns.append((f"sparsity {100 * sparsity:g} %", shown))
    return ScorePanels(
        [
            Column(title, [(t, styles[t.model]) for t in shown], {})
            for title, shown in columns
        ],
        {model: styles[model] for model in models},
        SMALL_PANEL,
    )


def _cycle(values, n):
    return [values[i % len(values)] for i in range(n)]


def _title_of_group(sparsities):
    if not sparsities:
        return "no sparse model"
    low, high = 100 * min(sparsities), 100 * max(sparsities)
    if low == high:
        return f"model sparsity {low:g} %"
    return f"model sparsity {low:g} to {high:g} %"
