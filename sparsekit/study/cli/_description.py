"""What a study is going to do, in words."""

from sparsekit.study._text import count, percent, wrapped
from sparsekit.study.plan._models import has_sparsity


def describe_plan(plan, preset, inferred):
    """Return some lines of text: arguments override the preset, so the plan counts.

    Parameters
    ----------
    plan : Plan
    preset : str
        Name of the preset.
    inferred : collection of str
        Names of the tables whose task was chosen by the type of the target.
    """
    lines = [
        f"Preset {preset}{_networks(plan)}.",
        *_data(plan, inferred),
        f"{count(plan.n_fits, 'fit')}: {'; '.join(_grid(plan))}.",
        "The first run compiles for a while before it starts.",
    ]
    return "".join(map(wrapped, lines))


def _networks(plan):
    """Return what the networks have in common: all get the same parameters."""
    for models in plan.models.values():
        for model in models.values():
            params = model.get_params(deep=False)
            if "hidden_layer_sizes" in params:
                sizes = params["hidden_layer_sizes"]
                return (
                    f": {count(len(sizes), 'hidden layer')} of "
                    f"{_plural('size', sizes)} {'-'.join(map(str, sizes))}, "
                    f"{count(params['max_iter'], 'epoch')}"
                )
    return ""


def _data(plan, inferred):
    note = " (chosen by the target's type, --task overrides it)"
    for name, table in plan.tables.items():
        n_rows, n_features = table.X.shape
        yield (
            f"Data: {name}, {count(n_rows, 'row')}, "
            f"{count(n_features, 'feature')}; {table.task}"
            f"{note if name in inferred else ''}."
        )


def _grid(plan):
    yield f"{_plural('model', plan.labels)} {', '.join(plan.labels)}"
    estimators = next(iter(plan.models.values())).values()
    if any(map(has_sparsity, estimators)):
        name = _plural("sparsity", plan.sparsities, "sparsities")
        yield f"{name} {percent(plan.sparsities)}"
    rates = plan.missing_rates
    yield f"{_plural('missing rate', rates)} {percent(rates)}"
    yield f"{_plural('mechanism', plan.mechanisms)} {', '.join(plan.mechanisms)}"
    if plan.when != ("both",):
        yield f"when {', '.join(plan.when)}"
    yield count(len(plan.seeds), "seed")


def _plural(noun, items, several=None):
    return noun if len(items) == 1 else several or f"{noun}s"
