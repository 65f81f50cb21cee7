"""The methods of dynamic sparse training: which strategies each is made of."""

from typing import Any, NamedTuple

from sklearn.base import clone

from sparsekit.topology import (
    CSTI,
    STRATEGIES,
    AblationPruner,
    AdaptiveThresholdPruner,
    ConstantFanIn,
    CubicDensity,
    ElasticDensity,
    ElasticSchedule,
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
    PerLayer,
    RandomGrower,
    ReceptiveField,
    RewiringSchedule,
    SETPruner,
    SigmoidDensity,
    SignChangePruner,
    SoftPruner,
    UnfiredGrower,
    check_parameters_of,
)

_COSINE = RewiringSchedule(decay="cosine", end=0.75)
_SOFT = {
    "pruner": NeuronPruner(SoftPruner(final_temperature=3.0)),
    "grower": LinkPredictionGrower("CH2-L3n", temperature=1.0),
    "initial_topology": CSTI(hidden=ReceptiveField()),
}

# The fewest rows whose gradient strategies are told with ``batch_size="auto"``, whose
# batches of 8 to 32 rows tell little of where connections matter.
PROBED_BY_AUTO = 200

# Cannistraci-Hebb training: in the papers `sparsity` is that of the hidden layers, all
# of them alike, and the output layer is dense and never rewired.
_CHT = {"allocation": "uniform_dense_output"}

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
    "initial_topology": "random",
    "weight_init": "he",
    "grow_init": "zero",
    "growth_moments": "zero",
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
        "schedule": RewiringSchedule(decay="cosine"),
    },
    "snfs": {
        "pruner": MagnitudePruner(),
        "grower": MomentumGrower(),
        "prune_fraction": 0.5,
        "schedule": _COSINE,
        "redistribution": MomentumRedistribution(),
    },
    "dsr": {
        "pruner": AdaptiveThresholdPruner(),
        "redistribution": NonzeroRedistribution(),
        "schedule": _COSINE,
    },
    "deepr": {
        "pruner": SignChangePruner(shrinkage=0.03, noise=0.01),
        "prune_fraction": 1.0,
    },
    "mest": {
        "pruner": MESTPruner(),
        # All that the density adds, half of the final number, at the start.
        "prune_fraction": 1 / 3,
        "density_schedule": ElasticDensity(),
        "schedule": ElasticSchedule(),
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
        **_CHT,
        "pruner": NeuronPruner(MagnitudePruner()),
        "grower": LinkPredictionGrower("CH3-L3p"),
        "initial_topology": CSTI(),
    },
    "chts": _CHT | _SOFT,
    "chtss": _CHT | _SOFT | {"density_schedule": SigmoidDensity(initial=0.5)},
    "srigl": {
        "pruner": AblationPruner(),
        "grower": FanInGrower(fill_idle=False),
        "schedule": _COSINE,
        "initial_topology": ConstantFanIn(),
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


class Strategies(NamedTuple):
    """How a network begins and how it is rewired; see `DEFAULTS` for the names."""

    pruner: Any
    grower: Any
    prune_fraction: float
    schedule: Any
    density_schedule: Any
    redistribution: Any
    allocation: Any
    initial_topology: Any
    weight_init: str
    grow_init: str
    growth_moments: str
    rewind: bool
    sparsity: float
    n_rows_probed: int

    @property
    def rewires(self) -> bool:
        """Whether connections ever change."""
        return self.prune_fraction > 0 or self.density_schedule is not None

    def n_batches(self, batch_size: int) -> int:
        """Return the batches whose gradient the strategies are told."""
        parts = (self.pruner, self.grower, self.redistribution, self.initial_topology)
        wanted = max(getattr(part, "n_batches", 1) for part in parts)
        return max(wanted, -(-self.n_rows_probed // batch_size))


def strategies_of(estimator):
    """Return the strategies that an estimator's method and parameters stand for.

    A parameter that is None, or that the estimator does not have, is as its method
    says.

    Raises
    ------
    ValueError or TypeError
        If a part was made with parameters that it does not allow: before any training,
        and not at the first rewiring.
    """
    recipe = DEFAULTS | RECIPES[estimator._method_name]
    chosen = {}
    for name, usual in recipe.items():
        given = getattr(estimator, name, None)
        if given is not None:
            chosen[name] = _made(name, given)
        elif isinstance(usual, str):
            chosen[name] = _made(name, usual)
        else:
            # The recipe's own part, which no copy is needed of: it notes nothing.
            chosen[name] = usual
        check_parameters_of(chosen[name])
    return Strategies(
        **chosen,
        sparsity=getattr(estimator, "sparsity", 0.0),
        n_rows_probed=PROBED_BY_AUTO if estimator.batch_size == "auto" else 0,
    )


def n_rewirings(strategies, n_epochs, first):
    """Return how many rewirings a fit has between its epochs.

    None stands inside: those that are counted in steps are tasks within the epochs.
    """
    if not strategies.rewires or strategies.schedule.unit == "steps":
        return 0
    return (n_epochs - int(first)) // strategies.schedule.every


def _made(name, value):
    if name not in STRATEGIES or value is None:
        return value
    if isinstance(value, str):
        return STRATEGIES[name][value]()
    if isinstance(value, type):
        raise TypeError(
            f"{name} must be an object, not a class; got {value.__name__}. Did you "
            f"mean {name}={value.__name__}()?"
        )
    if name == "allocation" and not hasattr(value, "counts"):
        return PerLayer(value)
    return clone(value, safe=False)
