"""What the parameters of dynamic sparse training may be, and what they mean."""

from numbers import Real

from sparsekit._sklearn_compat import HasMethods, Interval, StrOptions
from sparsekit.neural_network.parameters._made import NAMED
from sparsekit.neural_network.parameters._methods import RECIPES


def _named_or(parameter, *methods):
    return [StrOptions(set(NAMED[parameter])), HasMethods(list(methods)), None]


CONSTRAINTS: dict[str, list] = {
    "method": [StrOptions(set(RECIPES))],
    "prune_fraction": [Interval(Real, 0, 1, closed="both"), None],
    "pruner": _named_or("pruner", "select"),
    "grower": _named_or("grower", "select"),
    "schedule": _named_or("schedule", "fraction"),
    "density_schedule": _named_or("density_schedule", "density"),
    "redistribution": _named_or("redistribution", "share"),
    "allocation": [*_named_or("allocation", "counts"), "array-like"],
    "topology": _named_or("topology", "draw"),
    "weight_init": [
        StrOptions({"he", "glorot", "he_dense", "glorot_dense"}),
        None,
    ],
}

TEXTS = {
    "method": """{"set", "static", "rigl", "itop", "snfs", "dsr", "deepr", "mest", \
"granet", "gmp", "cht", "chts", "chtss", "srigl", "magnitude", "lottery"}, default="set"
    Which method decides about the connections. "Methods and topology" in the user guide
    lists the parts of each, and their papers.

    - "static": no connection moves.
    - "set" {set}, "itop", "dsr", "mest", "deepr": new connections at random; "itop"
      prefers positions that never had one.
    - "rigl", "snfs", "srigl": where the gradient of the loss is large; with "srigl"
      all neurons of a layer have the same number.
    - "cht", "chts", "chtss": where the connections there are predict further ones.
    - "granet" and "chtss" begin with half of all connections, "gmp", "magnitude" and
      "lottery" with all, and end at `sparsity`.""",
    "prune_fraction": """float in [0, 1] or None, default=None
    Share of the connections that is replaced at a rewiring, before the schedule's
    decay. None means as `method` says, here and in the parameters up to
    `weight_init`.""",
    "pruner": """{"set", "magnitude", "lamp", "threshold", "mest", \
"relative_importance", "taylor", "soft", "random", "neuron", "sign_change"}, object \
with `select` or None, default=None
    Which connections go: those with the smallest weights ("magnitude"; per sign, "set";
    relative to their layer, "lamp"; to their neurons, "relative_importance"; below a
    fixed size, "threshold"; drawn by size, "soft"), or weights and gradients ("mest",
    "taylor"), those whose weight crossed zero ("sign_change"), those on no path from an
    input to an output beside what "set" drops ("neuron"), or random ones.""",
    "grower": """{"random", "unfired", "gradient", "momentum", "fan_in", \
"link_prediction", "observed"}, object with `select` or None, default=None
    Where connections grow: at random ("random"; where none has ever been, "unfired";
    from inputs that are often observed, "observed"), where the gradient of the loss or
    its momentum is largest ("gradient", "momentum"; with as many for every neuron,
    "fan_in"), or where paths over other connections lead ("link_prediction").""",
    "schedule": """{"constant", "linear", "cosine"}, object with `fraction` or None, \
default=None
    When the network is rewired, and how `prune_fraction` falls until the end, see
    :class:`sparsekit.topology.RewiringSchedule`. By name: before every epoch but the
    first, to the end of training.""",
    "density_schedule": """{"constant", "cubic", "sigmoid", "elastic"}, object with \
`density` or None, default=None
    How the share of present connections goes to that of `sparsity`: it is there from
    the first step on ("constant"), comes from a larger one ("cubic", "sigmoid"), or
    exceeds it by a little ("elastic"). Training does not stop early before it is
    reached.""",
    "redistribution": """{"none", "nonzeros", "momentum"}, object with `share` or \
None, default=None
    Which layers the connections of a rewiring grow in: in the one where they were
    dropped ("none"), or in proportion to the connections that survive ("nonzeros") or
    to their mean gradient ("momentum").""",
    "allocation": """{"erdos_renyi", "uniform"}, object with `counts`, array-like of \
float or None, default=None
    How layers share the connections: by the Erdos-Renyi rule, with equal densities, or
    with these sparsities per layer, in which case `sparsity` does not matter.""",
    "topology": """{"random", "constant_fan_in", "small_world", "scale_free", \
"correlation", "snip"}, object with `draw` or None, default=None
    Where the first connections lie: anywhere ("random"), as many for every neuron
    ("constant_fan_in"), between neighbours, some moved ("small_world"), most at few
    neurons ("scale_free"), at inputs that correlate with others ("correlation"), or
    where they matter most to the first loss ("snip").""",
    "weight_init": """{"he", "glorot", "he_dense", "glorot_dense"} or None, default=None
    Variance of the first weights: by the number of connections that a neuron really
    has, or by that of a dense layer.""",
}

# Of an estimator with a fixed method, which has these parameters only, and nothing that
# None could stand for.
CONSTRAINTS_OF_SET = {
    name: [allowed for allowed in CONSTRAINTS[name] if allowed is not None]
    for name in ("prune_fraction", "grower")
}

TEXTS_OF_SET = {
    "prune_fraction": """float in [0, 1], default=0.3
    Share of the connections that is replaced between two epochs ("zeta" in the
    papers): of the positive weights the share nearest to zero goes, and of the
    negative weights the same, each number rounded down; as many new connections grow
    at free positions, with weight zero.""",
    "grower": """{"random", "unfired", "gradient", "momentum", "fan_in", \
"link_prediction", "observed"} or object with `select`, default="random"
    Where connections grow. "random": every free position alike. "observed": a position
    in the first layer with a probability proportional to the share of the training
    rows in which its input is observed (an indicator: in which it is 1), see
    :class:`sparsekit.topology.ObservedGrower`. "unfired": where no connection has ever
    been. "gradient", "momentum": where the gradient of the loss, or its momentum, is
    largest; "fan_in" also with as many for every neuron. "link_prediction": where paths
    over other connections lead.""",
}
