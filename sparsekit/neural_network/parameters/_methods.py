"""The methods of dynamic sparse training by name: which strategies each is made of."""

from sparsekit.topology import (
    ConstantFanIn,
    CorrelationTopology,
    CubicDensity,
    ElasticDensity,
    FanInGrower,
    GradientGrower,
    IterativeDensity,
    LAMPPruner,
    LinkPredictionGrower,
    MagnitudePruner,
    MESTPruner,
    MomentumGrower,
    MomentumRedistribution,
    NeuronPruner,
    NonzeroRedistribution,
    OneShotDensity,
    RandomGrower,
    RewiringSchedule,
    SETPruner,
    SigmoidDensity,
    SignChangePruner,
    SoftPruner,
    UnfiredGrower,
)

_COSINE = RewiringSchedule(decay="cosine", end=0.75)
_LINKS = LinkPredictionGrower("CH2-L3n")

# What a method does not name is as in DEFAULTS. Methods that the papers rewire every
# hundred or thousand steps rewire every epoch here: a table has few steps in an epoch.
DEFAULTS = {
    "pruner": SETPruner(),
    "grower": RandomGrower(),
    "prune_fraction": 0.3,
    "schedule": RewiringSchedule(),
    "density_schedule": None,
    "redistribution": None,
    "allocation": "erdos_renyi",
    "topology": "random",
    "weight_init": "he",
    "rewind": False,
}

RECIPES = {
    "static": {"prune_fraction": 0.0},
    "set": {},
    "rigl": {
        "pruner": MagnitudePruner(),
        "grower": GradientGrower(),
        "schedule": _COSINE,
    },
    "itop": {
        "pruner": MagnitudePruner(),
        "grower": UnfiredGrower(),
        "prune_fraction": 0.5,
        "schedule": RewiringSchedule(every=2, decay="cosine"),
    },
    "snfs": {
        "pruner": MagnitudePruner(),
        "grower": MomentumGrower(),
        "prune_fraction": 0.5,
        "schedule": _COSINE,
        "redistribution": MomentumRedistribution(),
    },
    "dsr": {
        "pruner": LAMPPruner(),
        "redistribution": NonzeroRedistribution(),
        "schedule": _COSINE,
    },
    "deepr": {"pruner": SignChangePruner(), "prune_fraction": 1.0},
    "mest": {
        "pruner": MESTPruner(),
        "density_schedule": ElasticDensity(),
        "schedule": _COSINE,
    },
    "granet": {
        "pruner": LAMPPruner(),
        "grower": GradientGrower(),
        "schedule": _COSINE,
        "density_schedule": CubicDensity(initial=0.5),
    },
    "gmp": {
        "pruner": LAMPPruner(),
        "prune_fraction": 0.0,
        "density_schedule": CubicDensity(initial=1.0),
    },
    "cht": {
        "pruner": NeuronPruner(MagnitudePruner()),
        "grower": _LINKS,
        "topology": CorrelationTopology(),
    },
    "chts": {
        "pruner": NeuronPruner(SoftPruner()),
        "grower": LinkPredictionGrower("CH2-L3n", temperature=1.0),
        "topology": "small_world",
    },
    "chtss": {
        "pruner": NeuronPruner(SoftPruner()),
        "grower": LinkPredictionGrower("CH2-L3n", temperature=1.0),
        "topology": "small_world",
        "density_schedule": SigmoidDensity(initial=0.5),
    },
    "srigl": {
        "pruner": MagnitudePruner(),
        "grower": FanInGrower(),
        "schedule": _COSINE,
        "topology": ConstantFanIn(),
    },
    "magnitude": {
        "pruner": LAMPPruner(),
        "prune_fraction": 0.0,
        "density_schedule": OneShotDensity(),
    },
    "lottery": {
        "pruner": LAMPPruner(),
        "prune_fraction": 0.0,
        "density_schedule": IterativeDensity(),
        "rewind": True,
    },
}
