"""Panels of a study at one missing rate: score against sparsity, with error bars."""

from sparsekit.study.displays._drawing import (
    BASELINE_COLOUR,
    as_text,
    axis_of,
    point_style,
    tidy,
)
from sparsekit.study.rows._models_at_sparsity import LABELS


def styles_of_models(summary):
    """Return the style of each model: points, or a line where it has no sparsity."""
    highest = summary.groupby("model", sort=False)["sparsity"].max()
    lines = iter((":", "--", "-.", (0, (6, 2, 1, 2)), (0, (1, 3))))
    points = (point_style(i) for i in range(len(highest)))
    return {
        model: {**next(points), "linestyle": "-"}
        if sparsity > 0
        else {"color": BASELINE_COLOUR, "linestyle": next(lines, (0, (3, 3)))}
        for model, sparsity in highest.items()
    }


def draw_single_rate(ax, rows, styles):
    """Draw the scores of one condition; return what was drawn.

    A model without sparsity is a line across the panel, with its interval as a band.
    """
    scale, label = axis_of(rows["metric"].iloc[0])
    drawn = []
    for model, style in styles.items():
        mine = rows[rows["model"] == model].sort_values("sparsity")
        if mine.empty:
            continue
        score = scale * mine["score"]
        low, high = scale * mine["score_low"], scale * mine["score_high"]
        name = as_text(LABELS.get(model, model))
        if "marker" in style:
            bars = ax.errorbar(
                100 * mine["sparsity"],
                score,
                [score - low, high - score],
                label=name,
                capsize=2.5,
                linewidth=1.4,
                **style,
            )
            drawn.append(bars.lines[0])
        else:
            drawn.append(ax.axhline(score.iloc[0], label=name, linewidth=1.4, **style))
            ax.axhspan(low.iloc[0], high.iloc[0], color=style["color"], alpha=0.06)
    ax.set_xlabel("model sparsity [% of the connections]")
    ax.set_ylabel(label)
    tidy(ax)
    return drawn
