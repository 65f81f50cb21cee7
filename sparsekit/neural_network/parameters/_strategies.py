"""What the parameters of dynamic sparse training may be, and what they mean."""

import textwrap
from numbers import Real

from sparsekit._utils._sklearn_compat import HasMethods, Interval, StrOptions
from sparsekit.network import WEIGHT_INITS
from sparsekit.neural_network.parameters._methods import RECIPES
from sparsekit.topology import STRATEGIES


def _named_or(parameter, *methods):
    # The keys and not a set of them: a name that is registered later is accepted, too.
    names = StrOptions(STRATEGIES[parameter].keys())
    return [names, HasMethods(list(methods)), None]


def _names(parameter):
    """Return the names of the strategies as docstrings list allowed values."""
    return "{" + ", ".join(f'"{name}"' for name in STRATEGIES[parameter]) + "}"


def _explained(parameter):
    """Return a list of the names, each with the first line of its class' docstring."""
    items = []
    for name, strategy in STRATEGIES[parameter].items():
        meaning = (strategy.__doc__ or "").partition("\n")[0]  # None under python -OO
        text = f'- "{name}": {meaning[:1].lower()}{meaning[1:]}'
        items.append(
            textwrap.fill(text, 80, subsequent_indent="  ", break_on_hyphens=False)
        )
    return textwrap.indent("\n".join(items), "    ")


STRATEGY_CONSTRAINTS: dict[str, list] = {
    "method": [StrOptions(set(RECIPES))],
    "prune_fraction": [Interval(Real, 0, 1, closed="both"), None],
    "pruner": _named_or("pruner", "select"),
    "grower": _named_or("grower", "select"),
    "schedule": _named_or("schedule", "fraction"),
    "density_schedule": _named_or("density_schedule", "density"),
    "redistribution": _named_or("redistribution", "share"),
    "allocation": [*_named_or("allocation", "counts"), "array-like"],
    "initial_topology": _named_or("initial_topology", "draw"),
    "weight_init": [
        StrOptions({"he", "glorot", "he_dense", "glorot_dense"}),
        None,
    ],
    "grow_init": [
        StrOptions({"zero", "normal", "gradient", "history", *WEIGHT_INITS}),
        None,
    ],
    "growth_moments": [
        StrOptions({"zero", "per_connection_step", "layer_mean"}),
        None,
    ],
    "record_births": ["boolean"],
}

STRATEGY_TEXTS = {
    "method": """{"set", "static", "rigl", "itop", "snfs", "dsr", "deepr", "mest", \
"granet", "gmp", "cht", "chts", "chtss", "srigl", "magnitude", "lottery"}, default="set"
    Which method decides about the connections. "Methods and topology" in the user guide
    lists the parts of each, and their papers.

    - "static": no connection moves.
    - "set" {set}, "itop", "dsr", "mest", "deepr": new connections at random; "itop"
      prefers positions that never had one.
    - "rigl", "snfs", "srigl": where the gradient of the loss is large; with "srigl"
      neurons of a layer have the same number, or none if few connections matter.
    - "cht", "chts", "chtss": where the connections there are predict further ones; as
      in their papers, the output layer is dense, and `sparsity` that of the others.
    - "granet" and "chtss" begin with half of all connections, "gmp", "magnitude" and
      "lottery" with all, and end at `sparsity`.""",
    "prune_fraction": """float in [0, 1] or None, default=None
    Fraction of the connections that is replaced at a rewiring, before the schedule's
    decay. None means as `method` says, here and in the parameters up to
    `weight_init`.""",
    "pruner": f"""{_names("pruner")}, object with `select` or None, default=None
    Which connections a rewiring drops.

{_explained("pruner")}""",
    "grower": f"""{_names("grower")}, object with `select` or None, default=None
    Where a rewiring adds connections.

{_explained("grower")}""",
    "schedule": f"""{_names("schedule")}, object with `fraction` or None, default=None
    When the network is rewired, and how `prune_fraction` falls until the end, see
    :class:`sparsekit.topology.RewiringSchedule`. By name: before every epoch but the
    first, to the end of training. "elastic" replaces what the density schedule of that
    name adds.""",
    "density_schedule": f"""{_names("density_schedule")}, object with `density` or \
None, default=None
    How the share of present connections goes to that of `sparsity`: it is there from
    the first step on ("constant"), comes from a larger one ("cubic", "sigmoid"), or
    exceeds it by a little ("elastic"). Training does not stop early before it is
    reached.""",
    "redistribution": f"""{_names("redistribution")}, object with `share` or None, \
default=None
    Which layers the connections of a rewiring grow in: in the one where they were
    dropped ("none"), or in proportion to the connections that survive ("nonzeros") or
    to their mean gradient ("momentum").""",
    "allocation": f"""{_names("allocation")}, object with `counts`, array-like of \
float or None, default=None
    How layers share the connections: by the Erdos-Renyi rule, with equal densities, or
    with these sparsities per layer, in which case `sparsity` does not matter. With
    "..._dense_output" the output layer has all its connections, no rewiring touches it,
    and the others have `sparsity`.""",
    "initial_topology": f"""{_names("initial_topology")}, object with `draw` \
or None, default=None
    Where the connections of the untrained network are.

{_explained("initial_topology")}""",
    "weight_init": """{"he", "glorot", "he_dense", "glorot_dense"} or None, default=None
    Variance of the first weights: by the number of connections that a neuron really
    has, or by that of a dense layer.""",
    "grow_init": """{"zero", "he", "glorot", "he_dense", "glorot_dense", "normal", \
"gradient", "history"} or None, default=None
    Weight of a new connection. "zero" changes no output at first. Those of
    `weight_init` are drawn as the first weights; "normal": from N(0, 0.1 ** 2) {set}.
    "gradient": where the first step of `solver` leads from zero. "history": the weight
    that it had when it was last dropped, or zero {cht}. None means "zero" with every
    method.""",
    "growth_moments": """{"zero", "per_connection_step", "layer_mean"} or None, \
default=None
    Moments of a new connection in "adam" and "adamw". With "zero" and the bias
    correction of all connections together, its first steps are up to three times as
    large as they would be in a new network. "per_connection_step": the correction of
    each connection counts the steps since it grew {smet}. "layer_mean": its second
    moment is the mean of its layer. None means "zero" with every method.""",
    "record_births": """bool, default=False
    Whether to note when connections grow, for `births_`; takes 4 bytes for each.""",
}

# Of an estimator with a fixed method, which has these parameters only, and nothing that
# None could stand for.
SET_CONSTRAINTS = {
    name: [allowed for allowed in STRATEGY_CONSTRAINTS[name] if allowed is not None]
    for name in ("prune_fraction", "grower")
}

SET_TEXTS = {
    "prune_fraction": """float in [0, 1], default=0.3
    Fraction of the connections that is replaced between two epochs ("zeta" in the
    papers): of the positive weights the share nearest to zero goes, and of the
    negative weights the same, each number rounded down; as many new connections grow
    at free positions, with weight zero.""",
    "grower": f"""{_names("grower")} or object with `select`, default="random"
    Where connections grow. An indicator of missing values counts as an input that is
    observed where it is 1.

{_explained("grower")}""",
}
