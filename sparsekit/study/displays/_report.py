"""A study as text that fits 100 columns."""

import math

from sparsekit.study.rows._conditions import by_condition
from sparsekit.study.rows._models_at_sparsity import LABELS

# Factor and decimals of a metric in a table.
FORMATS = {"accuracy": (100, 1), "r2": (1, 3)}
TITLES = {"accuracy": "accuracy in %", "r2": "R2"}
NAMES = {"accuracy": "accuracy", "r2": "R2"}
WIDTH = 14
NOTES = {
    1: "One seed gives no intervals; use five or more.",
    2: "Intervals from two seeds are very wide; use five or more.",
}


def format_summary(summary, pooled):
    """Return the tables of a study.

    Parameters
    ----------
    summary : DataFrame
        From `summarize`.
    pooled : DataFrame
        From `summarize` with ``pool_rates=True``.

    Returns
    -------
    text : str
        For each dataset, mechanism and when a block of rows for each sparsity, then one
        table over all rates; a note if there are too few seeds for useful intervals.
    """
    titles = " and ".join(TITLES[metric] for metric in summary["metric"].unique())
    n_seeds = summary["n_seeds"].max()
    lines = [
        f"Test {titles}: mean over {n_seeds} seed{'s' if n_seeds > 1 else ''}"
        + (" ± half of the 95 % interval." if n_seeds > 1 else ".")
    ]
    differences = _differences(summary)
    if differences:
        lines += [
            "Differences are paired by seed, their intervals corrected for splits that "
            "share rows;",
            "* marks an interval that does not hold 0.",
        ]
    several_tables = "dataset" in summary and summary["dataset"].nunique() > 1
    for name, per_rate, over_rates in by_condition(summary, pooled):
        if not several_tables:
            name = f"mechanism {name}"
        for sparsity in _sparsities(per_rate):
            lines += ["", *_block(per_rate, name, sparsity, differences)]
        lines += ["", *_overview(over_rates, name, differences)]
    if n_seeds in NOTES:
        lines += ["", NOTES[n_seeds]]
    return "\n".join(line.rstrip() for line in lines)


def _differences(summary):
    """Return (model, baseline) pairs that the tables show, the study's own first."""
    pairs = [("set", "static"), ("set", "dense"), ("static", "dense")]
    models = set(summary["model"])
    return [pair for pair in pairs if set(pair) <= models][:2]


def _sparsities(data):
    """Return the sparsities to make blocks of; models without one are in each."""
    varied = sorted(s for s in data["sparsity"].unique() if s > 0)
    return varied or [0.0]


def _models_at(data, sparsity):
    """Return the model and the sparsity at which it stands beside `sparsity`."""
    chosen = {}
    for model in sorted(data["model"].unique(), key=_order):
        available = data.loc[data["model"] == model, "sparsity"].unique()
        if sparsity in available:
            chosen[model] = sparsity
        elif list(available) == [0.0]:
            chosen[model] = 0.0
    return chosen


def _block(data, condition, sparsity, differences):
    models = _models_at(data, sparsity)
    pairs = [pair for pair in differences if set(pair) <= set(models)]
    header = "missing".rjust(8)
    header += "".join(LABELS.get(m, m)[: WIDTH - 1].rjust(WIDTH) for m in models)
    header += "".join(_pair_name(*pair).rjust(WIDTH + 4) for pair in pairs)
    lines = [f"Sparsity {100 * sparsity:g} %, {condition}", header]
    for rate, rows in data.groupby("missing_rate"):
        by_key = rows.set_index(["model", "sparsity"])
        line = f"{100 * rate:g} %".rjust(8)
        for key in models.items():
            line += _estimate(by_key.loc[key], "score").rjust(WIDTH)
        for model, baseline in pairs:
            row = by_key.loc[(model, models[model])]
            line += _difference(row, baseline).rjust(WIDTH + 4)
        lines.append(line)
    return lines


def _overview(data, condition, differences):
    """Return the table over all missing rates, with what each model costs."""
    lines = [
        f"Over all missing rates, {condition}",
        "sparsity".rjust(9)
        + "model".rjust(15)
        + "connections".rjust(13)
        + "s per fit".rjust(11)
        + NAMES[data["metric"].iloc[0]].rjust(WIDTH)
        + "".join(f"- {baseline}".rjust(WIDTH + 2) for baseline in _shown(differences)),
    ]
    ordered = data.sort_values("model", key=lambda models: models.map(_order))
    for _, row in ordered.sort_values("sparsity", kind="stable").iterrows():
        line = f"{100 * row['sparsity']:g} %".rjust(9)
        line += LABELS.get(row["model"], row["model"])[:14].rjust(15)
        line += _count(row["n_connections"]).rjust(13)
        line += f"{row['fit_time']:.2f}".rjust(11)
        line += _estimate(row, "score").rjust(WIDTH)
        for baseline in _shown(differences):
            line += _difference(row, baseline).rjust(WIDTH + 2)
        lines.append(line)
    return lines


def _order(model):
    """Sort key: the simplest model first, those of one's own last."""
    known = ["dense", "static", "set"]
    return known.index(model) if model in known else len(known)


def _shown(differences):
    return list(dict.fromkeys(baseline for _, baseline in differences))


def _pair_name(model, baseline):
    short = {"set": "SET"}
    return f"{short.get(model, model)} - {baseline}"


def _count(value):
    return "" if math.isnan(value) else f"{value:,.0f}"


def _difference(row, baseline):
    name = f"minus_{baseline}"
    if math.isnan(row[name]):
        return ""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    mark = "*" if low > 0 or high < 0 else " "
    return _estimate(row, name, sign="+") + mark


def _estimate(row, name, sign=""):
    scale, decimals = FORMATS[row["metric"]]
    text = f"{scale * row[name]:{sign}.{decimals}f}"
    half = scale * (row[f"{name}_high"] - row[name])
    return text if math.isnan(half) else f"{text} ± {half:.{decimals}f}"
